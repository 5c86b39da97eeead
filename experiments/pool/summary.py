"""Puts the numbers of a run together: summary.py OUT_FOLDER"""

import csv
import json
import pathlib
import sys

out = pathlib.Path(sys.argv[1])


def read(name):
    return json.loads((out / name).read_text())


scored, wall, killed = read("scored.json"), read("wall.json")["seconds"], read("killed.json")
pure = [read(f"pure_{when}.json")["images_per_second"] for when in ("before", "after")]
with open(out / "memory.csv") as table:
    memory = [float(row["resident_mib"]) for row in csv.DictReader(table)]
mean = lambda part: sum(part) / len(part) if part else float("nan")
quarter = max(1, len(memory) // 4)
rate, alone = scored["rows"] / wall, mean(pure)
hashed = scored["rows"] / read("wall_hashed.json")["seconds"]
print(f"""| | |
|---|---|
| images | {scored["rows"]:,} |
| kernel | {scored["kernel"]} |
| wall, whole process | {wall:.1f} s |
| end to end | {rate:,.0f} images/s |
| network alone, before and after | {pure[0]:,.0f} and {pure[1]:,.0f} images/s |
| share of the network alone | {100 * rate / alone:.1f} % |
| the same with every shard hashed anew | {hashed:,.0f} images/s, {100 * hashed / alone:.1f} % |
| network had images | {100 * scored["network_seconds"] / scored["seconds"]:.1f} % of the time |
| peak memory | {scored["peak_memory_mib"]:.0f} MiB |
| mean memory, second and last quarter | {mean(memory[quarter : 2 * quarter]):.0f} and {mean(memory[-quarter:]):.0f} MiB |
| killed | {", ".join(f"after {k['after_seconds']} s ({k['shards_done']} shards done)" for k in killed["kills"])} |
| identical afterwards | {"yes, " + str(killed["files"]) + " files" if killed["identical"] else "NO"} |""")
