#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "indexer/inversion.h"

void inversion_sorter_release(inversion_sorter *s)
{
    memory_free(s->items);
    memory_free(s->ends);
    memory_free(s->apart);
    memory_free(s->documents);
    memory_free(s->wdf);
    memory_free(s->counts);
    memory_free(s->positions);
    *s = (inversion_sorter){0};
}

/* Room for `need` of a size, of which nothing is kept: a little more, since of the longest there is little memory left
 * beside. */
static void *make_room(void *block, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity)
        return block;
    memory_free(block);
    *capacity = need < 64 ? 64 : need + need / 32;
    block = *capacity < SIZE_MAX / size ? memory_new(*capacity * size) : NULL;
    *capacity = block ? *capacity : 0;
    return block;
}

static oir_status no_memory(oir_error *err)
{
    return error_no_memory(err, "the postings of a term");
}

/* ---- sorting ---- */

static inline uint32_t words_of(uint32_t word)
{
    return (word & 3) <= INVERSION_NOWHERE ? 1 : 2;
}

/* How many words there are: no fewer than occurrences. *bytes: and what they take. */
static uint64_t count_words(const inversion_head *h, size_t *bytes)
{
    uint64_t words = 0;
    for (const inversion_chunk *c = h->first; c; c = c->next) {
        words += c->count;
        *bytes += sizeof *c + h->chunk_words * sizeof *c->words;
    }
    return words;
}

static void count_terms(const inversion_head *h, uint32_t *counts)
{
    uint32_t mask = (uint32_t)bits_low(h->bits);
    for (const inversion_chunk *c = h->first; c; c = c->next) {
        if (!c->mixed) /* the next one waits for nothing of this one */
            for (uint32_t i = 0; i < c->count; i++)
                counts[c->words[i] >> INVERSION_KIND_BITS & mask]++;
        else
            for (uint32_t i = 0; i < c->count; i += words_of(c->words[i]))
                if ((c->words[i] & 3) != INVERSION_FURTHER)
                    counts[c->words[i] >> INVERSION_KIND_BITS & mask]++;
    }
}

/* Puts an item of wdf other than 1 among those, and says where it is. False when out of memory. */
static bool add_apart(inversion_sorter *s, oir_termpos position, uint32_t wdf, uint64_t *item)
{
    if (s->apart_count == UINT32_MAX ||
        !memory_reserve(&s->apart, &s->apart_capacity, s->apart_count + 1, sizeof *s->apart))
        return false;
    s->apart[s->apart_count] = (inversion_apart){position, wdf};
    *item |= INVERSION_IS_APART | s->apart_count++;
    return true;
}

/* The document << 32 | position of a place. What `n` says is handed in, so that it is kept in registers. */
static inline uint64_t find_item(const uint64_t *cells, uint32_t cell_shift, uint64_t place)
{
    uint64_t cell = place >> cell_shift, behind = place & ((UINT64_C(1) << cell_shift) - 1);
    return (cells ? cells[cell] : cell << 32) + behind;
}

/* Occurrences that are a word each; returns the last place. */
static uint64_t place_plain(const inversion *n, const inversion_head *h, const inversion_chunk *c, inversion_sorter *s,
                            uint64_t place)
{
    uint32_t mask = (uint32_t)bits_low(h->bits), shift = h->bits + INVERSION_KIND_BITS, *ends = s->ends;
    uint32_t cell_shift = n->cell_shift;
    uint64_t *items = s->items;
    const uint64_t *cells = n->cells;
    for (const uint32_t *at = c->words, *end = at + c->count; at < end; at++) {
        uint32_t word = *at;
        place += word >> shift;
        uint64_t item = find_item(cells, cell_shift, place);
        items[ends[word >> INVERSION_KIND_BITS & mask]++] = item | (0 - (word & INVERSION_NOWHERE));
    }
    return place;
}

