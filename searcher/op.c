#include "searcher/op.h"

#include "base/bits.h"
#include "base/error.h"

/* More parts than this are combined through the arena. */
enum { PARTS_ON_STACK = 32 };

oir_status op_windows(const op *o, const kernels *k, size_t n, uint16_t *out, arena *room, oir_error *err)
{
    if (o->kind == OP_TERM) {
        k->bound_from(o->postings->bounds, o->base, o->units, n, out);
        return OIR_OK;
    }
    if (o->kind == OP_ALL) {
        for (size_t i = 0; i < n; i++)
            out[i] = i < o->windows;
        return OIR_OK;
    }
    const uint16_t **parts = arena_add(room, o->part_count * sizeof *parts);
    if (!parts)
        return error_no_memory(err, "a search");
    for (uint32_t i = 0; i < o->part_count; i++) {
        uint16_t *part = arena_add(room, n * sizeof *part);
        if (!part)
            return error_no_memory(err, "a search");
        ERROR_FORWARD(op_windows(o->parts[i], k, n, part, room, err));
        parts[i] = part;
    }
    o->ops->bound(o, k, parts, n, out);
    return OIR_OK;
}

void op_seek(op *o, uint32_t window)
{
    if (o->kind == OP_TERM)
        postings_window_seek(o->postings, window);
    for (uint32_t i = 0; i < o->part_count; i++)
        op_seek(o->parts[i], window);
}

static void combine_ranges(op *o, const kernels *k)
{
    const uint16_t *parts[PARTS_ON_STACK];
    if (o->part_count <= PARTS_ON_STACK) {
        for (uint32_t i = 0; i < o->part_count; i++)
            parts[i] = o->parts[i]->bounds;
        o->ops->bound(o, k, parts, RANGES, o->bounds);
        return;
    }
    if (!o->part_bounds && !(o->part_bounds = arena_add(o->arena, o->part_count * sizeof *o->part_bounds))) {
        memset(o->bounds, 0xff, sizeof o->bounds); /* no bound is a bound too */
        return;
    }
    for (uint32_t i = 0; i < o->part_count; i++)
        o->part_bounds[i] = o->parts[i]->bounds;
    o->ops->bound(o, k, o->part_bounds, RANGES, o->bounds);
}

uint64_t op_present(op *o)
{
    if (o->kind == OP_TERM)
        return o->present = postings_window_present(o->postings);
    if (o->kind == OP_ALL)
        return o->present = UINT64_MAX;
    uint64_t all = op_present(o->parts[0]), any = all, first = all;
    for (uint32_t i = 1; i < o->part_count; i++) {
        uint64_t part = op_present(o->parts[i]);
        all &= part;
        any |= part;
    }
    return o->present = o->ops->needs_all ? all : o->ops->needs_first ? first : any;
}

bool op_ranges(op *o, const kernels *k, enum bound_level level)
{
    if (o->kind == OP_TERM) {
        uint8_t bytes[RANGES + 64];
        bool exact = level == LEVEL_EXACT && o->factor > 0; /* what does not weigh is there or not */
        postings_window_bounds(o->postings, level == LEVEL_EXACT && !exact ? LEVEL_PLACED : level, bytes);
        k->bound_from(bytes, exact ? o->exact_base : o->base, exact ? o->exact_units : o->units, RANGES, o->bounds);
        o->present = k->bound_live(o->bounds, 1);
        return postings_window_has_bounds(o->postings) || level == LEVEL_EXACT ||
               !o->postings->bounds[o->postings->window];
    }
    if (o->kind == OP_ALL) {
        for (uint32_t r = 0; r < RANGES; r++)
            o->bounds[r] = 1;
        return true;
    }
    bool final = true;
    for (uint32_t i = 0; i < o->part_count; i++)
        final &= op_ranges(o->parts[i], k, level);
    combine_ranges(o, k);
    return final;
}

void op_expect(op *o, uint32_t ranges)
{
    if (o->kind == OP_TERM)
        postings_window_expect(o->postings, ranges);
    for (uint32_t i = 0; i < o->part_count; i++)
        op_expect(o->parts[i], ranges);
}

