/* What PATH means: a file, or a folder with all that is in it. */
#ifndef INDEX_WALK_H
#define INDEX_WALK_H

#include "indexer/program/index_run.h"

/* Whether any path of the command line can be read. Where none can, each is named with its reason. */
bool index_walk_can_begin(index_run *run);
/* Indexes a path of the command line; "-" is JSON Lines on the standard input. Within folders: hidden files and folders
 * are left out, and so are links, folders *.oir, the files of an index wherever it lies, and what is no ordinary file;
 * names are taken in byte order, so that the same files always give the same index. */
oir_status index_walk_add(index_run *run, const char *path);

#endif
