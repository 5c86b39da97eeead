"""Plain folders of real images for scoring, and a simulated crowd's votes on the Space Warps candidates.

Usage: prepare.py IMAGES OUT
Writes into OUT: images/<set>/ (links; DES cutouts rendered), candidates.csv for `lensfinder ingest`,
votes.csv for `lensfinder aggregate`, truth.csv and folds.csv.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from astropy.io import fits
from PIL import Image

FOLDS = 5
VOTERS, VOTES = 40, 10
# A volunteer says "lens" more often the higher the expert's grade; images mislead all of them alike.
HALFWAY, STEEPNESS, MISLEADING = 1.1, 2.0, 1.5
FLOOR, REACH = 0.08, 0.84


def rows_of(folder):
    with open(folder / "index.csv", newline="") as file:
        return [row for row in csv.DictReader(file) if (folder / row["file"]).exists()]


def write(path, head, rows):
    with open(path, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(head)
        table.writerows(rows)


def link(images, out, names):
    for part, files in names.items():
        (out / part).mkdir(parents=True, exist_ok=True)
        for file in files:
            place = out / part / file
            if not place.exists():
                place.symlink_to((images / part / file).resolve())


def render(folder, out):
    """The DES cutouts as the Legacy Surveys ones were rendered: z, r, g, asinh, one stretch per image."""
    out.mkdir(parents=True, exist_ok=True)
    bands = [fits.getdata(folder / f"{band}.fits").astype(float) for band in "zrg"]
    for number, planes in enumerate(zip(*bands, strict=True)):
        flux = np.stack([plane[::-1] - np.median(plane) for plane in planes], axis=-1)
        scaled = np.arcsinh(10.0 * flux / np.percentile(flux, 99.5))
        byte = np.clip(scaled / np.percentile(scaled, 99.7), 0.0, 1.0) * 255.0
        Image.fromarray(np.round(byte).astype(np.uint8)).save(out / f"DES_{number:03}.png")


def folds(rows):
    """One-degree cells of the sky, dealt largest first, so that neighbours are in one fold."""
    cells = [(int(float(row["ra_deg"]) // 1), int(float(row["dec_deg"]) // 1)) for row in rows]
    load, fold = [0] * FOLDS, {}
    for cell in sorted(set(cells), key=lambda cell: (-cells.count(cell), cell)):
        fold[cell] = load.index(min(load))
        load[fold[cell]] += cells.count(cell)
    return [fold[cell] for cell in cells]


def crowd(grades, rng):
    skill = rng.normal(0.0, 0.4, VOTERS)
    mislead = rng.normal(0.0, MISLEADING, len(grades))
    for image, grade in enumerate(grades):
        for voter in rng.choice(VOTERS, VOTES, replace=False):
            logit = STEEPNESS * np.exp(skill[voter]) * (grade - HALFWAY) + mislead[image]
            chance = FLOOR + REACH / (1.0 + np.exp(-logit))
            yield image, voter, "lens" if rng.random() < chance else "none"


def main():
    images, out = Path(sys.argv[1]), Path(sys.argv[2])
    graded = images / "cfhtls_spacewarps"
    rows = rows_of(graded)
    link(
        images,
        out / "images",
        {
            "cfhtls_spacewarps": [row["file"] for row in rows],
            "ls_dr10_tierA": [row["file"] for row in rows_of(images / "ls_dr10_tierA")],
            "ls_dr10_injected": [row["file"] for row in rows_of(images / "ls_dr10_injected")],
            "spacewarps_guide_negatives": [row["file"] for row in rows_of(images / "spacewarps_guide_negatives")],
        },
    )
    render(images / "des_float_griz", out / "images" / "des_red_galaxies")

    ids = [Path(row["file"]).stem for row in rows]
    grades = [float(row["expert_grade_0_3"]) for row in rows]
    write(
        out / "candidates.csv",
        ["id", "path", "ra", "dec", "label", "pixel_scale"],
        [
            [id_, (graded / row["file"]).resolve(), row["ra_deg"], row["dec_deg"], -1, 0.186]
            for id_, row in zip(ids, rows, strict=True)
        ],
    )
    write(out / "truth.csv", ["id", "grade", "crowd"], [
        [id_, grade, row["swap_posterior_P"]] for id_, grade, row in zip(ids, grades, rows, strict=True)
    ])
    write(out / "folds.csv", ["id", "fold"], zip(ids, folds(rows), strict=True))
    votes = crowd(np.array(grades), np.random.default_rng(1))
    write(out / "votes.csv", ["task", "worker", "label"], [[ids[i], f"v{who:02}", what] for i, who, what in votes])


if __name__ == "__main__":
    main()
