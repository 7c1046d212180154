/* Bytes of a term's list, in PART_POSTINGS (W: number of windows of the segment, of 4,096 documents each, the last one
 * of fewer; wdf "clipped": 255 at most; which form it has and its numbers say the dictionary; documents are local
 * numbers, ascending):
 *
 *     large      only when the term's largest wdf is 255 or more: 4 bytes n, then n times document and wdf, 4 bytes
 *                each: the wdf of 255 and more, which are 255 where they are clipped
 *     then by form
 *     short      codec/sparse_layout.h, a short list
 *     sparse     bounds; codec/sparse_layout.h, a sparse one among as many documents as the segment has
 *     dense      bounds; of each window 2 bytes, its number of documents; where the payloads of W + 1 windows begin
 *                in what follows: of each eighth window, from the first on, 4 bytes, of the others 2, how much further
 *                than the eighth's; the payloads (codec/dense_layout.h), none where there are no documents
 *     inlined    in the dictionary: for each document a varint of its distance from the one before less 1 (the first:
 *                itself) and a varint of its wdf less the base
 * Bounds are two numbers of 2 bytes, low and high, POSTINGS_TOPS bytes, and W bytes by window. A window's or range's
 * byte b, 1 to 255, says that no saturation in it is above (low + (high - low) * b / 255) / 65535; 0 that it has no
 * documents. What frequent words reach lies close together, so each list has a scale of its own. A saturation is wdf /
 * (wdf + k1 (1 - b + b length / average)), with what the segment's root says. Byte i of the 6 tops, b from 1 to 255,
 * says that 3, 10, 30, 100, 300 or 1,000 documents are not below (low + (high - low) * (b - 1) / 255) / 65535; 0 says
 * nothing. The base is 1, or 0 when some wdf of the list is 0 (zero_wdf).
 *
 * Bytes of a term's positions, in PART_POSITIONS, runs of groups as in codec/positions.h, a group for each document
 * with as many positions as its wdf (POSITIONS_COUNTED: each with its count before its high parts), less 1 each, or as
 * they are where some of the segment is 0; among as many places as documents_writer.c says:
 *     short, inlined   one run
 *     sparse           for each sample of the list 4 bytes: where the run of the documents from it to the next starts;
 *                      the runs
 *     dense            1 byte: 2 or 4, the size of block offsets, 8 more: places are narrow; for each window where it
 *                      starts: 4 bytes, or if narrow for each eighth, from the first on, and for the others 2 bytes,
 *                      how much further; for each window that is not empty the offsets of its second, third... run of
 *                      64 groups from its first, then the runs
 * Where something starts counts from the first byte of the term's positions; a run ends where what follows starts. */
#include "base/memory.h"
#include "codec/sparse_layout.h"
#include "base/error.h"
#include "segment/container.h"
#include "segment/positions_writer.h"
#include "segment/postings_scale.h"
#include "segment/postings_view.h"
#include "segment/postings_writer_state.h"

enum {
    PREFETCH = 16,       /* postings ahead: documents of a rare term lie far from each other */
    SHORT_LENGTHS = 256, /* lengths of one plane, */
    NORMS_MOST = 1 << 16, /* and of two */
    SMALL_WDF = 16,      /* those whose saturations are made beforehand, for short lengths */
    BLOCK = 1024         /* postings */
};

static float find_norm(const postings_context *c, uint32_t length)
{
    double average = c->average > 0 ? c->average : 1;
    return (float)(c->k1 * (1 - c->b + c->b * length / average));
}

static void fill_norms(postings_writer *w)
{
    for (uint32_t length = 0; length < w->norm_count; length++)
        w->norm[length] = find_norm(w->context, length);
    for (uint32_t wdf = 0; wdf < SMALL_WDF; wdf++)
        for (uint32_t length = 0; length < SHORT_LENGTHS; length++)
            w->saturations[wdf * SHORT_LENGTHS + length] = postings_saturation(w->norm[length], wdf);
}

/* Those that a table is made for: all, mostly. */
static uint32_t choose_norms(const postings_context *c)
{
    uint32_t most = c->length_max < SHORT_LENGTHS ? SHORT_LENGTHS - 1 : c->length_max;
    return most < NORMS_MOST ? most + 1 : NORMS_MOST;
}

oir_status postings_writer_new(postings_writer **out, struct container_writer *parts,
                               const postings_context *context, oir_error *err)
{
    postings_writer *w = *out = memory_new_zeroed(1, sizeof *w);
    if (!w)
        return error_no_memory(err, "a writer of postings");
    w->container = parts;
    w->context = context;
    w->windows = postings_view_windows(context->document_count);
    w->norm_count = choose_norms(context);
    w->norm = memory_new(w->norm_count * sizeof *w->norm);
    w->saturations = memory_new(SMALL_WDF * SHORT_LENGTHS * sizeof *w->saturations);
    w->most = memory_new(((size_t)w->windows + 1) * sizeof *w->most);
    if (!w->norm || !w->saturations || !w->most) {
        postings_writer_free(w);
        *out = NULL;
        return error_no_memory(err, "a writer of postings");
    }
    fill_norms(w);
    return OIR_OK;
}

