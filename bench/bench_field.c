#include "bench/bench_field.h"

#include <limits.h>
#include <string.h>

/* Behind `"name": "`, or NULL. Inside of a string a quote has a backslash before it, so nothing else looks like it. */
static const char *find_value(const char *line, const char *end, const char *name)
{
    static const char behind[] = "\": \"";
    size_t name_size = strlen(name), size = 1 + name_size + sizeof behind - 1;
    for (const char *at = line; (at = memchr(at, '"', (size_t)(end - at))) != NULL; at++)
        if ((size_t)(end - at) >= size && memcmp(at + 1, name, name_size) == 0 &&
            memcmp(at + 1 + name_size, behind, sizeof behind - 1) == 0)
            return at + size;
    return NULL;
}

bool bench_field_find_text(const char *line, size_t size, oir_bytes *text)
{
    const char *end = line + size, *at = find_value(line, end, "text");
    if (!at)
        return false;
    while (end > at && end[-1] != '"')
        end--;
    if (end == at)
        return false;
    *text = (oir_bytes){at, (size_t)(end - 1 - at)};
    return true;
}

/* Four hexadecimal digits, 0 for anything else. */
static uint32_t read_unit(const char *at, const char *end)
{
    uint32_t unit = 0;
    if (end - at < 4)
        return 0;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *digit = strchr(digits, at[i] | 0x20);
        if (at[i] == '\0' || !digit)
            return 0;
        unit = unit << 4 | (uint32_t)(digit - digits);
    }
    return unit;
}

static char *write_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    *to++ = (char)((0xff00 >> (more + 1) & 0xff) | (int)(c >> 6 * more));
    while (more-- > 0)
        *to++ = (char)(0x80 | (c >> 6 * more & 0x3f));
    return to;
}

/* What stands behind a backslash, written to *to; answers what follows it. */
static const char *undo_escape(const char *at, const char *end, char **to)
{
    static const char into[UCHAR_MAX + 1] = {['n'] = '\n', ['r'] = '\r', ['t'] = '\t', ['b'] = '\b', ['f'] = '\f'};
    if (*at != 'u') {
        char other = into[(unsigned char)*at];
        *(*to)++ = other ? other : *at;
        return at + 1;
    }
    uint32_t c = read_unit(at + 1, end);
    at += end - at < 5 ? end - at : 5;
    if (c >> 10 == 0xd800 >> 10 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
        uint32_t low = read_unit(at + 2, end);
        if (low >> 10 == 0xdc00 >> 10) {
            c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
            at += 6;
        }
    }
    *to = write_utf8(*to, c);
    return at;
}

/* Moves what is before the next quote or backslash, or all but the last bytes, eight at a time. */
static void move_plain(const char **from, const char *end, char **to)
{
    const uint64_t each = UINT64_C(0x0101010101010101), high = each * 0x80;
    uint32_t plain = 8;
    while (plain == 8 && end - *from >= 8) {
        uint64_t bytes;
        memcpy(&bytes, *from, sizeof bytes);
        uint64_t quotes = bytes ^ each * '"', backslashes = bytes ^ each * '\\';
        uint64_t found = ((quotes - each) & ~quotes & high) | ((backslashes - each) & ~backslashes & high);
        plain = found ? (uint32_t)__builtin_ctzll(found) / 8 : 8;
        /* All eight, unless that would go over what is still to be read. */
        if (*from + plain - *to >= 8)
            memcpy(*to, &bytes, sizeof bytes);
        else
            memmove(*to, *from, plain);
        *from += plain;
        *to += plain;
    }
}

/* Undoes the escapes of what stands from `at` to a quote or the end, at *to, which is moved. Answers where it ended. */
static const char *undo(const char *at, const char *end, char **to)
{
    while (at < end && *at != '"') {
        move_plain(&at, end, to);
        if (at == end || *at == '"')
            break;
        char byte = *at++;
        if (byte != '\\' || at == end)
            *(*to)++ = byte;
        else
            at = undo_escape(at, end, to);
    }
    return at;
}

oir_bytes bench_field_take(char *line, size_t size, const char *name)
{
    const char *end = line + size, *at = find_value(line, end, name);
    if (!at)
        return (oir_bytes){"", 0};
    char *start = line + (at - line), *to = start;
    undo(at, end, &to);
    return (oir_bytes){start, (size_t)(to - start)};
}

bool bench_field_open(bench_field_reader *r, const char *line, size_t size, const char *name)
{
    *r = (bench_field_reader){find_value(line, line + size, name), line + size};
    return r->at != NULL;
}

enum { ESCAPE = 6 /* bytes of one with four digits */ };

/* How many bytes from an escape on are not to be cut: its own, or both's of two surrogates; less may be there. */
static size_t get_escape_size(const char *at, const char *end)
{
    if (end - at < 2 || at[1] != 'u')
        return 2;
    return end - at >= ESCAPE && read_unit(at + 2, end) >> 10 == 0xd800 >> 10 ? 2 * ESCAPE : ESCAPE;
}

/* Where a piece ends of which more is behind: behind its last blank, which is in no escape; without one before an
 * escape or a character that is cut. */
static size_t cut(const char *at, size_t size)
{
    const char *end = at + size, *last = end;
    while (last > at && last[-1] != ' ')
        last--;
    if (last > at)
        return (size_t)(last - at);
    for (const char *from = at, *escape; (escape = memchr(from, '\\', (size_t)(end - from))) != NULL;) {
        size_t escape_size = get_escape_size(escape, end), left = (size_t)(end - escape);
        if (escape_size > left)
            return escape > at ? (size_t)(escape - at) : size;
        from = escape + (escape_size < ESCAPE ? escape_size : ESCAPE); /* a pair's second is looked at by itself */
    }
    for (last = end; last > at && (*last & 0xc0) == 0x80;)
        last--;
    return last > at ? (size_t)(last - at) : size;
}

size_t bench_field_read(bench_field_reader *r, char *to, size_t room)
{
    size_t left = (size_t)(r->end - r->at), size = left <= room ? left : cut(r->at, room);
    char *end = to;
    memcpy(to, r->at, size);
    const char *stopped = undo(to, to + size, &end);
    if (stopped == to + size)
        r->at += size;
    else
        r->at = r->end;
    return (size_t)(end - to);
}
