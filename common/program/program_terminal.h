/* What a terminal is given: colours where they are wanted, lines that fit. */
#ifndef PROGRAM_TERMINAL_H
#define PROGRAM_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#include "program/program_buffer.h"

typedef enum program_colour { PROGRAM_COLOUR_AUTO, PROGRAM_COLOUR_ALWAYS, PROGRAM_COLOUR_NEVER } program_colour;

/* auto, always or never; false after a message for others. */
bool program_terminal_read_colour(const char *text, program_colour *out);
/* auto: on a terminal that is not "dumb", unless NO_COLOR is set. */
bool program_terminal_has_colour(program_colour choice, FILE *file);
/* The width to fill, from 40 to 100: what COLUMNS says, else the terminal's; 80 for what is none. */
unsigned program_terminal_columns(FILE *file);

/* In text to be wrapped: where a mark starts and ends. */
#define PROGRAM_MARK_START "\001"
#define PROGRAM_MARK_END "\002"

/* Adds UTF-8 text in lines of at most `columns`, each after `indent` blanks and closed by a newline. Marks become the
 * given strings, on no account beyond the end of a line. Other control characters are replaced. */
void program_terminal_wrap(program_buffer *out, const char *text, size_t size, unsigned indent, unsigned columns,
                           const char *mark_start, const char *mark_end);

#endif
