#!/usr/bin/env bash
# The platforms' own clients, from PyPI, against a real server: they capture, try, save and run metrics as they would
# at home. And requests made from our own description of the API: no 5xx, no answer that it doesn't describe.
#     tests/clients/run.sh                    all of it
#     tests/clients/run.sh posthog honeyhive  some: posthog, honeyhive, honeyhive-2023, mutated,
#                                           schemathesis, browser
#     SCHEMATHESIS_SECONDS=600 tests/clients/run.sh schemathesis
# JURYBOX is the program to test [default: target/debug/jurybox].
set -euo pipefail
cd "$(dirname "$0")/../.."

here=tests/clients
# No caches of Python's beside the sources.
export PYTHONDONTWRITEBYTECODE=1
jurybox=${JURYBOX:-target/debug/jurybox}
if [ ! -x "$jurybox" ]; then
    echo "there is no $jurybox; cargo build makes it, or set JURYBOX" >&2
    exit 1
fi

quiet=(--quiet --disable-pip-version-check)

step() { printf '\n== %s\n' "$*"; }

# Makes a virtual environment from the arguments of `pip install`, unless it is there and its lists are unchanged.
# Fails only where PyPI can't be reached.
environment() {
    local venv=target/tools/$1 lists
    shift
    lists=$(cat "$here"/*.txt | sha256sum)
    if [ "$(cat "$venv/made-from" 2>/dev/null)" != "$lists" ]; then
        rm -rf "$venv"
        python3 -m venv "$venv" || exit 1
        "$venv/bin/pip" "${quiet[@]}" --retries 1 download --no-deps --dest "$venv/reached" pip >/dev/null 2>&1 || return 1
        "$venv/bin/pip" "${quiet[@]}" install --no-compile "$@" || exit 1
        echo "$lists" >"$venv/made-from"
    fi
}

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(posthog honeyhive honeyhive-2023 mutated schemathesis browser)
asked_for() { [[ " ${parts[*]} " == *" $1 "* ]]; }

failed=()
# The page has a runner of its own, with a server of its own.
if asked_for browser; then
    step browser
    JURYBOX=$jurybox "$here/browser/run.sh" || failed+=(browser)
    [ "${parts[*]}" != browser ] || exit ${#failed[@]}
fi

step 'Clients from PyPI'
reached=1
environment clients --requirement "$here/requirements.txt" --constraint "$here/constraints.txt" || reached=
if [ -n "$reached" ] && asked_for honeyhive-2023; then
    environment clients-2023 --no-deps --requirement "$here/requirements-2023.txt" || reached=
fi
if [ -z "$reached" ]; then
    echo "PyPI can't be reached: THE CLIENTS WERE NOT TESTED (tests/clients/run.sh does it where it can be)"
    exit ${#failed[@]}
fi

data=$(mktemp -d)
server=
stop() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$data"
}
trap stop EXIT

step 'The server'
"$jurybox" serve --addr 127.0.0.1:0 --data "$data/store" 2>"$data/log" &
server=$!
# The first start on a machine compiles the runtimes.
for _ in $(seq 1200); do
    JURYBOX_URL=$(sed -n 's|.*listening on \(http://[^ ]*\).*|\1|p' "$data/log" | head -n 1)
    [ -z "$JURYBOX_URL" ] || break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
JURYBOX_KEY=$(grep -o 'jbx_[[:alnum:]]*_[[:alnum:]_-]*' "$data/log" | head -n 1 || true)
if [ -z "$JURYBOX_URL" ] || [ -z "$JURYBOX_KEY" ]; then
    echo "the server doesn't start, or says neither its address nor a key:" >&2
    cat "$data/log" >&2
    exit 1
fi
export JURYBOX_URL JURYBOX_KEY
echo "$JURYBOX_URL"

part() {
    local name=$1
    asked_for "$name" || return 0
    shift
    step "$name"
    "$@" || failed+=("$name")
    if ! kill -0 "$server" 2>/dev/null; then
        echo "the server died" >&2
        failed+=("$name")
    fi
}

client() {
    "target/tools/$1/bin/python" -m pytest --quiet --disable-warnings --rootdir "$here" -p no:cacheprovider -p no:schemathesis \
        "$here/$2_client.py"
}

part posthog client clients posthog
part honeyhive client clients honeyhive
part honeyhive-2023 client clients-2023 honeyhive_2023
part mutated client clients mutated
part schemathesis "$here/schemathesis.sh" target/tools/clients

if [ ${#failed[@]} -gt 0 ]; then
    step "Failed: ${failed[*]}"
    # Of the browser's server its own runner tells.
    [ "${failed[*]}" = browser ] || tail -n 60 "$data/log" | sed 's/^key: .*/key: .../'
    exit 1
fi
