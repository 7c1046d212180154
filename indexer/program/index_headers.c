#include "indexer/program/index_headers.h"

#include <string.h>
#include <strings.h>

#include "program/program_json.h"

enum { TITLE_MAX = 300, HEADER_NAME_MAX = 40 };

static oir_bytes trim(oir_bytes bytes)
{
    while (bytes.size > 0 && strchr(" \t\r\n", bytes.data[bytes.size - 1]) != NULL)
        bytes.size--;
    while (bytes.size > 0 && strchr(" \t\r\n", bytes.data[0]) != NULL) {
        bytes.data++;
        bytes.size--;
    }
    return bytes;
}

/* Takes a line off the front of `rest`, without its end and blanks around it. False at the end of the text. */
static bool next_line(oir_bytes *rest, oir_bytes *line)
{
    if (rest->size == 0)
        return false;
    const char *end = memchr(rest->data, '\n', rest->size);
    size_t size = end != NULL ? (size_t)(end - rest->data) : rest->size;
    *line = trim((oir_bytes){rest->data, size});
    size += end != NULL;
    rest->data += size;
    rest->size -= size;
    return true;
}

static bool has_ending(const char *name, const char *ending)
{
    size_t size = strlen(name);
    return size > strlen(ending) && strcasecmp(name + size - strlen(ending), ending) == 0;
}

/* The title that the text starts with; *rest becomes what follows it. */
static bool read_title(oir_bytes *title, const char *name, oir_bytes *rest)
{
    oir_bytes left = *rest;
    oir_bytes line;
    oir_bytes blank;
    bool markdown = has_ending(name, ".md") || has_ending(name, ".markdown");
    if ((!markdown && !has_ending(name, ".txt")) || !next_line(&left, &line) || line.size == 0 ||
        line.size > TITLE_MAX)
        return false;
    if (markdown) {
        if (line.size < 3 || memcmp(line.data, "# ", 2) != 0)
            return false;
        line = trim((oir_bytes){line.data + 2, line.size - 2});
    } else if (!next_line(&left, &blank) || blank.size > 0) {
        return false;
    }
    *title = line;
    *rest = left;
    return line.size > 0;
}

static bool is_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* "Name: value" */
static bool read_header(oir_bytes line, oir_bytes *name, oir_bytes *value)
{
    size_t size = 0;
    while (size < line.size && size < HEADER_NAME_MAX && (is_letter(line.data[size]) || line.data[size] == '-'))
        size++;
    if (size == 0 || size + 1 >= line.size || line.data[size] != ':' || line.data[size + 1] != ' ')
        return false;
    *name = (oir_bytes){line.data, size};
    *value = trim((oir_bytes){line.data + size + 1, line.size - size - 1});
    return true;
}

static bool is_name(oir_bytes name, const char *other)
{
    return name.size == strlen(other) && strncasecmp(name.data, other, name.size) == 0;
}

/* Names that the record uses itself. */
static bool is_reserved(oir_bytes name)
{
    return is_name(name, "id") || is_name(name, "path") || is_name(name, "title") || is_name(name, "text");
}

static void add_member(index_headers *headers, oir_bytes name, oir_bytes value)
{
    char lower[HEADER_NAME_MAX];
    if (is_name(name, "date")) {
        headers->date = value;
        return;
    }
    for (size_t i = 0; i < name.size; i++)
        lower[i] = (char)(name.data[i] | 0x20);
    if (headers->members.size > 0)
        program_buffer_add_char(&headers->members, ',');
    program_json_add_string(&headers->members, lower, name.size);
    program_buffer_add_char(&headers->members, ':');
    program_json_add_string(&headers->members, value.data, value.size);
}

static void read_headers(index_headers *headers, oir_bytes *rest)
{
    oir_bytes left = *rest;
    oir_bytes line;
    oir_bytes name;
    oir_bytes value;
    bool any = false;
    while (next_line(&left, &line) && (line.size > 0 || !any)) {
        if (line.size == 0)
            continue;
        if (!read_header(line, &name, &value) || is_reserved(name)) {
            headers->date = (oir_bytes){NULL, 0};
            program_buffer_clear(&headers->members);
            return;
        }
        any = true;
        add_member(headers, name, value);
    }
    if (headers->date.size == 0) {
        program_buffer_clear(&headers->members);
        return;
    }
    headers->more = (oir_bytes){rest->data, rest->size - left.size};
    *rest = left;
}

void index_headers_read(index_headers *headers, const char *name, oir_bytes text)
{
    const char *slash = strrchr(name, '/');
    const char *file = slash != NULL ? slash + 1 : name;
    oir_bytes rest = text;
    if (read_title(&headers->title, name, &rest))
        read_headers(headers, &rest);
    else
        headers->title = (oir_bytes){file, strlen(file)};
    headers->text = trim(rest);
}

void index_headers_release(index_headers *headers)
{
    program_buffer_release(&headers->members);
}
