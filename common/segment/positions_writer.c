#include "segment/positions_writer.h"

#include "base/error.h"
#include "base/paths.h"
#include "codec/positions_put.h"
#include "codec/sparse_layout.h"
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
} group_writer;

/* What groups of postings [first, end) take at most, in bytes. */
static size_t find_room(const group_writer *g, uint32_t first, uint32_t end)
{
    const uint32_t *counts = g->counts;
    size_t few = 0, large = 0;
    uint32_t most = 0;
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

/* The groups of postings [first, end), a run (codec/positions.h). False when out of memory. */
static bool add_run(group_writer *g, uint32_t first, uint32_t end)
{
    size_t room = find_room(g, first, end);
    uint32_t places[TOGETHER];
    positions_put_run run;
    if (!buffer_reserve(g->to, room)) /* also where it has failed before */
        return false;
    positions_put_begin(&run, g->to->data + g->to->size, room);
    for (uint32_t i = first, n; i < end; i += n) {
        n = end - i < TOGETHER ? end - i : TOGETHER;
        find_places(g, i, n, places);
        g->next = g->kernels->put(&run, &(positions_put_groups){.positions = g->next, .counts = g->counts + i,
                                                                .places = places, .n = n, .counted = g->counted,
                                                                .base = g->context->position_base});
    }
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

static bool add_dense(group_writer *g, uint32_t offset_size, bool *too_wide)
{
    const uint32_t *documents = g->postings->documents, count = g->postings->count;
    uint32_t windows = postings_view_windows(g->context->document_count);
    buffer *to = g->to;
    buffer_add_byte(to, (uint8_t)offset_size);
    size_t table = to->size;
    buffer_add_zeros(to, (size_t)windows * 4);
    for (uint32_t window = 0, i = 0; window < windows && !to->failed; window++) {
        uint32_t first = i, starts[RANGES];
        while (i < count && documents[i] >> WINDOW_BITS == window)
            i++;
        bits_store32(to->data + table + (size_t)window * 4, (uint32_t)to->size);
        uint32_t blocks = (i - first + 63) / 64;
        size_t offsets = to->size;
        if (blocks > 1)
            buffer_add_zeros(to, (size_t)(blocks - 1) * offset_size);
        if (!add_window_groups(g, first, i, starts))
            return false;
        for (uint32_t b = 1; b < blocks; b++) {
            uint8_t *at = to->data + offsets + (size_t)(b - 1) * offset_size;
            if (offset_size == 4)
                bits_store32(at, starts[b]);
            else
                bits_store16(at, (uint16_t)starts[b]);
            *too_wide |= offset_size == 2 && starts[b] > UINT16_MAX;
        }
    }
    return true;
}

/* Writes all groups with block offsets of a size; *too_wide says that they need a larger one. */
static bool add_groups(group_writer g, uint8_t form, uint32_t offset_size, bool *too_wide)
{
    *too_wide = false;
    buffer_clear(g.to);
    if (form == POSTINGS_DENSE) {
        if (!add_dense(&g, offset_size, too_wide) || g.to->failed)
            return false;
        if (!*too_wide && paths_use(PATHS_NARROW))
            narrow_places(g.to, postings_view_windows(g.context->document_count));
        return true;
    }
    if (form == POSTINGS_SPARSE)
        return add_sparse(&g) && !g.to->failed;
    return add_run(&g, 0, g.postings->count);
}

oir_status positions_writer_put(buffer *to, const postings_context *context, const term_postings *p,
                                const term_entry *entry, oir_error *err)
{
    bool counted = entry->positions_form == POSITIONS_COUNTED, too_wide = true;
    group_writer g = {.context = context, .postings = p, .to = to, .next = p->positions, .counted = counted,
                      .counts = p->position_counts ? p->position_counts : p->wdf,
                      .kernels = positions_kernels_get(isa_best())};
    for (uint32_t offset_size = paths_use(PATHS_NARROW) ? 2 : 4; too_wide && offset_size <= 4; offset_size += 2)
        if (!add_groups(g, entry->form, offset_size, &too_wide))
            return error_no_memory(err, "positions");
    if (to->size > UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "the positions of one term take more than 4 GiB in one segment");
    return OIR_OK;
}
