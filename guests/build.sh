#!/bin/sh
# Builds the Hog runtime guest and writes it with its manifest beside the sources:
#     guests/build.sh
# It needs a Rust toolchain that can build the standard library for wasm32: Debian's rustc-web, cargo-web,
# rust-web-src and lld-22, or another one named by GUEST_PATH and GUEST_LINKER.
set -eu

guests=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$guests")
PATH=${GUEST_PATH:-/usr/bin:$PATH}
export PATH RUSTC_BOOTSTRAP=1
target=${CARGO_TARGET_DIR:-$root/target}/guest
sysroot=$(rustc --print sysroot)
registry=${CARGO_HOME:-$HOME/.cargo}

# What the engine's Cranelift runs well: vectors, bulk copies, and float conversions that saturate instead of trapping.
features=+simd128,+bulk-memory,+sign-ext,+nontrapping-fptoint,+mutable-globals
flags="-C linker=${GUEST_LINKER:-/usr/bin/wasm-ld-22} -C target-feature=$features"
# The runtime's own memory ends below the shared state; a stack of 128 KiB comes first, so that an overflow traps.
flags="$flags -C link-arg=-zstack-size=131072 -C link-arg=--stack-first -C link-arg=--export=__stack_pointer"
flags="$flags -C link-arg=--initial-memory=12582912"
# No machine's paths in the artifact.
flags="$flags --remap-path-prefix=$root=/jurybox --remap-path-prefix=$registry=/cargo"
flags="$flags --remap-path-prefix=$sysroot=/rust --remap-path-prefix=/usr/lib/rustlib=/rust"

cd "$root"
RUSTFLAGS=$flags cargo build --release --target wasm32-unknown-unknown --target-dir "$target" \
    --package jurybox-guest-hog --lib -Zbuild-std=std,panic_abort \
    --config 'profile.release.opt-level=3' --config 'profile.release.lto="fat"' \
    --config 'profile.release.codegen-units=1' --config 'profile.release.panic="abort"' \
    --config 'profile.release.strip=true' --config 'profile.release.debug=false'

cp "$target/wasm32-unknown-unknown/release/jurybox_guest_hog.wasm" "$guests/hog/hog.wasm"

{
    echo '# Written by guests/build.sh. guests/check.sh fails when the sources are not the ones named here.'
    echo '[hog]'
    echo "artifact = \"hog/hog.wasm\""
    echo "artifact_sha256 = \"$(sha256sum "$guests/hog/hog.wasm" | cut -d' ' -f1)\""
    echo "sources_sha256 = \"$("$guests/check.sh" --print)\""
    echo "toolchain = \"$(rustc --version)\""
} > "$guests/manifest.toml"
cat "$guests/manifest.toml"
