#include "segment/positions_writer.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/paths.h"
#include "codec/positions_put.h"
#include "codec/sparse_layout.h"
#include "segment/positions_stretches.h"
#include "segment/postings_view.h"

enum {
    PREFETCH = 16,      /* postings ahead: documents of a rare term lie far from each other */
    MANY = 64,          /* positions of a group whose size is looked at by itself */
    POSITION_BYTES = 5, /* that a position of other groups takes at most */
    COUNT_BYTES = 9,    /* that a count takes at most */
    TOGETHER = 64       /* groups that a kernel is given */
};

typedef struct group_writer {
    const postings_context *context;
    const term_postings *postings;
    buffer *to;
    const positions_kernels *kernels;
    const uint32_t *counts; /* of positions, by posting */
    bool counted;
    const oir_termpos *next;
    positions_stretches_place taken; /* where positions come as bits */
} group_writer;

/* What groups of postings [first, end) take at most, in bytes. */
static size_t find_room(const group_writer *g, uint32_t first, uint32_t end)
{
    const uint32_t *counts = g->counts;
    size_t few = 0, large = 0;
    uint32_t most = 0;
    if (g->postings->stretches)
        return positions_stretches_room(g->postings->stretches, &g->taken, end - first) + POSITIONS_PUT_SLACK;
    for (uint32_t i = first; i < end; i++) {
        few += counts[i];
        most = counts[i] > most ? counts[i] : most;
    }
    for (uint32_t i = most < MANY ? end : first; i < end; i++) {
        uint32_t c = counts[i];
        if (c < MANY)
            continue;
        few -= c;
        large += (size_t)positions_bits_most(c, postings_extent(g->context, g->postings->documents[i])) / 8 + 1;
    }
    return few * POSITION_BYTES + large + (g->counted ? (size_t)(end - first) * COUNT_BYTES : 0) + POSITIONS_PUT_SLACK;
}

static void find_places(const group_writer *g, uint32_t first, uint32_t n, uint32_t places[TOGETHER])
{
    const postings_context *context = g->context;
    const uint32_t *documents = g->postings->documents + first;
    uint32_t ahead = g->postings->count - first > PREFETCH ? g->postings->count - first - PREFETCH : 0;
    for (uint32_t i = 0; i < n; i++) {
        if (i < ahead && !context->even_extents)
            for (uint32_t k = 0; k < context->extents.count; k++)
                __builtin_prefetch(&context->extents.plane[k][documents[i + PREFETCH]]);
        places[i] = postings_extent(context, documents[i]);
    }
}

static void put_groups(group_writer *g, uint32_t first, uint32_t end, positions_put_run *run)
{
    uint32_t places[TOGETHER];
    for (uint32_t i = first, n; i < end; i += n) {
        n = end - i < TOGETHER ? end - i : TOGETHER;
        find_places(g, i, n, places);
        g->next = g->kernels->put(run, &(positions_put_groups){.positions = g->next, .counts = g->counts + i,
                                                               .places = places, .n = n, .counted = g->counted,
                                                               .base = g->context->position_base});
    }
}

/* The first n groups of what is left of a stretch, which has more. */
static void split(group_writer *g, uint32_t first, uint32_t n, positions_bits *out)
{
    uint32_t counts[TOGETHER + 16] = {0}, places[TOGETHER + 16] = {0};
    positions_stretch *left = &g->taken.left;
    memcpy(counts, g->counts + first, n * sizeof *counts);
    find_places(g, first, n, places);
    positions_copy_split(&left->groups, counts, places, n, out);
    left->count -= n;
}

static void copy_groups(group_writer *g, uint32_t first, uint32_t end, positions_put_run *run)
{
    positions_stretch *left = &g->taken.left;
    for (uint32_t i = first, n; i < end; i += n) {
        positions_bits groups;
        if (!left->count) {
            assert(g->taken.next < g->postings->stretches->count);
            *left = g->postings->stretches->all[g->taken.next++];
        }
        n = end - i < TOGETHER ? end - i : TOGETHER;
        if (left->count > end - i) {
            split(g, i, n, &groups);
        } else {
            n = left->count;
            groups = left->groups;
            left->count = 0;
        }
        positions_copy(run, &groups);
    }
}

/* The groups of postings [first, end), a run (codec/positions.h). False when out of memory. */
static bool add_run(group_writer *g, uint32_t first, uint32_t end)
{
    size_t room = find_room(g, first, end);
    positions_put_run run;
    if (!buffer_reserve(g->to, room)) /* also where it has failed before */
        return false;
    positions_put_begin(&run, g->to->data + g->to->size, room);
    if (g->postings->stretches)
        copy_groups(g, first, end, &run);
    else
        put_groups(g, first, end, &run);
    g->to->size = (size_t)(positions_put_end(&run) - g->to->data);
    return true;
}

