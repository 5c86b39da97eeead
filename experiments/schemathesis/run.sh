#!/bin/sh
# Asks the server everything its OpenAPI document allows, and much it does not: no 5xx, no status that is not documented,
# answers of the documented form. As a guest, as somebody who just signed up, and as an admin.
# Usage: experiments/schemathesis/run.sh OUT_FOLDER [EXAMPLES_PER_OPERATION]
# LENSFINDER names a program that is built already, WORKSPACE a workspace to be copied (else a small simulated one is
# made), SCHEMATHESIS_VENV a virtual environment to keep, ROLES what to be ("guest volunteer admin"), SERVE_ARGS more for the
# server: with --no-quiz whoever signed up may classify. Takes some minutes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?give a folder for the results}
examples=${2:-25}
mkdir -p "$out"
out=$(cd "$out" && pwd)
scratch=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$scratch"' EXIT
venv=${SCHEMATHESIS_VENV:-$scratch/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import schemathesis' 2>/dev/null || "$venv/bin/pip" install --quiet -r "$here/requirements.txt"

cd "$here/../.."
lensfinder=${LENSFINDER:-target/release/lensfinder}
[ -n "${LENSFINDER:-}" ] || cargo build --quiet --release -p cli
workspace=$scratch/workspace
if [ -n "${WORKSPACE:-}" ]; then
    cp -r "$WORKSPACE" "$workspace"
else
    "$lensfinder" demo --dir "$workspace" --cutouts 200 --rounds 0 --no-real --no-serve >"$out/demo.log" 2>&1
fi
port=${PORT:-8391}
BASE=http://127.0.0.1:$port
export BASE
"$lensfinder" serve --workspace "$workspace" --listen "127.0.0.1:$port" --no-rate-limits ${SERVE_ARGS:-} >"$out/server.log" 2>&1 &
server=$!
for _ in $(seq 100); do
    curl --silent --fail --output /dev/null "$BASE/api/v1/health" && break
    sleep 0.2
done
curl --silent --fail --output /dev/null --header 'Content-Type: application/json' "$BASE/api/v1/accounts" \
    --data '{"email":"admin@example.org","display_name":"Admin","password":"a slow red giant"}'
"$lensfinder" account role admin@example.org admin --workspace "$workspace" >/dev/null

status=0
for ROLE in ${ROLES:-guest volunteer admin}; do
    export ROLE
    echo "== $ROLE" >&2
    # What is not asked: streams that do not end. What is not checked: whether every request that fits the schema
    # is accepted (ids must exist), and 401 for the guest that every call makes of itself.
    SCHEMATHESIS_HOOKS=$here/hooks.py "$venv/bin/schemathesis" run "$BASE/openapi.json" \
        --exclude-path-regex 'status/events$' --phases coverage,fuzzing --max-examples "$examples" --seed 1 \
        --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance,unsupported_method,allow_header_conformance \
        --continue-on-failure --no-shrink --request-timeout 30 --workers 1 --suppress-health-check all \
        >"$out/$ROLE.txt" 2>&1 || status=$?
    tail -n 40 "$out/$ROLE.txt" >&2
done
grep -c 'request failed' "$out/server.log" >"$out/faults_logged.txt" || true
exit "$status"
