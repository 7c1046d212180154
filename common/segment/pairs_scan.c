#include "segment/pairs_scan.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"

enum {
    PLACES_AT_ONCE = 1 << 17, /* of text that stay near the processor */
    PLACES_A_WORD = 64        /* at most, on average */
};

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

uint64_t pairs_scan_count(const postings_context *c, uint32_t from, uint32_t end)
{
    uint64_t last = (uint64_t)end << WINDOW_BITS;
    return places_in(c, from << WINDOW_BITS, last < c->document_count ? (uint32_t)last : c->document_count);
}

uint64_t pairs_scan_places(const postings_context *c)
{
    uint64_t most = 0;
    for (uint32_t d = 0, n; d < c->document_count; d += n) {
        n = c->document_count - d < RANGE_SIZE ? c->document_count - d : RANGE_SIZE;
        uint64_t places = places_in(c, d, d + n);
        most = places > most ? places : most;
    }
    return most;
}

/* Places without a word cost as much as those with one: where nearly all are, nobody waits for that. */
static bool is_mostly_empty(const postings_context *c)
{
    uint64_t words = 0;
    for (uint32_t d = 0; d < c->document_count; d++)
        words += length_get(&c->lengths, d);
    return places_in(c, 0, c->document_count) > PLACES_A_WORD * (words + c->document_count);
}

bool pairs_scan_is_possible(const postings_context *c)
{
    return pairs_scan_places(c) <= PAIRS_SCAN_PLACES_MAX && !is_mostly_empty(c);
}

/* All pairs of two words. */
static uint64_t *choose_all(uint32_t word_count, arena *a)
{
    uint64_t *all = arena_add_zeroed(a, pairs_scan_codes(word_count) / 64 + 1, sizeof *all);
    for (uint32_t first = 0; all && first < word_count; first++)
        for (uint32_t second = 0; second < word_count; second++) {
            uint32_t code = pairs_scan_code(word_count, first, second);
            all[code / 64] |= UINT64_C(1) << code % 64;
        }
    return all;
}

oir_status pairs_scan_init(pairs_scan *s, const struct container *parts, const postings_context *context,
                           const term_entry *const *entries, uint32_t count, const uint64_t *chosen, arena *a,
                           oir_error *err)
{
    *s = (pairs_scan){.context = context, .word_count = count, .ranges = RANGES};
    char *at = arena_add(a, count * sizeof *s->words + 63); /* they hold vectors */
    s->streams = arena_add(a, count * sizeof *s->streams);
    s->chosen = chosen ? chosen : choose_all(count, a);
    if (!at || !s->streams || !s->chosen)
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

/* Few places are taken by more than one word. Without memory s->failed is set. */
static void put_double(pairs_scan *s, uint32_t place, uint32_t word)
{
    if (memory_reserve(&s->doubles, &s->double_capacity, s->double_count + 1, sizeof *s->doubles))
        s->doubles[s->double_count++] = (uint64_t)place << 16 | (word + 1);
    else
        s->failed = true;
}

static inline void put(pairs_scan *s, uint32_t place, uint32_t word)
{
    if (s->text[place])
        put_double(s, place, word);
    else
        s->text[place] = (uint16_t)(word + 1);
}

static uint32_t extent_of(const pairs_scan *s, uint32_t i)
{
    return s->starts[i + 1] - s->starts[i] - 1;
}

/* Puts a position of the window's i-th document. Whether it is damaged: too high, and put where no word is. */
static inline bool put_position(pairs_scan *s, uint32_t word, uint32_t i, uint32_t position)
{
    uint32_t extent = extent_of(s, i);
    put(s, s->starts[i] + (position < extent ? position : extent), word);
    return position >= extent;
}

void pairs_scan_put(pairs_scan *s, uint32_t i, uint32_t word, oir_termpos position)
{
    uint32_t place = position - s->context->position_base;
    if (s->text[s->starts[i] + place] != word + 1)
        put_position(s, word, i, place);
}

static oir_status damaged(const postings_window *p, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "damaged positions of term number %u; run oir-inspect check, then index anew",
                     p->entry.ordinal);
}

/* Any number of positions. */
static oir_status put_group(pairs_scan *s, uint32_t word, uint32_t i, const position_group *group, oir_error *err)
{
    postings_window *p = &s->words[word];
    uint32_t base = s->context->position_base;
    bool bad = false;
    if (group->count == 0)
        return OIR_OK;
    ERROR_FORWARD(postings_window_read_group(p, group, &s->room, err));
    for (uint32_t k = 0; k < group->count; k++)
        bad |= put_position(s, word, i, s->room.positions[k] - base);
    return bad ? damaged(p, err) : OIR_OK;
}

