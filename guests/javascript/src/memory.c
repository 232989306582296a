/* The allocator's two duties beyond allocating: a heap that is large enough before the memory is stored, and a reserve that
   is let go when memory runs out, so that there is room left to say so. */
#include <malloc.h>
#include <stdlib.h>

#include "guest.h"

#define HEADROOM (3 << 20)
#define RESERVE (64 << 10)

static void *reserve;
static bool exhausted;

/* The allocation that failed fails all the same; what follows is the making of an error object. */
static void *checked(void *pointer) {
    if (!pointer) {
        exhausted = true;
        free(reserve);
        reserve = NULL;
    }
    return pointer;
}

static void *memory_calloc(void *opaque, size_t count, size_t size) { return checked(calloc(count, size)); }
static void *memory_malloc(void *opaque, size_t size) { return checked(malloc(size)); }
static void *memory_realloc(void *opaque, void *pointer, size_t size) { return checked(realloc(pointer, size)); }
static void memory_free(void *opaque, void *pointer) { free(pointer); }
static size_t memory_usable(const void *pointer) { return malloc_usable_size((void *)pointer); }

const JSMallocFunctions memory_functions = {memory_calloc, memory_malloc, memory_free, memory_realloc, memory_usable};

bool memory_was_exhausted(void) { return exhausted; }

int memory_prepare(void) {
    reserve = malloc(RESERVE);
    void *headroom = malloc(HEADROOM);
    free(headroom);
    return reserve && headroom;
}
