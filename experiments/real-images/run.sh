#!/bin/sh
# Networks for real images: (A) from mocks alone, (B) after a simulated campaign over a part of them; AUC with intervals.
# Usage: experiments/real-images/run.sh OUT_FOLDER
# IMAGES (default ../shared/data/images) is the folder of published images; they stay where they are, OUT has links.
# LENSFINDER names the program, SHARE makes fewer mocks (0.1), SEED other ones. Steps that are done are not done again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?give a folder for the results}
mkdir -p "$out/scores" "$out/models"
out=$(cd "$out" && pwd)
images=$(cd "${IMAGES:-$here/../../../shared/data/images}" && pwd)
lensfinder=${LENSFINDER:-$here/../../target/release/lensfinder}
seed=${SEED:-1}
venv=${REAL_IMAGES_VENV:-$out/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import numpy, astropy, PIL' 2>/dev/null || "$venv/bin/pip" install --quiet -r "$here/requirements.txt"
run() { echo "+ $*" >&2; "$@"; }

# Mocks
mkdir -p "$out/settings"
trainings=
for set in $("$venv/bin/python" "$here/stamps.py" "$out/settings" "${SHARE:-1}"); do
    run "$lensfinder" --quiet simulate "$out/settings/$set.toml" --out "$out/mocks/$set" --seed "$seed"
    trainings="$trainings --training $out/mocks/$set/training"
done

# (A)
# shellcheck disable=SC2086
run "$lensfinder" --quiet train $trainings --config "$here/train.toml" --out "$out/models/mocks"

# Real images, plain folders, and the simulated crowd
"$venv/bin/python" "$here/prepare.py" "$images" "$out"
score() { # MODEL SET NAME [CROP]
    [ -e "$out/scores/$3.csv" ] ||
        run "$lensfinder" --quiet score --model "$out/models/$1" --images "$out/images/$2" --out "$out/scores/$3.csv" ${4:+--crop "$4"}
}
score_all() { # MODEL PREFIX
    score "$1" cfhtls_spacewarps "$2-candidates" 129
    score "$1" cfhtls_spacewarps "$2-candidates-whole"
    score "$1" ls_dr10_tierA "$2-tierA"
    score "$1" ls_dr10_injected "$2-injected"
    score "$1" spacewarps_guide_negatives "$2-guide" 140
    score "$1" des_red_galaxies "$2-des"
}
score_all mocks mocks

# (B): votes to labels, four fifths of the images to learn from, the last fifth to be judged on; then all of them
run "$lensfinder" aggregate "$out/votes.csv" --positive lens --out "$out/weighed.csv"
[ -e "$out/real/dataset.json" ] ||
    run "$lensfinder" --quiet ingest "$out/candidates.csv" --crop 129 --provenance real --out "$out/real"
for fold in 0 1 2 3 4 all; do
    "$venv/bin/python" "$here/labels.py" "$out/weighed.csv" "$out/folds.csv" "$out/labels-$fold.csv" "$fold" "${WEIGHT:-20}"
    run "$lensfinder" --quiet train --training "$out/mocks/galaxies/training" --training "$out/real" --labels "$out/labels-$fold.csv" \
        --from "$out/models/mocks" --config "$here/campaign.toml" --out "$out/models/after-$fold"
    [ "$fold" = all ] || score "after-$fold" cfhtls_spacewarps "after-fold-$fold" 129
done
score_all after-all after

"$venv/bin/python" "$here/evaluate.py" "$out"
