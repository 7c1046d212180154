#include "differential/compare_search.h"

#include <oir/memory.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "differential/differential_tally.h"
#include "differential/search_way.h"

enum { PARTS_MAX = 64, ROUNDS = 200, LOOK_BACK = 64 };

static double between(uint64_t (*random)(void), double low, double high)
{
    return low + (high - low) * (double)(random() >> 11) / 9007199254740992.0;
}

exhaustive_weight compare_search_weight(unsigned number, uint64_t (*random)(void))
{
    exhaustive_weight w = {false, OIR_BM25_INIT};
    switch (number % COMPARE_WEIGHTS) {
    case 1:
        w.bm25.k1 = 1.2;
        w.bm25.b = 0.75;
        w.bm25.min_normlen = 0;
        w.bm25.idf = OIR_IDF_LUCENE;
        break;
    case 2: w.bm25.k1 = 0; break;
    case 3: w.bm25.b = 0; break;
    case 4:
        w.bm25.b = 1;
        w.bm25.min_normlen = 0;
        break;
    case 5:
        w.bm25.k1 = 3.3;
        w.bm25.k3 = 0;
        w.bm25.b = 0.9;
        w.bm25.min_normlen = 0.01;
        break;
    case 6: w.boolean = true; break;
    case 7:
        w.bm25.k1 = between(random, 0, 1) * between(random, 0, 12);
        w.bm25.k3 = between(random, 0, 4);
        w.bm25.b = between(random, 0, 1);
        w.bm25.min_normlen = between(random, 0, 1.5);
        w.bm25.idf = random() % 2 ? OIR_IDF_LUCENE : w.bm25.idf;
        break;
    default: break;
    }
    return w;
}

/* ---- one question ---- */

typedef struct question {
    const oir_database *database;
    exhaustive *collection;
    const exhaustive_weight *weight;
    compare_page page;
    exhaustive_result *room;
    search_way way;
    size_t tie, tie_end; /* of equal weights, see find_tie */
    char message[1000];
} question;

static bool differs(question *q, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(q->message, sizeof q->message, format, args);
    va_end(args);
    return false;
}

/* The matches that weigh what the one of a rank does: from q->tie on, up to q->tie_end. */
static void find_tie(question *q, size_t rank)
{
    const exhaustive_match *all = q->room->matches;
    if (rank >= q->tie && rank < q->tie_end)
        return;
    for (q->tie = rank; q->tie && all[q->tie - 1].weight == all[rank].weight;)
        q->tie--;
    for (q->tie_end = rank + 1; q->tie_end < q->room->count && all[q->tie_end].weight == all[rank].weight;)
        q->tie_end++;
}

/* The match that must have a rank: q->room has those of equal weight by ascending docid. Where the order is any, it is
 * the one of that docid, if it weighs the same, and was not said shortly before. */
static const exhaustive_match *find_expected(question *q, const oir_mset *m, size_t rank, oir_docid docid)
{
    const exhaustive_match *all = q->room->matches, *at = &all[rank];
    if (q->way.order == OIR_DOCID_ASCENDING)
        return at;
    find_tie(q, rank);
    if (q->way.order == OIR_DOCID_DESCENDING)
        return &all[q->tie + (q->tie_end - 1 - rank)];
    for (size_t i = rank; i > q->page.first && i > q->tie && rank - i < LOOK_BACK; i--)
        if (oir_mset_get_docid(m, (oir_doccount)(i - 1 - q->page.first)) == docid)
            return at;
    for (size_t low = q->tie, high = q->tie_end; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (all[middle].docid == docid)
            return &all[middle];
        if (all[middle].docid < docid)
            low = middle + 1;
        else
            high = middle;
    }
    return at;
}

