/* Finding the positions of one document: sizes of the groups before it, from the nearest place that is known, are added
 * up (codec/positions.h says how they follow from what is there anyway). What was added up is kept for the next
 * question, which is mostly about a neighbour. */
#include "base/error.h"
#include "codec/positions.h"
#include "segment/container.h"
#include "segment/postings_window.h"

enum { GROUPS_IN_BLOCK = 64, MARK_GROUPS = 64, SPILL = POSTINGS_WINDOW_SPILL };

static oir_status damaged(const postings_window *p, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "damaged positions of term number %u; run oir-inspect check, then index anew",
                     p->entry.ordinal);
}

static uint32_t exact(const postings_window *p, uint32_t document, uint8_t wdf)
{
    return wdf == 255 ? postings_window_large(p, document) : wdf;
}

/* ---- blocks ---- */

static oir_status block_reserve(postings_window *p, uint32_t count, oir_error *err)
{
    position_block *b = &p->block;
    if (count <= b->capacity)
        return OIR_OK;
    b->wdf = arena_add(p->arena, ((size_t)count + SPILL) * sizeof *b->wdf);
    b->places = arena_add(p->arena, ((size_t)count + SPILL) * sizeof *b->places);
    b->ends = arena_add(p->arena, ((size_t)count + SPILL) * sizeof *b->ends);
    if (p->view.positions_form == POSITIONS_COUNTED)
        b->highs = arena_add(p->arena, ((size_t)count + SPILL) * sizeof *b->highs);
    b->marks = arena_add(p->arena, ((size_t)count / MARK_GROUPS + 1) * sizeof *b->marks);
    bool all = b->wdf && b->places && b->ends && b->marks && (b->highs || p->view.positions_form != POSITIONS_COUNTED);
    b->capacity = all ? count : 0;
    return b->capacity ? OIR_OK : error_no_memory(err, "positions");
}

static void block_add(postings_window *p, uint32_t document, uint8_t wdf)
{
    position_block *b = &p->block;
    b->places[b->count] = postings_extent(p->context, document);
    b->wdf[b->count++] = exact(p, document, wdf);
}

static uint64_t skip_ones(const postings_window *p, uint64_t bit, uint64_t end, uint64_t ones)
{
    return ones ? positions_kernels_get(p->kernels->isa)->skip(p->view.positions, bit, end, ones) : bit;
}

/* Adds the sizes of low parts up; where counts stand before high parts, these are gone over too. */
static void block_finish(postings_window *p, uint32_t unit, position_run run)
{
    position_block *b = &p->block;
    uint64_t highs = run.begin, sum = 0;
    if (p->view.positions_form == POSITIONS_WDF)
        positions_kernels_get(p->kernels->isa)->ends(b->wdf, b->places, b->count, b->ends);
    for (uint32_t i = 0; p->view.positions_form == POSITIONS_COUNTED && i < b->count; i++) {
        b->wdf[i] = positions_get_count(p->view.positions, &highs, run.end);
        b->highs[i] = highs;
        b->ends[i] = sum += positions_lows(b->wdf[i], b->places[i]);
        highs = skip_ones(p, highs, run.end, positions_highs(b->wdf[i], b->places[i]));
    }
    b->run = run;
    b->marks[0] = b->passed_highs = run.begin;
    b->marks_known = 1;
    b->passed = 0;
    b->unit = unit;
    b->known = true;
}

static uint64_t count_highs(const position_block *b, uint32_t from, uint32_t to)
{
    uint64_t ones = 0;
    for (uint32_t i = from; i < to; i++)
        ones += positions_highs(b->wdf[i], b->places[i]);
    return ones;
}

/* Where the high parts of a block's group start. Questions mostly ascend, so they are looked for from the last on; for
 * those that do not, where each MARK_GROUPS-th group's start is remembered. */
static uint64_t find_highs(postings_window *p, uint32_t slot)
{
    position_block *b = &p->block;
    uint32_t mark = slot / MARK_GROUPS, from = mark * MARK_GROUPS;
    if (p->view.positions_form == POSITIONS_COUNTED)
        return b->highs[slot];
    for (; b->marks_known <= mark; b->marks_known++)
        b->marks[b->marks_known] =
            skip_ones(p, b->marks[b->marks_known - 1], b->run.end,
                      count_highs(b, (b->marks_known - 1) * MARK_GROUPS, b->marks_known * MARK_GROUPS));
    if (b->passed < from || b->passed > slot) {
        b->passed = from;
        b->passed_highs = b->marks[mark];
    }
    b->passed_highs = skip_ones(p, b->passed_highs, b->run.end, count_highs(b, b->passed, slot));
    b->passed = slot;
    return b->passed_highs;
}

