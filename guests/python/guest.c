/* CPython as a reactor: the exports of guests/interpreters.md, and the module `_jurybox` through which the boot code
 * (boot/) reaches the host. Everything else is Python. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <marshal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* For the counter of the garbage collector. */
#include <pycore_interp.h>
#include <pycore_pystate.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define IMPORT(name) __attribute__((import_module("jurybox"), import_name(#name)))

IMPORT(log) void host_log(const char *text, size_t length);
IMPORT(now) int64_t host_now(void);
IMPORT(random) uint64_t host_random(void);

/* Freed again before the memory is stored, so that ordinary events find room without growing the memory: an instance
 * that grew must be thrown away. */
static const size_t HEADROOM = 6 << 20;

/* What pack.py wrote: the library, the time zones and the boot code. */
static const unsigned char ARCHIVE[] = {
#embed "archive"
};

enum { MODULE, PACKAGE, DATA };
enum { MOST_MODULES = 1024 };
static struct _frozen modules[MOST_MODULES];
static const char *zones;
static Py_ssize_t zones_size;

/* Makes the modules of the archive "frozen" ones, which CPython finds without files. False if there are too many. */
static int
open_archive(void)
{
    const unsigned char *record = ARCHIVE, *end = ARCHIVE + sizeof ARCHIVE;
    size_t count = 0;
    while (record < end) {
        uint32_t size;
        memcpy(&size, record, sizeof size);
        int kind = record[4];
        const char *name = (const char *)record + 6;
        const unsigned char *data = record + 6 + record[5];
        record = data + size;
        if (kind == DATA) {
            zones = (const char *)data;
            zones_size = (Py_ssize_t)size;
            continue;
        }
        if (count == MOST_MODULES - 1)
            return 0;
        modules[count++] = (struct _frozen){.name = name, .code = data, .size = (int)size, .is_package = kind == PACKAGE};
    }
    PyImport_FrozenModules = modules;
    return 1;
}

/* Nobody may import the boot code a second time. */
static void
close_archive(void)
{
    struct _frozen *last = modules;
    while (last->name != NULL && strcmp(last->name, "boot") != 0)
        last++;
    memset(last, 0, (size_t)(modules + MOST_MODULES - last) * sizeof *last);
}

/* What crashes the interpreter on demand is left out, though CPython wants to be linked with it. */
static void
forget_module(const char *name)
{
    struct _inittab *last = PyImport_Inittab;
    while (last->name != NULL && strcmp(last->name, name) != 0)
        last++;
    for (; last->name != NULL; last++)
        last[0] = last[1];
}

/* CPython looks for garbage in cycles after so many new containers, whatever they hold. Here every KiB taken from the
 * system counts as one, so that a few large objects are looked for as soon as many small ones. */
static PyMemAllocatorEx system_memory;
static PyObjectArenaAllocator system_arenas;

static void
count_bytes(size_t size)
{
    _PyInterpreterState_GET()->gc.generations[0].count += (int)(size >> 10);
}

static void *
counted_malloc(void *context, size_t size)
{
    count_bytes(size);
    return system_memory.malloc(context, size);
}

static void *
counted_calloc(void *context, size_t count, size_t size)
{
    count_bytes(count * size);
    return system_memory.calloc(context, count, size);
}

static void *
counted_realloc(void *context, void *old, size_t size)
{
    count_bytes(size);
    return system_memory.realloc(context, old, size);
}

static void *
counted_arena(void *context, size_t size)
{
    count_bytes(size);
    return system_arenas.alloc(context, size);
}

static void
count_memory(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &system_memory);
    PyMemAllocatorEx memory = system_memory;
    memory.malloc = counted_malloc;
    memory.calloc = counted_calloc;
    memory.realloc = counted_realloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &memory);
    PyObject_GetArenaAllocator(&system_arenas);
    PyObjectArenaAllocator arenas = system_arenas;
    arenas.alloc = counted_arena;
    PyObject_SetArenaAllocator(&arenas);
}

static PyObject *
jurybox_zones(PyObject *self, PyObject *ignored)
{
    return PyMarshal_ReadObjectFromString(zones, zones_size);
}

