/* Inverting the buffer, held against sorting what was added: several inverters, documents in any order, dead ones, in
 * one round and in several, with helpers and without. */
#include "indexer/inversion.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "index_world.h"

enum { INVERTERS = 3, DOCUMENTS = 3000, WORDS = 700, LENGTH_MAX = 500, LARGE = 40 /* of so many documents one's */ };

typedef struct occurrence {
    uint32_t term, document, position, wdf; /* document: first its docid, then its place */
} occurrence;

static inverters buffered;
static occurrence *occurrences;
static size_t occurrence_count;
static bool spread;

/* Few words are frequent, and one is in nearly every document. */
static uint32_t make_word(void)
{
    uint32_t most = 1u << harness_below(11);
    return (uint32_t)harness_below(most < WORDS ? most : WORDS);
}

/* The lengths of documents end at 32 bits. */
static uint32_t make_wdf(bool first)
{
    if (first && !harness_below(LARGE))
        return UINT32_MAX - (uint32_t)harness_below(3) * INT32_MAX / 2 - 2 * LENGTH_MAX;
    return harness_below(20) ? 1 : (uint32_t)harness_below(3);
}

static void add_one(oir_document *document, oir_docid docid, uint32_t position, bool first)
{
    char term[16];
    bool placed = harness_below(8) > 0;
    occurrence o = {make_word(), docid, placed ? position : INVERTER_STREAM_NOWHERE, make_wdf(first)};
    size_t size = (size_t)snprintf(term, sizeof term, "w%03u", o.term);
    if (placed)
        REQUIRE_OK(oir_document_add_posting(document, term, size, position, o.wdf, &world_error), world_error);
    else
        REQUIRE_OK(oir_document_add_term(document, term, size, o.wdf, &world_error), world_error);
    occurrences[occurrence_count++] = o;
}

static uint32_t make_position(uint32_t kind, size_t i, uint32_t last)
{
    switch (kind) {
    case 0: return (uint32_t)harness_below(300);
    case 1: return (uint32_t)(i * 7000000);
    case 2: return (harness_below(4) ? INVERTER_STREAM_NOWHERE : 2) - 1 - (uint32_t)harness_below(2);
    default: return last + 1;
    }
}

/* Positions follow each other; or, where they are spread, of some documents they are anything, of some far apart, of
 * some the first and the last that there are. */
static void add_documents(oir_document *document)
{
    for (oir_docid docid = 1; docid <= DOCUMENTS; docid++) {
        size_t length = harness_below(8) ? harness_below(LENGTH_MAX) : harness_below(3);
        uint32_t kind = spread ? (uint32_t)harness_below(20) : 3, position = 0;
        oir_document_clear(document);
        for (size_t i = 0; i < length; i++) {
            position = make_position(kind, i, position);
            add_one(document, docid, position, i == 0);
        }
        REQUIRE_OK(inverter_add(buffered.items[harness_below(INVERTERS)], docid, document, &world_error), world_error);
    }
}

static int compare(const void *a, const void *b)
{
    const occurrence *x = a, *y = b;
    if (x->term != y->term)
        return x->term < y->term ? -1 : 1;
    if (x->document != y->document)
        return x->document < y->document ? -1 : 1;
    return x->position < y->position ? -1 : x->position > y->position;
}

/* Compares a term's list with sorted occurrences, of which it is told where they begin; returns where they end. */
static size_t expect_term(const term_postings *p, size_t at)
{
    uint32_t term = occurrences[at].term;
    size_t position = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        uint32_t document = occurrences[at].document, wdf = 0, count = 0, last = INVERTER_STREAM_NOWHERE;
        REQUIRE(occurrences[at].term == term);
        EXPECT_EQ(p->documents[i], document);
        for (; at < occurrence_count && occurrences[at].term == term && occurrences[at].document == document; at++) {
            const occurrence *o = &occurrences[at];
            wdf += o->wdf;
            if (o->position != INVERTER_STREAM_NOWHERE && o->position != last) {
                REQUIRE(p->positions);
                EXPECT_EQ(p->positions[position++], o->position);
                count++;
                last = o->position;
            }
        }
        EXPECT_EQ(p->wdf[i], wdf);
        if (p->positions)
            EXPECT_EQ(p->position_counts ? p->position_counts[i] : p->wdf[i], count);
        else
            EXPECT_EQ(count, 0);
    }
    EXPECT(at == occurrence_count || occurrences[at].term != term);
    return at;
}

