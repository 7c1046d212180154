/* From indexes and what was typed to matches. */
#ifndef SEARCH_QUERY_H
#define SEARCH_QUERY_H

#include <oir/oir.h>

#include "searcher/program/search_options.h"

enum { SEARCH_LANGUAGE_SIZE = 64 };

typedef struct search_query {
    const search_options *options;
    oir_database *database;
    program_buffer index[SEARCH_INDEXES_MAX]; /* their folders */
    program_buffer base[SEARCH_INDEXES_MAX];  /* what paths are relative to; see program_place.h */
    size_t index_count;
    const char *language; /* of the stems; "none" for none */
    char language_kept[SEARCH_LANGUAGE_SIZE]; /* the first index's */
    oir_stopper *stopper;
    oir_query_parser *parser;
    oir_query *query;
    oir_enquire *enquire;
    oir_mset *mset;
    oir_doccount count; /* of all matches; for forms that do not show it at least 1 when there is one */
    bool more;          /* there may be more than that: there was no time to count them */
    oir_error err;
} search_query;

/* Opens the indexes, reads the query and runs it. 0, or an exit code after a message. */
int search_query_run(search_query *search, const search_options *options);
void search_query_release(search_query *search);

#endif
