"""AUC with 95 % bootstrap intervals on every set of real images, from the tables `lensfinder score` wrote.

Usage: evaluate.py OUT        (OUT as run.sh made it)
"""

import csv
import sys
from pathlib import Path

import numpy as np

LENS, NONE = 2.0, 0.3
RESAMPLES = 4000


def table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def logits(path):
    return {row["id"]: float(row["logit"]) for row in table(path)} if path.exists() else {}


def auc(positive, negative):
    higher = positive[:, None] > negative[None, :]
    equal = positive[:, None] == negative[None, :]
    return float(np.mean(higher + 0.5 * equal))


def with_interval(positive, negative):
    positive, negative = np.asarray(positive), np.asarray(negative)
    rng = np.random.default_rng(1)
    draws = [
        auc(rng.choice(positive, len(positive)), rng.choice(negative, len(negative))) for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(draws, [2.5, 97.5])
    return f"{auc(positive, negative):.3f} | {low:.3f} to {high:.3f} | {len(positive)} | {len(negative)}"


def graded(scores, truth, grades):
    low, high = grades
    return [scores[row["id"]] for row in truth if row["id"] in scores and low <= float(row["grade"]) <= high]


def main():
    out = Path(sys.argv[1])
    truth = table(out / "truth.csv")
    fold = {row["id"]: row["fold"] for row in table(out / "folds.csv")}
    lines = []

    def compare(what, positive, negative):
        if positive and negative:
            lines.append(f"| {what} | {with_interval(positive, negative)} |")

    def candidates(what, scores):
        none = graded(scores, truth, (-1.0, NONE))
        compare(f"{what}: grade 2 to 3 against at most 0.3", graded(scores, truth, (LENS, 3.0)), none)
        compare(f"{what}: grade 1 to 2 against at most 0.3", graded(scores, truth, (1.0, 1.99)), none)

    def spread(scores, ids):
        """Ranks within a fold, as each fold has a network of its own scale."""
        order = sorted(ids, key=lambda id_: scores[id_])
        return {id_: place / max(1, len(order) - 1) for place, id_ in enumerate(order)}

    scored = {path.stem: logits(path) for path in sorted((out / "scores").glob("*.csv"))}
    for name in ("mocks", "after"):
        part = {key.removeprefix(f"{name}-"): value for key, value in scored.items() if key.startswith(f"{name}-")}
        if name == "mocks":
            candidates("A, Space Warps, central 24″", part.get("candidates", {}))
            candidates("A, Space Warps, whole picture", part.get("candidates-whole", {}))
        pooled = {}
        for key, value in part.items():
            if key.startswith("fold-"):
                mine = {id_: value[id_] for id_ in value if fold.get(id_) == key.removeprefix("fold-")}
                pooled |= mine
        if pooled:
            candidates("B, Space Warps, central 24″, held-out folds together", pooled)
            ranks = {}
            for number in sorted(set(fold.values())):
                ranks |= spread(pooled, [id_ for id_ in pooled if fold[id_] == number])
            candidates("B, the same, by rank within each fold", ranks)
        letter = "A" if name == "mocks" else "B (all folds)"
        value = {key: list(scores.values()) for key, scores in part.items()}
        for positive, title in (("tierA", "confident lenses (LS DR10)"), ("injected", "injected arcs (LS DR10)")):
            for negative, against in (("des", "red galaxies (DES)"), ("guide", "look-alikes (Space Warps guide)")):
                compare(f"{letter}, {title} against {against}", value.get(positive, []), value.get(negative, []))
    crowd = {row["task"]: float(row["p_lens"]) for row in table(out / "weighed.csv")} if (out / "weighed.csv").exists() else {}
    candidates("simulated crowd alone", crowd)
    candidates("Space Warps' own crowd (SWAP)", {row["id"]: float(row["crowd"]) for row in truth})
    report = "| | AUC | 95 % | lenses | others |\n|---|---|---|---|---|\n" + "\n".join(lines) + "\n"
    (out / "report.md").write_text(report)
    print(report)


if __name__ == "__main__":
    main()