static PyObject *
jurybox_log(PyObject *self, PyObject *line)
{
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(line, &length);
    if (text != NULL) {
        host_log(text, (size_t)length);
        Py_RETURN_NONE;
    }
    if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
        return NULL;
    /* Half of a surrogate pair, which UTF-8 does not have. */
    PyErr_Clear();
    PyObject *bytes = PyUnicode_AsEncodedString(line, "utf-8", "backslashreplace");
    if (bytes == NULL)
        return NULL;
    host_log(PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
    Py_DECREF(bytes);
    Py_RETURN_NONE;
}

static PyObject *
jurybox_now(PyObject *self, PyObject *ignored)
{
    return PyLong_FromLongLong(host_now());
}

static PyObject *
jurybox_random(PyObject *self, PyObject *ignored)
{
    return PyLong_FromUnsignedLongLong(host_random());
}

static PyMethodDef methods[] = {
    {"log", jurybox_log, METH_O, "One line of output."},
    {"now", jurybox_now, METH_NOARGS, "Nanoseconds since 1970 by the run's clock, which stands still."},
    {"random", jurybox_random, METH_NOARGS, "64 bits of the run's random numbers."},
    {"zones", jurybox_zones, METH_NOARGS, "The time zone database, by the names of zones."},
    {0},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_jurybox", .m_size = 0, .m_methods = methods,
};

static PyObject *
open_module(void)
{
    return PyModuleDef_Init(&definition);
}

static PyObject *load_function, *evaluate_function;
/* The last answer: its text must stay until the next call. */
static PyObject *answer;

static PyStatus
start_interpreter(PyConfig *config)
{
    PyPreConfig before;
    PyPreConfig_InitIsolatedConfig(&before);
    before.utf8_mode = 1;
    PyStatus status = Py_PreInitialize(&before);
    if (PyStatus_Exception(status))
        return status;
    PyConfig_InitIsolatedConfig(config);
    config->site_import = 0;
    config->write_bytecode = 0;
    config->install_signal_handlers = 0;
    config->pathconfig_warnings = 0;
    /* The same order of sets and the same hashes in every run. */
    config->use_hash_seed = 1;
    config->hash_seed = 0;
    /* Scores may be long numbers; what their digits cost is paid in fuel. */
    config->int_max_str_digits = 0;
    config->module_search_paths_set = 1;
    status = PyConfig_SetString(config, &config->stdlib_dir, L"/lib");
    if (!PyStatus_Exception(status))
        status = PyConfig_SetString(config, &config->executable, L"/python");
    if (!PyStatus_Exception(status))
        status = PyConfig_SetString(config, &config->prefix, L"/");
    if (!PyStatus_Exception(status))
        status = PyConfig_SetString(config, &config->exec_prefix, L"/");
    if (!PyStatus_Exception(status))
        status = Py_InitializeFromConfig(config);
    return status;
}

static void
reserve_headroom(void)
{
    void *room = malloc(HEADROOM);
    /* The compiler would drop a pair of malloc and free that nothing uses. */
    __asm__ volatile("" : : "r"(room) : "memory");
    free(room);
}

EXPORT(init) int
init(void)
{
    PyImport_AppendInittab("_jurybox", open_module);
    forget_module("faulthandler");
    if (!open_archive())
        return 1;
    PyConfig config;
    PyStatus status = start_interpreter(&config);
    if (PyStatus_Exception(status)) {
        fprintf(stderr, "%s: %s\n", status.func ? status.func : "init", status.err_msg ? status.err_msg : "failed");
        return 1;
    }
    PyConfig_Clear(&config);
    count_memory();
    PyObject *boot = PyImport_ImportModule("boot");
    PyObject *functions = boot ? PyObject_CallMethod(boot, "start", NULL) : NULL;
    if (functions == NULL || !PyArg_ParseTuple(functions, "OO", &load_function, &evaluate_function)) {
        PyErr_Print();
        return 1;
    }
    /* Never released: `functions` holds both. */
    Py_DECREF(boot);
    close_archive();
    reserve_headroom();
    return 0;
}

EXPORT(alloc) void *
take(size_t length)
{
    return malloc(length ? length : 1);
}

/* Boot code catches everything that an author's code can raise; what gets here is its own failure, for lack of memory
 * above all. */
static const char NO_MEMORY[] = "{\"$error\":{\"type\":\"MemoryError\",\"message\":\"out of memory\",\"line\":null,"
    "\"column\":null,\"traceback\":[]}}";
static const char BROKEN[] = "{\"$error\":{\"type\":\"SystemError\",\"message\":\"the snippet broke the interpreter it ran "
    "in\",\"line\":null,\"column\":null,\"traceback\":[]}}";
static const char NO_MEMORY_AT_LOAD[] = "{\"error\":{\"kind\":\"exception\",\"type\":\"MemoryError\",\"message\":\"out of "
    "memory\",\"line\":null,\"column\":null,\"end_line\":null,\"end_column\":null,\"traceback\":[]}}";
static const char BROKEN_AT_LOAD[] = "{\"error\":{\"kind\":\"exception\",\"type\":\"SystemError\",\"message\":\"the snippet "
    "broke the interpreter it ran in\",\"line\":null,\"column\":null,\"end_line\":null,\"end_column\":null,"
    "\"traceback\":[]}}";

static uint64_t
location(const char *text, size_t length)
{
    return (uint64_t)(uintptr_t)text << 32 | (uint32_t)length;
}

static uint64_t
call(PyObject *function, char *text, size_t length, const char *no_memory, const char *broken)
{
    Py_CLEAR(answer);
    PyObject *argument = PyUnicode_DecodeUTF8(text, (Py_ssize_t)length, "replace");
    free(text);
    if (argument != NULL) {
        answer = PyObject_CallOneArg(function, argument);
        Py_DECREF(argument);
    }
    Py_ssize_t size;
    const char *utf8 = answer && PyUnicode_Check(answer) ? PyUnicode_AsUTF8AndSize(answer, &size) : NULL;
    if (utf8 != NULL)
        return location(utf8, (size_t)size);
    const char *failure = PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_MemoryError) ? no_memory : broken;
    PyErr_Clear();
    return location(failure, strlen(failure));
}

EXPORT(load) uint64_t
load(char *text, size_t length)
{
    return call(load_function, text, length, NO_MEMORY_AT_LOAD, BROKEN_AT_LOAD);
}

EXPORT(evaluate) uint64_t
evaluate(char *text, size_t length)
{
    return call(evaluate_function, text, length, NO_MEMORY, BROKEN);
}