static void expect_all(const inverters_place *order, uint32_t count, size_t memory, team *helpers)
{
    inverters_terms sorted;
    inversion n;
    inversion_sorter s = {0};
    inversion_term term;
    size_t at = 0, parts = 0;
    REQUIRE_OK(inverters_sort_terms(&buffered, &sorted, &world_error), world_error);
    REQUIRE_OK(inversion_init(&n, &buffered, order, count, &sorted, memory, helpers, &world_error), world_error);
    EXPECT(memory == 0 ? n.round_count > 1 : n.round_count == 1);
    EXPECT_EQ(n.cells != NULL, spread);
    for (uint32_t round = 0; round < n.round_count; round++) {
        REQUIRE_OK(inversion_scatter(&n, round, &world_error), world_error);
        for (size_t part = n.part_first; part < n.part_end; part++, parts++) {
            REQUIRE_OK(inversion_sort(&n, part, &s, &world_error), world_error);
            for (;;) {
                REQUIRE_OK(inversion_next(&n, &s, &term, &world_error), world_error);
                if (!term.same)
                    break;
                REQUIRE(at < occurrence_count);
                EXPECT_EQ((uint32_t)atoi((const char *)sorted.items[term.item].bytes + 1), occurrences[at].term);
                at = expect_term(&term.postings, at);
            }
        }
    }
    EXPECT_EQ(parts, n.part_count);
    EXPECT(n.part_count > 2);
    EXPECT_EQ(at, occurrence_count);
    inversion_release(&n);
    inversion_sorter_release(&s);
    inverters_release_terms(&sorted);
}

/* Some documents die, the others get another order. */
static inverters_place *choose_order(uint32_t *count)
{
    for (int i = 0; i < DOCUMENTS / 10; i++)
        inverters_delete(&buffered, (oir_docid)harness_below(DOCUMENTS) + 1);
    *count = inverters_get_live_count(&buffered);
    inverters_place *order = inverters_order(&buffered);
    REQUIRE(order);
    for (uint32_t i = *count; i > 1 && harness_below(1000); i--) {
        uint32_t other = (uint32_t)harness_below(i);
        inverters_place swapped = order[i - 1];
        order[i - 1] = order[other];
        order[other] = swapped;
    }
    return order;
}

static void place_occurrences(const inverters_place *order, uint32_t count)
{
    static uint32_t places[DOCUMENTS + 1];
    size_t kept = 0;
    memset(places, 0xff, sizeof places);
    for (uint32_t i = 0; i < count; i++)
        places[inverters_get_document(&buffered, order[i])->docid] = i;
    for (size_t i = 0; i < occurrence_count; i++)
        if (places[occurrences[i].document] != UINT32_MAX) {
            occurrences[kept] = occurrences[i];
            occurrences[kept++].document = places[occurrences[i].document];
        }
    occurrence_count = kept;
    qsort(occurrences, occurrence_count, sizeof *occurrences, compare);
}

static void invert(void)
{
    oir_document *document;
    uint32_t count;
    occurrences = malloc((size_t)DOCUMENTS * LENGTH_MAX * sizeof *occurrences);
    team *helpers = team_new(2);
    REQUIRE(occurrences && helpers);
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(inverters_init(&buffered, INVERTERS, 64 << 20, false, false, &world_error), world_error);
    occurrence_count = 0;
    add_documents(document);
    inverters_place *order = choose_order(&count);
    place_occurrences(order, count);
    expect_all(order, count, SIZE_MAX, NULL);
    expect_all(order, count, 0, NULL);
    expect_all(order, count, SIZE_MAX, helpers);
    expect_all(order, count, 0, helpers);
    memory_free(order);
    inverters_release(&buffered);
    oir_document_free(document);
    team_free(helpers);
    free(occurrences);
}

/* Some documents have many cells. */
static void any_positions(void)
{
    spread = true;
    invert();
}

/* Each has its own. */
static void short_documents(void)
{
    spread = false;
    invert();
}

int main(void)
{
    harness_seed(1);
    TEST(any_positions);
    TEST(short_documents);
    return harness_end();
}
