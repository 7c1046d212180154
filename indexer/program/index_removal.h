/* What is in the index and no longer in the folders. */
#ifndef INDEX_REMOVAL_H
#define INDEX_REMOVAL_H

#include "indexer/program/index_run.h"

/* Deletes the documents that vanished from the folders given, and from JSON Lines files that have changed. Call it when
 * everything was walked. */
oir_status index_removal_run(index_run *run);

#endif
