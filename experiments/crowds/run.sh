#!/bin/sh
# Every aggregator of ours and of crowd-kit over the same crowds, in one run on one machine: accuracy, log-loss,
# seconds, and the differences with their intervals. Usage: experiments/crowds/run.sh OUT_FOLDER [CROWDS_FOLDER]
# CROWDS_FOLDER holds folders with votes.csv (task,worker,label) and truth.csv (task,truth); by default those beside
# the project, ../shared/data/votes. Simulated crowds (simulate.py) are added; SEEDS="1 2 3" says how often,
# SEEDS="" leaves them out. crowd-kit goes into a virtual environment in a temporary folder; set CROWDS_VENV to keep one.
# LENSFINDER names a program that is built already.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?give a folder for the results}
given=$(cd "${2:-$here/../../../shared/data/votes}" && pwd)
mkdir -p "$out"
out=$(cd "$out" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
venv=${CROWDS_VENV:-$scratch/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import crowdkit' 2>/dev/null || "$venv/bin/pip" install --quiet -r "$here/requirements.txt"

cd "$here/../.."
lensfinder=${LENSFINDER:-target/release/lensfinder}
[ -n "${LENSFINDER:-}" ] || cargo build --quiet --release -p cli
for seed in ${SEEDS-1}; do
    "$venv/bin/python" "$here/simulate.py" "$scratch/simulated-$seed" "$seed"
done
crowds=
for folder in "$given"/*/ "$scratch"/simulated-*/*/; do
    [ -f "$folder/votes.csv" ] || continue
    crowd=$(basename "$folder")
    case $folder in "$scratch"/*) crowd=$crowd-$(basename "$(dirname "$folder")" | sed 's/.*-//') ;; esac
    crowds="$crowds $crowd"
    mkdir -p "$scratch/truths/$crowd"
    cp "$folder/truth.csv" "$scratch/truths/$crowd/truth.csv"
    echo "$crowd" >&2
    "$venv/bin/python" "$here/ours.py" "$lensfinder" "$folder/votes.csv" "$out/$crowd/ours"
    "$venv/bin/python" "$here/peers.py" "$folder/votes.csv" "$out/$crowd/peers" unsure
done
# shellcheck disable=SC2086
"$venv/bin/python" "$here/compare.py" "$out" "$scratch/truths" $crowds
