/* JSON Lines: a document on each line. */
#ifndef INDEX_JSON_LINES_H
#define INDEX_JSON_LINES_H

#include "indexer/program/index_run.h"

/* Indexes the documents of the file unless they are in the index as they are. Lines that are no JSON objects are named
 * and skipped. */
oir_status index_json_lines_add(index_run *run, const char *path, const char *kept);
/* The same from the standard input. */
oir_status index_json_lines_add_input(index_run *run);

#endif
