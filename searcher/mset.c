#include "searcher/mset.h"

#include <string.h>

#include "base/bits.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"

static oir_status copy_terms(oir_mset *m, const plan *p, oir_error *err)
{
    buffer bytes = BUFFER_INIT;
    for (size_t i = 0; i < p->leaf_count; i++) {
        const plan_leaf *leaf = &p->leaves[i];
        if (leaf->kind != PLAN_TERM)
            continue;
        buffer_add_byte(&bytes, (uint8_t)leaf->term.size);
        buffer_add(&bytes, leaf->term.data, leaf->term.size);
        buffer_add_u32(&bytes, leaf->termfreq);
    }
    if (bytes.failed) {
        buffer_release(&bytes);
        return error_no_memory(err, "a match set");
    }
    m->terms = (char *)bytes.data;
    m->terms_size = bytes.size;
    return OIR_OK;
}

oir_status mset_new(oir_mset **out, const plan *p, const topk *best, oir_doccount first, oir_doccount max_items,
                    oir_error *err)
{
    size_t from = first < best->held ? first : best->held;
    size_t count = best->held - from < max_items ? best->held - from : max_items;
    oir_mset *m = *out = memory_new_zeroed(1, sizeof *m);
    if (m)
        m->items = memory_new((count + 1) * sizeof *m->items);
    if (!m || !m->items || copy_terms(m, p, err) != OIR_OK) {
        oir_mset_free(m);
        *out = NULL;
        return error_no_memory(err, "a match set");
    }
    if (count)
        memcpy(m->items, best->items + from, count * sizeof *m->items);
    m->database = p->database;
    m->count = (oir_doccount)count;
    m->first = first;
    m->max_possible = p->max_possible;
    return OIR_OK;
}

void oir_mset_free(oir_mset *m)
{
    if (!m)
        return;
    memory_free(m->items);
    memory_free(m->terms);
    memory_free(m);
}

oir_doccount oir_mset_get_size(const oir_mset *m)
{
    return m->count;
}

oir_doccount oir_mset_get_firstitem(const oir_mset *m)
{
    return m->first;
}

oir_doccount oir_mset_get_matches_lower_bound(const oir_mset *m)
{
    return m->matches_lower;
}

oir_doccount oir_mset_get_matches_upper_bound(const oir_mset *m)
{
    return m->matches_upper;
}

double oir_mset_get_max_possible(const oir_mset *m)
{
    return m->max_possible;
}

oir_docid oir_mset_get_docid(const oir_mset *m, oir_doccount index)
{
    return index < m->count ? m->items[index].docid : 0;
}

double oir_mset_get_weight(const oir_mset *m, oir_doccount index)
{
    return index < m->count ? m->items[index].weight : 0;
}

oir_status oir_mset_get_document(const oir_mset *m, oir_doccount index, oir_document **out, oir_error *err)
{
    *out = NULL;
    if (index >= m->count)
        return error_set(err, OIR_INVALID_ARGUMENT, "match %u of a page of %u", index, m->count);
    return oir_database_get_document(m->database, m->items[index].docid, out, err);
}

oir_doccount oir_mset_get_termfreq(const oir_mset *m, const char *term, size_t size)
{
    for (size_t at = 0; at < m->terms_size;) {
        size_t here = (uint8_t)m->terms[at];
        if (here == size && !memcmp(m->terms + at + 1, term, size))
            return bits_load32(m->terms + at + 1 + here);
        at += 1 + here + 4;
    }
    return 0;
}
