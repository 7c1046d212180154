/* Whether a folder may be overwritten with a new index. */
#ifndef INDEX_OVERWRITE_H
#define INDEX_OVERWRITE_H

#include <stdbool.h>

/* True for an index, also a damaged one or one of another version, for an empty folder, and where there is none. False
 * after a message: somebody else's files are there. */
bool index_overwrite_check(const char *index);

#endif