/* ---- dense: blocks of 64 groups within the window ---- */

static oir_status find_dense_block(const postings_window *p, uint32_t block, position_run *run, oir_error *err)
{
    return postings_view_dense_run(&p->view, p->window, p->window_count, block, run) ? OIR_OK : damaged(p, err);
}

/* The mask of a range without its documents before the window's `from`-th. */
static uint64_t documents_from(postings_window *p, uint32_t range, uint32_t from)
{
    uint64_t mask = postings_window_documents(p, range);
    for (uint32_t skip = from > p->first[range] ? from - p->first[range] : 0; skip > 0 && mask; skip--)
        mask &= mask - 1;
    return mask;
}

/* Puts exact wdf in the place of those that a byte cannot hold; `range` has documents of the block. */
static void find_large(postings_window *p, uint32_t range, uint32_t from, uint32_t count)
{
    postings_window_documents(p, range);
    while (p->first[range] > from && range > 0)
        postings_window_documents(p, --range);
    for (uint32_t i = 0; i < count && range < RANGES; range++)
        for (uint64_t mask = documents_from(p, range, from); mask && i < count; mask &= mask - 1, i++)
            p->block.wdf[i] = exact(p, p->window << WINDOW_BITS | range << 6 | bits_lowest(mask),
                                    (uint8_t)p->block.wdf[i]);
}

/* The extents of `count` documents of the window from the `from`-th on; `range` is one that has some of them. */
static void read_extents(postings_window *p, uint32_t range, uint32_t from, uint32_t count)
{
    const positions_kernels *k = positions_kernels_get(p->kernels->isa);
    const length_planes *extents = &p->context->extents;
    uint32_t *places = p->block.places, n = 0;
    while (p->first[range] > from && range > 0)
        postings_window_documents(p, --range);
    for (; range < RANGES && n < count; range++) { /* the last may bring more than the block has */
        const uint8_t *plane[4];
        for (uint32_t i = 0; i < extents->count; i++)
            plane[i] = extents->plane[i] + (p->window << WINDOW_BITS | range << 6);
        uint64_t mask = postings_window_documents(p, range);
        n += k->pick(plane, extents->count, mask, from > p->first[range] ? from - p->first[range] : 0, places + n);
    }
    p->block.count = n < count ? n : count;
}

/* The same for all, where they count as alike. */
static void fill_extents(postings_window *p, uint32_t count)
{
    uint32_t *places = p->block.places, extent = p->context->even_extents[p->window];
    for (uint32_t i = 0; i < GROUPS_IN_BLOCK; i++)
        places[i] = extent;
    p->block.count = count;
}

/* Collects the first `wanted` groups of a block; `range` is one that has documents of it. */
static oir_status read_dense_block(postings_window *p, uint32_t range, uint32_t block, uint32_t wanted, oir_error *err)
{
    uint32_t from = block * GROUPS_IN_BLOCK, left = p->window_count - from;
    uint32_t count = left < wanted ? left : wanted;
    uint8_t wdf[RANGE_SIZE]; /* in the order of the list, since none is left out */
    position_run run;
    if (from >= p->window_count)
        return damaged(p, err);
    ERROR_FORWARD(block_reserve(p, GROUPS_IN_BLOCK + RANGE_SIZE, err));
    ERROR_FORWARD(find_dense_block(p, block, &run, err));
    p->block.known = false;
    p->block.first = from;
    p->kernels->dense_wdf(&p->dense, bits_low(count), from, wdf);
    if (p->context->even_extents)
        fill_extents(p, count);
    else
        read_extents(p, range, from, count);
    for (uint32_t i = 0; i < GROUPS_IN_BLOCK; i++)
        p->block.wdf[i] = wdf[i];
    if (p->view.large_count)
        find_large(p, range, from, p->block.count);
    block_finish(p, p->window * RANGES + block, run);
    return OIR_OK;
}

