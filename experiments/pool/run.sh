#!/bin/sh
# Scores a large pool end to end beside the network alone, watches its memory, and kills it twice.
# Usage: experiments/pool/run.sh OUT_FOLDER; see README.md for ROWS, TILES, MODEL, TRAINING, KERNEL, LENSFINDER,
# SCRATCH and DROP_CACHE. Nothing else should run on the machine; its load is noted.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?give a folder for the results}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$here/../.."
made=
if [ -z "${SCRATCH:-}" ]; then
    SCRATCH=$(mktemp -d)
    made=$SCRATCH
fi
mkdir -p "$SCRATCH"
SCRATCH=$(cd "$SCRATCH" && pwd)
trap '[ -z "$made" ] || rm -rf "$made"' EXIT
rows=${ROWS:-370000}
target=${CARGO_TARGET_DIR:-target}
if [ -z "${LENSFINDER:-}" ]; then
    cargo build --quiet --release -p cli
    LENSFINDER=$target/release/lensfinder
fi
cargo build --quiet --release --workspace --example pool
pool=$target/release/examples/pool
{
    date -u +%Y-%m-%dT%H:%M:%SZ
    git rev-parse --short HEAD 2>/dev/null || true
    grep -m1 'model name' /proc/cpuinfo
    echo "cores: $(nproc), load before: $(cut -d' ' -f1-3 /proc/loadavg)"
    "$LENSFINDER" doctor 2>/dev/null || true
} >"$out/machine.txt"

if [ -z "${MODEL:-}" ]; then
    MODEL=$SCRATCH/model
    if [ ! -e "$MODEL/digest.json" ]; then
        [ -e "$SCRATCH/sets/training/dataset.json" ] || "$LENSFINDER" simulate --out "$SCRATCH/sets" --training 200 -q
        if [ -z "${TRAINING:-}" ]; then
            TRAINING=$SCRATCH/training.toml
            echo 'epochs = 1' >"$TRAINING"
        fi
        "$LENSFINDER" train --training "$SCRATCH/sets/training" --config "$TRAINING" --out "$MODEL" -q
    fi
fi
if [ ! -e "$SCRATCH/pool/dataset.json" ]; then
    [ -e "$SCRATCH/sets/survey/dataset.json" ] || "$LENSFINDER" simulate --out "$SCRATCH/sets" --survey "${TILES:-8000}" -q
    rm -rf "$SCRATCH/pool"
    "$pool" make "$SCRATCH/sets/survey" "$SCRATCH/pool" "$rows"
fi
rm -rf "$SCRATCH/scores" "$SCRATCH/killed"
kernel=${KERNEL:+--kernel $KERNEL}

# shellcheck disable=SC2086  # KERNEL is one word, or none
"$pool" pure "$MODEL" "$SCRATCH/pool" "${PURE_SECONDS:-15}" ${KERNEL:-} >"$out/pure_before.json"
if [ "${DROP_CACHE-}" ]; then
    sync
    echo 1 >/proc/sys/vm/drop_caches
fi
# shellcheck disable=SC2086
python3 "$here/watch.py" "$out/memory.csv" "$out/wall.json" \
    "$LENSFINDER" score --model "$MODEL" --dataset "$SCRATCH/pool" --out "$SCRATCH/scores" $kernel --json -q >"$out/scored.json"
# shellcheck disable=SC2086
"$pool" pure "$MODEL" "$SCRATCH/pool" "${PURE_SECONDS:-15}" ${KERNEL:-} >"$out/pure_after.json"

# The same where nothing is known of the shards' bytes, as after copying them: every one is hashed with SHA-256.
python3 -c 'import os, sys
for shard in os.scandir(sys.argv[1]):
    try:
        os.removexattr(shard.path, "user.lensfinder.shard")
    except OSError:
        pass' "$SCRATCH/pool/shards"
rm -rf "$SCRATCH/hashed"
# shellcheck disable=SC2086
python3 "$here/watch.py" "$out/memory_hashed.csv" "$out/wall_hashed.json" \
    "$LENSFINDER" score --model "$MODEL" --dataset "$SCRATCH/pool" --out "$SCRATCH/hashed" $kernel --json -q >"$out/hashed.json"
rm -rf "$SCRATCH/hashed"

# shellcheck disable=SC2086
python3 "$here/kill.py" "$out/wall.json" "$SCRATCH/scores" "$SCRATCH/killed" \
    "$LENSFINDER" score --model "$MODEL" --dataset "$SCRATCH/pool" --out "$SCRATCH/killed" $kernel --json -q >"$out/killed.json"
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)" >>"$out/machine.txt"
python3 "$here/summary.py" "$out" | tee "$out/summary.md"
