#include "segment/container_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"

/* LMDB's file (data version 1, 64-bit machines; MDB_page, MDB_meta, MDB_db and MDB_node in mdb.c of LMDB 0.9), as far
 * as a reader of ours follows it. Pages have the size that the metas say and stand at their number times that.
 *
 * page header, 16 bytes      0  8  page number
 *                            8  2  unused
 *                           10  2  flags: 1 branch, 2 leaf, 4 overflow, 8 meta
 *                           12  2  end of the node pointers        } overflow pages: 4 bytes, number of pages
 *                           14  2  start of the nodes              }
 * meta (pages 0 and 1), behind the header
 *                            0  4  magic 0xbeefc0de   4  4 version, 1   8  8 address  16  8 map size
 *                           24 48  free list's tree        72 48  main tree
 *                          120  8  last page used         128  8  transaction; the higher of two metas counts
 * tree                       0  4  (free list: page size)  4  2 flags   6  2 depth   8 24 pages of each sort
 *                           32  8  entries                40  8 root, all ones when empty
 * branch and leaf pages, behind the header: 2 bytes a node, where it starts in the page; then free room; then nodes:
 *                            0  4  leaf: size of the value; branch: low half of the child's page number
 *                            4  2  leaf: flags, 1 for a value in pages of its own; branch: rest of the child's number
 *                            6  2  size of the key
 *                            8     key; then (leaf) the value, or the 8-byte number of its first page
 * Nodes' pointers are in the order of keys; a branch's first node has no key. A value in pages of its own begins behind
 * the header of the first, and goes through the others, which have no header.
 */
enum {
    PAGE_HEADER = 16,
    PAGE_BRANCH = 1,
    PAGE_LEAF = 2,
    PAGE_OVERFLOW = 4,
    PAGE_META = 8,
    META_END = PAGE_HEADER + 136,
    META_FREE_TREE = PAGE_HEADER + 24,
    META_MAIN_TREE = PAGE_HEADER + 72,
    TREE_INTEGER_KEYS = 8,
    ENVIRONMENT_IS_FILE = 0x4000, /* MDB_NOSUBDIR, which LMDB keeps beside the free list's flags */
    NODE_HEADER = 8,
    NODE_BIG = 1,
    KEY_SIZE = 4,
    DEPTH_MAX = 8,
};
#define LMDB_MAGIC 0xbeefc0deu
#define NO_PAGE UINT64_MAX

typedef struct run {
    uint64_t page, count;
} run;

typedef struct walk {
    int fd;
    const char *path;
    bool headers;
    uint64_t page_size, last_page, root, entries;
    uint32_t depth;
    uint32_t next_key;
    uint8_t *pages; /* a page for each level */
    run *runs;      /* of pages that are in use */
    size_t run_count, run_capacity;
    oir_error *err;
} walk;

static oir_status damaged(const walk *w, uint64_t page, const char *reason)
{
    return error_set(w->err, OIR_CORRUPT, "%s is damaged: page %llu: %s; restore it from a copy or index again",
                     w->path, (unsigned long long)page, reason);
}