/* Any; *place is the last. False when out of memory. */
static bool place_mixed(const inversion *n, const inversion_head *h, const inversion_chunk *c, inversion_sorter *s,
                        uint64_t *place)
{
    uint32_t mask = (uint32_t)bits_low(h->bits), shift = h->bits + INVERSION_KIND_BITS;
    for (const uint32_t *at = c->words, *end = at + c->count; at < end;) {
        uint32_t word = *at++, kind = word & 3;
        if (kind == INVERSION_FURTHER) {
            *place += (uint64_t)(word >> INVERSION_KIND_BITS) << 32 | *at++;
            continue;
        }
        *place += (uint64_t)word >> shift;
        uint64_t item = find_item(n->cells, n->cell_shift, *place);
        if (kind == INVERSION_APART) {
            uint32_t apart = *at++;
            oir_termpos position = apart & 1 ? (oir_termpos)item : INVERTER_STREAM_NOWHERE;
            item = item >> 32 << 32;
            if (!add_apart(s, position, apart >> 1, &item))
                return false;
        } else if (kind == INVERSION_NOWHERE) {
            item |= INVERTER_STREAM_NOWHERE;
        }
        s->items[s->ends[word >> INVERSION_KIND_BITS & mask]++] = item;
    }
    return true;
}

/* Each occurrence to its term; ends are where the next goes. False when out of memory. */
static bool place_items(const inversion *n, const inversion_head *h, inversion_sorter *s)
{
    uint64_t place = 0;
    bool done = true;
    for (const inversion_chunk *c = h->first; c && done; c = c->next) {
        if (c->mixed)
            done = place_mixed(n, h, c, s, &place);
        else
            place = place_plain(n, h, c, s, place);
    }
    return done;
}

oir_status inversion_sort(inversion *n, size_t part, inversion_sorter *s, oir_error *err)
{
    const inversion_part *p = &n->parts[part];
    size_t in_round = part - n->part_first;
    uint64_t words = 0;
    uint32_t sum = 0;
    s->given_back = 0;
    for (size_t i = 0; i < n->stretch_count; i++)
        words += count_words(&n->stretches[i].heads[in_round], &s->given_back);
    if (words > UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "terms come more than 2^32 times in the buffer; commit more often");
    s->ends = make_room(s->ends, &s->end_capacity, p->term_count, sizeof *s->ends);
    if (!s->ends)
        return no_memory(err);
    memset(s->ends, 0, p->term_count * sizeof *s->ends);
    for (size_t i = 0; i < n->stretch_count; i++)
        count_terms(&n->stretches[i].heads[in_round], s->ends);
    for (uint32_t t = 0; t < p->term_count; t++) {
        uint32_t count = s->ends[t];
        s->ends[t] = sum;
        sum += count;
    }
    s->items = make_room(s->items, &s->item_capacity, sum + (size_t)1, sizeof *s->items);
    if (!s->items)
        return no_memory(err);
    s->apart_count = 0;
    for (size_t i = 0; i < n->stretch_count; i++) {
        inversion_head *h = &n->stretches[i].heads[in_round];
        if (!place_items(n, h, s))
            return no_memory(err);
        inversion_release_chunks(h);
    }
    s->item = p->from;
    s->end = p->end;
    s->number = 0;
    return OIR_OK;
}

/* ---- lists ---- */

static bool reserve_columns(inversion_sorter *s, size_t count, size_t documents)
{
    documents = documents < count ? documents : count;
    s->documents = make_room(s->documents, &s->document_capacity, documents, sizeof *s->documents);
    s->wdf = make_room(s->wdf, &s->wdf_capacity, documents, sizeof *s->wdf);
    s->positions = make_room(s->positions, &s->position_capacity, count, sizeof *s->positions);
    return s->documents && s->wdf && s->positions;
}

/* What there is among the occurrences of a term. */
typedef struct kinds {
    bool plain, nowhere; /* with and without position */
    bool other;          /* another wdf than 1, or a position twice */
} kinds;

/* The list of occurrences of wdf 1, no position twice: nothing is guessed, so that nothing can be guessed wrong. Of
 * others it is a wrong one, but no longer than there are documents. */
