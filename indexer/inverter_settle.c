#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "indexer/inverter.h"

enum {
    PREFETCH = 8,         /* terms ahead */
    ROOM = 4096,          /* encoded bytes that are appended together */
    HEAD_MAX = 16,        /* bytes of a posting before its positions */
    PIECE = 512           /* positions that are encoded together */
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

/* The power of two of the bytes that a position takes. */
static inline uint32_t width_of(oir_termpos highest)
{
    return (highest > UINT8_MAX) + (uint32_t)(highest > UINT16_MAX);
}

/* There is room. */
static inline void add_head(appender *a, uint32_t document, enum inverter_kind kind, uint32_t width)
{
    inverter_term *t = a->term;
    uint32_t gap = document - t->last, far = gap >> INVERTER_GAP_BITS;
    bits_store16(a->at, (uint16_t)(gap << INVERTER_GAP_SHIFT | (far ? INVERTER_FAR : 0) |
                                   width << INVERTER_WIDTH_SHIFT | (uint32_t)kind));
    a->at += 2;
    if (far) {
        bits_store32(a->at, far);
        a->at += 4;
    }
    t->last = document;
    t->documents++;
}

static inline void add_count(appender *a, uint32_t count)
{
    *a->at++ = (uint8_t)(count < UINT8_MAX ? count : UINT8_MAX);
    if (count >= UINT8_MAX) {
        bits_store32(a->at, count);
        a->at += 4;
    }
}

/* Some positions, the low halves of items; there is room. */
static inline void add_positions(appender *a, const uint64_t *items, size_t count, uint32_t width)
{
    uint8_t *to = a->at;
    switch (width) {
    case 0:
        for (size_t i = 0; i < count; i++)
            to[i] = (uint8_t)items[i];
        break;
    case 1:
        for (size_t i = 0; i < count; i++)
            bits_store16(to + 2 * i, (uint16_t)items[i]);
        break;
    default:
        for (size_t i = 0; i < count; i++)
            bits_store32(to + 4 * i, (uint32_t)items[i]);
    }
    a->at += count << width;
}

/* A posting with so many positions, ascending, the low halves of items. */
static bool add_posting(appender *a, uint32_t document, uint32_t wdf, const uint64_t *items, size_t count)
{
    uint32_t width = count ? width_of((oir_termpos)items[count - 1]) : 0;
    enum inverter_kind kind = count == 0 ? INVERTER_NONE : count == wdf ? INVERTER_WDF : INVERTER_COUNTED;
    if (!make_room(a, HEAD_MAX))
        return false;
    add_head(a, document, kind, width);
    add_count(a, wdf);
    if (kind == INVERTER_COUNTED)
        add_count(a, (uint32_t)count);
    a->term->positions += (uint32_t)count;
    for (size_t piece; count > 0; items += piece, count -= piece) {
        piece = count < PIECE ? count : PIECE;
        if (!make_room(a, piece << width))
            return false;
        add_positions(a, items, piece, width);
    }
    return true;
}

/* A posting of any occurrences: without position, at one place twice, with any wdf. */
static bool add_mixed(appender *a, uint32_t document, const uint64_t *run, size_t count)
{
    inverter_batch *b = &a->v->batch;
    uint32_t wdf = 0;
    size_t kept = 0, distinct = 0;
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
    sort_u64(b->positions, kept);
    for (size_t i = 0; i < kept; i++)
        if (i == 0 || b->positions[i] != b->positions[distinct - 1])
            b->positions[distinct++] = b->positions[i];
    return add_posting(a, document, wdf, b->positions, distinct);
}

static inline uint32_t document_of(uint64_t item)
{
    return (uint32_t)(item >> 32) & (uint32_t)INT32_MAX;
}

/* Whether an occurrence has wdf 1 and a position. */
static inline bool is_plain(uint64_t item)
{
    return !(item & INVERTER_BATCH_APART) && (uint32_t)item != DOCUMENT_NO_POSITION;
}

/* Postings of one plain occurrence each, from the first on: of most words most are. Returns how many there were; less
 * than there could be when there is no more room. */
static size_t add_ones(appender *a, uint32_t first, const uint64_t *run, size_t count)
{
    uint8_t *at = a->at, *stop = a->bytes + ROOM - HEAD_MAX;
    uint32_t last = a->term->last;
    size_t i = 0;
    for (; i < count && at <= stop; i++) {
        uint32_t document = first + document_of(run[i]), position = (uint32_t)run[i], width = width_of(position);
        if (!is_plain(run[i]) || (i + 1 < count && document_of(run[i + 1]) == document_of(run[i])))
            break;
        uint32_t gap = document - last, far = gap >> INVERTER_GAP_BITS;
        bits_store16(at, (uint16_t)(gap << INVERTER_GAP_SHIFT | (far ? INVERTER_FAR : 0) |
                                    width << INVERTER_WIDTH_SHIFT | INVERTER_ONE));
        bits_store32(at + 2, far);
        at += far ? 6 : 2;
        bits_store32(at, position);
        at += (size_t)1 << width;
        last = document;
    }
    a->at = at;
    a->term->last = last;
    a->term->documents += (uint32_t)i;
    a->term->positions += (uint32_t)i;
    return i;
}

/* The posting that begins a run; returns how many occurrences it has, 0 when out of memory. */
static size_t add_first(appender *a, uint32_t first, const uint64_t *run, size_t count)
{
    uint32_t document = document_of(run[0]);
    size_t end = 1;
    /* What is higher than the one before, in the same document, is a higher position, or not plain. */
    while (end < count && run[end] > run[end - 1] && document_of(run[end]) == document)
        end++;
    bool plain = is_plain(run[end - 1]) && (end == count || document_of(run[end]) != document);
    while (!plain && end < count && document_of(run[end]) == document)
        end++;
    bool done = plain ? add_posting(a, first + document, (uint32_t)end, run, end)
                      : add_mixed(a, first + document, run, end);
    return done ? end : 0;
}

/* Appends all that the batch has of a term; its documents count from `first`. */
static bool add_run(appender *a, uint32_t first, const uint64_t *run, size_t count)
{
    for (size_t i = 0; (i += add_ones(a, first, run + i, count - i)) < count;) {
        if (!make_room(a, 2 * HEAD_MAX))
            return false;
        size_t added = add_first(a, first, run + i, count - i);
        if (!added)
            return false;
        i += added;
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
    if (at + 2 * PREFETCH < b->touched_count) {
        const inverter_term *t = inverter_get_term(v, b->touched[at + 2 * PREFETCH]);
        __builtin_prefetch(t, 1);
        __builtin_prefetch((const char *)(t + 1) - 1, 1);
    }
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
