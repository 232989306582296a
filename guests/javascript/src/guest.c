/* The exports of the guest (see guests/interpreters.md). What they do is in `boot/main.js`. */
#include <stdlib.h>
#include <string.h>

#include "guest.h"

#define EXPORT(name) __attribute__((export_name(name)))

/* Less than the shadow stack, which has room left for functions that don't check. What WebAssembly keeps on its own stack
   can't be measured from within, so this is also what keeps the deepest recursion within the 4 MiB that the host gives. */
#define STACK_LIMIT (STACK_LIMIT_KIB << 10)

/* Collecting visits, and so dirties, every object of the stored heap: ordinary events should end before the first time. */
#define COLLECT_AFTER (4 << 20)

JSRuntime *runtime;
JSContext *boot;
JSContext *author;

static JSValue load_function;
static JSValue evaluate_function;

/* The last answer; it is the host's to read until the next call. */
static const char *answer;

static uint64_t as_answer(const char *text, size_t length) { return (uint64_t)(uintptr_t)text << 32 | length; }

/* An answer for when there's no memory to make one. */
#define OUT_OF_MEMORY \
    "\"type\":\"MemoryError\",\"message\":\"out of memory\",\"line\":null,\"column\":null,\"traceback\":[]"
static const char no_memory_to_load[] =
    "{\"error\":{\"kind\":\"exception\"," OUT_OF_MEMORY ",\"end_line\":null,\"end_column\":null}}";
static const char no_memory_to_evaluate[] = "{\"$error\":{" OUT_OF_MEMORY "}}";

/* Gives what `function` makes of `argument`, a text; or `otherwise`, if it throws. */
static uint64_t call(JSValueConst function, JSValue argument, const char *otherwise) {
    JSValue text = JS_IsException(argument) ? argument : JS_Call(boot, function, JS_UNDEFINED, 1, &argument);
    JS_FreeValue(boot, argument);
    size_t length;
    answer = JS_IsException(text) ? NULL : JS_ToCStringLen(boot, &length, text);
    JS_FreeValue(boot, text);
    if (answer) return as_answer(answer, length);
    JS_FreeValue(boot, JS_GetException(boot));
    return as_answer(otherwise, strlen(otherwise));
}

static void begin(void) {
    JS_UpdateStackTop(runtime);
    if (answer) JS_FreeCString(boot, answer);
    answer = NULL;
}

EXPORT("alloc") char *guest_alloc(size_t length) {
    /* One more byte: QuickJS wants the texts it parses to end with a zero. */
    return malloc(length + 1);
}

EXPORT("load") uint64_t guest_load(char *text, size_t length) {
    begin();
    JSValue request = JS_NewStringLen(boot, text, length);
    free(text);
    return call(load_function, request, no_memory_to_load);
}

EXPORT("evaluate") uint64_t guest_evaluate(char *text, size_t length) {
    begin();
    text[length] = 0;
    JSValue document = JS_ParseJSON(author, text, length, "event");
    free(text);
    return call(evaluate_function, document, no_memory_to_evaluate);
}

static int fail(const char *what) {
    native_log(what, strlen(what));
    JSValue thrown = JS_GetException(boot);
    const char *text = JS_ToCString(boot, thrown);
    if (text) native_log(text, strlen(text));
    return 3;
}

EXPORT("init") int guest_init(void) {
    runtime = JS_NewRuntime2(&memory_functions, NULL);
    if (!runtime || !memory_prepare()) return 1;
    JS_SetMaxStackSize(runtime, STACK_LIMIT);
    boot = JS_NewContext(runtime);
    author = JS_NewContext(runtime);
    if (!boot || !author || !native_prepare()) return 2;
    if (JS_AddIntrinsicDOMException(author) < 0) return 2; /* JS_NewContext leaves it out of all realms but the first */
    JS_SetContextOpaque(boot, boot); /* build.sh has QuickJS leave its functions out of stack traces */

    modules_prepare();
    JSValue library = modules_import(author, "author/main.js");
    if (JS_IsException(library)) return fail("author/main.js can't be loaded");
    JSValue main = modules_import(boot, "boot/main.js");
    if (JS_IsException(main)) return fail("boot/main.js can't be loaded");
    JSValue prepare = JS_GetPropertyStr(boot, main, "prepare");
    JSValue prepared = JS_Call(boot, prepare, JS_UNDEFINED, 1, &library);
    if (JS_IsException(prepared)) return fail("`prepare` of boot/main.js failed");
    load_function = JS_GetPropertyStr(boot, main, "load");
    evaluate_function = JS_GetPropertyStr(boot, main, "evaluate");
    JS_FreeValue(boot, prepare);
    JS_FreeValue(boot, prepared);
    JS_FreeValue(boot, main);
    JS_FreeValue(author, library);
    modules_close();

    JS_RunGC(runtime);
    JS_SetGCThreshold(runtime, COLLECT_AFTER);
    return 0;
}
