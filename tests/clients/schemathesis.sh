#!/usr/bin/env bash
# Requests made from /openapi.json, good and bad ones, against the server at JURYBOX_URL:
#     schemathesis.sh path/to/virtual/environment
# Takes SCHEMATHESIS_SECONDS, a minute by default. SCHEMATHESIS_SEED repeats a run that found something.
set -euo pipefail

programs=$(realpath "$1")/bin
here=$(realpath "$(dirname "$0")")
# It keeps what it found where it runs.
mkdir -p "$here/../../target/tools/schemathesis"
cd "$here/../../target/tools/schemathesis"
"$programs/python" "$here/schemathesis_config.py" >schemathesis.toml

checks=not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance
checks+=,response_schema_conformance,ignored_auth

seed=()
[ -z "${SCHEMATHESIS_SEED:-}" ] || seed=(--seed "$SCHEMATHESIS_SEED")

# Coverage tries every boundary of every field once; fuzzing repeats until the time is over.
exec "$programs/schemathesis" --config-file schemathesis.toml run "$JURYBOX_URL/openapi.json" \
    --header "Authorization: Bearer $JURYBOX_KEY" \
    --checks "$checks" \
    --phases examples,coverage,fuzzing \
    --max-time "${SCHEMATHESIS_SECONDS:-60}" \
    --request-timeout 30 \
    --suppress-health-check all \
    --continue-on-failure \
    --generation-database none \
    --no-color \
    "${seed[@]}"
