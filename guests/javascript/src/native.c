/* What the code in `boot/` can't do in JavaScript. All of it is reachable from the realm `boot` only, as the global `native`. */
#include <stdlib.h>
#include <string.h>

#include "guest.h"

#define IMPORT(name) __attribute__((import_module("jurybox"), import_name(name)))

IMPORT("log") void host_log(const char *text, size_t length);
IMPORT("random") int64_t host_random(void);

/* A back door of QuickJS for its own command line; command 2 takes the trace of the last exception that left a realm's code. */
extern uintptr_t js_std_cmd(int command, ...);
#define TAKE_TRACE 2

#define NATIVE(name) \
    static JSValue name(JSContext *context, JSValueConst this, int argc, JSValueConst *argv)

void native_log(const char *text, size_t length) { host_log(text, length); }

/* log(text): one line for whoever reads the snippet's output. */
NATIVE(log_line) {
    size_t length;
    const char *text = JS_ToCStringLen(context, &length, argv[0]);
    if (!text) return JS_EXCEPTION;
    host_log(text, length);
    JS_FreeCString(context, text);
    return JS_UNDEFINED;
}

/* random(): a number from 0 up to 1. Nothing is kept between calls, so no seed is stored with a snapshot. */
NATIVE(random_number) { return JS_NewFloat64(context, (double)((uint64_t)host_random() >> 11) * 0x1p-53); }

/* className(value): the name of an object's class, which no code can change; undefined for other values. */
NATIVE(class_name) {
    JSClassID class = JS_GetClassID(argv[0]);
    if (class == JS_INVALID_CLASS_ID) return JS_UNDEFINED;
    JSAtom name = JS_GetClassName(runtime, class);
    JSValue value = JS_AtomToString(context, name);
    JS_FreeAtom(context, name);
    return value;
}

/* promise(value): a promise of the author's realm that becomes what `value`, a thenable, becomes. */
NATIVE(promise) {
    JSValue functions[2];
    JSValue promise = JS_NewPromiseCapability(author, functions);
    if (JS_IsException(promise)) return promise;
    JSValue done = JS_Call(author, functions[0], JS_UNDEFINED, 1, argv);
    JS_FreeValue(author, functions[0]);
    JS_FreeValue(author, functions[1]);
    if (JS_IsException(done)) {
        JS_FreeValue(author, promise);
        return done;
    }
    JS_FreeValue(author, done);
    return promise;
}

/* promiseState(promise): 0 pending, 1 fulfilled, 2 rejected. */
NATIVE(promise_state) { return JS_NewInt32(context, JS_PromiseState(context, argv[0])); }
NATIVE(promise_result) { return JS_PromiseResult(context, argv[0]); }

/* runJobs(): what is waiting in the queue, and what that adds to it. Throws what a job throws. */
NATIVE(run_jobs) {
    JSContext *realm;
    int status;
    while ((status = JS_ExecutePendingJob(runtime, &realm)) > 0) {
    }
    return status < 0 ? JS_EXCEPTION : JS_UNDEFINED;
}

/* An enqueued callback of queueMicrotask. */
static JSValue run_callback(JSContext *context, int argc, JSValueConst *argv) {
    return JS_Call(author, argv[0], JS_UNDEFINED, 0, NULL);
}

/* enqueue(callback): a job that calls it. */
NATIVE(enqueue) { return JS_EnqueueJob(author, run_callback, 1, argv) < 0 ? JS_EXCEPTION : JS_UNDEFINED; }

/* takeTrace(): where the last uncaught exception of the author's realm was thrown, as text; also for values without a
   stack. Undefined if there was none since the last call. */
NATIVE(take_trace) {
    JSValue trace = JS_UNDEFINED;
    js_std_cmd(TAKE_TRACE, author, &trace);
    return trace;
}

/* memoryWasExhausted(): whether an allocation has failed. */
NATIVE(was_exhausted) { return JS_NewBool(context, memory_was_exhausted()); }

/* The program of the snippet, compiled and not yet run. There is one snippet in an instance. */
static JSValue program = JS_UNDEFINED;

/* compile(source, file, isModule, firstLine): keeps the program; throws a SyntaxError. */
NATIVE(compile) {
    size_t length;
    const char *source = JS_ToCStringLen(context, &length, argv[0]);
    const char *file = JS_ToCString(context, argv[1]);
    if (!source || !file) return JS_EXCEPTION;
    int32_t first_line = 1;
    JS_ToInt32(context, &first_line, argv[3]);
    JSEvalOptions options = {
        .version = JS_EVAL_OPTIONS_VERSION,
        .eval_flags = JS_EVAL_FLAG_COMPILE_ONLY | (JS_ToBool(context, argv[2]) ? JS_EVAL_TYPE_MODULE : JS_EVAL_TYPE_GLOBAL),
        .filename = file,
        .line_num = first_line,
    };
    program = JS_Eval2(author, source, length, &options);
    JS_FreeCString(context, source);
    JS_FreeCString(context, file);
    return JS_IsException(program) ? JS_EXCEPTION : JS_UNDEFINED;
}

