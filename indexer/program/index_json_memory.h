/* What Jansson takes while it reads a line, within a limit: values may take fifty times the text that they are of. */
#ifndef INDEX_JSON_MEMORY_H
#define INDEX_JSON_MEMORY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* What json_loadb makes of a text, if it takes no more than `most` bytes at any time; else NULL, and *exceeded is true.
 * Once called, all of Jansson's memory comes from here. One thread at a time. */
json_t *index_json_memory_load(const char *text, size_t size, size_t flags, size_t most, bool *exceeded,
                               json_error_t *error);

#endif
