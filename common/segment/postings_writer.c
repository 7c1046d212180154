/* Bytes of a term's list, in PART_POSTINGS (W: number of windows of the segment; wdf "clipped": 255 at most):
 *
 *     large      only when the term's largest wdf is 255 or more: 4 bytes n, then n times document and wdf, 4 bytes
 *                each: the wdf that a byte cannot hold
 *     then by form
 *     short      codec/sparse_layout.h, not sampled
 *     sparse     bounds; codec/sparse_layout.h, sampled
 *     dense      bounds; a directory of W + 1 entries: 4 bytes offset of the window's payload in what
 *                follows, 4 bytes number of postings before; the payloads (codec/dense_layout.h)
 *     inlined    in the dictionary: for each document a varint of its distance from the one before less 1 (the first:
 *                itself) and a varint of its wdf less the base
 * Bounds are two numbers of 2 bytes, low and high, and W bytes by window. A window's or range's byte b, 1 to 255, says
 * that no saturation in it is above (low + (high - low) * b / 255) / 65535; 0 that it has no documents. What frequent
 * words reach lies close together, so each list has a scale of its own.
 * The base is 1, or 0 when some wdf of the list is 0.
 *
 * Bytes of a term's positions, in PART_POSITIONS, groups as in codec/positions.h (POSITIONS_COUNTED: each with its
 * count before it):
 *     short, inlined   the groups
 *     sparse           for each sample of the list 4 bytes: where its first group starts; the groups, samples starting
 *                      at whole bytes
 *     dense            1 byte: 2 or 4, the size of block offsets; for each window 4 bytes: where it starts; for each
 *                      window that is not empty the offsets of its second, third... block of 64 groups from its first,
 *                      then the groups, blocks starting at whole bytes
 * Offsets count from the first byte of the term's positions. */
#include <float.h>

#include "base/bit_writer.h"
#include "base/memory.h"
#include "codec/dense_writer.h"
#include "codec/positions.h"
#include "codec/sparse_layout.h"
#include "base/error.h"
#include "segment/container.h"
#include "segment/postings_view.h"

enum { PREFETCH = 16 }; /* postings ahead: documents of a rare term lie far from each other */

struct postings_writer {
    struct container_writer *container;
    const postings_context *context;
    uint32_t windows;
    float *norm;            /* by document: wdf / (wdf + norm) is the saturation that bounds are made of */
    float *most;            /* by range: the highest saturation of a list */
    uint8_t *clipped;       /* wdf of the list at hand, less the base */
    size_t clipped_capacity;
    uint16_t *places;       /* of one window */
    uint32_t *group;        /* positions of one document */
    size_t group_capacity;
    buffer list, positions, payload;
    uint64_t postings_end, positions_end; /* where the last list ended */
    uint8_t inlined[POSTINGS_INLINED_MAX];
};

oir_status postings_writer_new(postings_writer **out, struct container_writer *parts,
                               const postings_context *context, oir_error *err)
{
    postings_writer *w = *out = memory_new_zeroed(1, sizeof *w);
    if (!w)
        return error_no_memory(err, "a writer of postings");
    w->container = parts;
    w->context = context;
    w->windows = postings_view_windows(context->document_count);
    w->norm = memory_new((size_t)context->document_count * sizeof *w->norm + 1);
    w->places = memory_new(WINDOW_SIZE * sizeof *w->places);
    w->most = memory_new(((size_t)w->windows * RANGES + 1) * sizeof *w->most);
    if (!w->norm || !w->places || !w->most) {
        postings_writer_free(w);
        *out = NULL;
        return error_no_memory(err, "a writer of postings");
    }
    double average = context->average > 0 ? context->average : 1;
    for (uint32_t d = 0; d < context->document_count; d++)
        w->norm[d] = (float)(context->k1 * (1 - context->b + context->b * length_get(&context->lengths, d) / average));
    return OIR_OK;
}