/* What a block costs is mostly the extents of its documents, spread over many lines of memory, unless they are even:
 * of a block that is asked for once, which most are, only what is before the document is read (5 to 20 per cent in
 * counts of phrases on cold caches). */
static oir_status find_dense(postings_window *p, uint32_t range, uint32_t index, uint32_t last, oir_error *err)
{
    uint32_t block = index / GROUPS_IN_BLOCK, first = block * GROUPS_IN_BLOCK;
    if (p->block.known && p->block.unit == p->window * RANGES + block && index - first < p->block.count)
        return OIR_OK;
    bool whole = p->context->even_extents || (p->block.known && p->block.unit == p->window * RANGES + block) ||
                 last - first >= GROUPS_IN_BLOCK;
    return read_dense_block(p, range, block, whole ? GROUPS_IN_BLOCK : last - first + 1, err);
}

/* positions_highs of 0 to 63 positions among up to POSITIONS_TWO_MOST places, and among more. */
#define FROM_3                                                                                                 \
    3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, \
    33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60,  \
    61, 62, 63
static const uint8_t high_parts[POSITIONS_SIZES] = {0, 0, 0, FROM_3};
static const uint8_t high_parts_of_large[POSITIONS_SIZES] = {0, 0, 2, FROM_3};

/* Where extents are even, groups are found by wdf alone. */
static oir_status read_even_block(postings_window *p, uint32_t block, oir_error *err)
{
    position_block *b = &p->block;
    uint32_t from = block * GROUPS_IN_BLOCK, extent = p->context->even_extents[p->window];
    if (from >= p->window_count)
        return damaged(p, err);
    uint32_t left = p->window_count - from;
    ERROR_FORWARD(find_dense_block(p, block, &b->even_run, err));
    p->kernels->dense_wdf(&p->dense, bits_low(left < GROUPS_IN_BLOCK ? left : GROUPS_IN_BLOCK), from, b->even_wdf);
    if (!b->even_known || b->even_extent != extent)
        positions_sizes(extent, b->sizes);
    const positions_kernels *k = positions_kernels_get(p->kernels->isa);
    b->even_count = k->offsets(b->sizes, b->even_wdf, b->even_before);
    k->offsets(extent <= POSITIONS_TWO_MOST ? high_parts : high_parts_of_large, b->even_wdf, b->even_ones);
    b->even_extent = extent;
    b->even_unit = p->window * RANGES + block;
    b->even_known = true;
    return OIR_OK;
}

/* False where wdf and sizes beyond what bytes hold are not enough to find the group. */
static oir_status find_even(postings_window *p, uint32_t index, position_group *out, bool *found, oir_error *err)
{
    position_block *b = &p->block;
    uint32_t block = index / GROUPS_IN_BLOCK, slot = index % GROUPS_IN_BLOCK;
    if (!b->even_known || b->even_unit != p->window * RANGES + block)
        ERROR_FORWARD(read_even_block(p, block, err));
    uint32_t wdf = b->even_wdf[slot], size = wdf < POSITIONS_SIZES ? b->sizes[wdf] : POSITIONS_SIZE_UNKNOWN;
    *found = slot < b->even_count && size != POSITIONS_SIZE_UNKNOWN;
    if (!*found)
        return OIR_OK;
    out->places = b->even_extent;
    out->count = wdf < out->places ? wdf : out->places;
    out->place.lows = b->even_run.end - b->even_before[slot] - size;
    bool highs = positions_highs(wdf, b->even_extent);
    out->place.highs = highs ? skip_ones(p, b->even_run.begin, b->even_run.end, b->even_ones[slot]) : 0;
    return OIR_OK;
}

/* ---- sparse: all groups from a sample to the next ---- */

