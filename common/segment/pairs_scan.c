#include "segment/pairs_scan.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"

/* Places of text that stay near the processor. */
enum { PLACES_AT_ONCE = 1 << 17 };

static uint32_t documents_in(const postings_context *c, uint32_t window)
{
    uint32_t left = c->document_count - (window << WINDOW_BITS);
    return left < WINDOW_SIZE ? left : WINDOW_SIZE;
}

/* A place more for each document, so that the last word of one has none of the next behind it. */
static uint64_t places_in(const postings_context *c, uint32_t first, uint32_t end)
{
    uint64_t places = 0;
    for (uint32_t d = first; d < end; d++)
        places += (uint64_t)length_get(&c->extents, d) + 1;
    return places;
}

bool pairs_scan_is_possible(const postings_context *c)
{
    for (uint32_t d = 0, n; d < c->document_count; d += n) {
        n = c->document_count - d < RANGE_SIZE ? c->document_count - d : RANGE_SIZE;
        if (places_in(c, d, d + n) > PAIRS_SCAN_PLACES_MAX)
            return false;
    }
    return true;
}

oir_status pairs_scan_init(pairs_scan *s, const struct container *parts, const postings_context *context,
                           const term_entry *const *entries, uint32_t count, arena *a, oir_error *err)
{
    *s = (pairs_scan){.context = context, .word_count = count};
    char *at = arena_add(a, count * sizeof *s->words + 63); /* they hold vectors */
    s->streams = arena_add(a, count * sizeof *s->streams);
    if (!at || !s->streams)
        return error_no_memory(err, "pairs of words");
    s->words = (void *)(at + (-(uintptr_t)at & 63));
    for (uint32_t i = 0; i < count; i++)
        ERROR_FORWARD(postings_window_open(&s->words[i], kernels_get(isa_best()), parts, context, entries[i], NULL, a,
                                           err));
    return OIR_OK;
}

void pairs_scan_release(pairs_scan *s)
{
    memory_free(s->text);
    memory_free(s->doubles);
    memory_free(s->pairs);
}

static oir_status put(pairs_scan *s, uint32_t place, uint32_t word, oir_error *err)
{
    if (!s->text[place]) {
        s->text[place] = (uint16_t)(word + 1);
        return OIR_OK;
    }
    if (!memory_reserve(&s->doubles, &s->double_capacity, s->double_count + 1, sizeof *s->doubles))
        return error_no_memory(err, "pairs of words");
    s->doubles[s->double_count++] = (uint64_t)place << 16 | (word + 1);
    return OIR_OK;
}

static oir_status damaged(const postings_window *p, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "damaged positions of term number %u; run oir-inspect check, then index anew",
                     p->entry.ordinal);
}

static uint32_t extent_of(const pairs_scan *s, uint32_t i)
{
    return s->starts[i + 1] - s->starts[i] - 1;
}

/* The positions of the window's i-th document; few are read without a call. */
static oir_status put_group(pairs_scan *s, uint32_t word, uint32_t i, const position_group *group, oir_error *err)
{
    postings_window *p = &s->words[word];
    uint32_t base = s->context->position_base, few[POSITIONS_FEW], *positions = few;
    if (group->count == 0)
        return OIR_OK;
    if (group->count > POSITIONS_FEW) {
        ERROR_FORWARD(postings_window_read_group(p, group, &s->room, err));
        positions = s->room.positions;
        for (uint32_t k = 0; k < group->count; k++)
            positions[k] -= base;
    } else if (group->count == 1) {
        few[0] = postings_window_single(p, group) - base;
    } else if (positions_get_few(p->view.positions, group->bit, group->count, group->places, few) != group->count) {
        return damaged(p, err);
    }
    for (uint32_t k = 0; k < group->count; k++) {
        if (positions[k] >= extent_of(s, i))
            return damaged(p, err);
        ERROR_FORWARD(put(s, s->starts[i] + positions[k], word, err));
    }
    return OIR_OK;
}

/* Two or three positions of a group of as many, less those before each; at most 57 bits of them are low parts. */
static inline void get_fixed(const uint8_t *bytes, uint64_t bit, uint32_t c, uint32_t u, uint32_t *out)
{
    uint32_t r = positions_low_bits(c, u - c);
    uint64_t upper = bit + (uint64_t)c * r, lows = bits_load64(bytes + bit / 8) >> (bit & 7);
    uint64_t word = bits_load64(bytes + upper / 8) >> (upper & 7);
    for (uint32_t k = 0; k < c; k++, word &= word - 1, lows >>= r)
        out[k] = k + ((bits_lowest(word | UINT64_C(1) << 63) - k) << r | (uint32_t)(lows & bits_low(r)));
}

