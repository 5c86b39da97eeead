"""Judges the tables of ours and of crowd-kit's aggregators on one or more crowds.

Usage: compare.py OUT_FOLDER TRUTHS_FOLDER CROWD...
  OUT_FOLDER/CROWD/{ours,peers}/*.csv     tables `task,label,p_<label>...`
  OUT_FOLDER/CROWD/SIDE/SIDE.json         {"seconds": {method: seconds}, "failed": {method: why}}
  TRUTHS_FOLDER/CROWD/truth.csv           task,truth
Writes OUT_FOLDER/methods.csv and OUT_FOLDER/README.md.

Accuracy: classes that are equally likely (within 1e-9) share the task, so that no method gains by how it breaks
ties. Log-loss: nats; every probability of every method is raised to at least CLIP and the row divided by its sum;
none for methods that give labels only. Intervals: paired bootstrap over tasks, 95 %.
"""

import json
import pathlib
import sys

import numpy as np
import pandas as pd

CLIP = 1e-6
RESAMPLES = 4000
PEER_OF = {
    "majority": "MajorityVote",
    "wawa": "Wawa",
    "one-coin": "OneCoinDawidSkene",
    "dawid-skene": "DawidSkene",
    "glad": "GLAD",
    # Models without a namesake stand against the one they extend.
    "swap": "DawidSkene",
    "house": "DawidSkene",
}


def scores(table: pathlib.Path, truth: pd.Series):
    """Per task with a known truth: share of the credit, and log-loss (or None)."""
    rows = pd.read_csv(table, dtype={"task": str, "label": str}).set_index("task").reindex(truth.index)
    columns = [column for column in rows.columns if column.startswith("p_")]
    if not columns:
        return (rows["label"] == truth).to_numpy(float), None
    p = rows[columns].fillna(1 / len(columns)).to_numpy()
    names = np.array([column[2:] for column in columns])
    right = names[None, :] == truth.to_numpy()[:, None]
    best = p >= p.max(axis=1, keepdims=True) - 1e-9
    credit = (best & right).sum(axis=1) / best.sum(axis=1)
    p = np.maximum(p, CLIP)
    p /= p.sum(axis=1, keepdims=True)
    # A truth nobody ever answered has no column.
    of_truth = np.where(right.any(axis=1), (p * right).sum(axis=1), CLIP)
    return credit, -np.log(of_truth)


def resamples(tasks: int) -> np.ndarray:
    """How often each task is drawn, one row per resample."""
    rng = np.random.default_rng(20261121)
    return rng.multinomial(tasks, np.full(tasks, 1 / tasks), size=RESAMPLES) / tasks


def difference(ours, peer, weights) -> dict:
    """Mean of ours minus peer over tasks, with its interval."""
    gap = ours - peer
    low, high = np.percentile(weights @ gap, [2.5, 97.5])
    return {"by": gap.mean(), "low": low, "high": high}


def judge(folder: pathlib.Path, truth: pd.Series) -> list[dict]:
    found, rows = {}, []
    for side in ("ours", "peers"):
        seconds = json.loads((folder / side / f"{side}.json").read_text())
        for method, why in seconds.get("failed", {}).items():
            rows.append({"side": side, "method": method, "failed": why})
        for method, took in seconds["seconds"].items():
            found[side, method] = (*scores(folder / side / f"{method}.csv", truth), took)
    weights = resamples(len(truth))
    peers = {name: value for (side, name), value in found.items() if side == "peers"}
    best_accuracy = max(peers, key=lambda name: peers[name][0].mean())
    with_loss = {name: value for name, value in peers.items() if value[1] is not None}
    best_loss = min(with_loss, key=lambda name: with_loss[name][1].mean())
    for (side, method), (credit, loss, took) in found.items():
        row = {"side": side, "method": method, "accuracy": credit.mean(), "seconds": took}
        row["log_loss"] = None if loss is None else loss.mean()
        if side == "ours":
            own = PEER_OF.get(method.removesuffix("-online"))
            for against, of_accuracy, of_loss in (
                ("best", best_accuracy, best_loss),
                ("own", own if own in peers else None, own if own in with_loss else None),
            ):
                if of_accuracy:
                    row[f"{against}_accuracy_peer"] = of_accuracy
                    for key, value in difference(credit, peers[of_accuracy][0], weights).items():
                        row[f"{against}_accuracy_{key}"] = value
                if of_loss and loss is not None:
                    row[f"{against}_log_loss_peer"] = of_loss
                    for key, value in difference(loss, peers[of_loss][1], weights).items():
                        row[f"{against}_log_loss_{key}"] = value
        rows.append(row)
    return rows


def interval(row: dict, name: str, digits: int) -> str:
    if row.get(f"{name}_by") is None or pd.isna(row.get(f"{name}_by")):
        return ""
    return f"{row[f'{name}_by']:+.{digits}f} [{row[f'{name}_low']:+.{digits}f}, {row[f'{name}_high']:+.{digits}f}]"


def markdown(crowd: str, rows: list[dict], tasks: int) -> str:
    best = next(row for row in rows if row["side"] == "ours" and "failed" not in row)
    lines = [
        f"## {crowd}: {tasks} tasks with a truth",
        "",
        f"Best peer: accuracy {best['best_accuracy_peer']}, log-loss {best['best_log_loss_peer']}.",
        "",
        "| | method | accuracy | log-loss | seconds | accuracy − best peer | log-loss − best peer | accuracy − own peer | log-loss − own peer |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        if "failed" in row:
            lines.append(f"| {row['side']} | {row['method']} | failed: {row['failed'][:60]} | | | | | | |")
            continue
        loss = "" if row["log_loss"] is None else f"{row['log_loss']:.4f}"
        cells = [
            row["side"], row["method"], f"{row['accuracy']:.4f}", loss, f"{row['seconds']:.4f}",
            interval(row, "best_accuracy", 4), interval(row, "best_log_loss", 4),
            interval(row, "own_accuracy", 4), interval(row, "own_log_loss", 4),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def main() -> None:
    out, truths = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    every, text = [], []
    for crowd in sys.argv[3:]:
        truth = pd.read_csv(truths / crowd / "truth.csv", dtype=str).set_index("task")["truth"]
        rows = judge(out / crowd, truth)
        every += [{"crowd": crowd, **row} for row in rows]
        text.append(markdown(crowd, rows, len(truth)))
    pd.DataFrame(every).to_csv(out / "methods.csv", index=False, float_format="%.6g")
    head = (
        "# Aggregators on crowds: ours beside crowd-kit's\n\n"
        "Written by `experiments/crowds/run.sh`. Ties in accuracy are shared; probabilities are raised to at least "
        f"{CLIP:g} for the log-loss; differences are ours minus the peer's with the 95 % interval of a paired "
        f"bootstrap over tasks ({RESAMPLES} resamples); the best peer is the best on that crowd, picked with the "
        "truths. `-online` is one pass over the log in its order. Seconds: the quickest of up to three fits, "
        "without reading files.\n\n"
    )
    (out / "README.md").write_text(head + "\n".join(text))


if __name__ == "__main__":
    main()