oir_status postings_writer_new_encoder(postings_writer **out, const postings_writer *of, oir_error *err)
{
    postings_writer *w = *out = memory_new_zeroed(1, sizeof *w);
    if (!w)
        return error_no_memory(err, "a writer of postings");
    w->encodes_only = true;
    w->context = of->context;
    w->windows = of->windows;
    w->norm_count = of->norm_count;
    w->norm = of->norm;
    w->saturations = of->saturations;
    w->most = memory_new(((size_t)w->windows + 1) * sizeof *w->most);
    if (w->most)
        return OIR_OK;
    postings_writer_free(w);
    *out = NULL;
    return error_no_memory(err, "a writer of postings");
}

void postings_writer_give_back(postings_writer *w)
{
    memory_free(w->clipped);
    memory_free(w->reached);
    w->clipped = NULL;
    w->reached = NULL;
    w->clipped_capacity = w->reached_capacity = 0;
    postings_dense_release(&w->dense);
    positions_writer_release(&w->pieces.positions);
    buffer_release(&w->pieces.large);
    buffer_release(&w->list);
    buffer_release(&w->positions);
}

void postings_writer_free(postings_writer *w)
{
    if (!w)
        return;
    if (!w->encodes_only) {
        memory_free(w->norm);
        memory_free(w->saturations);
    }
    memory_free(w->most);
    postings_writer_give_back(w);
    memory_free(w);
}

/* ---- the list ---- */

/* Loops over a list work on copies of pointers and sums: a store of a byte could otherwise be to any of them. */

/* What most blocks are: with numbers that fit into a byte. */
static inline void clip_small(const uint32_t *restrict wdf, uint32_t n, uint8_t *restrict to, uint32_t *all,
                              uint32_t *sum)
{
    uint32_t a = 0, s = 0;
    for (uint32_t i = 0; i < n; i++) {
        a |= wdf[i];
        s += wdf[i];
        to[i] = (uint8_t)wdf[i];
    }
    *all = a;
    *sum = s;
}

bool postings_writer_clip(postings_writer *w, const term_postings *p, postings_summary *all)
{
    if (!memory_reserve(&w->clipped, &w->clipped_capacity, (size_t)p->count + POSTINGS_CLIPPED_SLACK, 1))
        return false;
    uint32_t most = all->wdf_max;
    uint8_t least = UINT8_MAX, highest = 0;
    all->count += p->count;
    for (uint32_t i = 0, n; i < p->count; i += n) {
        uint32_t any, sum;
        uint8_t *bytes = w->clipped + i;
        n = p->count - i < BLOCK ? p->count - i : BLOCK;
        clip_small(p->wdf + i, n, bytes, &any, &sum);
        if (any <= UINT8_MAX) {
            all->collection_freq += sum;
        } else {
            for (uint32_t k = 0; k < n; k++) {
                uint32_t wdf = p->wdf[i + k];
                all->collection_freq += wdf;
                most = wdf > most ? wdf : most;
                bytes[k] = (uint8_t)(wdf < UINT8_MAX ? wdf : UINT8_MAX);
            }
        }
        for (uint32_t k = 0; k < n; k++) {
            least = bytes[k] < least ? bytes[k] : least;
            highest = bytes[k] > highest ? bytes[k] : highest;
        }
    }
    all->wdf_max = most > highest ? most : highest;
    all->zero_wdf |= least == 0;
    memset(w->clipped + p->count, 0, POSTINGS_CLIPPED_SLACK); /* valgrind cannot see that it does not matter */
    return true;
}

void postings_writer_lower(postings_writer *w, uint32_t count)
{
    uint8_t *bytes = w->clipped;
    for (uint32_t i = 0; i < count; i++)
        bytes[i]--;
}

/* Fills in what entry says of wdf, and w->clipped. */
static oir_status summarise(postings_writer *w, const term_postings *p, term_entry *entry, oir_error *err)
{
    postings_summary all = {0};
    if (!postings_writer_clip(w, p, &all))
        return error_no_memory(err, "a list of postings");
    postings_writer_fill_entry(&all, entry);
    if (!all.zero_wdf)
        postings_writer_lower(w, p->count);
    return OIR_OK;
}

void postings_writer_fill_entry(const postings_summary *all, term_entry *entry)
{
    entry->termfreq = all->count;
    entry->collection_freq = all->collection_freq;
    entry->wdf_max = all->wdf_max;
    entry->zero_wdf = all->zero_wdf;
}