static bool same_item(question *q, const oir_mset *m, oir_doccount i)
{
    double weight = oir_mset_get_weight(m, i);
    oir_docid docid = oir_mset_get_docid(m, i);
    const exhaustive_match *expected = find_expected(q, m, q->page.first + i, docid);
    if (docid == expected->docid && memcmp(&weight, &expected->weight, sizeof weight) == 0)
        return true;
    return differs(q, "rank %u: document %u weighs %.17g (%a), expected document %u, %.17g (%a)", q->page.first + i,
                   docid, weight, weight, expected->docid, expected->weight, expected->weight);
}

static bool same_counts(question *q, const oir_mset *m)
{
    size_t exact = q->room->count, lower = oir_mset_get_matches_lower_bound(m);
    size_t upper = oir_mset_get_matches_upper_bound(m), wanted = q->page.count_at_least;
    if (lower > exact || upper < exact)
        return differs(q, "%zu to %zu matches, there are %zu", lower, upper, exact);
    if (lower < (wanted < exact ? wanted : exact) || (wanted > exact && lower != upper))
        return differs(q, "%zu to %zu matches, though %zu were to be counted", lower, upper, wanted);
    return true;
}

static bool same_page(question *q, const oir_mset *m)
{
    size_t left = q->room->count > q->page.first ? q->room->count - q->page.first : 0;
    size_t size = left < q->page.max_items ? left : q->page.max_items;
    oir_doccount got = oir_mset_get_size(m);
    for (oir_doccount i = 0; i < got && i < size; i++)
        if (!same_item(q, m, i))
            return false;
    if (got != size)
        return differs(q, "a page of %u matches, expected %zu", got, size);
    if (oir_mset_get_firstitem(m) != q->page.first)
        return differs(q, "firstitem %u, expected %u", oir_mset_get_firstitem(m), q->page.first);
    if (q->room->count && !(oir_mset_get_max_possible(m) >= q->room->matches[0].weight))
        return differs(q, "max_possible %.17g, but one weighs %.17g", oir_mset_get_max_possible(m),
                       q->room->matches[0].weight);
    return same_counts(q, m);
}

static oir_status set_weight(oir_enquire *enquire, const exhaustive_weight *weight, oir_error *err)
{
    oir_weight *w;
    oir_status status = weight->boolean ? oir_weight_new_bool(&w, err) : oir_weight_new_bm25(&w, &weight->bm25, err);
    if (status == OIR_OK)
        oir_enquire_set_weight(enquire, w);
    oir_weight_free(w);
    return status;
}

/* Whether the search finds what is in q->room. */
static bool finds_same(question *q, oir_query *query)
{
    oir_enquire *enquire = NULL;
    oir_mset *m = NULL;
    oir_error err;
    oir_doccount count;
    q->tie = q->tie_end = 0;
    search_way_use(&q->way);
    oir_status status = oir_enquire_new(&enquire, q->database, &err);
    if (status == OIR_OK)
        status = set_weight(enquire, q->weight, &err);
    if (status == OIR_OK) {
        oir_enquire_set_threads(enquire, q->way.threads);
        oir_enquire_set_docid_order(enquire, q->way.order);
    }
    if (status == OIR_OK) {
        oir_enquire_set_query(enquire, query);
        status = oir_enquire_get_mset(enquire, q->page.first, q->page.max_items, q->page.count_at_least, &m, &err);
    }
    bool good = status == OIR_OK && same_page(q, m);
    if (good) {
        status = oir_enquire_get_count(enquire, &count, &err);
        if (status == OIR_OK && count != q->room->count)
            good = differs(q, "get_count says %u, there are %zu", count, q->room->count);
    }
    if (status != OIR_OK)
        good = differs(q, "%s: %s", oir_status_name(status), err.message);
    oir_mset_free(m);
    oir_enquire_free(enquire);
    return good;
}

static bool same(question *q, oir_query *query)
{
    exhaustive_search(q->collection, query, q->weight, q->room);
    return finds_same(q, query);
}

/* ---- making it small ---- */

static oir_query *part_of(const oir_query *query, size_t i)
{
    return oir_query_copy((oir_query *)(uintptr_t)oir_query_get_part(query, i));
}