static oir_status read_at(const walk *w, uint64_t page, void *bytes, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(w->fd, (char *)bytes + done, size - done, (off_t)(page * w->page_size + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_from_errno(w->err, "reading %s", w->path);
        if (got == 0)
            return damaged(w, page, "the file ends before it");
        done += (size_t)got;
    }
    return OIR_OK;
}

static oir_status check_meta(walk *w, uint64_t number, const uint8_t *meta)
{
    if (bits_load16(meta + 10) != PAGE_META)
        return damaged(w, number, "not a meta page");
    if (bits_load32(meta + PAGE_HEADER) != LMDB_MAGIC)
        return damaged(w, number, "not an LMDB file");
    if (bits_load32(meta + PAGE_HEADER + 4) != 1)
        return damaged(w, number, "unknown version of LMDB's format");
    uint32_t page_size = bits_load32(meta + META_FREE_TREE);
    if (page_size < 1024 || page_size > 65536 || (page_size & (page_size - 1)))
        return damaged(w, number, "impossible page size");
    if (number == 0)
        w->page_size = page_size;
    if (page_size != w->page_size)
        return damaged(w, number, "page size differs from that of page 0");
    return OIR_OK;
}

static oir_status check_metas(walk *w, uint64_t file_size)
{
    uint8_t metas[2][META_END];
    w->page_size = 1; /* not known before page 0 is read */
    for (uint64_t i = 0; i < 2; i++) {
        ERROR_FORWARD(read_at(w, i, metas[i], sizeof metas[i]));
        ERROR_FORWARD(check_meta(w, i, metas[i]));
    }
    uint64_t first = bits_load64(metas[0] + PAGE_HEADER + 128), second = bits_load64(metas[1] + PAGE_HEADER + 128);
    uint64_t newer = first < second;
    const uint8_t *meta = metas[newer], *tree = meta + META_MAIN_TREE;
    if ((newer ? second : first) % 2 != newer)
        return damaged(w, newer, "transaction number on the wrong page");
    w->last_page = bits_load64(meta + PAGE_HEADER + 120);
    if (w->last_page >= file_size / w->page_size)
        return damaged(w, newer, "the file is shorter than this page says");
    if ((bits_load16(meta + META_FREE_TREE + 4) & ~ENVIRONMENT_IS_FILE) != TREE_INTEGER_KEYS ||
        bits_load16(tree + 4) != TREE_INTEGER_KEYS)
        return damaged(w, newer, "flags of a tree");
    w->depth = bits_load16(tree + 6);
    w->entries = bits_load64(tree + 32);
    w->root = bits_load64(tree + 40);
    if (w->root == NO_PAGE || w->depth == 0)
        return damaged(w, newer, "nothing was committed to the file");
    if (w->depth > DEPTH_MAX)
        return damaged(w, newer, "the tree is too deep");
    return OIR_OK;
}

/* Notes pages as taken; overlaps are looked for at the end, when all are known. */
static oir_status take(walk *w, uint64_t from, uint64_t page, uint64_t count)
{
    if (page < 2 || page > w->last_page || count > w->last_page + 1 - page)
        return damaged(w, from, "points out of the file");
    if (!memory_reserve(&w->runs, &w->run_capacity, w->run_count + 1, sizeof *w->runs))
        return error_no_memory(w->err, "checking a segment's pages");
    w->runs[w->run_count++] = (run){page, count};
    return OIR_OK;
}

static oir_status check_value_header(const walk *w, uint64_t page, uint64_t count)
{
    uint8_t header[PAGE_HEADER];
    ERROR_FORWARD(read_at(w, page, header, sizeof header));
    if (bits_load64(header) != page || bits_load16(header + 10) != PAGE_OVERFLOW || bits_load32(header + 12) != count)
        return damaged(w, page, "header of a value's pages");
    return OIR_OK;
}

static oir_status check_leaf_node(walk *w, uint64_t page, const uint8_t *node, size_t room)
{
    uint32_t size = bits_load32(node), flags = bits_load16(node + 4);
    if (bits_load16(node + 6) != KEY_SIZE || room < NODE_HEADER + KEY_SIZE)
        return damaged(w, page, "size of a key");
    if (w->next_key == UINT32_MAX || bits_load32(node + NODE_HEADER) != w->next_key)
        return damaged(w, page, "keys are not consecutive");
    w->next_key++;
    room -= NODE_HEADER + KEY_SIZE;
    if (flags == 0)
        return size <= room ? OIR_OK : damaged(w, page, "a value reaches beyond the page");
    if (flags != NODE_BIG || room < 8)
        return damaged(w, page, "flags of a value");
    uint64_t first = bits_load64(node + NODE_HEADER + KEY_SIZE);
    uint64_t count = (PAGE_HEADER - 1 + (uint64_t)size) / w->page_size + 1;
    ERROR_FORWARD(take(w, page, first, count));
    return w->headers ? check_value_header(w, first, count) : OIR_OK;
}

static oir_status check_page(walk *w, uint64_t from, uint64_t page, uint32_t level);

static oir_status check_branch_node(walk *w, uint64_t page, const uint8_t *node, size_t room, bool first,
                                    uint32_t level)
{
    uint32_t key_size = bits_load16(node + 6);
    if (key_size > room - NODE_HEADER)
        return damaged(w, page, "a key reaches beyond the page");
    if (!first && (key_size != KEY_SIZE || bits_load32(node + NODE_HEADER) != w->next_key))
        return damaged(w, page, "keys do not fit those of the pages below");
    return check_page(w, page, bits_load32(node) | (uint64_t)bits_load16(node + 4) << 32, level + 1);
}

static oir_status check_page(walk *w, uint64_t from, uint64_t page, uint32_t level)
{
    bool is_leaf = level + 1 == w->depth;
    uint8_t *bytes = w->pages + level * w->page_size;
    ERROR_FORWARD(take(w, from, page, 1));
    ERROR_FORWARD(read_at(w, page, bytes, w->page_size));
    if (bits_load64(bytes) != page)
        return damaged(w, page, "carries another page's number");
    if (bits_load16(bytes + 10) != (is_leaf ? PAGE_LEAF : PAGE_BRANCH))
        return damaged(w, page, "not the kind of page that belongs here");
    size_t lower = bits_load16(bytes + 12), upper = bits_load16(bytes + 14);
    /* LMDB asserts that a branch page has two nodes at least. */
    if (lower < PAGE_HEADER + (is_leaf ? 2 : 4) || lower % 2 || upper < lower || upper > w->page_size)
        return damaged(w, page, "bounds of its nodes");
    for (size_t at = PAGE_HEADER; at < lower; at += 2) {
        size_t start = bits_load16(bytes + at);
        if (start < upper || start % 2 || start > w->page_size - NODE_HEADER)
            return damaged(w, page, "place of a node");
        const uint8_t *node = bytes + start;
        size_t room = w->page_size - start;
        ERROR_FORWARD(is_leaf ? check_leaf_node(w, page, node, room)
                              : check_branch_node(w, page, node, room, at == PAGE_HEADER, level));
    }
    return OIR_OK;
}

static int compare_runs(const void *a, const void *b)
{
    const run *x = a, *y = b;
    return (x->page > y->page) - (x->page < y->page);
}

static oir_status check_overlaps(const walk *w)
{
    qsort(w->runs, w->run_count, sizeof *w->runs, compare_runs);
    for (size_t i = 1; i < w->run_count; i++) {
        if (w->runs[i].page - w->runs[i - 1].page < w->runs[i - 1].count)
            return damaged(w, w->runs[i].page, "used twice");
    }
    return OIR_OK;
}

oir_status container_tree_check(container_tree *out, int fd, const char *path, bool headers, oir_error *err)
{
    walk w = {.fd = fd, .path = path, .headers = headers, .err = err};
    oir_status status = OIR_OK;
    struct stat file;
    if (fstat(fd, &file) != 0)
        return error_from_errno(err, "reading %s", path);
    if (!S_ISREG(file.st_mode))
        return error_set(err, OIR_CORRUPT, "%s is not a regular file", path);
    ERROR_GOTO_DONE(check_metas(&w, (uint64_t)file.st_size));
    w.pages = memory_new(w.depth * w.page_size);
    if (!w.pages) {
        status = error_no_memory(err, "checking a segment's pages");
        goto done;
    }
    ERROR_GOTO_DONE(check_page(&w, 0, w.root, 0));
    if (w.entries != w.next_key) {
        status = damaged(&w, w.root, "the tree has not as many values as it should");
        goto done;
    }
    ERROR_GOTO_DONE(check_overlaps(&w));
    *out = (container_tree){(uint64_t)file.st_size, (uint32_t)w.page_size, w.next_key};
done:
    memory_free(w.pages);
    memory_free(w.runs);
    return status;
}