uint32_t postings_writer_put_large(const term_postings *p, buffer *to)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        if (p->wdf[i] < 255)
            continue;
        buffer_add_u32(to, p->documents[i]);
        buffer_add_u32(to, p->wdf[i]);
        n++;
    }
    return n;
}

static void add_large(postings_writer *w, const term_postings *p)
{
    size_t at = w->list.size;
    buffer_add_u32(&w->list, 0);
    uint32_t n = postings_writer_put_large(p, &w->list);
    if (!w->list.failed)
        bits_store32(w->list.data + at, n);
}

/* For each document one number of w->reached, where lengths are short. */
static void find_short(postings_writer *w, const term_postings *p)
{
    const uint32_t *restrict documents = p->documents, *restrict wdf = p->wdf, *restrict known = w->saturations;
    const uint8_t *restrict lengths = w->context->lengths.plane[0];
    const float *restrict norm = w->norm;
    uint32_t *restrict reached = w->reached, count = p->count;
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(&lengths[i + PREFETCH < count ? documents[i + PREFETCH] : 0]);
        uint32_t length = lengths[documents[i]];
        reached[i] = wdf[i] < SMALL_WDF ? known[wdf[i] * SHORT_LENGTHS + length]
                                        : postings_saturation(norm[length], wdf[i]);
    }
}

/* The same for any lengths. */
static void find_any(postings_writer *w, const term_postings *p)
{
    const uint32_t *restrict documents = p->documents, *restrict wdf = p->wdf, *restrict known = w->saturations;
    const length_planes lengths = w->context->lengths;
    const float *restrict norm = w->norm;
    uint32_t *restrict reached = w->reached, count = p->count, norms = w->norm_count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t later = i + PREFETCH < count ? documents[i + PREFETCH] : 0, length;
        __builtin_prefetch(&lengths.plane[0][later]);
        __builtin_prefetch(&lengths.plane[1][later]);
        length = length_get(&lengths, documents[i]);
        reached[i] = length < SHORT_LENGTHS && wdf[i] < SMALL_WDF ? known[wdf[i] * SHORT_LENGTHS + length]
                     : length < norms ? postings_saturation(norm[length], wdf[i])
                                      : postings_saturation(find_norm(w->context, length), wdf[i]);
    }
}

bool postings_writer_find_saturations(postings_writer *w, const term_postings *p)
{
    if (!memory_reserve(&w->reached, &w->reached_capacity, p->count, sizeof *w->reached))
        return false;
    if (w->context->lengths.count == 1)
        find_short(w, p);
    else
        find_any(w, p);
    return true;
}

/* The highest saturation of each window; 0 where it has no documents. */
static void find_most(postings_writer *w, const term_postings *p)
{
    const uint32_t *documents = p->documents, *reached = w->reached;
    uint32_t *most = w->most, last = 0, highest = 0;
    memset(most, 0, w->windows * sizeof *most);
    for (uint32_t i = 0, count = p->count; i < count; i++) {
        uint32_t window = documents[i] >> WINDOW_BITS;
        highest &= 0 - (uint32_t)(window == last);
        highest = reached[i] > highest ? reached[i] : highest;
        most[window] = highest;
        last = window;
    }
}

static void add_window_bounds(postings_writer *w, const term_postings *p)
{
    postings_tops tops = {0};
    find_most(w, p);
    postings_scale s = postings_scale_find(w->most, w->windows);
    postings_tops_count(&tops, &s, w->reached, p->count);
    postings_scale_add(&s, &tops, &w->list);
    uint8_t *bounds = buffer_extend(&w->list, w->windows);
    if (bounds)
        postings_scale_bounds(&s, w->most, w->windows, bounds);
}

static uint8_t *put_varint(uint8_t *to, uint32_t value)
{
    for (; value >= 0x80; value >>= 7)
        *to++ = (uint8_t)(value | 0x80);
    *to++ = (uint8_t)value;
    return to;
}

static uint32_t add_inlined(uint8_t to[POSTINGS_INLINED_MAX], const term_postings *p, uint8_t base)
{
    uint8_t *at = to; /* wdf are below 255, so it is large enough */
    for (uint32_t i = 0; i < p->count; i++) {
        at = put_varint(at, i ? p->documents[i] - p->documents[i - 1] - 1 : p->documents[0]);
        at = put_varint(at, p->wdf[i] - base);
    }
    return (uint32_t)(at - to);
}

bool postings_writer_counts_are_wdf(const term_postings *p)
{
    const uint32_t *counts = p->position_counts;
    return !counts || counts == p->wdf || !memcmp(counts, p->wdf, p->count * sizeof *counts);
}

/* ---- both ---- */

