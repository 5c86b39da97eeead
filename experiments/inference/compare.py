"""Runs our engine and its peers in turns on the same weights and tiles, and writes what was measured.

Usage: compare.py FOLDER OUT ROUNDS SECONDS ROUNDS_PROGRAM [EXTRA.jsonl ...]
  FOLDER   NAME.safetensors, NAME.onnx for each network; tiles.bin
  EXTRA    lines {"engine", "variant", "network", "precision": "f32"|"bf16"|"int8", "seconds": [of each batch of 64],
           "logits": [optional]} of engines that something else measured
Writes OUT/results.jsonl and OUT/README.md.

Every engine lives in a process of its own; only one is at work at a time, after a pause in which threads of the one
before fall asleep. A round takes each engine, kernel and network once, in an order that turns by one with every round.
"""

import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

import numpy as np

from networks import products
from peers import BATCH, THREADS, description

PAUSE = 0.3
HERE = pathlib.Path(__file__).parent


class Side:
    """A process that answers one line with one line."""

    def __init__(self, engine, command):
        environment = os.environ | {"RAYON_NUM_THREADS": str(THREADS), "OMP_NUM_THREADS": str(THREADS)}
        self.engine = engine
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)
        self.about = self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.engine} ended: {self.process.wait()}")
        return json.loads(line)

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.read()


def precision(variant) -> str:
    return next((kind for kind in ("bf16", "int8") if kind in variant), "f32")


def main() -> None:
    folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    rounds, seconds, program = int(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
    names = sorted(file.stem for file in folder.glob("*.safetensors"))
    networks = {name: description(folder, name) for name in names}
    python = [sys.executable, str(HERE / "peers.py")]
    sides = [Side("ours", [program, "serve", str(folder)])]
    sides += [Side(peer, [*python, peer, str(folder)]) for peer in ("torch", "onnxruntime", "openvino")]

    peaks, rows = {}, {}
    for side in sides:
        for name in names:
            for variant in side.about["variants"]:
                print(f"{side.engine} {variant}, {name}", file=sys.stderr)
                said = side.ask(f"logits {name} {variant}")
                rows[side.engine, variant, name] = {
                    "engine": side.engine, "version": side.about["version"], "variant": variant, "network": name,
                    "precision": precision(variant), "seconds": [], **said,
                }
    onnx = {name: onnx_difference(sides[2], sides[0], name) for name in names}

    for number in range(rounds):
        for side in (sides[0], sides[1]):
            for name, most in side.ask(f"peak {seconds}")["peaks"].items():
                peaks[name] = max(most, peaks.get(name, 0.0))
            time.sleep(PAUSE)
        keys = [key for key, row in rows.items() if "failed" not in row]
        keys = keys[number % len(keys):] + keys[: number % len(keys)]
        for engine, variant, name in keys:
            side = next(side for side in sides if side.engine == engine)
            time.sleep(PAUSE)
            rows[engine, variant, name]["seconds"] += side.ask(f"round {name} {variant} {seconds}")["seconds"]
        print(f"round {number + 1} of {rounds}", file=sys.stderr)

    found = list(rows.values())
    for extra in sys.argv[6:]:
        found += [json.loads(line) for line in pathlib.Path(extra).read_text().splitlines() if line.strip()]
    reference = {
        row["network"]: np.array(row["logits"])
        for row in found if row["engine"] == "ours" and row["variant"] == "portable"
    }
    for row in found:
        if "failed" in row:
            continue
        row["batches"] = len(row["seconds"])
        row["images_per_second_best"] = BATCH / min(row["seconds"])
        row["images_per_second_median"] = BATCH / statistics.median(row["seconds"])
        wanted, logits = reference.get(row["network"]), np.array(row.pop("logits", None) or [])
        if wanted is not None and len(logits):
            off = np.abs(logits - wanted[: len(logits)])
            row["logit_difference"] = {
                "most": off.max(), "p999": np.quantile(off, 0.999), "median": np.median(off), "tiles": len(off),
            }
        matching = [most for name, most in peaks.items() if name.endswith(" " + row["precision"])]
        if matching and row["network"] in networks:
            rate = row["images_per_second_best"] * products(networks[row["network"]]) * 2e-9
            row["share_of_peak"] = rate / max(matching)
    out.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({key: value for key, value in row.items() if key != "seconds"}) for row in found]
    machine = {"machine": processor(), "rounds": rounds, "seconds": seconds, "peaks": peaks, "onnx": onnx}
    (out / "results.jsonl").write_text("\n".join([json.dumps(machine), *lines, ""]))
    (out / "README.md").write_text(markdown(machine, networks, found))