static bool add_sparse(group_writer *g)
{
    const term_postings *p = g->postings;
    sparse_list shape;
    sparse_layout_shape(&shape, p->count, g->context->document_count);
    uint32_t samples = sparse_layout_samples(&shape);
    size_t table = g->to->size;
    buffer_add_zeros(g->to, (size_t)samples * 4);
    for (uint32_t sample = 0, i = 0, first; sample < samples; sample++) {
        uint64_t window = (uint64_t)sample * shape.stride;
        for (first = i; i < p->count && p->documents[i] >> WINDOW_BITS < window; i++) {
        }
        if (!add_run(g, first, i))
            return false;
        bits_store32(g->to->data + table + (size_t)sample * 4, (uint32_t)g->to->size);
        if (sample == samples - 1 && !add_run(g, i, p->count))
            return false;
    }
    return true;
}

/* The groups of postings [first, end), all of one window; says where each block of 64 starts. */
static bool add_window_groups(group_writer *g, uint32_t first, uint32_t end, uint32_t starts[RANGES])
{
    size_t origin = g->to->size;
    for (uint32_t i = first, next; i < end; i = next) {
        next = end - i < 64 ? end : i + 64;
        starts[(i - first) / 64] = (uint32_t)(g->to->size - origin);
        if (!add_run(g, i, next))
            return false;
    }
    return true;
}

/* Places of windows, written whole, get narrow if they can, and what follows moves. */
static void narrow_places(buffer *to, uint32_t windows)
{
    size_t wide = (size_t)windows * 4, narrow = postings_view_places_size(windows);
    uint8_t *places = to->data + 1, *out = places;
    for (uint32_t i = 0; i < windows; i++) {
        uint32_t first = bits_load32(places + (size_t)(i - i % POSTINGS_PLACES_GROUP) * 4);
        if (bits_load32(places + (size_t)i * 4) - first > UINT16_MAX)
            return;
    }
    for (uint32_t i = 0, first = 0; i < windows; i++) { /* never writes further than it has read */
        uint32_t place = bits_load32(places + (size_t)i * 4);
        if (i % POSTINGS_PLACES_GROUP == 0) {
            first = place;
            bits_store32(out, place - (uint32_t)(wide - narrow));
            out += 4;
        } else {
            bits_store16(out, (uint16_t)(place - first));
            out += 2;
        }
    }
    memmove(places + narrow, places + wide, to->size - 1 - wide);
    to->size -= wide - narrow;
    to->data[0] |= POSTINGS_PLACES_NARROW;
}

/* ---- dense lists ---- */

oir_status positions_writer_begin(positions_windows *w, buffer *to, const postings_context *context, bool counted,
                                  oir_error *err)
{
    uint32_t windows = postings_view_windows(context->document_count), size = paths_use(PATHS_NARROW) ? 2 : 4;
    *w = (positions_windows){.to = to, .context = context, .counted = counted, .offset_size = size,
                             .blocks = memory_new(windows)};
    buffer_clear(to);
    buffer_add_byte(to, (uint8_t)size);
    buffer_add_zeros(to, (size_t)windows * 4);
    return w->blocks && !to->failed ? OIR_OK : error_no_memory(err, "positions");
}

void positions_writer_release(positions_windows *w)
{
    memory_free(w->blocks);
    w->blocks = NULL;
}

/* Offsets that a window has before its runs. */
static uint32_t count_offsets(const positions_windows *w, uint32_t window)
{
    return w->blocks[window] > 1 ? w->blocks[window] - 1u : 0;
}

/* Offsets get wide, and what follows moves: from the last window on, so that nothing is written over before. */
static bool widen_offsets(positions_windows *w)
{
    size_t more = 0, end = w->to->size;
    for (uint32_t i = 0; i < w->next; i++)
        more += (size_t)count_offsets(w, i) * 2;
    w->offset_size = 4;
    if (!buffer_extend(w->to, more))
        return false;
    uint8_t *bytes = w->to->data;
    bytes[0] = 4;
    for (uint32_t i = w->next; i-- > 0;) {
        uint32_t place = bits_load32(bytes + 1 + (size_t)i * 4), offsets = count_offsets(w, i);
        size_t runs = place + (size_t)offsets * 2;
        memmove(bytes + runs + more, bytes + runs, end - runs);
        more -= (size_t)offsets * 2;
        for (uint32_t k = offsets; k-- > 0;)
            bits_store32(bytes + place + more + (size_t)k * 4, bits_load16(bytes + place + (size_t)k * 2));
        bits_store32(bytes + 1 + (size_t)i * 4, (uint32_t)(place + more));
        end = place;
    }
    return true;
}

