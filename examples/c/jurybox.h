/* The ABI between jurybox and a metric, all of it. The page is guest-sdk/ABI.md. */
#ifndef JURYBOX_H
#define JURYBOX_H

#define IMPORT(name) __attribute__((import_module("jurybox"), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

typedef unsigned int u32;
typedef unsigned long long u64;

/* Writes a line to the log of the verdict. */
IMPORT("log") void jurybox_log(const char *text, u32 length);
/* Ends the run with an error. It does not return. */
IMPORT("fail") _Noreturn void jurybox_fail(const char *text, u32 length);
/* Nanoseconds since 1970; the clock stands still during a run. */
IMPORT("now") u64 jurybox_now(void);
/* 64 random bits, seeded by the metric and the event. */
IMPORT("random") u64 jurybox_random(void);

/* An answer: where the JSON text is, and how long. */
static inline u64 answer(const char *text, u32 length) {
    return (u64)(u32)text << 32 | length;
}

#endif
