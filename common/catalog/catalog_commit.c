#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "catalog/catalog_current.h"
#include "catalog/catalog_lock.h"
#include "catalog/catalog_path.h"
#include "catalog/generation_file.h"

/* A random one, version 4 of RFC 9562. */
static oir_status make_uuid(char uuid[37], oir_error *err)
{
    uint8_t b[16];
    if (getentropy(b, sizeof b) != 0)
        return error_from_errno(err, "cannot get random bytes for the index's uuid");
    b[6] = (uint8_t)(0x40 | (b[6] & 0x0f));
    b[8] = (uint8_t)(0x80 | (b[8] & 0x3f));
    char *at = uuid;
    for (size_t i = 0; i < sizeof b; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        at += snprintf(at, 3, "%02x", b[i]);
    }
    return OIR_OK;
}

/* The revision that `current` names, 0 for none. If it cannot be read there is no going on: the commit might write over
 * the very file that it names. Only an index made anew takes the place of whatever there is. */
static oir_status get_newest(const char *folder, bool anew, uint64_t *revision, oir_error *err)
{
    oir_status status = catalog_current_get(folder, revision, err);
    return status == OIR_NOT_FOUND || (anew && status == OIR_CORRUPT) ? OIR_OK : status;
}

/* The name of the folder itself may not be on the disk yet, whoever made it. Where the folder above cannot be opened
 * there is nothing that could be done. */
static oir_status sync_above(const char *folder, oir_error *err)
{
    char *above = file_join(folder, "..");
    if (!above)
        return error_no_memory(err, "a path");
    oir_status status = access(above, R_OK) == 0 ? file_sync_folder(above, err) : OIR_OK;
    memory_free(above);
    return status;
}

oir_status catalog_commit(catalog_lock *lock, generation *g, bool sync, oir_error *err)
{
    oir_status status;
    char *path = NULL;
    uint64_t newest, before = g->revision;
    bool anew = !g->uuid[0];
    ERROR_FORWARD(catalog_lock_check(lock, err));
    ERROR_FORWARD(get_newest(lock->folder, anew, &newest, err));
    if (!newest && sync)
        ERROR_FORWARD(sync_above(lock->folder, err));
    if (anew)
        ERROR_FORWARD(make_uuid(g->uuid, err));
    /* Above both: g may be a fresh one that takes the place of an index. */
    g->revision = (newest > before ? newest : before) + 1;
    path = catalog_path_new(lock->folder, CATALOG_PATH_GENERATION, g->revision);
    if (!path) {
        status = error_no_memory(err, "a path");
        goto done;
    }
    ERROR_GOTO_DONE(generation_file_write(path, g, sync, err));
    status = catalog_current_set(lock->folder, g->revision, newest, sync, err);
    /* Unless the disk failed so badly that the new name could not be taken back. */
    uint64_t now;
    if (status != OIR_OK && get_newest(lock->folder, anew, &now, NULL) == OIR_OK && now != g->revision)
        unlink(path);
done:
    memory_free(path);
    if (status == OIR_OK) {
        catalog_clean(lock, g);
    } else {
        g->revision = before;
        error_prefix(err, "nothing was committed, the last commit is as it was");
    }
    return status;
}
