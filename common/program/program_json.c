#include "program/program_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The letter that stands for a control character after a backslash, 0 for those written in hexadecimal. */
static char short_escape(unsigned char byte)
{
    switch (byte) {
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
    }
}

void program_json_add_escaped(program_buffer *buffer, const char *text, size_t size)
{
    size_t start = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7f)
            continue;
        program_buffer_add(buffer, text + start, i - start);
        start = i + 1;
        if (byte == '"' || byte == '\\')
            program_buffer_add_format(buffer, "\\%c", byte);
        else if (short_escape(byte) != 0)
            program_buffer_add_format(buffer, "\\%c", short_escape(byte));
        else
            program_buffer_add_format(buffer, "\\u%04x", byte);
    }
    program_buffer_add(buffer, text + start, size - start);
}

void program_json_add_string(program_buffer *buffer, const char *text, size_t size)
{
    program_buffer_add_char(buffer, '"');
    program_json_add_escaped(buffer, text, size);
    program_buffer_add_char(buffer, '"');
}

void program_json_add_name(program_buffer *buffer, const char *name, size_t size)
{
    if (buffer->size > 0 && buffer->data[buffer->size - 1] != '{')
        program_buffer_add_char(buffer, ',');
    program_json_add_string(buffer, name, size);
    program_buffer_add_char(buffer, ':');
}

void program_json_add_member(program_buffer *buffer, const char *name, const char *text, size_t size)
{
    program_json_add_name(buffer, name, strlen(name));
    program_json_add_string(buffer, text, size);
}

void program_json_add_real(program_buffer *buffer, double number)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    program_buffer_add_text(buffer, text);
}
