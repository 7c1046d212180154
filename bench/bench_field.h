/* Strings out of lines of JSON. */
#ifndef BENCH_BENCH_FIELD_H
#define BENCH_BENCH_FIELD_H

#include <oir/oir.h>

/* The string behind "name": in an object of one line, its escapes undone where they stand, so that a second look for
 * the same name finds something else. Empty when there is none. */
oir_bytes bench_field_take(char *line, size_t size, const char *name);

/* The same of a string that is more than should be in memory, piece by piece; the line is not changed. */
typedef struct bench_field_reader {
    const char *at, *end; /* of the string what is left, and of the line the end */
} bench_field_reader;

/* False when there is none. */
bool bench_field_open(bench_field_reader *r, const char *line, size_t size, const char *name);
/* The next bytes, up to `room` of them and put there, which end behind a blank if any is among them; 0: the end. */
size_t bench_field_read(bench_field_reader *r, char *to, size_t room);

/* What stands between "text": " and the line's last quote; false when there is nothing such. Escapes stay as they are:
 * the collections have words of a-z and spaces only, and the peers read them so. */
bool bench_field_find_text(const char *line, size_t size, oir_bytes *text);

#endif