/* Up to POSITIONS_FEW. */
static inline bool put_few(pairs_scan *s, uint32_t word, uint32_t i, const uint8_t *bytes, const position_groups *g,
                           uint32_t at)
{
    uint32_t c = g->counts[at], r = positions_low_bits(c, g->places[at] - c), k = 0, sum = 0;
    uint64_t lows = g->lows[at], left = bits_load64(bytes + g->highs[at] / 8) >> (g->highs[at] & 7);
    bool bad = false;
    for (; left && k < c; k++, left &= left - 1, lows += r) {
        sum += (uint32_t)(bits_load64(bytes + lows / 8) >> (lows & 7) & bits_low(r));
        bad |= put_position(s, word, i, k + ((bits_lowest(left) - k) << r) + sum);
    }
    return bad || k < c;
}

/* Three positions, at most 57 bits of which are low parts: nothing is to be guessed. */
static inline bool put_three(pairs_scan *s, uint32_t word, uint32_t i, const uint8_t *bytes, const position_groups *g,
                             uint32_t at)
{
    uint32_t r = positions_low_bits(3, g->places[at] - 3), sum = 0;
    uint64_t lows = bits_load64(bytes + g->lows[at] / 8) >> (g->lows[at] & 7);
    uint64_t left = bits_load64(bytes + g->highs[at] / 8) >> (g->highs[at] & 7);
    bool bad = false;
    for (uint32_t k = 0; k < 3; k++, left &= left - 1, lows >>= r) {
        sum += (uint32_t)(lows & bits_low(r));
        bad |= put_position(s, word, i, k + ((bits_lowest(left | UINT64_C(1) << 63) - k) << r) + sum);
    }
    return bad;
}

/* Two positions by their number. */
static inline bool put_two(pairs_scan *s, uint32_t word, uint32_t i, const uint8_t *bytes, const position_groups *g,
                           uint32_t at)
{
    uint32_t two[2], width = (uint32_t)positions_lows(2, g->places[at]);
    positions_get_two(bits_load64(bytes + g->lows[at] / 8) >> (g->lows[at] & 7) & bits_low(width), two);
    bool bad = put_position(s, word, i, two[0]);
    return put_position(s, word, i, two[1]) || bad;
}

static inline bool put_one(pairs_scan *s, uint32_t word, uint32_t i, const uint8_t *bytes, const position_groups *g,
                           uint32_t at)
{
    uint64_t bit = g->lows[at];
    uint64_t position = bits_load64(bytes + bit / 8) >> (bit & 7) & bits_low(bits_width(g->places[at] - 1));
    return put_position(s, word, i, (uint32_t)position);
}

enum { FIXED = 3 };

/* Groups by how many positions they have, those with as many one after the other: how many is hard to guess. */
typedef struct sorted_groups {
    uint8_t of[FIXED + 2][RANGE_SIZE];
    uint32_t count[FIXED + 2];
} sorted_groups;

static void sort_groups(sorted_groups *sorted, const position_groups *g, uint32_t fixed)
{
    uint32_t ones = 0, twos = 0, threes = 0, others = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        uint32_t c = g->counts[i];
        sorted->of[1][ones] = sorted->of[2][twos] = sorted->of[3][threes] = sorted->of[4][others] = (uint8_t)i;
        ones += c == 1;
        twos += c == 2 && fixed >= 2;
        threes += c == 3 && fixed >= 3;
        others += c > fixed;
    }
    sorted->count[1] = ones;
    sorted->count[2] = twos;
    sorted->count[3] = threes;
    sorted->count[4] = others;
}

