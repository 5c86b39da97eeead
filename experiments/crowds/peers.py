"""Runs crowd-kit's aggregators over one crowd, for comparison with ours.

Usage: peers.py VOTES.csv OUT_FOLDER [UNSURE]

Writes one table per method, `task,label,p_<label>...`, as `lensfinder aggregate` does, and `peers.json` with the
seconds of each fit (the quickest of several, importing and reading left out). A method that gives labels only has
no p_ columns. Of repeated votes the first counts, as with ours; votes that say UNSURE, which is never true, are
left out, because these methods would take it for a class; `DawidSkene-unsure-kept` shows what happens then. Judging
is left to compare.py.
"""

import json
import pathlib
import sys
import time
import warnings

import pandas as pd
from crowdkit import aggregation

warnings.filterwarnings("ignore")
QUICK = 1.0  # seconds: what is quicker than this is timed three times


def methods(binary: bool) -> dict:
    """Every peer with its own defaults; those made for two labels only where there are two."""
    every = {
        "MajorityVote": aggregation.MajorityVote,
        "Wawa": aggregation.Wawa,
        "ZeroBasedSkill": aggregation.ZeroBasedSkill,
        "OneCoinDawidSkene": lambda: aggregation.OneCoinDawidSkene(n_iter=100),
        "DawidSkene": lambda: aggregation.DawidSkene(n_iter=100),
        "GLAD": aggregation.GLAD,
        "MACE": lambda: aggregation.MACE(random_state=0),
        "MMSR": lambda: aggregation.MMSR(random_state=0),
    }
    if binary:
        every["KOS"] = lambda: aggregation.KOS(random_state=0)
    return every


def fit(make, votes: pd.DataFrame):
    """Labels, probabilities (or None) and seconds."""
    started = time.perf_counter()
    method = make()
    if hasattr(method, "fit_predict_proba"):
        probabilities = method.fit_predict_proba(votes)
        return probabilities.idxmax(axis=1), probabilities, time.perf_counter() - started
    labels = method.fit_predict(votes)
    return labels, None, time.perf_counter() - started


def main() -> None:
    votes_file, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    votes = pd.read_csv(votes_file, dtype={"task": str, "worker": str, "label": str})
    votes = votes.drop_duplicates(["task", "worker"], keep="first")
    with_all = votes
    votes = votes[~votes["label"].isin(sys.argv[3:])]
    runs = {name: (make, votes) for name, make in methods(votes["label"].nunique() == 2).items()}
    if len(votes) < len(with_all):
        runs["DawidSkene-unsure-kept"] = (lambda: aggregation.DawidSkene(n_iter=100), with_all)
    seconds, failed = {}, {}
    for name, (make, given) in runs.items():
        try:
            labels, probabilities, took = fit(make, given)
            for _ in range(2 if took < QUICK else 0):
                took = min(took, fit(make, given)[2])
        except Exception as error:  # a peer that cannot do this crowd is a result
            failed[name] = f"{type(error).__name__}: {error}"
            continue
        table = pd.DataFrame({"label": labels})
        if probabilities is not None:
            table = table.join(probabilities.add_prefix("p_"))
        table.rename_axis("task").sort_index().to_csv(out / f"{name}.csv")
        seconds[name] = took
    (out / "peers.json").write_text(json.dumps({"seconds": seconds, "failed": failed}, indent=1) + "\n")


if __name__ == "__main__":
    main()