void postings_writer_free(postings_writer *w)
{
    if (!w)
        return;
    memory_free(w->norm);
    memory_free(w->most);
    memory_free(w->places);
    memory_free(w->group);
    memory_free(w->clipped);
    buffer_release(&w->list);
    buffer_release(&w->positions);
    buffer_release(&w->payload);
    memory_free(w);
}

/* A little more than it is, for single precision. */
static inline float saturation_of(float norm, uint32_t wdf)
{
    float f = (float)wdf;
    float s = f / (f + norm) * 1.000002f;
    return !wdf ? 0 : s < 1 ? s : 1;
}

/* The scale of a list's bounds: from the least to the most of what n windows or ranges reach; 0: has no documents. */
typedef struct scale {
    uint32_t low, high; /* as they are stored */
    float from, steps;  /* steps in one */
} scale;

static scale find_scale(const float *most, size_t n)
{
    float least = 2, highest = 0;
    for (size_t i = 0; i < n; i++) {
        float v = most[i];
        least = v > 0 && v < least ? v : least;
        highest = v > highest ? v : highest;
    }
    uint32_t low = least < 1 ? (uint32_t)(least * UINT16_MAX) : 0, high = (uint32_t)(highest * UINT16_MAX) + 1;
    low = low > UINT16_MAX ? UINT16_MAX : low;
    high = high > UINT16_MAX ? UINT16_MAX : high < low ? low : high;
    return (scale){low, high, postings_view_low(low), high > low ? 1 / postings_view_step(low, high) : 0};
}

static inline uint8_t bound_of(const scale *s, float saturation)
{
    float steps = (saturation - s->from) * s->steps * 1.000002f;
    if (!(steps > 1))
        return 1;
    uint32_t up = (uint32_t)steps + ((float)(uint32_t)steps < steps);
    return (uint8_t)(up < 255 ? up : 255);
}

/* ---- the list ---- */

/* Loops over a list work on copies of pointers and sums: a store of a byte could otherwise be to any of them. */

static void summarise(const term_postings *p, term_entry *entry)
{
    const uint32_t *wdf = p->wdf;
    uint32_t count = p->count, most = 0, least = UINT32_MAX;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        sum += wdf[i];
        most = wdf[i] > most ? wdf[i] : most;
        least = wdf[i] < least ? wdf[i] : least;
    }
    entry->termfreq = count;
    entry->collection_freq = sum;
    entry->wdf_max = most;
    entry->zero_wdf = least == 0;
}

static oir_status clip(postings_writer *w, const term_postings *p, uint8_t base, oir_error *err)
{
    if (!memory_reserve(&w->clipped, &w->clipped_capacity, p->count, 1))
        return error_no_memory(err, "a list of postings");
    const uint32_t *restrict wdf = p->wdf;
    uint8_t *restrict to = w->clipped;
    for (uint32_t i = 0, count = p->count; i < count; i++)
        to[i] = (uint8_t)((wdf[i] < 255 ? wdf[i] : 255) - base);
    return OIR_OK;
}

static void add_large(postings_writer *w, const term_postings *p)
{
    size_t at = w->list.size;
    uint32_t n = 0;
    buffer_add_u32(&w->list, 0);
    for (uint32_t i = 0; i < p->count; i++) {
        if (p->wdf[i] < 255)
            continue;
        buffer_add_u32(&w->list, p->documents[i]);
        buffer_add_u32(&w->list, p->wdf[i]);
        n++;
    }
    if (!w->list.failed)
        bits_store32(w->list.data + at, n);
}

/* The highest saturation of each group of 2^bits documents, n groups; 0 where it has none. */
static const float *find_most(postings_writer *w, const term_postings *p, uint32_t bits, size_t n)
{
    const uint32_t *documents = p->documents, *wdf = p->wdf;
    const float *norm = w->norm;
    float *most = w->most;
    memset(most, 0, n * sizeof *most);
    for (uint32_t i = 0, count = p->count; i < count; i++) {
        if (i + PREFETCH < count)
            __builtin_prefetch(&norm[documents[i + PREFETCH]]);
        float s = saturation_of(norm[documents[i]], wdf[i]), *at = &most[documents[i] >> bits];
        s = s > 0 ? s : FLT_MIN; /* wdf 0 */
        *at = s > *at ? s : *at;
    }
    return most;
}

