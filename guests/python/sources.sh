#!/bin/sh
# Prints the hash of everything in this folder that the artifact is made from.
set -eu
cd "$(dirname "$0")"
find . -type f ! -name python.wasm.zst ! -name manifest.toml ! -name '*.md' ! -name '*.pyc' | LC_ALL=C sort |
    while read -r file; do sha256sum "$file"; done | sha256sum | cut -d' ' -f1
