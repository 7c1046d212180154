/* By what a file is known to be as it was: its size and when it was last changed. */
#ifndef INDEX_STAMP_H
#define INDEX_STAMP_H

#include <sys/stat.h>

/* Both sort as text; as slots 1 and 2 of program_record.h. */
typedef struct index_stamp {
    char changed[48];
    char size[24];
} index_stamp;

void index_stamp_set(index_stamp *stamp, const struct stat *file);

#endif
