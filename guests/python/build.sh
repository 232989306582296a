#!/bin/sh
# Builds CPython for the sandbox and writes it, initialised and compressed, with its manifest beside the sources:
#     guests/python/build.sh
# Everything that comes from elsewhere is named below with its sha256. It needs clang-22, clang-cpp-22, lld-22, llvm-22,
# libclang-rt-22-dev-wasm32, a C compiler for this machine, make, curl, unzip, xz, zstd, dpkg-deb, pip and cargo.
# Each step is skipped when its result is there; PYTHON_BUILD names the folder to work in.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${PYTHON_BUILD:-${CARGO_TARGET_DIR:-$root/target}/guest-python}
jobs=${PYTHON_JOBS:-2}
debian=http://deb.debian.org/debian/pool/main

cpython=python3.13_3.13.5.orig.tar.xz
cpython_sha256=93e583f243454e6e9e4588ca2c2662206ad961659863277afcdb96801647d640
libc=wasi-libc_0.0~git20241209.574b88d-2_all.deb
libc_sha256=b7716260051d289248b7667f81fa2792c125d888ff51da3fa09c6272cc0bd11d
zlib=zlib_1.3.dfsg+really1.3.1.orig.tar.gz
zlib_sha256=60dd315c07f616887caa029408308a018ace66e3d142726a97db164b3b8f69fb
tzdata=tzdata-2026.6-py2.py3-none-any.whl
tzdata_sha256=0a10eec6e13ef16b627fabed9a5f2ba61a62b1c67f327305f4e7e412a70b4aec

# CPython writes the time of the build into the interpreter.
SOURCE_DATE_EPOCH=946684800
export SOURCE_DATE_EPOCH
LC_ALL=C
export LC_ALL
umask 022

mkdir -p "$work/inputs"
cd "$work"

# fetch NAME SHA256 COMMAND...: the command leaves the file NAME in the current folder.
fetch() {
    name=$1 sha256=$2
    shift 2
    if [ ! -e "inputs/$name" ]; then
        (cd inputs && "$@")
    fi
    echo "$sha256  inputs/$name" | sha256sum --check --quiet
}
fetch "$cpython" "$cpython_sha256" curl -sSfLO "$debian/p/python3.13/$cpython"
fetch "$libc" "$libc_sha256" curl -sSfLO "$debian/w/wasi-libc/$libc"
fetch "$zlib" "$zlib_sha256" curl -sSfLO "$debian/z/zlib/$zlib"
fetch "$tzdata" "$tzdata_sha256" pip download --quiet --disable-pip-version-check --no-deps tzdata==2026.6

# step NAME: true when the step has still to be done; `finished NAME` ends it.
step() { [ ! -e "$work/.$1" ]; }
finished() { touch "$work/.$1"; cd "$work"; }

if step sources; then
    rm -rf src libc zlib
    mkdir src libc zlib
    tar -xf "inputs/$cpython" -C src --strip-components=1
    tar -xf "inputs/$zlib" -C zlib --strip-components=1
    dpkg-deb -x "inputs/$libc" libc
    # The host gives interpreters a stack of 4 MiB, half of what CPython counts on: see tests/python/hostile.rs.
    sed -i '/Based on wasmtime 16/{n;s/5000/3000/}' src/Include/cpython/pystate.h

    finished sources
fi

if step native; then
    rm -rf native
    mkdir native
    cd native
    ../src/configure --without-ensurepip --disable-test-modules OPT='-DNDEBUG -O1' > configure.log 2>&1
    make -j"$jobs" python > make.log 2>&1
    finished native
fi

sysroot=$work/libc/usr
target="--target=wasm32-wasip1 --sysroot=$sysroot"
# What the engine's Cranelift runs well, and nothing that changes a table.
features='-mbulk-memory -msign-ext -mnontrapping-fptoint -mmutable-globals'
# No machine's paths in the artifact.
paths="-ffile-prefix-map=$work=/build"
compile="clang-22 $target $features $paths -O2 -DNDEBUG -w"

