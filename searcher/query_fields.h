/* The fields that a query may name, and the term prefixes they stand for. */
#ifndef SEARCHER_QUERY_FIELDS_H
#define SEARCHER_QUERY_FIELDS_H

#include <oir/error.h>

/* A field: free text (its words are searched for) or boolean (its value is a filter). */
typedef struct query_field {
    char *name; /* closed by a zero byte */
    size_t name_size;
    bool boolean;
    char **prefixes; /* each closed by a zero byte; one at least */
    size_t prefix_count, prefix_capacity;
} query_field;

/* The fields of a parser. A field's address changes when another is added. One thread at a time. */
typedef struct query_fields {
    query_field *list;
    size_t count, capacity;
} query_fields;

#define QUERY_FIELDS_INIT {0}

void query_fields_release(query_fields *fields);

/* Adds a prefix to a field, and the field if it is new. OIR_INVALID_OPERATION when it is there as the other kind,
 * OIR_NO_MEMORY. */
oir_status query_fields_add(query_fields *fields, const char *name, const char *prefix, bool boolean, oir_error *err);

/* The field of that name, byte by byte; NULL when there is none. */
const query_field *query_fields_get(const query_fields *fields, const char *name, size_t size);

#endif