oir_status postings_writer_encode(postings_writer *w, const term_postings *p, term_entry *entry, postings_encoded *out,
                                  oir_error *err)
{
    uint32_t ordinal = entry->ordinal;
    *entry = (term_entry){.ordinal = ordinal};
    ERROR_FORWARD(summarise(w, p, entry, err));
    uint8_t base = entry->zero_wdf ? 0 : 1;
    entry->form = postings_view_choose(p->count, w->context->document_count, entry->wdf_max, paths_get());
    buffer_clear(&w->list);
    buffer_clear(&w->positions);
    if (entry->form == POSTINGS_INLINED) {
        entry->inlined = w->inlined;
        entry->inlined_size = add_inlined(w->inlined, p, base);
    } else {
        if (entry->wdf_max >= 255)
            add_large(w, p);
        if (entry->form != POSTINGS_SHORT && !postings_writer_find_saturations(w, p))
            return error_no_memory(err, "a list of postings");
        if (entry->form == POSTINGS_DENSE) {
            const postings_dense_piece whole = {p->count, p->documents, w->clipped, w->reached};
            ERROR_FORWARD(postings_dense_begin(&w->dense, w->windows, false, &w->list, err));
            ERROR_FORWARD(postings_dense_add(&w->dense, &whole, &w->list, err));
            ERROR_FORWARD(postings_dense_end(&w->dense, &whole, &w->list, err));
        }
        if (entry->form == POSTINGS_SPARSE) {
            add_window_bounds(w, p);
            sparse_layout_add(&w->list, p->documents, w->clipped, p->count, w->context->document_count);
        }
        if (entry->form == POSTINGS_SHORT)
            sparse_layout_add_short(&w->list, p->documents, w->clipped, p->count);
        if (w->list.failed)
            return error_no_memory(err, "a list of postings");
    }
    if (p->positions || p->stretches) {
        bool as_wdf = paths_use(PATHS_IMPLIED) && postings_writer_counts_are_wdf(p);
        entry->positions_form = as_wdf ? POSITIONS_WDF : POSITIONS_COUNTED;
        ERROR_FORWARD(positions_writer_put(&w->positions, w->context, p, entry, err));
    }
    *out = (postings_encoded){w->list.data, w->positions.data, w->list.size, w->positions.size};
    return OIR_OK;
}

/* Notes where something was put. */
static void note_place(uint64_t address, size_t size, uint64_t *end, bool *gap)
{
    *gap |= address != *end;
    *end = address + size;
}

static oir_status put(postings_writer *w, enum part_kind kind, const uint8_t *bytes, size_t size, uint64_t *address,
                      uint64_t *end, bool *gap, oir_error *err)
{
    ERROR_FORWARD(container_writer_add(w->container, kind, bytes, size, 1, address, err));
    note_place(*address, size, end, gap);
    return OIR_OK;
}

oir_status postings_writer_put(postings_writer *w, const postings_encoded *encoded, term_entry *entry, bool *gap,
                               oir_error *err)
{
    *gap = false;
    entry->postings_size = encoded->list_size;
    entry->positions_size = encoded->positions_size;
    if (encoded->list_size)
        ERROR_FORWARD(put(w, PART_POSTINGS, encoded->list, encoded->list_size, &entry->postings_address,
                          &w->postings_end, gap, err));
    if (encoded->positions_size)
        ERROR_FORWARD(put(w, PART_POSITIONS, encoded->positions, encoded->positions_size, &entry->positions_address,
                          &w->positions_end, gap, err));
    return OIR_OK;
}

static oir_status put_buffer(postings_writer *w, enum part_kind kind, buffer *bytes, uint64_t *size, uint64_t *address,
                             uint64_t *end, bool *gap, oir_error *err)
{
    *size = bytes->size;
    if (!*size)
        return OIR_OK;
    ERROR_FORWARD(container_writer_add_buffer(w->container, kind, bytes, address, err));
    note_place(*address, (size_t)*size, end, gap);
    return OIR_OK;
}

oir_status postings_writer_put_buffers(postings_writer *w, term_entry *entry, bool *gap, oir_error *err)
{
    *gap = false;
    ERROR_FORWARD(put_buffer(w, PART_POSTINGS, &w->list, &entry->postings_size, &entry->postings_address,
                             &w->postings_end, gap, err));
    return put_buffer(w, PART_POSITIONS, &w->positions, &entry->positions_size, &entry->positions_address,
                      &w->positions_end, gap, err);
}

oir_status postings_writer_add(postings_writer *w, const term_postings *p, term_entry *entry, bool *gap, oir_error *err)
{
    postings_encoded encoded;
    ERROR_FORWARD(postings_writer_encode(w, p, entry, &encoded, err));
    return postings_writer_put(w, &encoded, entry, gap, err);
}
