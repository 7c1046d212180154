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
    if (!at)
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

static oir_status put_document(pairs_scan *s, uint32_t word, uint32_t i, const position_group *group, oir_error *err)
{
    postings_window *p = &s->words[word];
    position_room *room = &s->room;
    uint32_t end = s->starts[i + 1] - 1;
    ERROR_FORWARD(postings_window_read_group(p, group, room, err));
    for (uint32_t k = 0; k < room->count; k++) {
        uint64_t place = (uint64_t)s->starts[i] + (room->positions[k] - s->context->position_base);
        if (place >= end)
            return error_set(err, OIR_CORRUPT, "damaged positions of term number %u; run oir-inspect check, then "
                             "index anew", p->entry.ordinal);
        ERROR_FORWARD(put(s, (uint32_t)place, word, err));
    }
    return OIR_OK;
}

static oir_status put_word(pairs_scan *s, uint32_t word, oir_error *err)
{
    postings_window *p = &s->words[word];
    position_group groups[RANGE_SIZE];
    for (uint32_t r = s->first; p->bounds[s->window] && r < s->end; r++) {
        uint64_t documents = postings_window_documents(p, r);
        if (!documents)
            continue;
        ERROR_FORWARD(postings_window_groups(p, r, documents, groups, err));
        for (uint32_t i = 0; documents; documents &= documents - 1, i++)
            ERROR_FORWARD(put_document(s, word, r << RANGE_BITS | bits_lowest(documents), &groups[i], err));
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
        postings_window_seek(&s->words[word], window);
        postings_window_expect(&s->words[word], RANGES);
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