static kinds fill_columns(const uint64_t *items, size_t count, inversion_sorter *s, uint32_t *document_count)
{
    uint32_t *documents = s->documents, *ends = s->wdf, documents_so_far = 0;
    oir_termpos *positions = s->positions;
    uint64_t last = UINT64_MAX, all = 0;
    size_t nowhere = 0, twice = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t item = items[i];
        all |= item;
        nowhere += (uint32_t)item == INVERTER_STREAM_NOWHERE;
        twice += item == last;
        documents_so_far += (item ^ last) << 1 >> 33 != 0; /* without INVERSION_IS_APART */
        documents[documents_so_far - 1] = (uint32_t)(item >> 32);
        ends[documents_so_far - 1] = (uint32_t)i + 1;
        positions[i] = (uint32_t)item;
        last = item;
    }
    for (uint32_t i = documents_so_far; i-- > 1;)
        ends[i] -= ends[i - 1];
    *document_count = documents_so_far;
    bool plain = nowhere < count;
    return (kinds){plain, nowhere > 0, (plain && twice) || (all & INVERSION_IS_APART) != 0};
}

static inline uint32_t document_of(uint64_t item)
{
    return (uint32_t)(item >> 32) & (uint32_t)INT32_MAX;
}

/* The list of any occurrences: without position, at one place twice, with any wdf. */
static oir_status fill_mixed(const uint64_t *items, size_t count, inversion_sorter *s, term_postings *out,
                             oir_error *err)
{
    uint32_t documents = 0;
    size_t positions = 0;
    bool as_wdf = true;
    s->counts = make_room(s->counts, &s->count_capacity, count, sizeof *s->counts);
    if (!s->counts)
        return no_memory(err);
    for (size_t i = 0; i < count; documents++) {
        uint32_t document = document_of(items[i]), wdf = 0;
        size_t first = positions;
        for (; i < count && document_of(items[i]) == document; i++) {
            inversion_apart o = {(oir_termpos)items[i], 1};
            if (items[i] & INVERSION_IS_APART)
                o = s->apart[(uint32_t)items[i]];
            wdf += o.wdf;
            bool placed = o.position != INVERTER_STREAM_NOWHERE;
            if (placed && (positions == first || s->positions[positions - 1] != o.position))
                s->positions[positions++] = o.position;
        }
        s->documents[documents] = document;
        s->wdf[documents] = wdf;
        s->counts[documents] = (uint32_t)(positions - first);
        as_wdf &= s->counts[documents] == wdf;
    }
    *out = (term_postings){.count = documents, .documents = s->documents, .wdf = s->wdf};
    if (positions) {
        out->positions = s->positions;
        out->position_counts = as_wdf ? NULL : s->counts;
    }
    return OIR_OK;
}

static oir_status make_postings(const inversion *n, const uint64_t *items, size_t count, inversion_sorter *s,
                                term_postings *out, oir_error *err)
{
    if (!reserve_columns(s, count, n->document_count))
        return no_memory(err);
    *out = (term_postings){.documents = s->documents, .wdf = s->wdf};
    kinds k = fill_columns(items, count, s, &out->count);
    if (k.other || (k.plain && k.nowhere))
        return fill_mixed(items, count, s, out, err);
    out->positions = k.plain ? s->positions : NULL;
    return OIR_OK;
}

oir_status inversion_next(const inversion *n, inversion_sorter *s, inversion_term *out, oir_error *err)
{
    *out = (inversion_term){0};
    while (s->item < s->end) {
        uint32_t start = s->number ? s->ends[s->number - 1] : 0, end = s->ends[s->number], item = s->item;
        uint32_t same = inverters_group_term(n->terms, item, s->end);
        s->item += same;
        s->number++;
        if (start == end)
            continue;
        out->item = item;
        out->same = same;
        return make_postings(n, s->items + start, end - start, s, &out->postings, err);
    }
    return OIR_OK;
}
