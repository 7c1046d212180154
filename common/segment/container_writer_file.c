#include "segment/container_writer_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/file.h"
#include "segment/container_format.h"

/* NOMEMINIT is not set although it is faster: the same input must give the same bytes, and none from other memory. */

enum {
    TRANSACTION_SIZE = 8 << 20, /* committed when it holds this much: bounds the memory of LMDB's dirty pages */
    EMPTY_TOUCHED = 4 << 20,
    MAP_FIRST = 64 << 20,
    MAP_SLACK = 2 << 20 /* room for tree pages of one transaction */
};

/* LMDB calls a short write EIO. What the system says to one more page at the end of the file tells a full disk from a
 * broken one; the file is lost in both cases. */
static oir_status write_error(container_writer *w, int code, oir_error *err)
{
    mdb_filehandle_t fd;
    struct stat file;
    if (code == EIO && mdb_env_get_fd(w->env, &fd) == 0 && fstat(fd, &file) == 0) {
        uint8_t page[4096] = {0};
        ssize_t done = pwrite(fd, page, sizeof page, file.st_size);
        if (done < 0)
            code = errno;
        else if (done < (ssize_t)sizeof page)
            code = ENOSPC;
    }
    return container_format_error(err, code, "writing", w->path);
}

oir_status container_writer_file_open(container_writer *w, oir_error *err)
{
    int fd = open(w->path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST)
        return error_set(err, OIR_EXISTS, "%s exists already", w->path);
    if (fd < 0)
        return error_from_errno(err, "making %s", w->path);
    close(fd);
    w->made = true;
    w->map_size = MAP_FIRST;
    int code = mdb_env_create(&w->env);
    if (!code)
        code = mdb_env_set_mapsize(w->env, w->map_size);
    if (!code)
        code = mdb_env_open(w->env, w->path, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC, 0666);
    MDB_stat stat;
    if (!code)
        code = mdb_env_stat(w->env, &stat);
    if (code)
        return write_error(w, code, err);
    w->page_size = stat.ms_psize;
    w->committed = 2 * (uint64_t)stat.ms_psize;
    return OIR_OK;
}

oir_status container_writer_file_commit(container_writer *w, oir_error *err)
{
    if (!w->txn)
        return OIR_OK;
    int code = mdb_txn_commit(w->txn);
    w->txn = NULL;
    if (code)
        return write_error(w, code, err);
    MDB_envinfo info;
    mdb_filehandle_t fd;
    uint64_t before = w->committed;
    mdb_env_info(w->env, &info);
    w->committed = (info.me_last_pgno + 1) * (uint64_t)w->page_size;
    w->pending = 0;
    /* The disk works while the next is made, and pages that are mapped again soon are not dirty any more then. */
    if (w->committed > before && mdb_env_get_fd(w->env, &fd) == 0)
        file_start_writing(fd, before, w->committed - before);
    return OIR_OK;
}

/* Makes sure that `size` more bytes fit into the map; growing it is only allowed between transactions. */
static oir_status grow_map(container_writer *w, uint64_t size, oir_error *err)
{
    uint64_t need = w->committed + w->pending + size + MAP_SLACK;
    if (need <= w->map_size)
        return OIR_OK;
    ERROR_FORWARD(container_writer_file_commit(w, err));
    uint64_t wanted = w->map_size;
    while (wanted < need)
        wanted *= 2;
    int code = mdb_env_set_mapsize(w->env, wanted);
    if (code)
        return container_format_error(err, code, "mapping", w->path);
    w->map_size = wanted;
    return OIR_OK;
}

/* bytes NULL: *room is where they go. */
static oir_status put_value(container_writer *w, const uint8_t *bytes, size_t size, uint8_t **room, oir_error *err)
{
    ERROR_FORWARD(grow_map(w, size, err));
    int code = 0;
    if (!w->txn)
        code = mdb_txn_begin(w->env, NULL, 0, &w->txn);
    if (code)
        return write_error(w, code, err);
    MDB_dbi dbi;
    uint32_t number = w->chunk_count;
    MDB_val key = {sizeof number, &number}, value = {size, (void *)(uintptr_t)bytes};
    code = mdb_dbi_open(w->txn, NULL, MDB_INTEGERKEY | MDB_CREATE, &dbi);
    if (!code)
        code = mdb_put(w->txn, dbi, &key, &value, bytes ? MDB_APPEND : MDB_APPEND | MDB_RESERVE);
    if (code)
        return write_error(w, code, err);
    w->pending += size + w->page_size;
    if (!bytes)
        *room = value.mv_data;
    return OIR_OK;
}

oir_status container_writer_file_put(container_writer *w, const uint8_t *bytes, size_t size, oir_error *err)
{
    ERROR_FORWARD(put_value(w, bytes, size, NULL, err));
    return container_writer_file_filled(w, err);
}

oir_status container_writer_file_reserve(container_writer *w, size_t size, uint8_t **room, oir_error *err)
{
    return put_value(w, NULL, size, room, err);
}

oir_status container_writer_file_filled(container_writer *w, oir_error *err)
{
    return w->pending >= TRANSACTION_SIZE ? container_writer_file_commit(w, err) : OIR_OK;
}

/* LMDB's room for a large value is never touched, so that it is no memory: the system's, fresh, and what is written of
 * it are zeros. For a small one it may be memory that was in use. The header of the value's first page says which page
 * that is. */
oir_status container_writer_file_put_empty(container_writer *w, size_t size, uint64_t *at, oir_error *err)
{
    uint8_t *room = NULL;
    ERROR_FORWARD(put_value(w, NULL, size, &room, err));
    if (size <= EMPTY_TOUCHED)
        memset(room, 0, size);
    *at = bits_load64(room - FORMAT_FIRST_OFFSET) * w->page_size + FORMAT_FIRST_OFFSET;
    return container_writer_file_commit(w, err);
}

oir_status container_writer_file_write(container_writer *w, uint64_t at, const uint8_t *bytes, size_t size,
                                       oir_error *err)
{
    mdb_filehandle_t fd;
    mdb_env_get_fd(w->env, &fd);
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(fd, bytes + done, size - done, (off_t)(at + done));
        if (n < 0 && errno != EINTR)
            return error_from_errno(err, "writing %s", w->path);
        done += n > 0 ? (size_t)n : 0;
    }
    file_start_writing(fd, at, size);
    return OIR_OK;
}

/* LMDB does not write pages that it took and gave back within a transaction; at the end of the file they would be
 * missing, and readers ask for every page that the meta page counts. */
oir_status container_writer_file_finish(container_writer *w, bool sync, oir_error *err)
{
    mdb_filehandle_t fd;
    struct stat file;
    mdb_env_get_fd(w->env, &fd);
    if (fstat(fd, &file) != 0)
        return error_from_errno(err, "writing %s", w->path);
    if ((uint64_t)file.st_size < w->committed && ftruncate(fd, (off_t)w->committed) != 0)
        return error_from_errno(err, "writing %s", w->path);
    int code = sync ? mdb_env_sync(w->env, 1) : 0;
    return code ? write_error(w, code, err) : OIR_OK;
}
