#!/bin/sh
# Builds the JavaScript guest and writes it with its manifest beside the sources:
#     guests/javascript/build.sh
# It needs Debian's clang-22, lld-22, libclang-rt-22-dev-wasm32, zstd, curl and dpkg, and the project's Rust toolchain. The
# sources of QuickJS-NG and wasi-libc come from crates.io and Debian, and are checked against the hashes below.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$(dirname "$here")")
work=${CARGO_TARGET_DIR:-$root/target}/javascript
mkdir -p "$work"

# fetch URL SHA256: the file under its own name in $work
fetch() {
    file=$work/${1##*/}
    [ -f "$file" ] || curl --fail --silent --show-error --location --output "$file" "$1"
    echo "$2  $file" | sha256sum --check --quiet
}

# The crate holds the C source of QuickJS-NG 0.16.2, unchanged.
fetch https://static.crates.io/crates/rquickjs-sys/rquickjs-sys-0.14.0.crate \
    cee271d0eeba64f0915b846cb7ae02e16faf3dfdffdca91731101d9d30fe3423
fetch "http://deb.debian.org/debian/pool/main/w/wasi-libc/wasi-libc_0.0~git20241209.574b88d-2_all.deb" \
    b7716260051d289248b7667f81fa2792c125d888ff51da3fa09c6272cc0bd11d
rm -rf "$work/build" && mkdir "$work/build" && cd "$work/build"
tar -xzf "$work/rquickjs-sys-0.14.0.crate"
dpkg-deb -x "$work/wasi-libc_0.0~git20241209.574b88d-2_all.deb" .
mv rquickjs-sys-0.14.0/quickjs quickjs

# patch EXPRESSION [FILE]: changes a source of QuickJS, and fails when there is nothing to change
patch() {
    file=quickjs/${2:-quickjs.c}
    cp "$file" before.c
    sed -i -z "$1" "$file"
    if cmp -s before.c "$file"; then
        echo "$file has no place for: $1" >&2
        exit 1
    fi
}

# Under WASI QuickJS doesn't check its stack. Without the check, recursion ends in a trap, which tells the author nothing.
patch 's/#ifdef __wasi__\n    rt->stack_size = 0;\n#endif\n//'
patch 's/#if defined(__wasi__)\n    rt->stack_limit = 0;/#if 0\n    rt->stack_limit = 0;/'
# The check looks at the shadow stack only, but what isn't addressed lives on WebAssembly's own stack, which is limited as well.
# Functions that recurse with next to nothing on the shadow stack get some weight there: a quarter of their other frame.
weigh() { patch "s/\n[a-zA-Z][^\n;{}]*[ *]$1([^;{}]*)\n{\n/&    GUEST_WEIGHT($2);\n/" "${3-}"; }
for file in quickjs.c libregexp.c; do
    sed -i '1i #define GUEST_WEIGHT(bytes) char guest_weight[bytes]; __asm__ volatile("" : : "r"(guest_weight) : "memory")' \
        quickjs/$file
done
weigh js_parse_unary 96
weigh js_parse_assign_expr2 96
weigh js_parse_postfix_expr 640
weigh js_parse_object_literal 320
weigh js_parse_destructuring_element 320
weigh js_parse_function_decl2 768
weigh js_parse_statement_or_decl 256
weigh json_parse_value 96
weigh internalize_json_property 192
weigh js_json_to_str 160
weigh JS_FlattenIntoArray 96
weigh js_proxy_get 160
weigh js_proxy_get_own_property_names 320
weigh js_iterator_helper_next 128
weigh re_parse_disjunction 128 libregexp.c
weigh re_parse_nested_class 128 libregexp.c
# Iterators that are made of iterators call each other without passing a check.
patch 's/            func = p->u.cfunc.c_function;\n            return func.iterator_next(/            if (js_check_stack_overflow(ctx->rt, 0)) {\
                *pdone = false;\
                return JS_ThrowStackOverflow(ctx);\
            }\n&/'
# Line 0 stands for the default, 1. A line before the author's first one has the number 0, though.
patch 's/if (options->line_num != 0)\n            line/line/'
# QuickJS knows the places of calls and some operators only; with those of statements, every error has at least the right line.
patch 's/    switch(tok = s->token.val) {\n    case .{.:\n        if (js_parse_block/    emit_source_loc(s);\n&/'
patch 's/\n            if (js_parse_function_check_names(s, fd, func_name))\n                goto fail;\n\n/&            emit_source_loc(s);\n/'
# A call has the place of the last thing among its arguments. It gets that of what is called: where its name stands, or else the
# bracket that opens the arguments. boot/failures.js finds the name there.
patch 's/    bool accept_lparen = (parse_flags & PF_POSTFIX_CALL) != 0;\n/&\
    bool named = s->token.val == TOK_IDENT || s->token.val == TOK_SUPER;\
    int place_line, place_column;\
#define GUEST_PLACE (place_line = s->token.line_num, place_column = max_int(1, s->token.ptr - s->eol))\
    GUEST_PLACE;\
/'
patch 's/            emit_source_loc(s);\n            if (js_parse_postfix_expr(s, 0))/            GUEST_PLACE, named = true;\n&/'
patch 's/            call_type = FUNC_CALL_TEMPLATE;\n/            if (!named) GUEST_PLACE;\n&/'
patch 's/        parse_func_call:\n/&            if (!named) GUEST_PLACE;\n/'
patch 's/                \/\* apply function call \*\/\n/&                emit_source_loc_at(s, place_line, place_column);\n/'
patch 's/            emit_func_call:\n/&                emit_source_loc_at(s, place_line, place_column);\n/'
patch 's/            call_type = FUNC_CALL_NORMAL;\n        } else/            named = false;\n&/'
patch 's/        parse_property:\n/&            GUEST_PLACE, named = true;\n/'
patch 's/        parse_array_access:\n/&            named = false;\n/'
# The specification leaves this message to engines; every other one has it.
patch 's/    JS_DefinePropertyValueConst(ctx, obj, JS_ATOM_errors, errors,/\
    JS_DefinePropertyValue(ctx, obj, JS_ATOM_message, JS_NewString(ctx, "All promises were rejected"),\
                           JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);\
&/'
# Frames of the guest's own realm (the one with an opaque pointer) are no business of the author, who sees `error.stack`.
patch 's/        p = JS_VALUE_GET_OBJ(sf->cur_func);\n        b = NULL;\n        backtrace_barrier = false;/&\
        if (guest_hides_frame(p)) continue;/'
patch 's/static void build_backtrace(JSContext \*ctx, JSValueConst error_val,/\
static bool guest_hides_frame(JSObject *p) {\
    JSContext *realm = js_class_has_bytecode(p->class_id) ? p->u.func.function_bytecode->realm\
        : p->class_id == JS_CLASS_C_FUNCTION ? p->u.cfunc.realm : NULL;\
    return realm \&\& realm->user_opaque;\
}\
\n&/'

# The files of boot/ and author/ as arrays of bytes, and a table of them.
{
    count=0
    table=
    for file in $(cd "$here" && find author boot -name '*.js' | LC_ALL=C sort); do
        count=$((count + 1))
        printf 'EMBED_BEGIN(source_%s)\n#embed "%s"\nEMBED_END\n' "$count" "$file"
        table="$table    {\"$file\", source_$count, sizeof source_$count - 1},
"
    done
    printf 'static const Embedded embedded[] = {\n%s};\n' "$table"
} > embedded.h

# What the engine's Cranelift runs well: vectors, bulk copies, and float conversions that saturate instead of trapping.
features="-msimd128 -mbulk-memory -msign-ext -mnontrapping-fptoint -mmutable-globals -mmultivalue"
flags="--target=wasm32-wasip1 --sysroot=$work/build/usr -O2 -DNDEBUG -D_GNU_SOURCE $features"
flags="$flags -D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_PROCESS_CLOCKS -Iquickjs"
# No machine's paths in the artifact, and no dates.
flags="$flags -ffile-prefix-map=$work/build=. -ffile-prefix-map=$here=. -Wdate-time"
for name in quickjs libregexp libunicode dtoa; do
    clang-22 $flags -w -c quickjs/$name.c -o $name.o
done
for name in guest memory modules native; do
    clang-22 $flags -std=c23 -Wall -Wextra -Wno-unused-parameter -Wno-c23-extensions -DSTACK_LIMIT_KIB=1024 \
        -I. --embed-dir="$here" -c "$here/src/$name.c" -o $name.o
done
# The stack comes first, so that an overflow traps instead of running into data.
clang-22 $flags -mexec-model=reactor -fuse-ld=/usr/bin/wasm-ld-22 \
    guest.o memory.o modules.o native.o quickjs.o libregexp.o libunicode.o dtoa.o \
    -lwasi-emulated-signal -lwasi-emulated-process-clocks \
    -Wl,-z,stack-size=1310720 -Wl,--stack-first -Wl,--export=__stack_pointer -Wl,--strip-debug -o linked.wasm

cd "$root"
cargo run --quiet --package jurybox-preinitialise -- "$work/build/linked.wasm" "$work/build/javascript.wasm"
zstd -19 --quiet --force "$work/build/javascript.wasm" -o "$here/javascript.wasm.zst"

{
    echo '# Written by guests/javascript/build.sh. guests/check.sh fails when the sources are not the ones named here.'
    echo '[javascript]'
    echo 'artifact = "javascript/javascript.wasm.zst"'
    echo "artifact_sha256 = \"$(sha256sum "$here/javascript.wasm.zst" | cut -d' ' -f1)\""
    echo "module_sha256 = \"$(sha256sum "$work/build/javascript.wasm" | cut -d' ' -f1)\""
    echo "sources_sha256 = \"$("$here/sources.sh")\""
    echo 'engine = "QuickJS-NG 0.16.2, wasi-libc 0.0~git20241209.574b88d-2"'
    echo "toolchain = \"$(clang-22 --version | head -1)\""
} > "$here/manifest.toml"
cat "$here/manifest.toml"