/* Places of windows up to one: nothing was put into them. */
static void skip_windows(positions_windows *w, uint32_t to)
{
    for (; w->next < to; w->next++) {
        w->blocks[w->next] = 0;
        bits_store32(w->to->data + 1 + (size_t)w->next * 4, (uint32_t)w->to->size);
    }
}

/* The next window, which has postings [first, end). *too_wide: its offsets are, and nothing was done. */
static bool add_window(positions_windows *w, group_writer *g, uint32_t first, uint32_t end, bool *too_wide)
{
    buffer *to = w->to;
    const oir_termpos *from = g->next;
    const positions_stretches_place taken = g->taken;
    uint32_t starts[RANGES], blocks = (end - first + 63) / 64, size = w->offset_size;
    size_t origin = to->size;
    buffer_add_zeros(to, (size_t)(blocks - 1) * size);
    if (to->failed || !add_window_groups(g, first, end, starts))
        return false;
    *too_wide = size == 2 && starts[blocks - 1] > UINT16_MAX;
    if (*too_wide) {
        to->size = origin;
        g->next = from;
        g->taken = taken;
        return true;
    }
    for (uint32_t b = 1; b < blocks; b++) {
        if (size == 4)
            bits_store32(to->data + origin + (size_t)(b - 1) * 4, starts[b]);
        else
            bits_store16(to->data + origin + (size_t)(b - 1) * 2, (uint16_t)starts[b]);
    }
    bits_store32(to->data + 1 + (size_t)w->next * 4, (uint32_t)origin);
    w->blocks[w->next++] = (uint8_t)blocks;
    return true;
}

static group_writer make_group_writer(buffer *to, const postings_context *context, const term_postings *p, bool counted)
{
    group_writer g = {.context = context, .postings = p, .to = to, .next = p->positions, .counted = counted,
                      .counts = p->position_counts ? p->position_counts : p->wdf,
                      .kernels = positions_kernels_get(isa_best())};
    if (p->stretches)
        g.taken = p->stretches->taken;
    return g;
}

static oir_status check_size(const buffer *to, oir_error *err)
{
    return to->size <= UINT32_MAX ? OIR_OK
                                  : error_set(err, OIR_TOO_BIG,
                                              "the positions of one term take more than 4 GiB in one segment");
}

oir_status positions_writer_add(positions_windows *w, const term_postings *p, oir_error *err)
{
    group_writer g = make_group_writer(w->to, w->context, p, w->counted);
    for (uint32_t i = 0, end; i < p->count; i = end) {
        uint32_t window = p->documents[i] >> WINDOW_BITS;
        bool too_wide;
        for (end = i; end < p->count && p->documents[end] >> WINDOW_BITS == window; end++) {
        }
        ERROR_FORWARD(check_size(w->to, err)); /* widening relies on places that are what they say */
        skip_windows(w, window);
        if (!add_window(w, &g, i, end, &too_wide))
            return error_no_memory(err, "positions");
        if (too_wide && (!widen_offsets(w) || !add_window(w, &g, i, end, &too_wide)))
            return error_no_memory(err, "positions");
    }
    if (p->stretches)
        p->stretches->taken = g.taken;
    return OIR_OK;
}

oir_status positions_writer_end(positions_windows *w, oir_error *err)
{
    uint32_t windows = postings_view_windows(w->context->document_count);
    skip_windows(w, windows);
    ERROR_FORWARD(check_size(w->to, err));
    if (paths_use(PATHS_NARROW))
        narrow_places(w->to, windows);
    return OIR_OK;
}

static oir_status put_dense(buffer *to, const postings_context *context, const term_postings *p, bool counted,
                            oir_error *err)
{
    positions_windows w;
    oir_status status = positions_writer_begin(&w, to, context, counted, err);
    if (status == OIR_OK)
        status = positions_writer_add(&w, p, err);
    if (status == OIR_OK)
        status = positions_writer_end(&w, err);
    positions_writer_release(&w);
    return status;
}

/* ---- all lists ---- */

oir_status positions_writer_put(buffer *to, const postings_context *context, const term_postings *p,
                                const term_entry *entry, oir_error *err)
{
    bool counted = entry->positions_form == POSITIONS_COUNTED;
    group_writer g = make_group_writer(to, context, p, counted);
    buffer_clear(to);
    if (entry->form == POSTINGS_DENSE)
        return put_dense(to, context, p, counted, err);
    if (!(entry->form == POSTINGS_SPARSE ? add_sparse(&g) : add_run(&g, 0, p->count)) || to->failed)
        return error_no_memory(err, "positions");
    return check_size(to, err);
}
