#!/bin/sh
# Prints the hash of everything javascript.wasm is made from. Needs no wasm toolchain.
set -eu

cd "$(dirname "$0")"
{
    find src boot author -type f | LC_ALL=C sort | while read -r file; do
        sha256sum "$file"
    done
    sha256sum build.sh
} | sha256sum | cut -d' ' -f1
