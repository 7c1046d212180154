/* What oir-index was asked to do. */
#ifndef INDEX_OPTIONS_H
#define INDEX_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <oir/writable_database.h>

/* The most bytes of a file, whose data ends at as many, and of a line, which is in memory. */
#define INDEX_LARGEST_FILE ((uint64_t)1 << 30)
#define INDEX_LARGEST_LINE ((uint64_t)128 << 20)

typedef struct index_options {
    const char *index;    /* NULL: not given */
    const char *stemmer;  /* NULL: not given */
    uint64_t memory;      /* bytes */
    uint64_t largest;     /* bytes of a file or line above which it is skipped */
    double wait;          /* seconds */
    bool keep_vanished;
    bool optimise;
    bool no_pairs;
    oir_reorder reorder;
    bool overwrite;
    bool quiet;
    bool verbose;
    char *const *paths;
    int path_count;
} index_options;

/* Reads the command line. -1 to go on; otherwise the program is done and this is its exit code. */
int index_options_read(index_options *options, int argc, char **argv);

#endif
