#!/bin/sh
# Images a second of our engine, PyTorch, ONNX Runtime and OpenVINO with the same weights on this machine in one run.
# Usage: experiments/inference/run.sh OUT_FOLDER DATASET [EXTRA.jsonl ...]
# DATASET is a labelled dataset (lensfinder simulate --training 4000): the networks are trained on it for a moment, and its
# tiles are what is scored. EXTRA are measurements of other engines on the same networks, see compare.py.
# NETWORKS=FOLDER takes NAME.safetensors of there, trained already (lensfinder's export), in place of the three.
# ROUNDS (default 7) and SECONDS_EACH (1) say how long, EPOCHS (3) how long to train. INFERENCE_VENV keeps the Python
# packages; KEEP=FOLDER keeps the networks and tiles for engines measured elsewhere.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?give a folder for the results}
dataset=$(cd "${2:?give a labelled dataset}" && pwd)
shift 2
mkdir -p "$out"
out=$(cd "$out" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
venv=${INFERENCE_VENV:-$scratch/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import torch, onnx, onnxruntime, openvino, safetensors, pyarrow' 2>/dev/null ||
    "$venv/bin/pip" install --quiet -r "$here/requirements.txt"

(cd "$here/../.." && cargo build --quiet --release -p inference --example rounds)
rounds=${CARGO_TARGET_DIR:-$here/../../target}/release/examples/rounds
work=${KEEP:-$scratch/work}
mkdir -p "$work"
if [ -n "${NETWORKS:-}" ]; then
    cp "$NETWORKS"/*.safetensors "$work"
else
    "$rounds" networks "$work" >"$out/networks.jsonl"
    "$venv/bin/python" "$here/networks.py" train "$dataset" "${EPOCHS:-3}" "$work"/*.safetensors
fi
for file in "$work"/*.safetensors; do
    "$rounds" onnx "$file"
done
"$venv/bin/python" "$here/networks.py" tiles "$dataset" 1024 "$work/tiles.bin"
"$venv/bin/python" "$here/compare.py" "$work" "$out" "${ROUNDS:-7}" "${SECONDS_EACH:-1}" "$rounds" "$@"
