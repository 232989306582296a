#!/bin/sh
# Builds the metric in AssemblyScript; needs npm:
#     examples/assemblyscript/build.sh
set -eu

cd "$(dirname "$0")"
npm install --no-audit --no-fund --no-package-lock
npm run build
ls -l ./*.wasm
