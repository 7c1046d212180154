#include "segment/termlists.h"

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "codec/varint.h"
#include "segment/block_index.h"
#include "segment/termlists_format.h"

struct termlists {
    const container *file;
    block_index index;
    uint32_t document_count, term_count;
};

void termlists_release(termlist *list)
{
    memory_free(list->ordinals);
    memory_free(list->wdf);
    *list = (termlist){0};
}

static oir_status damaged(const termlists *t, uint32_t local, const char *reason, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "%s is damaged: part termlists, document %u: %s; "
                     "restore it from a copy or index again", t->file->path, local, reason);
}

oir_status termlists_open(termlists **out, const struct container *file, uint32_t document_count, uint32_t term_count,
                          oir_error *err)
{
    const uint8_t *root;
    uint64_t size;
    *out = NULL;
    ERROR_FORWARD(container_get_root(file, PART_TERMLISTS, &root, &size, err));
    if (size != TERMLISTS_ROOT_SIZE || bits_load32(root) != document_count)
        return error_set(err, OIR_CORRUPT, "%s is damaged: part termlists has another number of documents; "
                         "restore it from a copy or index again", file->path);
    termlists *t = memory_new(sizeof *t);
    if (!t)
        return error_no_memory(err, "the term lists of a segment");
    *t = (termlists){file, {bits_load64(root + 8), bits_load32(root + 4)}, document_count, term_count};
    *out = t;
    return OIR_OK;
}

void termlists_close(termlists *t)
{
    memory_free(t);
}

/* Finds the bytes of one document's list. */
static oir_status find_list(const termlists *t, uint32_t local, const uint8_t **from, const uint8_t **to,
                            oir_error *err)
{
    block_entry entry;
    bool found;
    const uint8_t *at;
    uint32_t documents;
    uint64_t before = 0, size = 0;
    ERROR_FORWARD(block_index_find(t->file, PART_TERMLISTS, &t->index, local, &entry, &found, err));
    if (!found)
        return damaged(t, local, "no block holds it", err);
    ERROR_FORWARD(container_get(t->file, PART_TERMLISTS, entry.address, entry.size, &at, err));
    const uint8_t *end = at + entry.size;
    at = varint_get32(at, end, &documents);
    if (!at || local - entry.first >= documents || documents > TERMLISTS_BLOCK_DOCUMENTS)
        return damaged(t, local, "its block does not hold it", err);
    for (uint32_t i = 0; i < documents; i++) {
        uint32_t next;
        at = varint_get32(at, end, &next);
        before += i < local - entry.first ? next : 0;
        size = i == local - entry.first ? next : size;
    }
    if (!at || before + size > (uint64_t)(end - at))
        return damaged(t, local, "its list reaches beyond the block", err);
    *from = at + before;
    *to = at + before + size;
    return OIR_OK;
}

static oir_status decode(const termlists *t, uint32_t local, const uint8_t *at, const uint8_t *end, termlist *list,
                         oir_error *err)
{
    uint64_t next = 0;
    uint32_t i = 0;
    for (; at && i < list->count; i++) {
        uint64_t code;
        uint32_t wdf = 1;
        at = varint_get(at, end, &code);
        if (code & 1)
            at = varint_get32(at, end, &wdf);
        uint64_t ordinal = next + (code >> 1);
        if (ordinal >= t->term_count)
            return damaged(t, local, "a term that the dictionary does not have", err);
        list->ordinals[i] = (uint32_t)ordinal;
        list->wdf[i] = wdf;
        next = ordinal + 1;
    }
    return at == end ? OIR_OK : damaged(t, local, "its list does not end where it should", err);
}

oir_status termlists_get(const termlists *t, uint32_t local, termlist *list, oir_error *err)
{
    const uint8_t *at, *end;
    uint32_t count;
    list->count = 0;
    ERROR_FORWARD(find_list(t, local, &at, &end, err));
    at = varint_get32(at, end, &count);
    if (!at || count > (uint64_t)(end - at)) /* a byte at least for each */
        return damaged(t, local, "number of its terms", err);
    size_t capacity = list->capacity;
    if (!memory_reserve(&list->ordinals, &capacity, count, sizeof *list->ordinals) ||
        !memory_reserve(&list->wdf, &list->capacity, count, sizeof *list->wdf))
        return error_no_memory(err, "a document's term list");
    list->count = count;
    return decode(t, local, at, end, list, err);
}

oir_status termlists_check(const termlists *t, oir_error *err)
{
    termlist list = {0};
    oir_status status = OIR_OK;
    uint64_t next = 0;
    for (uint32_t i = 0; i < t->index.count; i++) {
        block_entry entry;
        const uint8_t *at;
        uint32_t documents;
        ERROR_GOTO_DONE(block_index_get(t->file, PART_TERMLISTS, &t->index, i, &entry, err));
        ERROR_GOTO_DONE(container_get(t->file, PART_TERMLISTS, entry.address, entry.size, &at, err));
        if (entry.first != next || !varint_get32(at, at + entry.size, &documents)) {
            status = damaged(t, entry.first, "blocks do not follow each other", err);
            goto done;
        }
        next += documents;
    }
    if (next != t->document_count) {
        status = damaged(t, (uint32_t)next, "blocks do not hold all documents", err);
        goto done;
    }
    for (uint32_t local = 0; local < t->document_count; local++)
        ERROR_GOTO_DONE(termlists_get(t, local, &list, err));
done:
    termlists_release(&list);
    return status;
}
