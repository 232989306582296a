#!/bin/sh
# Fails when a committed guest was not built from the sources beside it. Needs no wasm toolchain.
#     guests/check.sh            compare with the manifests
#     guests/check.sh --print    print the hash of the Hog runtime's sources
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

# Compares a guest's manifest with the hash of its sources and with its artifact.
check() {
    name=$1 manifest=$2 sources=$3 script=$4
    entry() { sed -n "s/^$1 = \"\(.*\)\"/\1/p" "$guests/$manifest" | head -n 1; }
    if [ "$sources" != "$(entry sources_sha256)" ]; then
        echo "guests: the sources of $name changed since it was built; run $script" >&2
        exit 1
    fi
    if [ "$(sha256sum "$guests/$(entry artifact)" | cut -d' ' -f1)" != "$(entry artifact_sha256)" ]; then
        echo "guests: $(entry artifact) is not the artifact that the manifest names; run $script" >&2
        exit 1
    fi
}

check hog manifest.toml "$hash" guests/build.sh
for name in python javascript; do
    check "$name" "$name/manifest.toml" "$("$guests/$name/sources.sh")" "guests/$name/build.sh"
done
