#include "indexer/program/index_stamp.h"

#include <stdio.h>
#include <time.h>

void index_stamp_set(index_stamp *stamp, const struct stat *file)
{
    struct tm utc = {0};
    char second[32] = "";
    gmtime_r(&file->st_mtim.tv_sec, &utc);
    strftime(second, sizeof(second), "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(stamp->changed, sizeof(stamp->changed), "%s.%09ldZ", second, (long)file->st_mtim.tv_nsec);
    snprintf(stamp->size, sizeof(stamp->size), "%020llu", (unsigned long long)file->st_size);
}