enum { FIXED = 3, FIXED_PLACES_MAX = 1 << 18 /* of documents: 3 positions have 54 low bits */ };

/* Documents that have c positions, 1 to FIXED: which, then where in all of them, then all are put; without a guess. */
static inline oir_status put_fixed(pairs_scan *s, uint32_t word, const uint16_t *documents, const position_groups *g,
                                   uint32_t c, oir_error *err)
{
    const uint8_t *bytes = s->words[word].view.positions;
    uint32_t places[RANGE_SIZE * FIXED + FIXED], n = 0, filled = 0, bad = 0;
    uint8_t which[RANGE_SIZE];
    for (uint32_t i = 0; i < g->count; i++) {
        which[n] = (uint8_t)i;
        n += g->counts[i] == c;
    }
    for (uint32_t k = 0; k < n; k++, filled += c) {
        uint32_t i = which[k], start = s->starts[documents[i]], extent = extent_of(s, documents[i]);
        uint32_t *at = places + filled;
        uint64_t bit = g->bits[i];
        if (c == 1)
            at[0] = (uint32_t)(bits_load64(bytes + bit / 8) >> (bit & 7) & bits_low(bits_width(g->places[i] - 1)));
        else
            get_fixed(bytes, bit, c, g->places[i], at);
        for (uint32_t j = 0; j < c; j++) {
            bad |= at[j] >= extent;
            at[j] += start;
        }
    }
    if (bad)
        return damaged(&s->words[word], err);
    for (uint32_t i = 0; i < filled; i++)
        ERROR_FORWARD(put(s, places[i], word, err));
    return OIR_OK;
}

/* n of the window's documents that are among the same 64 of the word's. */
static oir_status put_documents(pairs_scan *s, uint32_t word, const uint16_t *documents, uint32_t n, oir_error *err)
{
    postings_window *p = &s->words[word];
    const uint32_t *even = s->context->even_extents;
    position_groups g;
    g.count = n;
    for (uint32_t i = 0; i < n; i++)
        g.places[i] = even ? even[s->window] : extent_of(s, documents[i]);
    memset(g.places + n, 0, 16 * sizeof *g.places);
    memset(g.counts + n, 0, 16 * sizeof *g.counts);
    if (postings_window_is_plain(p)) {
        ERROR_FORWARD(postings_window_next_groups(p, &s->streams[word], &g, err));
        uint32_t most = 0;
        for (uint32_t i = 0; i < n; i++)
            most = g.places[i] > most ? g.places[i] : most;
        bool fixed = most < FIXED_PLACES_MAX;
        ERROR_FORWARD(put_fixed(s, word, documents, &g, 1, err));
        if (fixed) {
            ERROR_FORWARD(put_fixed(s, word, documents, &g, 2, err));
            ERROR_FORWARD(put_fixed(s, word, documents, &g, 3, err));
        }
        for (uint32_t i = 0; i < n; i++)
            if (g.counts[i] > (fixed ? FIXED : 1))
                ERROR_FORWARD(put_group(s, word, documents[i],
                                        &(position_group){g.bits[i], g.counts[i], g.places[i]}, err));
        return OIR_OK;
    }
    for (uint32_t i = 0; i < n; i++) {
        position_group group;
        uint32_t document = s->window << WINDOW_BITS | documents[i];
        ERROR_FORWARD(postings_window_next_group(p, &s->streams[word], document, g.places[i], &group, err));
        ERROR_FORWARD(put_group(s, word, documents[i], &group, err));
    }
    return OIR_OK;
}

/* Appends a range's documents. Four are always written: how many there are is hard to guess. */
static uint32_t list_documents(uint64_t mask, uint32_t first, uint16_t *to)
{
    uint32_t count = bits_count(mask);
    for (uint32_t done = 0; done < count; done += 4)
        for (uint32_t i = 0; i < 4; i++, mask &= mask - 1)
            to[done + i] = (uint16_t)(first + bits_lowest(mask | UINT64_C(1) << 63));
    return count;
}

static oir_status put_word(pairs_scan *s, uint32_t word, oir_error *err)
{
    postings_window *p = &s->words[word];
    position_stream *stream = &s->streams[word];
    uint16_t documents[WINDOW_SIZE + 4];
    uint32_t n = 0;
    if (!p->bounds[s->window])
        return OIR_OK;
    for (uint32_t r = s->first; r < s->end; r++) {
        uint32_t first = r << RANGE_BITS, left = s->document_count - first;
        uint64_t mask = postings_window_documents(p, r) & bits_low(left < RANGE_SIZE ? left : RANGE_SIZE);
        n += list_documents(mask, first, documents + n);
    }
    for (uint32_t i = 0, some; i < n; i += some) {
        uint32_t slot = stream->next % RANGE_SIZE;
        if (slot == 0)
            ERROR_FORWARD(postings_window_read_block(p, stream, err));
        some = n - i < RANGE_SIZE - slot ? n - i : RANGE_SIZE - slot;
        ERROR_FORWARD(put_documents(s, word, documents + i, some, err));
    }
    return OIR_OK;
}

