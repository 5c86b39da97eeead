#!/bin/sh
# Renders the reference configuration with our code and with lenstronomy, in one run on one machine, and
# compares time and pixels. Usage: experiments/mock-speed/run.sh OUT_FOLDER
# lenstronomy goes into a virtual environment in a temporary folder; set MOCK_SPEED_VENV to keep one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?give a folder for the results}
mkdir -p "$out"
out=$(cd "$out" && pwd)
venv=${MOCK_SPEED_VENV:-$(mktemp -d)/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import lenstronomy' 2>/dev/null || "$venv/bin/pip" install --quiet 'lenstronomy==1.14.2'
cd "$here/../.."
cargo run --quiet --release -p simulate --example reference_speed -- "$here/reference.json" "$out"
"$venv/bin/python" "$here/compare.py" "$here/reference.json" "$out"
