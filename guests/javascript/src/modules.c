/* The modules that are part of the guest, and the refusal of all others. */
#include <stdlib.h>
#include <string.h>

#include "guest.h"

#define EMBED_BEGIN(variable) static const char variable[] = {
#define EMBED_END , 0};

typedef struct {
    const char *name;
    const char *source;
    size_t length;
} Embedded;

/* Written by build.sh: one `Embedded` for every file of `boot/` and `author/`. */
#include "embedded.h"

static bool closed;

/* Names are relative to the folder of the importing module; an import in one realm can't name a file of the other. */
static char *normalise(JSContext *context, const char *base, const char *name, void *opaque) {
    if (closed) {
        JS_ThrowReferenceError(context, "can't import \"%s\": modules can't be imported in the sandbox", name);
        return NULL;
    }
    const char *folder_end = strrchr(base, '/');
    size_t folder = folder_end ? (size_t)(folder_end - base) + 1 : 0;
    if (name[0] == '.' && name[1] == '/') name += 2;
    char *path = js_malloc(context, folder + strlen(name) + 1);
    if (!path) return NULL;
    memcpy(path, base, folder);
    strcpy(path + folder, name);
    return path;
}

static JSValue compile(JSContext *context, const char *name) {
    for (size_t i = 0; i < sizeof embedded / sizeof *embedded; i++) {
        if (strcmp(embedded[i].name, name) == 0) {
            int flags = JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY;
            return JS_Eval(context, embedded[i].source, embedded[i].length, name, flags);
        }
    }
    return JS_ThrowReferenceError(context, "no module \"%s\" is embedded", name);
}

static JSModuleDef *load(JSContext *context, const char *name, void *opaque) {
    JSValue module = compile(context, name);
    if (JS_IsException(module)) return NULL;
    JSModuleDef *definition = JS_VALUE_GET_PTR(module);
    JS_FreeValue(context, module); /* the realm holds it */
    return definition;
}

void modules_prepare(void) { JS_SetModuleLoaderFunc(runtime, normalise, load, NULL); }

JSValue modules_import(JSContext *realm, const char *name) {
    JSValue module = compile(realm, name);
    if (JS_IsException(module)) return module;
    JSModuleDef *definition = JS_VALUE_GET_PTR(module);
    JSValue promise = JS_EvalFunction(realm, module);
    if (JS_IsException(promise)) return promise;
    JSPromiseStateEnum state = JS_PromiseState(realm, promise);
    JSValue result = JS_PromiseResult(realm, promise);
    JS_FreeValue(realm, promise);
    if (state == JS_PROMISE_REJECTED) return JS_Throw(realm, result);
    JS_FreeValue(realm, result);
    return JS_GetModuleNamespace(realm, definition);
}

void modules_close(void) { closed = true; }
