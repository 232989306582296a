#!/bin/sh
# Builds the metrics in C; any clang with the wasm32 target and its wasm-ld will do:
#     examples/c/build.sh
set -eu

cd "$(dirname "$0")"
clang=${CLANG:-clang-22}

# Memory for the whole event from the start, and not a byte that says where it was built.
for metric in brackets; do
    $clang --target=wasm32 -nostdlib -Oz -flto -Wall -Wextra -Werror -std=c17 \
        -Wl,--no-entry -Wl,--lto-O3 -Wl,--strip-all -Wl,--stack-first -Wl,-z,stack-size=65536 \
        -o "$metric.wasm" "$metric.c"
done
ls -l ./*.wasm
