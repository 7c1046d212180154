#include "bench/bench_database.h"

oir_status bench_database_open(oir_database **out, const char *const *folders, size_t count, oir_error *err)
{
    oir_status status = oir_database_open(out, folders[0], err);
    for (size_t i = 1; !status && i < count; i++) {
        oir_database *other = NULL;
        status = oir_database_open(&other, folders[i], err);
        if (!status)
            status = oir_database_add_database(*out, other, err);
        oir_database_close(other);
    }
    if (status) {
        oir_database_close(*out);
        *out = NULL;
    }
    return status;
}
