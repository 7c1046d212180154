/* Strings out of lines of JSON. */
#ifndef BENCH_BENCH_FIELD_H
#define BENCH_BENCH_FIELD_H

#include <oir/oir.h>

/* The string behind "name": in an object of one line, its escapes undone where they stand, so that a second look for
 * the same name finds something else. Empty when there is none. */
oir_bytes bench_field_take(char *line, size_t size, const char *name);

/* What stands between "text": " and the line's last quote; false when there is nothing such. Escapes stay as they are:
 * the collections have words of a-z and spaces only, and the peers read them so. */
bool bench_field_find_text(const char *line, size_t size, oir_bytes *text);

#endif
