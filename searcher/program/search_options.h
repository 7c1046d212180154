/* What oir-search was asked for. */
#ifndef SEARCH_OPTIONS_H
#define SEARCH_OPTIONS_H

#include <oir/oir.h>

#include "program/program_buffer.h"
#include "program/program_terminal.h"

enum { SEARCH_INDEXES_MAX = 64 };

typedef enum search_form { SEARCH_FORM_PERSON, SEARCH_FORM_JSON, SEARCH_FORM_PATHS, SEARCH_FORM_COUNT } search_form;

typedef struct search_options {
    const char *indexes[SEARCH_INDEXES_MAX]; /* as --index said */
    size_t index_count;
    const char *stemmer; /* NULL: the index's */
    oir_query_op default_op;
    oir_doccount first;
    oir_doccount limit;
    search_form form;
    double time_limit;   /* seconds; 0: none */
    unsigned threads;
    bool null;           /* paths are closed by zero bytes */
    bool explain;
    bool verbose;
    program_colour colour;
    program_buffer text; /* the query */
    char **arguments;    /* what getopt worked on */
} search_options;

/* Reads the command line. -1 to go on; otherwise the program is done and this is its exit code. */
int search_options_read(search_options *options, int argc, char **argv);
void search_options_release(search_options *options);

#endif