static void add_scale(postings_writer *w, const scale *s)
{
    buffer_add_u16(&w->list, (uint16_t)s->low);
    buffer_add_u16(&w->list, (uint16_t)s->high);
}

static void add_window_bounds(postings_writer *w, const term_postings *p)
{
    const float *most = find_most(w, p, WINDOW_BITS, w->windows);
    scale s = find_scale(most, w->windows);
    add_scale(w, &s);
    uint8_t *bounds = buffer_extend(&w->list, w->windows);
    for (uint32_t i = 0; bounds && i < w->windows; i++)
        bounds[i] = most[i] > 0 ? bound_of(&s, most[i]) : 0;
}

static void add_dense(postings_writer *w, const term_postings *p)
{
    const float *most = find_most(w, p, RANGE_BITS, (size_t)w->windows * RANGES);
    scale s = find_scale(most, (size_t)w->windows * RANGES);
    add_scale(w, &s);
    size_t bounds_at = w->list.size;
    buffer_add_zeros(&w->list, w->windows);
    buffer_clear(&w->payload);
    const uint32_t *documents = p->documents;
    uint16_t *places = w->places;
    uint32_t i = 0, count = p->count;
    for (uint32_t window = 0; window <= w->windows; window++) {
        uint8_t bounds[RANGES], highest = 0;
        uint32_t first = i;
        buffer_add_u32(&w->list, (uint32_t)w->payload.size);
        buffer_add_u32(&w->list, i);
        for (; i < count && documents[i] >> WINDOW_BITS == window; i++)
            places[i - first] = (uint16_t)(documents[i] & (WINDOW_SIZE - 1));
        if (i == first)
            continue;
        for (uint32_t r = 0; r < RANGES; r++) {
            float v = most[(size_t)window * RANGES + r];
            bounds[r] = v > 0 ? bound_of(&s, v) : 0;
            highest = bounds[r] > highest ? bounds[r] : highest;
        }
        dense_writer_add(&w->payload, places, w->clipped + first, i - first, bounds);
        if (!w->list.failed)
            w->list.data[bounds_at + window] = highest;
    }
    buffer_add(&w->list, w->payload.data, w->payload.size);
    w->list.failed |= w->payload.failed;
}

static uint32_t add_inlined(uint8_t *to, const term_postings *p, uint8_t base)
{
    buffer bytes = BUFFER_INIT;
    for (uint32_t i = 0; i < p->count; i++) {
        buffer_add_varint(&bytes, i ? p->documents[i] - p->documents[i - 1] - 1 : p->documents[0]);
        buffer_add_varint(&bytes, p->wdf[i] - base);
    }
    uint32_t size = bytes.failed ? 0 : (uint32_t)bytes.size;
    if (size)
        memcpy(to, bytes.data, size); /* at most POSTINGS_INLINED_MAX: wdf are below 255 */
    buffer_release(&bytes);
    return size;
}

/* ---- positions ---- */

/* Where a writer of groups stands. */
typedef struct group_writer {
    const postings_context *context;
    const term_postings *postings;
    const oir_termpos *next;
    bit_writer bits;
    bool counted;
    uint32_t *places;        /* of one group, from 0; the postings_writer's */
    size_t capacity;
} group_writer;