static oir_status read_sample(postings_window *p, uint32_t sample, oir_error *err)
{
    const sparse_list *list = &p->view.list;
    const uint8_t *at = list->samples + (size_t)sample * 8;
    uint32_t samples = list->windows / list->stride + 1, begin = bits_load32(at);
    uint32_t end = sample + 1 < samples ? bits_load32(at + 8) : list->count;
    position_run run;
    uint16_t places[WINDOW_SIZE + SPILL];
    uint8_t wdf[WINDOW_SIZE + SPILL];
    if (begin > end || end > list->count || !postings_view_sparse_run(&p->view, sample, &run))
        return damaged(p, err);
    ERROR_FORWARD(block_reserve(p, end - begin, err));
    p->block.known = false;
    p->block.first = begin;
    p->block.count = 0;
    for (uint32_t window = sample * list->stride; window < list->windows && p->block.count < end - begin; window++) {
        sparse_span span;
        p->kernels->sparse_window(list, window, places, &span);
        p->kernels->sparse_wdf(list, span.begin, span.count, span.sample_begin, span.sample_escapes, wdf);
        for (uint32_t i = 0; i < span.count && p->block.count < end - begin; i++)
            block_add(p, window << WINDOW_BITS | places[i], wdf[i]);
    }
    block_finish(p, sample, run);
    return OIR_OK;
}

static oir_status find_sparse(postings_window *p, oir_error *err)
{
    uint32_t sample = p->window / p->view.list.stride;
    return p->block.known && p->block.unit == sample ? OIR_OK : read_sample(p, sample, err);
}

/* ---- short and inlined: the list is one block ---- */

static oir_status find_short(postings_window *p, oir_error *err)
{
    if (p->block.known)
        return OIR_OK;
    ERROR_FORWARD(block_reserve(p, p->count, err));
    p->block.count = 0;
    p->block.first = 0;
    for (uint32_t i = 0; i < p->count; i++)
        block_add(p, p->documents[i], p->all_wdf[i]);
    block_finish(p, 0, (position_run){0, (uint64_t)p->view.positions_size * 8});
    return OIR_OK;
}

/* ---- all ---- */

static oir_status open_positions(postings_window *p, oir_error *err)
{
    static const uint8_t no_bits[CONTAINER_TAIL];
    if (!p->view.positions)
        ERROR_FORWARD(postings_view_positions(&p->view, p->parts, err));
    if (!p->view.positions) /* one place in each document: groups of no bits */
        p->view.positions = no_bits;
    return OIR_OK;
}

/* From a block's sums. */
static oir_status take_group(postings_window *p, uint32_t index, position_group *out, oir_error *err)
{
    const position_block *b = &p->block;
    uint32_t slot = index - b->first;
    if (slot >= b->count)
        return damaged(p, err);
    out->place.lows = b->run.end - b->ends[slot];
    out->place.highs = positions_highs(b->wdf[slot], b->places[slot]) ? find_highs(p, slot) : 0;
    out->places = b->places[slot];
    out->count = b->wdf[slot] < out->places ? b->wdf[slot] : out->places;
    return OIR_OK;
}

oir_status postings_window_groups(postings_window *p, uint32_t range, uint64_t documents, position_group *out,
                                  oir_error *err)
{
    const positions_kernels *k = positions_kernels_get(p->kernels->isa);
    uint64_t all = postings_window_documents(p, range), end;
    bool dense = postings_window_is_dense(p);
    bool even = dense && p->context->even_extents && p->view.positions_form == POSITIONS_WDF &&
                p->paths & PATHS_SKIPS;
    uint8_t ranks[RANGE_SIZE];
    uint32_t n = k->ranks(all, documents, ranks);
    if (n != bits_count(documents)) /* decoded once more, damaged bytes may say something else */
        return damaged(p, err);
    if (!n || !p->parts || p->view.positions_form == POSITIONS_NONE) {
        memset(out, 0, n * sizeof *out);
        return OIR_OK;
    }
    ERROR_FORWARD(open_positions(p, err));
    end = (uint64_t)p->view.positions_size * 8;
    uint32_t first = p->first[range] + (dense ? 0 : p->span.begin), last = first + ranks[n - 1];
    for (uint32_t i = 0; i < n; i++, out++) {
        uint32_t index = first + ranks[i];
        bool found = false;
        if (even)
            ERROR_FORWARD(find_even(p, index, out, &found, err));
        else if (dense)
            ERROR_FORWARD(find_dense(p, range, index, last, err));
        else
            ERROR_FORWARD(p->documents ? find_short(p, err) : find_sparse(p, err));
        if (even && !found)
            ERROR_FORWARD(find_dense(p, range, index, last, err));
        if (!found)
            ERROR_FORWARD(take_group(p, index, out, err));
        if (out->place.lows > end || out->place.highs > end)
            return damaged(p, err);
        __builtin_prefetch(p->view.positions + out->place.lows / 8);
    }
    return OIR_OK;
}

