#!/bin/sh
# Fails when the committed page was not built from the sources beside this script. Needs no node.
#     web/check.sh                           compare with the manifest
#     web/check.sh --print sources|assets    print a hash
set -eu

cd "$(dirname "$0")"

hash() {
    case $1 in
    sources) find src examples build.sh licenses.mjs package.json package-lock.json tsconfig.json -type f ;;
    assets) find ../src/server/page/assets -type f ;;
    esac | LC_ALL=C sort | while read -r file; do sha256sum "$file"; done | sha256sum | cut -d' ' -f1
}

if [ "${1:-}" = --print ]; then
    hash "$2"
    exit
fi

entry() { sed -n "s/^$1_sha256 = \"\(.*\)\"/\1/p" manifest.toml; }
for what in sources assets; do
    if [ "$(hash $what)" != "$(entry $what)" ]; then
        echo "web: the $what of the page are not the ones of its last build; run web/build.sh" >&2
        exit 1
    fi
done
if grep -q '"resolved"' package-lock.json; then
    echo "web: package-lock.json names a registry; run npm config set omit-lockfile-registry-resolved true" >&2
    exit 1
fi