static oir_status add_group(group_writer *g, uint32_t i, oir_error *err)
{
    uint32_t c = g->postings->position_counts ? g->postings->position_counts[i] : g->postings->wdf[i];
    uint32_t u = postings_extent(g->context, g->postings->documents[i]), base = g->context->position_base;
    if (i + PREFETCH < g->postings->count && !g->context->even_extents)
        __builtin_prefetch(&g->context->extents.plane[0][g->postings->documents[i + PREFETCH]]);
    if (c == 1 && !g->counted) { /* by far the most */
        bit_writer_add(&g->bits, *g->next++ - base, (uint32_t)positions_bits(1, u));
        return OIR_OK;
    }
    if (c > g->capacity && !memory_reserve(&g->places, &g->capacity, c, sizeof *g->places))
        return error_no_memory(err, "positions");
    for (uint32_t j = 0; j < c; j++)
        g->places[j] = g->next[j] - base;
    if (g->counted)
        positions_put_count(&g->bits, c);
    positions_put(&g->bits, g->places, c, u);
    g->next += c;
    return OIR_OK;
}

static oir_status add_sparse_positions(postings_writer *w, group_writer *g, oir_error *err)
{
    const term_postings *p = g->postings;
    sparse_list shape;
    sparse_layout_shape(&shape, p->count, w->context->document_count, true);
    uint32_t samples = sparse_layout_samples(&shape), sample = 0;
    size_t table = w->positions.size;
    buffer_add_zeros(&w->positions, (size_t)samples * 4);
    for (uint32_t i = 0; i <= p->count; i++) {
        uint64_t window = i < p->count ? p->documents[i] >> WINDOW_BITS : UINT32_MAX;
        for (; sample < samples && window >= (uint64_t)sample * shape.stride; sample++) {
            bit_writer_end(&g->bits);
            if (!w->positions.failed)
                bits_store32(w->positions.data + table + (size_t)sample * 4, (uint32_t)w->positions.size);
        }
        if (i < p->count)
            ERROR_FORWARD(add_group(g, i, err));
    }
    return OIR_OK;
}

/* The groups of postings [first, end), all of one window; says where each block of 64 starts. */
static oir_status add_window_groups(group_writer *g, uint32_t first, uint32_t end, uint32_t starts[RANGES],
                                    oir_error *err)
{
    size_t origin = g->bits.to->size;
    for (uint32_t i = first; i < end; i++) {
        if ((i - first) % 64 == 0) {
            bit_writer_end(&g->bits);
            starts[(i - first) / 64] = (uint32_t)(g->bits.to->size - origin);
        }
        ERROR_FORWARD(add_group(g, i, err));
    }
    bit_writer_end(&g->bits);
    return OIR_OK;
}

static oir_status add_dense_positions(postings_writer *w, group_writer *g, uint32_t offset_size, bool *too_wide,
                                      oir_error *err)
{
    const term_postings *p = g->postings;
    buffer_add_byte(&w->positions, (uint8_t)offset_size);
    size_t table = w->positions.size;
    buffer_add_zeros(&w->positions, (size_t)w->windows * 4);
    for (uint32_t window = 0, i = 0; window < w->windows; window++) {
        uint32_t first = i, starts[RANGES];
        while (i < p->count && p->documents[i] >> WINDOW_BITS == window)
            i++;
        if (!w->positions.failed)
            bits_store32(w->positions.data + table + (size_t)window * 4, (uint32_t)w->positions.size);
        uint32_t blocks = (i - first + 63) / 64;
        size_t offsets = w->positions.size;
        if (blocks > 1)
            buffer_add_zeros(&w->positions, (size_t)(blocks - 1) * offset_size);
        ERROR_FORWARD(add_window_groups(g, first, i, starts, err));
        for (uint32_t b = 1; b < blocks && !w->positions.failed; b++) {
            uint8_t *at = w->positions.data + offsets + (size_t)(b - 1) * offset_size;
            if (offset_size == 4)
                bits_store32(at, starts[b]);
            else
                bits_store16(at, (uint16_t)starts[b]);
            *too_wide |= offset_size == 2 && starts[b] > UINT16_MAX;
        }
    }
    return OIR_OK;
}

static bool counts_are_wdf(const term_postings *p)
{
    for (uint32_t i = 0; p->position_counts && i < p->count; i++)
        if (p->position_counts[i] != p->wdf[i])
            return false;
    return true;
}

