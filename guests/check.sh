#!/bin/sh
# Fails when the committed guest was not built from the sources beside it. Needs no wasm toolchain.
#     guests/check.sh            compare with guests/manifest.toml
#     guests/check.sh --print    print the hash of the sources
set -eu

guests=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$guests")

# Everything the artifact is made from: sources, manifests, the build script, and the versions of the dependencies.
sources() {
    cd "$guests"
    find hog hog-abi -name '*.rs' -o -name Cargo.toml | grep -v /target/ | LC_ALL=C sort | while read -r file; do
        sha256sum "$file"
    done
    sha256sum build.sh
    cd "$root"
    cargo tree --locked --package jurybox-guest-hog --edges normal --prefix none \
        --target wasm32-unknown-unknown --format '{p}' | sed "s/ (.*//" | LC_ALL=C sort -u
}

hash=$(sources | sha256sum | cut -d' ' -f1)
if [ "${1:-}" = --print ]; then
    echo "$hash"
    exit
fi

manifest() {
    sed -n "s/^$1 = \"\(.*\)\"/\1/p" "$guests/manifest.toml"
}

if [ "$hash" != "$(manifest sources_sha256)" ]; then
    echo "guests: the sources changed since hog.wasm was built; run guests/build.sh" >&2
    exit 1
fi
if [ "$(sha256sum "$guests/hog/hog.wasm" | cut -d' ' -f1)" != "$(manifest artifact_sha256)" ]; then
    echo "guests: hog.wasm is not the artifact that the manifest names; run guests/build.sh" >&2
    exit 1
fi