/* Where the text of the next documents will be: as many ranges as fit, one at least; returns their places. */
static uint32_t choose_ranges(pairs_scan *s)
{
    uint64_t places = 0;
    s->first = s->end;
    for (; s->end < RANGES && s->end << RANGE_BITS < s->document_count; s->end++) {
        uint32_t first = s->end << RANGE_BITS, left = s->document_count - first, base = s->window << WINDOW_BITS;
        uint32_t n = left < RANGE_SIZE ? left : RANGE_SIZE;
        uint64_t more = places_in(s->context, base + first, base + first + n);
        if (s->end > s->first && places + more > PLACES_AT_ONCE)
            break;
        for (uint32_t i = first; i < first + n; i++) {
            s->starts[i] = (uint32_t)places;
            places += (uint64_t)length_get(&s->context->extents, base + i) + 1;
        }
        s->starts[first + n] = (uint32_t)places;
    }
    return (uint32_t)places;
}

static oir_status put_ranges(pairs_scan *s, oir_error *err)
{
    uint32_t places = choose_ranges(s);
    s->double_count = s->double_next = 0;
    if (!memory_reserve(&s->text, &s->text_capacity, (size_t)places + 1, sizeof *s->text))
        return error_no_memory(err, "pairs of words");
    memset(s->text, 0, ((size_t)places + 1) * sizeof *s->text);
    for (uint32_t word = 0; word < s->word_count; word++)
        if (!s->wanted || s->wanted[word])
            ERROR_FORWARD(put_word(s, word, err));
    sort_u64(s->doubles, s->double_count);
    return OIR_OK;
}

oir_status pairs_scan_seek(pairs_scan *s, uint32_t window, oir_error *err)
{
    if (s->tell)
        ERROR_FORWARD(s->tell(s->tell_context, window, postings_view_windows(s->context->document_count), err));
    s->window = window;
    s->document_count = documents_in(s->context, window);
    s->first = s->end = 0;
    for (uint32_t word = 0; word < s->word_count; word++) {
        if (s->wanted && !s->wanted[word])
            continue;
        postings_window_seek(&s->words[word], window);
        postings_window_expect(&s->words[word], RANGES);
        s->streams[word].next = 0;
    }
    return OIR_OK;
}

static void add_pair(pairs_scan *s, uint32_t first, uint32_t second)
{
    if (first && second)
        s->pairs[s->pair_count++] = (first - 1) << 16 | (second - 1);
}

/* What stands before and behind words at taken places; two of these behind each other count once. */
static oir_status add_doubles(pairs_scan *s, uint32_t end, oir_error *err)
{
    for (; s->double_next < s->double_count && s->doubles[s->double_next] >> 16 < end; s->double_next++) {
        uint32_t place = (uint32_t)(s->doubles[s->double_next] >> 16), word = s->doubles[s->double_next] & UINT16_MAX;
        if (!memory_reserve(&s->pairs, &s->pair_capacity, s->pair_count + 2, sizeof *s->pairs))
            return error_no_memory(err, "pairs of words");
        add_pair(s, place ? s->text[place - 1] : 0, word);
        add_pair(s, word, s->text[place + 1]);
        for (size_t i = s->double_next + 1; i < s->double_count && s->doubles[i] >> 16 <= place + 1; i++) {
            if (!memory_reserve(&s->pairs, &s->pair_capacity, s->pair_count + 1, sizeof *s->pairs))
                return error_no_memory(err, "pairs of words");
            if (s->doubles[i] >> 16 == place + 1)
                add_pair(s, word, s->doubles[i] & UINT16_MAX);
        }
    }
    return OIR_OK;
}

oir_status pairs_scan_document(pairs_scan *s, uint32_t i, oir_error *err)
{
    if (i >> RANGE_BITS >= s->end)
        ERROR_FORWARD(put_ranges(s, err));
    uint32_t begin = s->starts[i], end = s->starts[i + 1];
    s->pair_count = 0;
    if (!memory_reserve(&s->pairs, &s->pair_capacity, end - begin, sizeof *s->pairs))
        return error_no_memory(err, "pairs of words");
    const uint16_t *text = s->text;
    uint32_t *pairs = s->pairs;
    size_t n = 0;
    for (uint32_t at = begin; at + 1 < end; at++) {
        pairs[n] = (text[at] - 1u) << 16 | ((text[at + 1] - 1u) & UINT16_MAX);
        n += text[at] && text[at + 1];
    }
    s->pair_count = n;
    return add_doubles(s, end, err);
}