/* Writes all groups with block offsets of a size; *too_wide says that they need a larger one. */
static oir_status add_groups(postings_writer *w, const term_postings *p, const term_entry *entry, uint32_t offset_size,
                             bool *too_wide, oir_error *err)
{
    group_writer g = {.context = w->context, .postings = p, .next = p->positions, .places = w->group,
                      .capacity = w->group_capacity, .counted = entry->positions_form == POSITIONS_COUNTED};
    oir_status status = OIR_OK;
    *too_wide = false;
    buffer_clear(&w->positions);
    bit_writer_init(&g.bits, &w->positions);
    if (entry->form == POSTINGS_DENSE)
        status = add_dense_positions(w, &g, offset_size, too_wide, err);
    else if (entry->form == POSTINGS_SPARSE)
        status = add_sparse_positions(w, &g, err);
    else
        for (uint32_t i = 0; status == OIR_OK && i < p->count; i++)
            status = add_group(&g, i, err);
    bit_writer_end(&g.bits);
    w->group = g.places;
    w->group_capacity = g.capacity;
    return status;
}

static oir_status add_positions(postings_writer *w, const term_postings *p, const term_entry *entry, oir_error *err)
{
    bool too_wide = true;
    for (uint32_t offset_size = paths_use(PATHS_NARROW) ? 2 : 4; too_wide && offset_size <= 4; offset_size += 2)
        ERROR_FORWARD(add_groups(w, p, entry, offset_size, &too_wide, err));
    if (w->positions.failed)
        return error_no_memory(err, "positions");
    if (w->positions.size > UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "the positions of one term take more than 4 GiB in one segment");
    return OIR_OK;
}

/* ---- both ---- */

static oir_status put(postings_writer *w, enum part_kind kind, const buffer *bytes, uint64_t *address, uint64_t *size,
                      uint64_t *end, bool *gap, oir_error *err)
{
    ERROR_FORWARD(container_writer_add(w->container, kind, bytes->data, bytes->size, 1, address, err));
    *size = bytes->size;
    *gap |= *address != *end;
    *end = *address + bytes->size;
    return OIR_OK;
}

oir_status postings_writer_add(postings_writer *w, const term_postings *p, term_entry *entry, bool *gap, oir_error *err)
{
    uint32_t ordinal = entry->ordinal;
    *entry = (term_entry){.ordinal = ordinal};
    *gap = false;
    summarise(p, entry);
    uint8_t base = entry->zero_wdf ? 0 : 1;
    entry->form = postings_view_choose(p->count, w->context->document_count, entry->wdf_max, paths_get());
    buffer_clear(&w->list);
    if (entry->form == POSTINGS_INLINED) {
        entry->inlined = w->inlined;
        entry->inlined_size = add_inlined(w->inlined, p, base);
        if (!entry->inlined_size)
            return error_no_memory(err, "a list of postings");
    } else {
        ERROR_FORWARD(clip(w, p, base, err));
        if (entry->wdf_max >= 255)
            add_large(w, p);
        if (entry->form == POSTINGS_DENSE)
            add_dense(w, p);
        if (entry->form == POSTINGS_SPARSE)
            add_window_bounds(w, p);
        if (entry->form != POSTINGS_DENSE)
            sparse_layout_add(&w->list, p->documents, w->clipped, p->count, w->context->document_count,
                              entry->form == POSTINGS_SPARSE);
        if (w->list.failed)
            return error_no_memory(err, "a list of postings");
        ERROR_FORWARD(put(w, PART_POSTINGS, &w->list, &entry->postings_address, &entry->postings_size,
                          &w->postings_end, gap, err));
    }
    if (!p->positions)
        return OIR_OK;
    entry->positions_form = paths_use(PATHS_IMPLIED) && counts_are_wdf(p) ? POSITIONS_WDF : POSITIONS_COUNTED;
    ERROR_FORWARD(add_positions(w, p, entry, err));
    return w->positions.size ? put(w, PART_POSITIONS, &w->positions, &entry->positions_address, &entry->positions_size,
                                   &w->positions_end, gap, err)
                             : OIR_OK;
}
