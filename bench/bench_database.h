/* Opening indexes as oir-bench is told. */
#ifndef BENCH_BENCH_DATABASE_H
#define BENCH_BENCH_DATABASE_H

#include <oir/oir.h>

enum { BENCH_FOLDERS_MAX = 256 };

/* Opens `count` folders, 1 at least, as one database. Failures as oir_database_open and oir_database_add_database. */
oir_status bench_database_open(oir_database **out, const char *const *folders, size_t count, oir_error *err);

#endif