if step zlib; then
    cd zlib
    rm -f ./*.o libz.a
    for part in adler32 compress crc32 deflate inffast inflate inftrees trees uncompr zutil; do
        $compile -c "$part.c" -o "$part.o"
    done
    llvm-ar rcs libz.a ./*.o
    finished zlib
fi

if step configure; then
    rm -rf wasm
    mkdir wasm
    cd wasm
    # Left out: what a sandbox cannot do, encodings of the East with their megabytes of tables, and modules that only
    # look into the interpreter.
    for module in _codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _multibytecodec \
        _ctypes _interpreters _interpchannels _interpqueues _lsprof _socket _sqlite3 _ssl _hashlib _bz2 _lzma \
        _uuid _posixsubprocess faulthandler select readline xxsubtype; do
        eval "export py_cv_module_$module=n/a"
    done
    CONFIG_SITE=../src/Tools/wasm/config.site-wasm32-wasi \
        PKG_CONFIG_PATH='' PKG_CONFIG_LIBDIR=/nonexistent \
        ZLIB_CFLAGS="-I$work/zlib" ZLIB_LIBS="-L$work/zlib -lz" \
        CC="clang-22 $target -fuse-ld=/usr/bin/wasm-ld-22" CPP="clang-cpp-22 $target" CXX="clang++-22 $target" \
        AR=llvm-ar RANLIB=llvm-ranlib OPT='-DNDEBUG -O2' CFLAGS="-w $features $paths" \
        ../src/configure -C --host=wasm32-unknown-wasip1 --build=x86_64-linux-gnu \
        --with-build-python="$work/native/python" --with-suffix=.wasm --with-pymalloc --disable-test-modules \
        --without-ensurepip --without-doc-strings --disable-ipv6 --prefix=/ > configure.log 2>&1
    finished configure
fi

if step interpreter; then
    cd wasm
    make -j"$jobs" libpython3.13.a python.wasm > make.log 2>&1
    finished interpreter
fi

rm -rf zones
mkdir zones
unzip -q "inputs/$tzdata" 'tzdata/zoneinfo/*' -d zones
native/python -I -S -X no_debug_ranges "$here/pack.py" src "$here/library" "$here/boot" zones/tzdata/zoneinfo wasm/archive

# The linker command is make's own for python.wasm, with our exports in place of `main`.
sed -n 's/^clang-22 .* -o python\.wasm Programs\/python\.o//p' wasm/make.log | tail -n 1 > wasm/objects
(
    cd wasm
    $compile -std=c23 --embed-dir=. -DPy_BUILD_CORE -I. -I../src/Include \
        -I../src/Include/internal -I../src/Include/internal/mimalloc -c "$here/guest.c" -o guest.o
    # Deep recursion must end at CPython's own count, before this stack does; it is first, so that an overflow traps.
    # shellcheck disable=SC2046
    clang-22 $target -fuse-ld=/usr/bin/wasm-ld-22 -mexec-model=reactor -z stack-size=4194304 -Wl,--stack-first \
        -Wl,--export=__stack_pointer -Wl,--strip-all -o guest.wasm guest.o $(cat objects)
)

cd "$root"
# shellcheck disable=SC2086
${PREINITIALISE:-cargo run --release --quiet --package jurybox-preinitialise --} "$work/wasm/guest.wasm" "$work/python.wasm"
zstd -19 --quiet --force --no-progress "$work/python.wasm" -o "$here/python.wasm.zst"

{
    echo '# Written by guests/python/build.sh. guests/check.sh fails when the sources are not the ones named here.'
    echo '[python]'
    echo 'artifact = "python/python.wasm.zst"'
    echo "artifact_sha256 = \"$(sha256sum "$here/python.wasm.zst" | cut -d' ' -f1)\""
    echo "module_sha256 = \"$(sha256sum "$work/python.wasm" | cut -d' ' -f1)\""
    echo "sources_sha256 = \"$("$here/sources.sh")\""
    echo "toolchain = \"$(clang-22 --version | head -n 1)\""
    echo
    echo '[python.inputs]'
    echo "\"$cpython\" = \"$cpython_sha256\""
    echo "\"$libc\" = \"$libc_sha256\""
    echo "\"$zlib\" = \"$zlib_sha256\""
    echo "\"$tzdata\" = \"$tzdata_sha256\""
} > "$here/manifest.toml"
cat "$here/manifest.toml"
