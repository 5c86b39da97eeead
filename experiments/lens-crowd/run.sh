#!/bin/sh
# Judges a simulated lens crowd by majority, SWAP, SWAP with the network as prior and the house model.
# Usage: experiments/lens-crowd/run.sh OUT_FOLDER [SEEDS]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?give a folder for the results}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$here/../.."
cargo run --quiet --release -p consensus --example lens_crowd -- "$out" "${2:-5}"
