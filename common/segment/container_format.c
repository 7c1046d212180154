#include "segment/container_format.h"

#include <errno.h>
#include <lmdb.h>

#include "base/error.h"

oir_status container_format_error(oir_error *err, int code, const char *doing, const char *path)
{
    switch (code) {
    case MDB_SUCCESS:
        return OIR_OK;
    case ENOENT:
        return error_set(err, OIR_NOT_FOUND, "%s does not exist", path);
    case EFBIG: /* the limit of ulimit -f, which is one more kind of quota */
        return error_set(err, OIR_NO_SPACE, "%s %s: the limit for the size of files is reached", doing, path);
    case MDB_VERSION_MISMATCH:
        return error_set(err, OIR_VERSION, "%s %s: written by an LMDB with another file format", doing, path);
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_BAD_TXN:
    case MDB_INCOMPATIBLE:
        return error_set(err, OIR_CORRUPT, "%s %s: damaged (%s); restore it from a copy or index again", doing, path,
                         mdb_strerror(code));
    default:
        if (code < 0)
            return error_set(err, OIR_IO, "%s %s: %s", doing, path, mdb_strerror(code));
        errno = code;
        return error_from_errno(err, "%s %s", doing, path);
    }
}
