/* Text in programs: any bytes to UTF-8, and UTF-8 to what a terminal may safely be given. */
#ifndef PROGRAM_TEXT_H
#define PROGRAM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "program/program_buffer.h"

/* The character that starts at `text`: its length in bytes, 0 when there is no valid UTF-8. `size` must not be 0. */
size_t program_text_decode(const char *text, size_t size, uint32_t *character);
void program_text_add_character(program_buffer *buffer, uint32_t character);

bool program_text_is_utf8(const char *text, size_t size);
/* Adds text as UTF-8: a byte that is not part of valid UTF-8 is Latin-1, as for the library. */
void program_text_add_utf8(program_buffer *buffer, const char *text, size_t size);
/* Adds each byte as the character of its number: what any bytes are in UTF-8 when they must come back the same. */
void program_text_add_latin1(program_buffer *buffer, const char *bytes, size_t size);
/* The bytes that became such text; false, and some of them added, when it is none. */
bool program_text_add_bytes(program_buffer *buffer, const char *latin1, size_t size);
/* Adds UTF-16; halves of pairs that stand alone become U+FFFD. */
void program_text_add_utf16(program_buffer *buffer, const char *text, size_t size, bool big_endian);

/* Copies text with everything replaced that moves a cursor, ends a line, changes colours or the direction of writing:
 * white space by blanks, the rest by U+FFFD. `out` has room for 3 * size bytes; returns how many were written. */
size_t program_text_show(char *out, const char *text, size_t size);
void program_text_add_shown(program_buffer *buffer, const char *text, size_t size);

/* How many columns of a terminal a character takes: 0, 1 or 2. */
unsigned program_text_columns(uint32_t character);

#endif