static oir_status put_groups(pairs_scan *s, uint32_t word, const uint16_t *documents, const position_groups *g,
                             oir_error *err)
{
    const uint8_t *bytes = s->words[word].view.positions;
    sorted_groups sorted;
    uint32_t most = 0;
    bool bad = false;
    for (uint32_t i = 0; i < g->count; i++)
        most = g->places[i] > most ? g->places[i] : most;
    sort_groups(&sorted, g, most <= POSITIONS_TWO_MOST ? FIXED : 1);
    for (uint32_t k = 0; k < sorted.count[1]; k++)
        bad |= put_one(s, word, documents[sorted.of[1][k]], bytes, g, sorted.of[1][k]);
    for (uint32_t k = 0; k < sorted.count[2]; k++)
        bad |= put_two(s, word, documents[sorted.of[2][k]], bytes, g, sorted.of[2][k]);
    for (uint32_t k = 0; k < sorted.count[3]; k++)
        bad |= put_three(s, word, documents[sorted.of[3][k]], bytes, g, sorted.of[3][k]);
    for (uint32_t k = 0; k < sorted.count[4]; k++) {
        uint32_t at = sorted.of[4][k];
        if (g->counts[at] == 2 && !positions_highs(2, g->places[at])) /* beside documents of many places */
            bad |= put_two(s, word, documents[at], bytes, g, at);
        else if (g->counts[at] <= POSITIONS_FEW)
            bad |= put_few(s, word, documents[at], bytes, g, at);
        else
            ERROR_FORWARD(put_group(s, word, documents[at],
                                    &(position_group){{g->lows[at], g->highs[at]}, g->counts[at],
                                                      g->places[at]}, err));
    }
    return bad ? damaged(&s->words[word], err) : OIR_OK;
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
    if (postings_window_is_plain(p, &s->streams[word], n)) {
        ERROR_FORWARD(postings_window_next_groups(p, &s->streams[word], &g, err));
        return put_groups(s, word, documents, &g, err);
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
static inline uint32_t list_documents(uint64_t mask, uint32_t first, uint16_t *to)
{
    uint32_t count = bits_count(mask), done = 0;
    do {
        for (uint32_t i = 0; i < 4; i++, mask &= mask - 1)
            to[done + i] = (uint16_t)(first + bits_lowest(mask | UINT64_C(1) << 63));
        done += 4;
    } while (done < count);
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
        uint64_t mask = postings_window_found(p, r) & bits_low(left < RANGE_SIZE ? left : RANGE_SIZE);
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
    for (; s->end < s->ranges && s->end << RANGE_BITS < s->document_count; s->end++) {
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

/* Each once: text that came has a word at one place more than once. */
static void sort_doubles(pairs_scan *s)
{
    size_t kept = 0;
    sort_u64(s->doubles, s->double_count);
    for (size_t i = 0; i < s->double_count; i++)
        if (i == 0 || s->doubles[i] != s->doubles[i - 1])
            s->doubles[kept++] = s->doubles[i];
    s->double_count = kept;
}

static oir_status clear_text(pairs_scan *s, uint32_t places, oir_error *err)
{
    s->double_count = s->double_next = 0;
    if (!memory_reserve(&s->text, &s->text_capacity, (size_t)places + 1, sizeof *s->text))
        return error_no_memory(err, "pairs of words");
    memset(s->text, 0, ((size_t)places + 1) * sizeof *s->text);
    return OIR_OK;
}

static oir_status end_text(pairs_scan *s, oir_error *err)
{
    sort_doubles(s);
    return s->failed ? error_no_memory(err, "pairs of words") : OIR_OK;
}

static oir_status put_ranges(pairs_scan *s, oir_error *err)
{
    ERROR_FORWARD(clear_text(s, choose_ranges(s), err));
    for (uint32_t word = 0; word < s->word_count; word++)
        if (!s->wanted || s->wanted[word])
            ERROR_FORWARD(put_word(s, word, err));
    return end_text(s, err);
}

/* A document of the source. */
static oir_status read_document(pairs_scan *s, uint32_t i, uint32_t places, oir_error *err)
{
    s->starts[i] = 0;
    s->starts[i + 1] = places;
    ERROR_FORWARD(clear_text(s, places, err));
    s->source->read(s->source->context, s, s->window << WINDOW_BITS | i, i);
    return end_text(s, err);
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
        if (s->source) /* of lists only that much may be asked for */
            continue;
        postings_window_find(&s->words[word], UINT64_MAX);
        s->streams[word].next = 0;
    }
    return OIR_OK;
}

static void add_pair(pairs_scan *s, uint32_t first, uint32_t second)
{
    s->pair_count = (size_t)(pairs_scan_add(s->chosen, s->word_count, first, second, s->pairs + s->pair_count) -
                             s->pairs);
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

/* From the text that is at hand. */
static oir_status list_text(pairs_scan *s, uint32_t i, oir_error *err)
{
    const uint64_t *chosen = s->chosen;
    uint32_t begin = s->starts[i], end = s->starts[i + 1], word_count = s->word_count;
    if (!memory_reserve(&s->pairs, &s->pair_capacity, end - begin, sizeof *s->pairs))
        return error_no_memory(err, "pairs of words");
    const uint16_t *text = s->text;
    uint32_t *to = s->pairs;
    for (uint32_t at = begin; at + 1 < end; at++)
        to = pairs_scan_add(chosen, word_count, text[at], text[at + 1], to);
    s->pair_count = (size_t)(to - s->pairs);
    return add_doubles(s, end, err);
}

/* From the source: mostly without a text. */
static oir_status list_source(pairs_scan *s, uint32_t i, oir_error *err)
{
    uint32_t document = s->window << WINDOW_BITS | i, places = length_get(&s->context->extents, document) + 1;
    if (!memory_reserve(&s->pairs, &s->pair_capacity, places, sizeof *s->pairs))
        return error_no_memory(err, "pairs of words");
    const uint32_t *end = s->source->list(s->source->context, s, document);
    if (!end) {
        ERROR_FORWARD(read_document(s, i, places, err));
        return list_text(s, i, err);
    }
    s->pair_count = (size_t)(end - s->pairs);
    return OIR_OK;
}

oir_status pairs_scan_document(pairs_scan *s, uint32_t i, oir_error *err)
{
    if (s->source)
        return list_source(s, i, err);
    if (i >> RANGE_BITS >= s->end)
        ERROR_FORWARD(put_ranges(s, err));
    return list_text(s, i, err);
}
