#!/bin/sh
# Builds the metrics in Rust and writes each beside its sources, with a manifest:
#     examples/rust/build.sh
# With a toolchain that has the wasm32 target, `cargo build --release --target wasm32-unknown-unknown` in a crate's
# directory is all it takes. This script also makes the bytes the same everywhere, and works without the target with
# Debian's rustc-web, cargo-web, rust-web-src and lld-22, or other ones named by GUEST_PATH and GUEST_LINKER.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$(dirname "$here")")
PATH=${GUEST_PATH:-/usr/bin:$PATH}
export PATH RUSTC_BOOTSTRAP=1
target=${CARGO_TARGET_DIR:-$root/target}/guest
sysroot=$(rustc --print sysroot)
registry=${CARGO_HOME:-$HOME/.cargo}

# The stack first, so that an overflow traps; no machine's paths in the artifact.
flags="-C linker=${GUEST_LINKER:-/usr/bin/wasm-ld-22} -C link-arg=-zstack-size=262144 -C link-arg=--stack-first"
flags="$flags --remap-path-prefix=$root=/jurybox --remap-path-prefix=$registry=/cargo"
flags="$flags --remap-path-prefix=$sysroot=/rust --remap-path-prefix=/usr/lib/rustlib=/rust"

echo '# Written by examples/rust/build.sh. examples/rust/check.sh fails when the sources are not the ones named here.' \
    > "$here/manifest.toml.new"
for crate in token-f1 tool-calls; do
    # In the crate's directory, so that its own settings count; and so that paths in panics start at `src`.
    cd "$here/$crate"
    RUSTFLAGS=$flags cargo build --release --target wasm32-unknown-unknown --target-dir "$target" \
        -Zbuild-std=std,panic_abort
    built=$(echo "$crate" | tr - _).wasm
    cp "$target/wasm32-unknown-unknown/release/$built" "$here/$crate.wasm"
    {
        echo
        echo "[$crate]"
        echo "artifact_sha256 = \"$(sha256sum "$here/$crate.wasm" | cut -d' ' -f1)\""
        echo "sources_sha256 = \"$("$here/check.sh" --print "$crate")\""
        echo "toolchain = \"$(rustc --version)\""
    } >> "$here/manifest.toml.new"
done
mv "$here/manifest.toml.new" "$here/manifest.toml"
cat "$here/manifest.toml"
ls -l "$here"/*.wasm