/* The query with part `at` replaced, or left out when `with` is NULL; NULL when there is no such query. */
static oir_query *changed(const oir_query *query, size_t at, oir_query *with)
{
    oir_query *parts[PARTS_MAX], *out = NULL;
    size_t count = 0;
    oir_query_op op = oir_query_get_op(query);
    if (op == OIR_OP_SCALE) {
        if (with)
            (void)!oir_query_new_scale(&out, with, oir_query_get_factor(query), NULL);
        return out;
    }
    for (size_t i = 0; i < oir_query_get_part_count(query); i++)
        if (i != at)
            parts[count++] = part_of(query, i);
        else if (with)
            parts[count++] = with;
    bool adjacent = oir_query_get_window(query) == oir_query_get_part_count(query);
    (void)!oir_query_new_operator(&out, op, parts, count, adjacent ? 0 : oir_query_get_window(query), NULL);
    return out;
}

typedef struct hole {
    const oir_query *parent;
    size_t at;
    oir_query *(*rebuild)(void *context, oir_query *part);
    void *context;
} hole;

static oir_query *fill_hole(void *context, oir_query *part)
{
    const hole *h = context;
    oir_query *filled = part ? changed(h->parent, h->at, part) : NULL;
    return filled && h->rebuild ? h->rebuild(h->context, filled) : filled;
}

static oir_query *still_differs(question *q, oir_query *candidate)
{
    if (candidate && !same(q, candidate))
        return candidate;
    oir_query_free(candidate);
    return NULL;
}

/* The next smaller query that still differs; NULL when none does. rebuild puts a part into what is around it. */
static oir_query *smaller(question *q, const oir_query *query,
                          oir_query *(*rebuild)(void *context, oir_query *part), void *context)
{
    size_t count = oir_query_get_part_count(query);
    oir_query *found = NULL;
    if (count > PARTS_MAX)
        return NULL;
    for (size_t i = 0; i < count && !found; i++) {
        oir_query *part = part_of(query, i);
        found = still_differs(q, rebuild ? rebuild(context, part) : part);
    }
    for (size_t i = 0; count > 2 && i < count && !found; i++) {
        oir_query *fewer = changed(query, i, NULL);
        found = still_differs(q, fewer && rebuild ? rebuild(context, fewer) : fewer);
    }
    for (size_t i = 0; i < count && !found; i++) {
        hole h = {query, i, rebuild, context};
        found = smaller(q, oir_query_get_part(query, i), fill_hole, &h);
    }
    return found;
}

static void print_question(question *q, oir_query *query)
{
    char *text = NULL, way[SEARCH_WAY_TEXT];
    const oir_bm25 *p = &q->weight->bm25;
    if (same(q, query)) /* cannot be: it differed just now */
        differs(q, "differs only sometimes");
    (void)!oir_query_get_description(query, &text, NULL);
    fprintf(stderr, "\n%s\n  from %u, %u items, count at least %u; ", text ? text : "?", q->page.first,
            q->page.max_items, q->page.count_at_least);
    if (q->weight->boolean)
        fprintf(stderr, "bool\n");
    else
        fprintf(stderr, "bm25 k1 %g k3 %g b %g min_normlen %g idf %d\n", p->k1, p->k3, p->b, p->min_normlen,
                (int)p->idf);
    search_way_describe(&q->way, way);
    fprintf(stderr, "  %s\n  %s\n", way, q->message);
    oir_memory_free(text);
}

