#!/usr/bin/env python3
"""Solves images blind with this project and with astrometry.net, in one run, and prints a table.

    experiments/platesolve/compare.py --ours target/release/lensfinder --index INDEXES IMAGE...

Needs astropy, and astrometry.net's programs (Debian: astrometry.net, astrometry-data-tycho2-10-19) for its half.
Times are processor seconds. "off" is the distance of the two centres in pixels of the image, by the peer's own
header; "scale" the ratio of the two pixel scales there.
"""

import argparse
import json
import math
import pathlib
import resource
import shutil
import statistics
import subprocess
import tempfile
import warnings


def cpu(command, **options):
    """Runs a command; its processor seconds and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return seconds, done


def peer(image, folder, config):
    """The peer's answer: extraction and engine apart, and its header if it solved."""
    copy = folder / image.name
    shutil.copy(image, copy)
    base = folder / image.stem
    augment = ["solve-field", "--just-augment", "--no-plots", "--overwrite", "--config", str(config), "-D", str(folder)]
    extract_s, _ = cpu(augment + ["-o", image.stem, str(copy)])
    engine_s, _ = cpu(["astrometry-engine", "--config", str(config), f"{base}.axy"])
    wcs = pathlib.Path(f"{base}.wcs")
    return {"extract_s": extract_s, "engine_s": engine_s, "wcs": wcs if wcs.exists() else None}


def compare(ours, wcs_file):
    """Distance of the centres in pixels, and ratio of the scales."""
    from astropy.io import fits
    from astropy.wcs import WCS

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wcs = WCS(fits.getheader(wcs_file))
        x, y = (ours["width"] + 1) / 2, (ours["height"] + 1) / 2
        px, py = wcs.all_world2pix([[ours["ra_deg"], ours["dec_deg"]]], 1, quiet=True)[0]
        step = 1.0
        corners = wcs.all_pix2world([[x - step, y], [x + step, y], [x, y - step], [x, y + step]], 1)
    vectors = []
    for ra, dec in corners:
        ra, dec = math.radians(ra), math.radians(dec)
        vectors.append((math.cos(dec) * math.cos(ra), math.cos(dec) * math.sin(ra), math.sin(dec)))
    along = [b - a for a, b in zip(vectors[0], vectors[1])]
    across = [b - a for a, b in zip(vectors[2], vectors[3])]
    area = math.dist((0, 0, 0), [along[1] * across[2] - along[2] * across[1], along[2] * across[0] - along[0] * across[2],
                                 along[0] * across[1] - along[1] * across[0]])
    scale = math.degrees(math.sqrt(area) / (2 * step)) * 3600
    return math.hypot(px - x, py - y), ours["scale_arcsec_per_px"] / scale


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", nargs="+", type=pathlib.Path)
    parser.add_argument("--ours", default="target/release/lensfinder", help="the binary")
    parser.add_argument("--index", required=True, help="folder of our index files")
    parser.add_argument("--peer-index", default="/usr/share/astrometry", help="folder of the peer's index files")
    parser.add_argument("--limit", type=int, default=60, help="processor seconds the peer may take an image")
    parser.add_argument("--out", type=pathlib.Path, help="write the rows as JSON lines here")
    wish = parser.parse_args()

    one = subprocess.run([wish.ours, "solve", "--quiet", "--json", "--index", wish.index, *map(str, wish.images)],
                         stdout=subprocess.PIPE, text=True, check=True)
    answers = [json.loads(line) for line in one.stdout.splitlines()]
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        config = folder / "config"
        config.write_text(f"inparallel\ncpulimit {wish.limit}\nadd_path {wish.peer_index}\nautoindex\n")
        has_peer = shutil.which("solve-field") is not None
        for image, ours in zip(wish.images, answers):
            row = {"image": image.name, "ours": ours}
            if has_peer:
                theirs = peer(image, folder, config)
                row["peer_extract_s"], row["peer_engine_s"] = theirs["extract_s"], theirs["engine_s"]
                row["peer_solved"] = theirs["wcs"] is not None
                if theirs["wcs"] and ours["solved"]:
                    row["off_px"], row["scale_ratio"] = compare(ours, theirs["wcs"])
            rows.append(row)
    if wish.out:
        wish.out.write_text("".join(json.dumps(row) + "\n" for row in rows))

    print("| image | ours | RA, Dec | scale ″/px | sources ms | solve ms | peer | sources ms | solve ms | off px | scale |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        ours = row["ours"]
        place = f"{ours['ra_deg']:.4f} {ours['dec_deg']:+.4f} | {ours['scale_arcsec_per_px']:.3f}" if ours["solved"] else " | "
        line = f"| {row['image']} | {'yes' if ours['solved'] else 'no'} | {place} | {ours['extract_cpu_s'] * 1e3:.1f} | {ours['solve_cpu_s'] * 1e3:.1f} |"
        if "peer_solved" in row:
            line += f" {'yes' if row['peer_solved'] else 'no'} | {row['peer_extract_s'] * 1e3:.0f} | {row['peer_engine_s'] * 1e3:.0f} |"
            line += f" {row['off_px']:.2f} | {row['scale_ratio']:.4f} |" if "off_px" in row else " | |"
        print(line)
    both = [row for row in rows if row["ours"]["solved"] and row.get("peer_solved", True)]
    if both:
        print(f"\nMedian over {len(both)} images that both placed: ours "
              f"{statistics.median(r['ours']['extract_cpu_s'] for r in both) * 1e3:.1f} ms sources, "
              f"{statistics.median(r['ours']['solve_cpu_s'] for r in both) * 1e3:.2f} ms solving", end="")
        if "peer_engine_s" in both[0]:
            print(f"; peer {statistics.median(r['peer_extract_s'] for r in both) * 1e3:.0f} ms, "
                  f"{statistics.median(r['peer_engine_s'] for r in both) * 1e3:.0f} ms", end="")
        print(".")


if __name__ == "__main__":
    main()
