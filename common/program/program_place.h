/* Which index a program works on, and how paths are kept in it. */
#ifndef PROGRAM_PLACE_H
#define PROGRAM_PLACE_H

#include <stdbool.h>

#include "program/program_buffer.h"

bool program_place_is_folder(const char *path);

/* The index's folder: what --index says (NULL when it was not given), else the environment's OIR_INDEX, else the
 * folder .oir here or in the nearest folder above that has one. When there is none: .oir here if `make`, otherwise
 * false after a message. */
bool program_place_find(program_buffer *out, const char *flag, bool make);

/* Paths are kept relative to the folder that the index's folder stands in when they are below it, so that both can be
 * moved together; otherwise in full. */

/* The folder that the index's folder stands in, in full; "" when the index is not there. */
void program_place_base(program_buffer *out, const char *index);
/* A full path as it is kept. */
void program_place_keep(program_buffer *out, const char *base, const char *path);
/* A kept path as somebody in the current folder would name it: relative when it is below, otherwise in full. */
void program_place_show(program_buffer *out, const char *base, const char *kept);

#endif
