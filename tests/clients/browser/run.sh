#!/usr/bin/env bash
# The page in headless Chromium against a real server.
#     tests/clients/browser/run.sh               all tests
#     tests/clients/browser/run.sh 'n/a'         those whose names match
# JURYBOX is the program to test [default: target/debug/jurybox], CHROMIUM the browser [default: the one in PATH].
# SCREENSHOTS=DIR leaves pictures there. Needs node 20 and the npm registry, once.
set -euo pipefail
cd "$(dirname "$0")/../../.."

here=tests/clients/browser
jurybox=${JURYBOX:-target/debug/jurybox}
if [ ! -x "$jurybox" ]; then
    echo "there is no $jurybox; cargo build makes it, or set JURYBOX" >&2
    exit 1
fi
browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [ -z "$browser" ] || ! command -v node >/dev/null; then
    echo "there is no Chromium or no node: THE PAGE WAS NOT TESTED (apt-get install chromium nodejs npm)"
    exit 0
fi

# Packages are installed once for each lockfile.
if ! cmp -s "$here/package-lock.json" "$here/node_modules/.made-from"; then
    if ! npm ci --prefix "$here" --ignore-scripts --no-audit --no-fund --loglevel=error; then
        echo "the npm registry can't be reached: THE PAGE WAS NOT TESTED"
        exit 0
    fi
    cp "$here/package-lock.json" "$here/node_modules/.made-from"
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

# Starts a server; further arguments are its own. Sets url, and key if it has one.
start() {
    local name=$1
    shift
    "$jurybox" serve --addr 127.0.0.1:0 --data "$data/$name" --events examples/events.jsonl "$@" \
        >"$data/$name.out" 2>"$data/$name.log" &
    server=$!
    url=
    for _ in $(seq 600); do
        url=$(sed -n 's/^listening on \(http.*\)$/\1/p' "$data/$name.log")
        [ -z "$url" ] || break
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    if [ -z "$url" ]; then
        echo "the server did not start:" >&2
        cat "$data/$name.log" >&2
        exit 1
    fi
    key=$(sed -n 's/^key: //p' "$data/$name.log")
}

# Runs the tests whose names match.
try() {
    JURYBOX_URL=$url JURYBOX_KEY=$key CHROMIUM=$browser \
        node --test --test-reporter=spec --test-name-pattern="$1" "$here/page.test.mjs"
}

[ -z "${SCREENSHOTS:-}" ] || mkdir -p "$SCREENSHOTS"
result=0
start keys
try "${1:-.}" || result=$?
if [ "$result" -ne 0 ]; then
    echo "== the server's last words" >&2
    tail -n 40 "$data/keys.log" | sed 's/^key: .*/key: .../' >&2
fi

# Without keys there is no signing in.
if [ $# -eq 0 ]; then
    kill "$server" && wait "$server" || true
    start open --insecure-no-auth
    key=
    try 'a key is asked for|one key press' || result=$?
fi
exit "$result"
