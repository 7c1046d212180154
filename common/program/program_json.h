/* JSON that programs write. */
#ifndef PROGRAM_JSON_H
#define PROGRAM_JSON_H

#include "program/program_buffer.h"

/* Adds a string in quotes; the text must be UTF-8. */
void program_json_add_string(program_buffer *buffer, const char *text, size_t size);
/* Adds what stands between the quotes, which may be done piece by piece. */
void program_json_add_escaped(program_buffer *buffer, const char *text, size_t size);
/* Adds a member's name and colon, after a comma where one is needed. */
void program_json_add_name(program_buffer *buffer, const char *name, size_t size);
void program_json_add_member(program_buffer *buffer, const char *name, const char *text, size_t size);
/* Adds a number, as short as it can be and still be read back as the same. */
void program_json_add_real(program_buffer *buffer, double number);

#endif
