"""Runs `lensfinder aggregate` with every method over one crowd.

Usage: ours.py LENSFINDER VOTES.csv OUT_FOLDER

Writes METHOD.csv for each method and ours.json with the seconds of each fit, which the program tells itself
(reading and writing left out, as for the peers).
"""

import json
import pathlib
import subprocess
import sys

METHODS = ["majority", "wawa", "one-coin", "dawid-skene", "glad", "swap", "house"]
TIMES = 3


def main() -> None:
    program, votes, out = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    seconds, failed = {}, {}
    for method in METHODS:
        command = [program, "aggregate", votes, "--method", method, "--out", str(out / f"{method}.csv"), "--json"]
        for _ in range(TIMES):
            run = subprocess.run(command, capture_output=True, text=True)
            if run.returncode != 0:
                failed[method] = run.stderr.strip()
                break
            took = json.loads(run.stdout)["seconds"]["fit"]
            seconds[method] = min(took, seconds.get(method, took))
    (out / "ours.json").write_text(json.dumps({"seconds": seconds, "failed": failed}, indent=1) + "\n")


if __name__ == "__main__":
    main()