uint64_t op_match(op *o, uint32_t range)
{
    if (o->kind == OP_TERM)
        return o->matched = o->present >> range & 1 ? postings_window_documents(o->postings, range) : 0;
    if (o->kind == OP_ALL)
        return o->matched = UINT64_MAX;
    for (uint32_t i = 0; i < o->part_count; i++)
        if (!op_match(o->parts[i], range) && (o->ops->needs_all || (o->ops->needs_first && !i)))
            return o->matched = 0;
    return o->matched = o->ops->combine(o, false);
}

void op_activate(op *o, uint64_t wanted)
{
    if (!wanted)
        return;
    if (o->kind == OP_INNER)
        o->ops->activate(o, wanted);
    else
        o->active |= wanted;
}

oir_status op_verify(op *o, uint32_t range, uint64_t wanted, oir_error *err)
{
    uint64_t holds = 0, left = wanted & o->matched;
    if (o->certain || !left)
        return OIR_OK;
    if (o->ops->check) { /* its parts are terms, and all match */
        ERROR_FORWARD(o->ops->check(o, range, left, &holds, err));
    } else {
        for (uint32_t i = 0; i < o->part_count && left; i++) {
            ERROR_FORWARD(op_verify(o->parts[i], range, left, err));
            if (o->ops->needs_all || (o->ops->needs_first && !i))
                left &= o->parts[i]->matched;
        }
        holds = o->ops->combine(o, true);
    }
    o->matched &= holds | ~wanted;
    return OIR_OK;
}

/* One word of every part at a time, by way of `matched`, so that combine serves here too. */
static void combine_words(op *o, uint64_t words[RANGES], uint64_t (*parts)[RANGES])
{
    for (uint32_t w = 0; w < RANGES; w++) {
        for (uint32_t i = 0; i < o->part_count; i++)
            o->parts[i]->matched = parts[i][w];
        words[w] = o->ops->combine(o, false);
    }
}

static void and_words(uint64_t words[RANGES], const uint64_t other[RANGES])
{
    for (uint32_t w = 0; w < RANGES; w++)
        words[w] &= other[w];
}

static void and_not_words(uint64_t words[RANGES], const uint64_t other[RANGES])
{
    for (uint32_t w = 0; w < RANGES; w++)
        words[w] &= ~other[w];
}

static void or_words(uint64_t words[RANGES], const uint64_t other[RANGES])
{
    for (uint32_t w = 0; w < RANGES; w++)
        words[w] |= other[w];
}

void op_words(op *o, uint64_t words[RANGES])
{
    if (o->kind == OP_TERM) {
        postings_window_words(o->postings, words);
        return;
    }
    if (o->kind == OP_ALL) {
        memset(words, 0xff, RANGES * sizeof *words);
        return;
    }
    if (o->ops->needs_all || o->ops == &op_or || o->ops == &op_not) { /* one after another, whatever their number */
        op_words(o->parts[0], words);
        for (uint32_t i = 1; i < o->part_count; i++) {
            uint64_t other[RANGES];
            if (o->ops == &op_not && !o->parts[i]->certain) /* excludes nothing yet, as op_not.c says */
                continue;
            op_words(o->parts[i], other);
            (o->ops->needs_all ? and_words : o->ops == &op_or ? or_words : and_not_words)(words, other);
        }
        return;
    }
    uint64_t on_stack[PARTS_ON_STACK][RANGES], (*parts)[RANGES] = on_stack;
    if (o->part_count > PARTS_ON_STACK) {
        if (!o->part_words)
            o->part_words = arena_add(o->arena, o->part_count * sizeof *parts);
        parts = o->part_words;
    }
    if (!parts) {
        for (uint32_t r = 0; r < RANGES; r++)
            words[r] = op_match(o, r);
        return;
    }
    for (uint32_t i = 0; i < o->part_count; i++)
        op_words(o->parts[i], parts[i]);
    combine_words(o, words, parts);
}
