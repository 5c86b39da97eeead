"""The settings of both sets of stamps, galaxies and groups, from stamps.toml.

Usage: stamps.py OUT_FOLDER [SHARE_OF_THE_COUNTS]
"""

import sys
import tomllib
from pathlib import Path


def mass(mean, scatter, limits, brighter_mag, theta_e, look_alikes, controls):
    return {
        "sets": {"training_look_alike_share": look_alikes, "training_control_share": controls},
        "cluster": {
            "log_mass": mean,
            "log_mass_scatter": scatter,
            "log_mass_range": limits,
            "bcg": {"brighter_mag": brighter_mag},
        },
        "training_lens": {"theta_e_arcsec": theta_e},
    }


GALAXIES = mass(13.1, 0.4, [12.3, 14.5], 0.8, [1.2, 3.2], 0.45, 0.25)
GROUPS = mass(13.9, 0.35, [13.2, 14.8], 1.3, [2.8, 9.0], 0.3, 0.4)

SETS = {
    "galaxies": (7000, [GALAXIES]),
    "groups": (6000, [GROUPS]),
}


def over(base, changes):
    """`base` with what `changes` has instead, table by table."""
    merged = dict(base)
    for key, value in changes.items():
        merged[key] = over(merged.get(key, {}), value) if isinstance(value, dict) else value
    return merged


def toml(table, path=()):
    plain = [f"{key} = {value}" for key, value in table.items() if not isinstance(value, dict)]
    head = [f"[{'.'.join(path)}]"] if path and plain else []
    inner = [line for key, value in table.items() if isinstance(value, dict) for line in toml(value, (*path, key))]
    return head + plain + inner


def main():
    out = Path(sys.argv[1])
    share = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    base = tomllib.loads((Path(__file__).parent / "stamps.toml").read_text())
    for name, (count, changes) in SETS.items():
        settings = base
        for change in [*changes, {"sets": {"training": max(2, round(count * share))}}]:
            settings = over(settings, change)
        (out / f"{name}.toml").write_text("\n".join(toml(settings)) + "\n")
        print(name)


if __name__ == "__main__":
    main()
