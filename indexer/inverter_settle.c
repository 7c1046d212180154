#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "indexer/inverter.h"

enum {
    PREFETCH = 8,         /* terms ahead */
    ROOM = 4096,          /* encoded bytes that are appended together */
    POSTING_MAX = 32,     /* bytes of a posting up to its first position */
    POSITION_MAX = 8
};

/* One term's list while a batch is appended to it. */
typedef struct appender {
    inverter *v;
    inverter_term *term;
    uint8_t *at;          /* free in `bytes` */
    uint8_t bytes[ROOM];
} appender;

static bool hand_over(appender *a)
{
    bool done = slices_add(&a->v->pool, &a->term->postings, a->bytes, (size_t)(a->at - a->bytes));
    a->at = a->bytes;
    return done;
}

static inline bool make_room(appender *a, size_t size)
{
    return (size_t)(a->bytes + ROOM - a->at) >= size || hand_over(a);
}

static inline void add_head(appender *a, uint32_t document, enum inverter_kind kind)
{
    inverter_term *t = a->term;
    a->at = slices_encode(a->at, (uint64_t)(document - t->last) << 2 | kind);
    t->last = document;
    t->documents++;
}

/* A posting with so many positions, ascending. */
static bool add_posting(appender *a, uint32_t document, uint32_t wdf, const oir_termpos *positions, uint32_t count)
{
    enum inverter_kind kind = count == 0 ? INVERTER_NONE : count == wdf ? INVERTER_WDF : INVERTER_COUNTED;
    oir_termpos last = 0;
    if (!make_room(a, POSTING_MAX))
        return false;
    add_head(a, document, kind);
    a->at = slices_encode(a->at, wdf);
    if (kind == INVERTER_COUNTED)
        a->at = slices_encode(a->at, count);
    for (uint32_t i = 0; i < count; i++) {
        if (!make_room(a, POSITION_MAX))
            return false;
        a->at = slices_encode(a->at, positions[i] - last);
        last = positions[i];
    }
    a->term->positions += count;
    return true;
}

/* A posting whose occurrences are each one position more than the last, with wdf 1: nearly all that come from text. */
static bool add_plain(appender *a, uint32_t document, const uint64_t *run, uint32_t count)
{
    oir_termpos last = 0;
    if (!make_room(a, POSTING_MAX))
        return false;
    if (count == 1) {
        add_head(a, document, INVERTER_ONE);
    } else {
        add_head(a, document, INVERTER_WDF);
        a->at = slices_encode(a->at, count);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!make_room(a, POSITION_MAX))
            return false;
        a->at = slices_encode(a->at, (uint32_t)run[i] - last);
        last = (uint32_t)run[i];
    }
    a->term->positions += count;
    return true;
}

/* A posting of any occurrences: without position, at one place twice, with any wdf. */
static bool add_mixed(appender *a, uint32_t document, const uint64_t *run, size_t count)
{
    inverter_batch *b = &a->v->batch;
    uint32_t wdf = 0, kept = 0;
    if (!memory_reserve(&b->positions, &b->position_capacity, count, sizeof *b->positions))
        return false;
    for (size_t i = 0; i < count; i++) {
        inverter_apart o = {(oir_termpos)run[i], 1};
        if (run[i] & INVERTER_BATCH_APART)
            o = b->apart[(uint32_t)run[i]];
        wdf += o.wdf;
        if (o.position != DOCUMENT_NO_POSITION)
            b->positions[kept++] = o.position;
    }
    kept = (uint32_t)sort_u32_distinct(b->positions, kept);
    return add_posting(a, document, wdf, b->positions, kept);
}

static inline uint32_t document_of(uint64_t item)
{
    return (uint32_t)(item >> 32) & (uint32_t)INT32_MAX;
}

/* Appends all that the batch has of a term; its documents count from `first`. */
static bool add_run(appender *a, uint32_t first, const uint64_t *run, size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        uint32_t document = document_of(run[i]);
        /* What is higher than the one before, in the same document, is a higher position, or not plain. */
        for (end = i + 1; end < count && run[end] > run[end - 1] && document_of(run[end]) == document; end++) {
        }
        bool plain = !(run[end - 1] & INVERTER_BATCH_APART) && (uint32_t)run[end - 1] != DOCUMENT_NO_POSITION &&
                     (end == count || document_of(run[end]) != document);
        while (!plain && end < count && document_of(run[end]) == document)
            end++;
        if (!(plain ? add_plain(a, first + document, run + i, (uint32_t)(end - i))
                    : add_mixed(a, first + document, run + i, end - i)))
            return false;
    }
    return true;
}

/* All of a run, or nothing. */
static bool append(appender *a, uint32_t number, uint32_t first, const uint64_t *run, size_t count)
{
    inverter *v = a->v;
    inverter_term *t = a->term = inverter_get_term(v, number), before = *t;
    a->at = a->bytes;
    if ((t->postings.tail == 0 && !slices_start(&v->pool, &t->postings)) || !add_run(a, first, run, count) ||
        !hand_over(a)) {
        *t = before; /* what is behind the end of a list is nothing */
        return false;
    }
    v->documents_max = t->documents > v->documents_max ? t->documents : v->documents_max;
    v->positions_max = t->positions > v->positions_max ? t->positions : v->positions_max;
    return true;
}

/* Terms lie in the order in which they came, and their lists anywhere. */
static void prefetch(const inverter *v, size_t at)
{
    const inverter_batch *b = &v->batch;
    if (at + 2 * PREFETCH < b->touched_count)
        __builtin_prefetch(inverter_get_term(v, b->touched[at + 2 * PREFETCH]), 1);
    if (at + PREFETCH < b->touched_count) {
        const inverter_term *t = inverter_get_term(v, b->touched[at + PREFETCH]);
        if (t->postings.tail)
            __builtin_prefetch(slices_at(&v->pool, t->postings.tail), 1);
    }
}

oir_status inverter_settle(inverter *v, oir_error *err)
{
    inverter_batch *b = &v->batch;
    appender a = {.v = v};
    uint32_t first = (uint32_t)(v->document_count - b->document_count);
    inverter_batch_sort(b);
    size_t start = b->settled ? b->next[b->touched[b->settled - 1]] : 0;
    for (; b->settled < b->touched_count; b->settled++) {
        uint32_t number = b->touched[b->settled], end = b->next[number];
        prefetch(v, b->settled);
        if (!append(&a, number, first, b->sorted + start, end - start))
            return error_no_memory(err, "the buffer of documents");
        start = end;
    }
    for (size_t i = 0; i < b->touched_count; i++)
        b->next[b->touched[i]] = 0;
    inverter_batch_clear(b);
    return OIR_OK;
}
