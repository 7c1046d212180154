/* One run of oir-index: what it works with, what it has counted, and how a document gets into the index. */
#ifndef INDEX_RUN_H
#define INDEX_RUN_H

#include <oir/oir.h>

#include "indexer/program/index_known.h"
#include "indexer/program/index_options.h"
#include "indexer/program/index_pieces.h"
#include "indexer/program/index_progress.h"
#include "program/program_buffer.h"

typedef struct index_counts {
    uint64_t added;
    uint64_t updated;
    uint64_t removed;
    uint64_t unchanged;
    uint64_t skipped;
    uint64_t bytes; /* read */
} index_counts;

/* Kept paths, one after the other, each closed by a zero byte. */
typedef program_buffer index_paths;

typedef struct index_run {
    const index_options *options;
    bool (*keep_going)(void); /* false once the program was asked to stop */
    oir_writable_database *writer;
    oir_term_generator *generator;
    oir_document *document;
    index_known known;
    index_progress progress;
    index_counts counts;
    bool trouble;           /* something was skipped that a person wanted: exit code 1 */
    bool is_named;          /* the file at hand was named by a person, not met in a folder */
    struct stat folder;     /* of the index, so that it does not index itself */
    program_buffer base;    /* see program_place.h */
    index_paths roots;      /* folders given: what vanished from them is removed */
    index_paths unreadable; /* what could not be looked at, of which nothing is removed */
    index_paths changed;    /* JSON Lines files that were read anew: what they no longer have is removed */
    program_buffer term;
    program_buffer data;
    program_buffer shown;
    program_buffer text;
    index_pieces pieces;
    oir_error err;
} index_run;

/* What a document is made of. */
typedef struct index_item {
    oir_bytes name;           /* its id or path, that which it is known by; size 0 for none */
    bool is_path;
    oir_bytes title;
    oir_bytes date;           /* as it was found */
    oir_bytes text;
    index_pieces *pieces;     /* what follows of the text, without a gap; NULL: nothing */
    oir_bytes more;           /* searched, and kept as members rather than text */
    oir_bytes members;        /* further members of the data: "name":value, with commas between */
    const index_stamp *stamp; /* NULL for what is no file */
    oir_bytes source;         /* the JSON Lines file, as kept; size 0 for none */
} index_item;

/* Opens the index, which is made if it is not there. On failure the message is in run->err. */
oir_status index_run_open(index_run *run, const char *index);
void index_run_close(index_run *run);

/* Adds the document or puts it in place of the one of the same name. A document that is beyond a limit is named and
 * skipped; one whose pieces cannot be read (pieces->error) is left out. */
oir_status index_run_add(index_run *run, const index_item *item);
/* Says that something was left out, which makes the exit code 1. The path is shown as program_place_show says. */
void index_run_skip(index_run *run, const char *kept, const char *reason);
/* The same for what is shown as it is: a path of the command line that leads nowhere, and so is kept nowhere. */
void index_run_skip_named(index_run *run, const char *name, const char *reason);
/* Says, if it is asked to say much, what becomes of a file. */
void index_run_tell(index_run *run, const char *kept, const char *what);

void index_run_add_path(index_paths *paths, const char *path);
const char *index_run_next_path(const index_paths *paths, const char *path);

#endif
