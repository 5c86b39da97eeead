"""The tables of a run, from its JSON. Usage: tables.py FOLDER"""

import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
ours = json.loads((folder / "ours.json").read_text())
checked = json.loads((folder / "over_assigned.json").read_text())
print(f"Lensfinder, {ours['images']:,} images queued\n")
print("| people | pace | cycles/s | image p50 / p99 ms | vote p50 / p99 ms | cycle p50 / p99 ms | server CPU ms per cycle | peak MB | errors |")
print("|---|---|---|---|---|---|---|---|---|")
for run in ours["runs"]:
    ms = lambda name: f"{run[name]['p50']:.1f} / {run[name]['p99']:.1f}"
    print(
        f"| {run['volunteers']} | {run['pace']} | {run['cycles_per_second']:.0f} | {ms('assignment_ms')} | {ms('vote_ms')} | "
        f"{ms('cycle_ms')} | {run['server_cpu_ms_per_cycle']:.2f} | {run['server_peak_mb']:.0f} | {sum(run['errors'].values())} |"
    )
wrong = sum(checked["over_assigned"].values())
print(f"\nOver-assigned, doubled or lost, counted in the database afterwards: {wrong}.")
peer = folder / "label_studio.json"
if peer.exists():
    peer = json.loads(peer.read_text())
    print(f"\nLabel Studio, {peer['tasks']:,} tasks (imported in {peer['import_seconds']} s), as fast as answers come\n")
    print("| people | cycles/s | next p50 / p99 ms | annotation p50 / p99 ms | cycle p50 / p99 ms | server CPU ms per cycle | peak MB | labelled too often | errors |")
    print("|---|---|---|---|---|---|---|---|---|")
    for run in peer["runs"]:
        none = run["cycles"] == 0
        ms = lambda name: "none came" if none else f"{run[name]['p50']} / {run[name]['p99']}"
        cpu = "–" if none else run["server_cpu_ms_per_cycle"]
        print(
            f"| {run['volunteers']} | {run['cycles_per_second']} | {ms('next_ms')} | {ms('annotation_ms')} | {ms('cycle_ms')} | "
            f"{cpu} | {run['server_peak_mb']} | {100 * run['over_labelled']:.1f} % | {sum(run['errors'].values())} |"
        )
