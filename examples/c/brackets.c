/* Whether the brackets of the answer are balanced, for answers that are code. No libc, no SDK: the ABI is enough.
 *
 * Strings and comments of the code are not looked at; this is an example, not a parser.
 */
#include "jurybox.h"

/* Events longer than this are refused: alloc answers 0. */
#define ROOM (1u << 20)
#define DEEPEST 256

static char event[ROOM];

EXPORT("alloc") char *alloc(u32 length) {
    return length <= ROOM ? event : 0;
}

static int same(const char *text, const char *other, u32 length) {
    for (u32 i = 0; i < length; i++)
        if (text[i] != other[i])
            return 0;
    return 1;
}

/* The end of the JSON string whose first character (after the quote) is at `at`. */
static u32 end_of_string(u32 at, u32 length) {
    while (at < length && event[at] != '"')
        at += event[at] == '\\' ? 2 : 1;
    return at;
}

/* Where the text of a key of the document itself starts; 0 if it is not there or no text. The document is JSON without
 * spaces, so that a key is at depth 1, before a colon. */
static u32 text_of(const char *key, u32 key_length, u32 length) {
    u32 depth = 0;
    for (u32 at = 0; at < length; at++) {
        char c = event[at];
        if (c == '{' || c == '[')
            depth++;
        else if (c == '}' || c == ']')
            depth--;
        else if (c == '"') {
            u32 start = at + 1, end = end_of_string(start, length);
            if (depth == 1 && end + 2 < length && event[end + 1] == ':' && end - start == key_length &&
                same(event + start, key, key_length))
                return event[end + 2] == '"' ? end + 3 : 0;
            at = end;
        }
    }
    return 0;
}

static const char UNCLOSED[] = "{\"value\":false,\"reason\":\"a bracket is never closed\"}";
static const char UNOPENED[] = "{\"value\":false,\"reason\":\"a bracket closes what was not open\"}";
static const char DEEP[] = "{\"type\":\"RangeError\",\"message\":\"brackets nest too deeply\"}";
static const char YES[] = "true";

EXPORT("evaluate") u64 evaluate(const char *pointer, u32 length) {
    static const char KEY[] = "output_text";
    char open[DEEPEST];
    u32 depth = 0, start = text_of(KEY, sizeof KEY - 1, length);
    if (pointer != event || !start)
        return answer("null", 4);
    for (u32 at = start, end = end_of_string(start, length); at < end; at++) {
        char c = event[at];
        if (c == '\\') { /* an escape, whose next character is none of the text's own */
            at++;
        } else if (c == '(' || c == '[' || c == '{') {
            if (depth == DEEPEST)
                jurybox_fail(DEEP, sizeof DEEP - 1);
            open[depth++] = c == '(' ? ')' : c == '[' ? ']' : '}';
        } else if (c == ')' || c == ']' || c == '}') {
            if (depth == 0 || open[--depth] != c)
                return answer(UNOPENED, sizeof UNOPENED - 1);
        }
    }
    if (depth)
        return answer(UNCLOSED, sizeof UNCLOSED - 1);
    return answer(YES, sizeof YES - 1);
}
