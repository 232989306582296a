#!/bin/sh
# Builds the page from the sources in this folder into src/server/page/assets, which is committed: cargo needs no node.
# Needs node 20 or newer and the npm registry. The same sources give the same bytes.
set -eu

cd "$(dirname "$0")"
assets=../src/server/page/assets

npm ci --ignore-scripts --no-audit --no-fund
npx tsc --project tsconfig.json

rm -rf "$assets"
mkdir -p "$assets"
esbuild() { npx esbuild --bundle --minify --target=es2022 --charset=utf8 --legal-comments=none --log-level=warning "$@"; }
# A module has a scope of its own; the theme is a classic script, since it has to run before the page is painted.
esbuild src/main.ts --format=esm --metafile=node_modules/.page.json --outfile="$assets/page.js"
esbuild src/theme.ts --format=iife --outfile="$assets/theme.js"
esbuild src/page.css --outfile="$assets/page.css"
cp src/index.html src/icon.svg "$assets/"
node licenses.mjs node_modules/.page.json > "$assets/LICENSES.txt"

{
    echo '# Written by web/build.sh. web/check.sh fails when sources or assets are not the ones named here.'
    echo "sources_sha256 = \"$(./check.sh --print sources)\""
    echo "assets_sha256 = \"$(./check.sh --print assets)\""
} > manifest.toml
wc -c "$assets"/*