bool compare_search(const oir_database *database, exhaustive *collection, oir_query *query,
                    const exhaustive_weight *weight, compare_page page, uint64_t (*random)(void),
                    exhaustive_result *room)
{
    question q = {.database = database, .collection = collection, .weight = weight, .page = page, .room = room};
    search_way ways[SEARCH_WAYS];
    bool good = true;
    search_way_choose(random, ways);
    exhaustive_search(collection, query, weight, room);
    for (int i = 0; i < SEARCH_WAYS && good; i++) {
        q.way = ways[i];
        good = finds_same(&q, query);
        search_way_count(&ways[i]);
    }
    if (good)
        return true;
    oir_query *least = oir_query_copy(query);
    for (int round = 0; round < ROUNDS; round++) {
        oir_query *next = smaller(&q, least, NULL, NULL);
        if (!next)
            break;
        oir_query_free(least);
        least = next;
    }
    print_question(&q, least);
    oir_query_free(least);
    return false;
}

/* ---- many questions ---- */

static uint32_t below(const random_query_source *s, uint32_t bound)
{
    return (uint32_t)(s->random() % bound);
}

static compare_page random_page(const random_query_source *s)
{
    static const oir_doccount items[] = {1, 1, 10, 10, 10, 100, 300, 1000, 0, UINT32_MAX};
    static const oir_doccount counts[] = {0, 0, 10, 1000, UINT32_MAX, UINT32_MAX};
    compare_page page = {0, below(s, 3) ? items[below(s, 10)] : below(s, 1001), counts[below(s, 6)]};
    if (!below(s, 10))
        page.count_at_least = below(s, s->document_count + 2);
    if (!below(s, 4))
        page.first = below(s, 3) ? below(s, 20) : below(s, s->document_count + 10);
    return page;
}

static void count_operators(const oir_query *q, bool found[OIR_OP_SCALE + 1])
{
    found[oir_query_get_op(q)] = true;
    for (size_t i = 0; i < oir_query_get_part_count(q); i++)
        count_operators(oir_query_get_part(q, i), found);
}

static void count_question(const oir_query *q, unsigned weight, const compare_page *page, size_t matches, bool good)
{
    static const char *const operators[OIR_OP_SCALE + 1] = {
        "TERM", "MATCH_ALL", "MATCH_NONE", "PREFIX", "WILDCARD", "FUZZY", "AND", "OR", "AND_NOT", "XOR", "AND_MAYBE",
        "FILTER", "PHRASE", "NEAR", "SYNONYM", "SCALE"};
    static const char *const weights[COMPARE_WEIGHTS] = {"defaults", "k1 1.2 b 0.75", "k1 0", "b 0", "b 1",
                                                         "k1 3.3 b 0.9", "bool", "any k1, b, k3, min_normlen"};
    bool found[OIR_OP_SCALE + 1] = {false};
    uint64_t items = (uint64_t)page->first + page->max_items;
    count_operators(q, found);
    differential_tally_add("queries by shape, of", operators[oir_query_get_op(q)], 1);
    for (int i = 0; i <= OIR_OP_SCALE; i++)
        differential_tally_add("queries that have, somewhere,", operators[i], found[i]);
    differential_tally_add("queries by weight", weights[weight], 1);
    differential_tally_add("queries by items", !items ? "0" : items <= 32 ? "1 to 32" : items <= 1000 ? "33 to 1,000"
                                                                                                      : "more", 1);
    differential_tally_add("queries by matches", !matches ? "0" : matches <= 64 ? "1 to 64" : matches <= 4096
                           ? "65 to 4,096" : "more", 1);
    differential_tally_add("differences", "all together", !good);
}

uint32_t compare_search_many(const oir_database *database, exhaustive *collection, const random_query_source *source,
                             uint32_t queries)
{
    exhaustive_result room = {0};
    uint32_t different = 0;
    for (uint32_t i = 0; i < queries && different < 10; i++) {
        oir_query *q = random_query_new(source, (int)below(source, 5));
        unsigned number = below(source, below(source, 2) ? 2 : COMPARE_WEIGHTS);
        exhaustive_weight weight = compare_search_weight(number, source->random);
        compare_page page = random_page(source);
        bool good = compare_search(database, collection, q, &weight, page, source->random, &room);
        different += !good;
        count_question(q, number, &page, room.count, good);
        oir_query_free(q);
    }
    exhaustive_result_release(&room);
    return different;
}
