#!/bin/sh
# What volunteers wait for over HTTP: next image and answer, 8 and 200 people, 370,000 images on SQLite; then Label Studio
# under the same work in the same run. Usage: experiments/volunteers/run.sh OUT_FOLDER
# LENSFINDER names a program that is built already. SCRATCH is where the databases lie (a temporary folder; some 2 GB, on
# the disk to be measured). LABEL_STUDIO_VENV keeps a virtual environment, PEER= leaves Label Studio out. SECONDS_EACH (30),
# POOL, HISTORY, RATE, TASKS and IMPORT_SECONDS change the size. Nothing else should run on the machine; its load is noted.
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
if [ -z "${LENSFINDER:-}" ]; then
    cargo build --quiet --release -p cli
    LENSFINDER=$PWD/${CARGO_TARGET_DIR:-target}/release/lensfinder
    case ${CARGO_TARGET_DIR:-} in /*) LENSFINDER=$CARGO_TARGET_DIR/release/lensfinder ;; esac
fi
export LENSFINDER
{
    date -u +%Y-%m-%dT%H:%M:%SZ
    git rev-parse --short HEAD 2>/dev/null || true
    grep -m1 'model name' /proc/cpuinfo
    echo "cores: $(nproc), load before: $(cut -d' ' -f1-3 /proc/loadavg)"
} >"$out/machine.txt"
SECONDS=${SECONDS_EACH:-30} cargo bench --quiet -p server --profile release --bench volunteers -- "$SCRATCH/ours" >"$out/ours.json"
python3 "$here/over_assigned.py" "$SCRATCH/ours/lensfinder.db" >"$out/over_assigned.json"
if [ "${PEER-1}" ]; then
    venv=${LABEL_STUDIO_VENV:-$SCRATCH/label-studio}
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
    "$venv/bin/python" -c 'import label_studio' 2>/dev/null || "$venv/bin/pip" install --quiet -r "$here/requirements.txt"
    rm -rf "$SCRATCH/peer"
    "$venv/bin/python" "$here/label_studio.py" "$SCRATCH/peer" 8,200 "${SECONDS_EACH:-60}" >"$out/label_studio.json"
fi
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)" >>"$out/machine.txt"
python3 "$here/tables.py" "$out" | tee "$out/tables.md"