/* run(): runs the compiled program; gives a script's value, a module's promise. */
NATIVE(run) { return JS_EvalFunction(author, JS_DupValue(author, program)); }

/* namespace(): what the program exports, once it ran. */
NATIVE(namespace_object) {
    if (JS_VALUE_GET_TAG(program) != JS_TAG_MODULE) return JS_UNDEFINED;
    return JS_GetModuleNamespace(author, JS_VALUE_GET_PTR(program));
}

/* evaluate(source, file): the value of a script in the author's global scope. */
NATIVE(evaluate_script) {
    size_t length;
    const char *source = JS_ToCStringLen(context, &length, argv[0]);
    const char *file = JS_ToCString(context, argv[1]);
    if (!source || !file) return JS_EXCEPTION;
    JSValue value = JS_Eval(author, source, length, file, JS_EVAL_TYPE_GLOBAL);
    JS_FreeCString(context, source);
    JS_FreeCString(context, file);
    return value;
}

/* Calls a function of the realm `boot` for the author. An error made there would hand out that realm's prototypes, so one of the
   author's realm takes its place. */
static JSValue call_exposed(JSContext *context, JSValueConst this, int argc, JSValueConst *argv, int magic, JSValueConst *data) {
    JSValue value = JS_Call(boot, data[0], JS_UNDEFINED, argc, argv);
    if (!JS_IsException(value)) return value;
    JSValue thrown = JS_GetException(boot);
    if (!JS_IsInstanceOf(boot, thrown, data[1])) return JS_Throw(author, thrown);
    JSValue text = JS_GetPropertyStr(boot, thrown, "message");
    const char *message = JS_ToCString(boot, text);
    if (JS_IsInstanceOf(boot, thrown, data[2])) {
        JS_ThrowRangeError(author, "%s", message ? message : "");
    } else if (memory_was_exhausted()) {
        JS_ThrowOutOfMemory(author);
    } else {
        JS_ThrowTypeError(author, "%s", message ? message : "");
    }
    JS_FreeCString(boot, message);
    JS_FreeValue(boot, text);
    JS_FreeValue(boot, thrown);
    return JS_EXCEPTION;
}

/* expose(name, length, function, Error, RangeError): the function as one of the author's realm. It must take and return nothing
   but primitive values and the author's objects. */
NATIVE(expose) {
    const char *name = JS_ToCString(context, argv[0]);
    if (!name) return JS_EXCEPTION;
    int32_t length = 0;
    JS_ToInt32(context, &length, argv[1]);
    JSValue function = JS_NewCFunctionData2(author, call_exposed, name, length, 0, 3, argv + 2);
    JS_FreeCString(context, name);
    return function;
}

/* encode(text): its UTF-8 bytes, as a Uint8Array of the author's realm. */
NATIVE(encode) {
    size_t length;
    const char *text = JS_ToCStringLen(context, &length, argv[0]);
    if (!text) return JS_EXCEPTION;
    JSValue bytes = JS_NewUint8ArrayCopy(author, (const uint8_t *)text, length);
    JS_FreeCString(context, text);
    return bytes;
}

/* decode(bytes): a Uint8Array's content read as UTF-8, with U+FFFD for what isn't. */
NATIVE(decode) {
    size_t length;
    const uint8_t *bytes = JS_GetUint8Array(context, &length, argv[0]);
    if (!bytes && length) return JS_EXCEPTION;
    return JS_NewStringLen(context, (const char *)bytes, length);
}

/* authorGlobal(): the author's `globalThis`. */
NATIVE(author_global) { return JS_GetGlobalObject(author); }

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("log", 1, log_line),
    JS_CFUNC_DEF("random", 0, random_number),
    JS_CFUNC_DEF("className", 1, class_name),
    JS_CFUNC_DEF("promise", 1, promise),
    JS_CFUNC_DEF("promiseState", 1, promise_state),
    JS_CFUNC_DEF("promiseResult", 1, promise_result),
    JS_CFUNC_DEF("runJobs", 0, run_jobs),
    JS_CFUNC_DEF("enqueue", 1, enqueue),
    JS_CFUNC_DEF("takeTrace", 0, take_trace),
    JS_CFUNC_DEF("memoryWasExhausted", 0, was_exhausted),
    JS_CFUNC_DEF("compile", 4, compile),
    JS_CFUNC_DEF("run", 0, run),
    JS_CFUNC_DEF("namespace", 0, namespace_object),
    JS_CFUNC_DEF("evaluate", 2, evaluate_script),
    JS_CFUNC_DEF("expose", 5, expose),
    JS_CFUNC_DEF("encode", 1, encode),
    JS_CFUNC_DEF("decode", 1, decode),
    JS_CFUNC_DEF("authorGlobal", 0, author_global),
};

int native_prepare(void) {
    JSValue native = JS_NewObject(boot);
    if (JS_IsException(native)) return 0;
    if (JS_SetPropertyFunctionList(boot, native, functions, sizeof functions / sizeof *functions) < 0) return 0;
    JSValue global = JS_GetGlobalObject(boot);
    int defined = JS_DefinePropertyValueStr(boot, global, "native", native, 0);
    JS_FreeValue(boot, global);
    return defined >= 0;
}
