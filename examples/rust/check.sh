#!/bin/sh
# Fails when a committed metric was not built from the sources beside it. Needs no wasm toolchain.
#     examples/rust/check.sh                   compare with examples/rust/manifest.toml
#     examples/rust/check.sh --print CRATE     print the hash of a crate's sources
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$(dirname "$here")")

# Everything the artifact is made from: sources, manifests, versions of dependencies, the SDK, the build script.
sources() {
    cd "$root"
    {
        find "examples/rust/$1" guest-sdk \( -name '*.rs' -o -name Cargo.toml -o -name Cargo.lock \) \
            -not -path '*/target/*' -not -path '*/tests/*'
        echo examples/rust/build.sh
    } | LC_ALL=C sort | while read -r file; do
        sha256sum "$file"
    done
}

hash() {
    sources "$1" | sha256sum | cut -d' ' -f1
}

if [ "${1:-}" = --print ]; then
    hash "$2"
    exit
fi

# A field of a crate's section of the manifest.
manifest() {
    sed -n "/^\[$1\]$/,/^$/s/^$2 = \"\(.*\)\"/\1/p" "$here/manifest.toml"
}

for crate in token-f1 tool-calls; do
    if [ "$(hash "$crate")" != "$(manifest "$crate" sources_sha256)" ]; then
        echo "examples/rust: the sources of $crate changed since it was built; run examples/rust/build.sh" >&2
        exit 1
    fi
    if [ "$(sha256sum "$here/$crate.wasm" | cut -d' ' -f1)" != "$(manifest "$crate" artifact_sha256)" ]; then
        echo "examples/rust: $crate.wasm is not the artifact that the manifest names; run examples/rust/build.sh" >&2
        exit 1
    fi
done
