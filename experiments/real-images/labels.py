"""What the crowd said of all folds but one, as targets for `lensfinder train --labels`; an image weighs WEIGHT times
the bits its votes tell.

Usage: labels.py WEIGHED.csv FOLDS.csv OUT.csv FOLD|all [WEIGHT]
"""

import csv
import math
import sys


def table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def main():
    weighed, folds, out, left_out = sys.argv[1:5]
    weight = float(sys.argv[5]) if len(sys.argv) > 5 else 1.0
    fold = {row["id"]: row["fold"] for row in table(folds)}
    with open(out, "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["id", "target", "weight"])
        for row in table(weighed):
            if fold[row["task"]] != left_out:
                p = min(max(float(row["p_lens"]), 1e-6), 1 - 1e-6)
                bits = 1 + p * math.log2(p) + (1 - p) * math.log2(1 - p)
                rows.writerow([row["task"], p, weight * bits])


if __name__ == "__main__":
    main()