oir_status postings_window_read_block(postings_window *p, position_stream *s, oir_error *err)
{
    uint32_t left = p->window_count - s->next;
    position_run run;
    if (s->next >= p->window_count)
        return damaged(p, err);
    ERROR_FORWARD(open_positions(p, err));
    ERROR_FORWARD(find_dense_block(p, s->next / GROUPS_IN_BLOCK, &run, err));
    s->highs = run.begin;
    s->lows = s->end = run.end;
    p->kernels->dense_wdf(&p->dense, bits_low(left < RANGE_SIZE ? left : RANGE_SIZE), s->next, s->counts);
    return OIR_OK;
}

oir_status postings_window_next_groups(postings_window *p, position_stream *s, position_groups *groups,
                                       oir_error *err)
{
    uint32_t slot = s->next % RANGE_SIZE, n = groups->count;
    uint64_t ends[RANGE_SIZE + 16], highs = s->highs;
    for (uint32_t i = 0; i < n; i++)
        groups->counts[i] = s->counts[slot + i];
    for (uint32_t i = 0; i < n; i++)
        if (groups->counts[i] > groups->places[i])
            return damaged(p, err);
    positions_kernels_get(p->kernels->isa)->ends(groups->counts, groups->places, n, ends);
    if (ends[n - 1] > s->lows)
        return damaged(p, err);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t c = groups->counts[i];
        groups->lows[i] = s->lows - ends[i];
        groups->highs[i] = highs;
        if (c > POSITIONS_FEW)
            highs = skip_ones(p, highs, s->end, c);
        else if (positions_highs(c, groups->places[i]))
            highs = positions_skip_few(p->view.positions, highs, c);
        if (highs > s->end)
            return damaged(p, err);
    }
    s->lows -= ends[n - 1];
    s->highs = highs;
    s->next += n;
    return OIR_OK;
}

oir_status postings_window_next_group(postings_window *p, position_stream *s, uint32_t document, uint32_t places,
                                      position_group *out, oir_error *err)
{
    uint32_t count = exact(p, document, s->counts[s->next % RANGE_SIZE]);
    if (p->view.positions_form == POSITIONS_COUNTED)
        count = positions_get_count(p->view.positions, &s->highs, s->end);
    uint64_t size = positions_lows(count, places);
    if (count > places || size > s->lows)
        return damaged(p, err);
    s->lows -= size;
    *out = (position_group){{s->lows, s->highs}, count, places};
    s->highs = skip_ones(p, s->highs, s->end, positions_highs(count, places));
    s->next++;
    return OIR_OK;
}

static oir_status room_reserve(postings_window *p, position_room *room, uint32_t count, oir_error *err)
{
    if (count <= room->capacity)
        return OIR_OK;
    room->capacity = count < 64 ? 64 : count <= UINT32_MAX / 2 ? count * 2 : count;
    room->positions = arena_add(p->arena, ((size_t)room->capacity + SPILL) * sizeof *room->positions);
    if (!room->positions) {
        room->capacity = 0;
        return error_no_memory(err, "positions");
    }
    return OIR_OK;
}

oir_status postings_window_read_group(postings_window *p, const position_group *group, position_room *room,
                                      oir_error *err)
{
    uint64_t end = (uint64_t)p->view.positions_size * 8;
    room->count = 0;
    if (!postings_view_fits(group->place, group->count, group->places, end))
        return damaged(p, err);
    ERROR_FORWARD(room_reserve(p, room, group->count, err));
    if (group->count == 1) /* most are alone: read without a call */
        room->positions[0] = postings_window_single(p, group);
    else
        positions_kernels_get(p->kernels->isa)->get(p->view.positions, group->place, end, group->count, group->places,
                                                    p->context->position_base, room->positions);
    room->count = group->count;
    return OIR_OK;
}

oir_status postings_window_positions(postings_window *p, uint32_t range, uint32_t place, position_room *room,
                                     oir_error *err)
{
    position_group group;
    ERROR_FORWARD(postings_window_groups(p, range, UINT64_C(1) << place, &group, err));
    return postings_window_read_group(p, &group, room, err);
}
