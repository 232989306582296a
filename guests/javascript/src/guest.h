/* What the parts of the guest share. */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "quickjs.h"

/* QuickJS keeps two realms apart: objects of one have other prototypes than objects of the other, so whatever a snippet
   does to `Array.prototype` or `JSON`, the code that calls it doesn't notice. */
extern JSRuntime *runtime;
extern JSContext *boot;   /* the realm of the code in `boot/`, which no author's code can reach */
extern JSContext *author; /* the realm of snippets, and of the code in `author/` that has to make objects for them */

/* memory.c */
extern const JSMallocFunctions memory_functions;
int memory_prepare(void);        /* grows the heap before it is stored; 0 when there isn't enough memory */
bool memory_was_exhausted(void); /* whether an allocation has failed since the guest was initialised */

/* modules.c */
void modules_prepare(void);
JSValue modules_import(JSContext *realm, const char *name); /* the namespace of an embedded module */
void modules_close(void);                                   /* from here on, every import fails */

/* native.c */
int native_prepare(void); /* gives the realm `boot` its global `native`; 0 when there isn't enough memory */
void native_log(const char *text, size_t length);

#endif