def onnx_difference(peer, ours, name) -> dict:
    """The exported file in ONNX Runtime beside our plain kernel: the most each output of a batch is off."""
    theirs, wanted = peer.ask(f"every {name} f32"), ours.ask(f"every {name} portable")
    return {key: np.abs(np.ravel(theirs[key]) - np.array(wanted[key])).max() for key in ("logit", "embedding", "map")}


def processor() -> str:
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def markdown(machine, networks, rows) -> str:
    text = [
        "# Images a second: our engine beside its peers", "",
        f"Written by `experiments/inference/run.sh`. {machine['machine']}; {THREADS} threads, {BATCH} tiles at a time, "
        f"{machine['rounds']} rounds of {machine['seconds']:g} s each in turns; load at the end "
        f"{os.getloadavg()[0]:.1f}. Bytes of tiles in, logits out, the same weights everywhere.", "",
        "Peak of the machine, 10⁹ operations a second (a product and its sum are two): "
        + ", ".join(f"{name} {most:.0f}" for name, most in machine["peaks"].items())
        + ". Shares are of the highest of the same precision, at the best batch.", "",
        "The exported ONNX files in ONNX Runtime beside our plain kernel, largest difference: "
        + "; ".join(
            name + ": " + ", ".join(f"{output} {most:.1e}" for output, most in off.items())
            for name, off in machine["onnx"].items()
        ) + ".", "",
    ]
    for name, network in networks.items():
        of_network = [row for row in rows if row["network"] == name]
        eager = [row for row in of_network if row["engine"] == "torch" and "f32" in row["variant"] and "failed" not in row]
        base = max((row["images_per_second_best"] for row in eager), default=float("nan"))
        text += [
            f"## {name}: {products(network) * 1e-6:.1f} million products a tile", "",
            "| engine | kernel, precision | images/s best | median | × PyTorch eager f32 | of peak | logits off by, most (99.9 %, median) |",
            "|---|---|---|---|---|---|---|",
        ]
        done = [row for row in of_network if "failed" not in row]
        for row in sorted(done, key=lambda row: -row["images_per_second_best"]):
            share = f"{row['share_of_peak']:.0%}" if "share_of_peak" in row else ""
            off = row.get("logit_difference")
            off = f"{off['most']:.1e} ({off['p999']:.1e}, {off['median']:.1e})" if off else ""
            text.append(
                f"| {row['engine']} {row.get('version', '')} | {row['variant']} | {row['images_per_second_best']:.0f} "
                f"| {row['images_per_second_median']:.0f} | {row['images_per_second_best'] / base:.2f} | {share} | {off} |"
            )
        text += ["", f"{len(done[0]['seconds']) if done else 0} batches or more each. PyTorch eager f32 is the better of its two layouts. "
                 "What OpenVINO's convolutions ran as: " + "; ".join(
                     f"{row['variant']}: " + ", ".join(f"{kind} × {count}" for kind, count in row["executed"].items())
                     for row in done if row.get("executed")) + ".", ""]
        text += [f"{row['engine']} {row['variant']} failed: {row['failed']}\n" for row in of_network if "failed" in row]
    return "\n".join(text)


if __name__ == "__main__":
    main()
