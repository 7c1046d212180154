/* A text file as a document. */
#ifndef INDEX_TEXT_FILE_H
#define INDEX_TEXT_FILE_H

#include "indexer/program/index_run.h"

/* Indexes the file unless it is in the index as it is. `path` opens it, `kept` is what it is known by. What cannot be
 * read is named and skipped; what is binary is skipped. */
oir_status index_text_file_add(index_run *run, const char *path, const char *kept);

#endif
