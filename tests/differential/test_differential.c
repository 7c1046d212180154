/* The searcher against the exhaustive scorer, over made-up collections of every kind that the format tells apart, and
 * random queries of every shape. OIR_QUERIES sets how many, OIR_SEED which. */
#include <oir/inspect.h>

#include <time.h>

#include "differential/compare_search.h"
#include "differential/random_query.h"
#include "differential/differential_world.h"

enum { QUERIES = 2000 };

/* What documents are like, and how they come into the index. */
typedef struct shape {
    const char *name;
    uint32_t documents, words, tokens; /* how many, different words, words a document about */
    bool batches;    /* committed in several parts, so that there are as many segments as merging leaves */
    bool changes;    /* some are deleted and replaced afterwards */
    bool optimised;  /* written anew as one segment in the end */
    bool reordered;  /* the same before changes, with documents in an order of their own */
    bool equal;      /* many are the same */
    bool empty;      /* many have length 0, or no term at all */
    bool large;      /* wdf up to 100,000 */
    bool counted;    /* wdf is not the number of positions; some terms have positions in some documents only */
    bool plain;      /* nothing has positions, no field terms */
    bool gaps;       /* docids start high, with gaps */
    bool shuffled;   /* docids do not come in order */
    bool even;       /* all are of nearly the same length, without gaps between positions */
    uint32_t share;  /* of the queries */
} shape;

static const shape shapes[] = {
    {"one document", .documents = 1, .words = 20, .tokens = 10, .share = 1},
    {"63", .documents = 63, .words = 40, .tokens = 12, .share = 2},
    {"64", .documents = 64, .words = 60, .tokens = 12, .counted = true, .share = 2},
    {"65 in batches", .documents = 65, .words = 60, .tokens = 12, .batches = true, .changes = true, .share = 3},
    {"empty ones", .documents = 300, .words = 50, .tokens = 3, .empty = true, .changes = true, .share = 4},
    {"large wdf", .documents = 700, .words = 80, .tokens = 15, .large = true, .batches = true, .share = 5},
    {"equal ones", .documents = 3000, .words = 30, .tokens = 8, .equal = true, .batches = true, .changes = true,
     .share = 6},
    {"4095", .documents = 4095, .words = 900, .tokens = 14, .changes = true, .optimised = true, .share = 6},
    {"4096 counted", .documents = 4096, .words = 900, .tokens = 14, .counted = true, .share = 6},
    {"4097 in batches", .documents = 4097, .words = 300, .tokens = 10, .batches = true, .changes = true,
     .counted = true, .large = true, .share = 6},
    {"gaps", .documents = 6000, .words = 2000, .tokens = 20, .gaps = true, .changes = true, .share = 6},
    {"shuffled", .documents = 9000, .words = 200, .tokens = 8, .shuffled = true, .batches = true, .share = 6},
    {"shuffled, gaps", .documents = 5000, .words = 2000, .tokens = 15, .gaps = true, .shuffled = true, .share = 4},
    {"20,000 in one", .documents = 20000, .words = 6000, .tokens = 18, .share = 8},
    {"20,000 in batches", .documents = 20000, .words = 6000, .tokens = 18, .batches = true, .changes = true,
     .share = 10},
    {"alike", .documents = 9000, .words = 300, .tokens = 15, .even = true, .changes = true, .share = 6},
    {"pairs", .documents = 9000, .words = 40, .tokens = 20, .even = true, .optimised = true, .share = 6},
    {"reordered", .documents = 9000, .words = 300, .tokens = 15, .reordered = true, .share = 6},
    {"reordered, changed", .documents = 20000, .words = 6000, .tokens = 18, .reordered = true, .changes = true,
     .share = 8},
    {"reordered, equal", .documents = 12000, .words = 30, .tokens = 8, .equal = true, .reordered = true,
     .changes = true, .large = true, .counted = true, .share = 5},
    {"reordered twice", .documents = 10000, .words = 900, .tokens = 12, .gaps = true, .shuffled = true,
     .batches = true, .reordered = true, .changes = true, .optimised = true, .share = 6},
    {"alike and long", .documents = 1500, .words = 60, .tokens = 90, .even = true, .share = 3},
    {"tiny ones", .documents = 300000, .words = 4000, .tokens = 3, .plain = true, .share = 1},
};

static double uniform(void)
{
    return (double)(harness_random() >> 11) / 9007199254740992.0;
}

/* ---- documents ---- */

/* Ranks as Zipf has them, near enough: a few words everywhere, most of them rare. */
static uint32_t zipf(uint32_t words)
{
    double r = uniform();
    uint32_t rank = (uint32_t)(((double)words + 1) / (1 + (double)words * r)) - 1;
    return rank < words ? rank : words - 1;
}

/* Names that share beginnings, of one to six bytes. */
static size_t spell(uint32_t rank, char out[16])
{
    size_t size = 0;
    do
        out[size++] = (char)('a' + rank % 9);
    while ((rank /= 9) > 0);
    return size;
}

static void add_word(oir_document *d, const shape *s, uint32_t rank, oir_termpos position)
{
    char name[16];
    size_t size = spell(rank, name);
    oir_termcount wdf = 1;
    if (s->counted)
        wdf = rank % 3 == 0 ? harness_below(4) : rank % 7 == 0 ? 2 : 1;
    if (s->large && !harness_below(40))
        wdf = harness_below(3) ? 250 + harness_below(10) : 65000 + harness_below(40000);
    if (s->plain || rank % 11 == 5 || (s->counted && rank % 5 == 1 && harness_below(2)))
        REQUIRE_OK(oir_document_add_term(d, name, size, wdf, &world_error), world_error);
    else
        REQUIRE_OK(oir_document_add_posting(d, name, size, position, wdf, &world_error), world_error);
}

/* Words in bursts: some of a document's own come again, and some words follow others. */
static void fill_text(oir_document *d, const shape *s)
{
    uint32_t own[4], last = 0, tokens = harness_below(s->tokens * 2 + 1);
    oir_termpos position = harness_below(2);
    if (s->even)
        tokens = s->tokens * 2 - harness_below(3);
    else if (!harness_below(50))
        tokens *= 6;
    for (int i = 0; i < 4; i++)
        own[i] = harness_below(s->words);
    for (uint32_t i = 0; i < tokens; i++) {
        uint32_t how = harness_below(10);
        last = how < 2 ? own[harness_below(4)] : how < 4 ? (last * 7 + 3) % s->words : zipf(s->words);
        position += harness_below(12) || s->even ? 1 : 1 + harness_below(200);
        add_word(d, s, last, position);
    }
}

static void fill_fields(oir_document *d, const shape *s, uint32_t number)
{
    char name[32];
    if (s->plain)
        return;
    int size = snprintf(name, sizeof name, "Q%u", number);
    REQUIRE_OK(oir_document_add_boolean_term(d, name, (size_t)size, &world_error), world_error);
    size = snprintf(name, sizeof name, "XC%u", harness_below(6) * harness_below(6));
    REQUIRE_OK(oir_document_add_boolean_term(d, name, (size_t)size, &world_error), world_error);
    if (harness_below(3))
        REQUIRE_OK(oir_document_add_term(d, "Sa", 2, harness_below(3), &world_error), world_error);
}

static void fill(oir_document *d, const shape *s, uint32_t number)
{
    oir_document_clear(d);
    if (s->equal && harness_below(5)) {
        add_word(d, s, number % 3, 1);
        add_word(d, s, 3, 2);
        return;
    }
    if (s->empty && harness_below(2)) {
        if (harness_below(2))
            REQUIRE_OK(oir_document_add_boolean_term(d, "a", 1, &world_error), world_error);
        return;
    }
    fill_text(d, s);
    fill_fields(d, s, number);
}

/* ---- indexes ---- */

/* Where batches end: large ones, then small ones, so few of each that merging leaves them. */
static bool ends_batch(const shape *s, uint32_t number)
{
    static const uint32_t ends[] = {20, 40, 80, 97, 99, 60, 98};
    bool found = false;
    for (size_t i = 0; s->batches && i < (s->documents < 4000 ? 5 : 7); i++)
        found |= number == (uint32_t)((uint64_t)s->documents * ends[i] / 100);
    return found;
}

static void change(world *w, const shape *s, oir_document *d)
{
    for (oir_docid docid = 1; docid <= w->model->last; docid++) {
        uint32_t what = harness_below(12);
        if (!w->model->documents[docid].live || what > 1)
            continue;
        if (what == 0) {
            world_remove(w, docid);
        } else {
            fill(d, s, docid);
            world_put(w, docid, d);
        }
    }
    world_commit(w);
}

/* The docids in the order in which documents come; freed by the caller. */
static oir_docid *choose_docids(const shape *s)
{
    oir_docid *out = malloc(s->documents * sizeof *out), last = s->gaps ? 100000 : 0;
    REQUIRE(out);
    for (uint32_t i = 0; i < s->documents; i++)
        out[i] = last += s->gaps ? 1 + harness_below(3) : 1;
    for (uint32_t i = s->shuffled ? s->documents : 0; i > 1; i--) {
        uint32_t j = harness_below(i);
        oir_docid docid = out[i - 1];
        out[i - 1] = out[j];
        out[j] = docid;
    }
    return out;
}

static void fill_world(world *w, const shape *s)
{
    oir_document *d;
    oir_docid *docids = choose_docids(s);
    REQUIRE_OK(oir_document_new(&d, &world_error), world_error);
    for (uint32_t i = 0; i < s->documents; i++) {
        if (i && ends_batch(s, i))
            world_commit(w);
        fill(d, s, i);
        world_put(w, docids[i], d);
    }
    free(docids);
    world_commit(w);
    if (s->reordered)
        REQUIRE_OK(oir_writable_database_optimise(w->writer, &world_error), world_error);
    if (s->changes)
        change(w, s, d);
    if (s->optimised)
        REQUIRE_OK(oir_writable_database_optimise(w->writer, &world_error), world_error);
    oir_document_free(d);
    world_finish(w);
}

/* ---- questions ---- */

static void ask(const oir_database *database, exhaustive *model, uint32_t queries, size_t prefix_most)
{
    random_query_source source;
    random_query_init(&source, model, harness_random);
    source.prefix_most = prefix_most;
    EXPECT_EQ(compare_search_many(database, model, &source, queries), 0);
    random_query_release(&source);
}

static void same_statistics(const oir_database *database, const exhaustive *model)
{
    EXPECT_EQ(oir_database_get_doccount(database), model->live);
    EXPECT_EQ(oir_database_get_total_length(database), model->length);
}

/* One index of each shape. */
static void shapes_of_collections(void)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        sum += shapes[i].share;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const shape *s = &shapes[i];
        uint32_t queries = world_queries(QUERIES) * s->share / sum + 5;
        world w;
        world_open(&w, s->reordered ? OIR_REORDER_LIGHT : OIR_REORDER_NONE);
        fill_world(&w, s);
        oir_database *database = world_ask(&w);
        printf("%-20s %6u documents, %zu segments, %u queries\n", s->name, w.model->live,
               oir_database_get_segment_count(database), queries);
        fflush(stdout);
        same_statistics(database, w.model);
        ask(database, w.model, queries, s->documents > 100000 ? 30 : 0);
        oir_database_close(database);
        world_close(&w);
    }
}

/* Several indexes as one rank as one index of the same documents would. */
static void several_as_one(void)
{
    static const shape parts[] = {
        {"first", .documents = 1500, .words = 300, .tokens = 14, .changes = true},
        {"second", .documents = 4200, .words = 300, .tokens = 9, .batches = true, .changes = true},
        {"third", .documents = 40, .words = 300, .tokens = 40, .counted = true},
    };
    world w[3];
    oir_database *database[3];
    exhaustive *joined = exhaustive_new();
    for (uint32_t i = 0; i < 3; i++) {
        world_open(&w[i], OIR_REORDER_LIGHT);
        fill_world(&w[i], &parts[i]);
        database[i] = world_ask(&w[i]);
        for (oir_docid d = 1; d <= w[i].model->last; d++)
            if (w[i].model->documents[d].live)
                exhaustive_set_copy(joined, (d - 1) * 3 + i + 1, w[i].model, d);
        if (i) {
            REQUIRE_OK(oir_database_add_database(database[0], database[i], &world_error), world_error);
            oir_database_close(database[i]);
        }
    }
    same_statistics(database[0], joined);
    ask(database[0], joined, world_queries(QUERIES) / 8, 0);
    oir_database_close(database[0]);
    exhaustive_free(joined);
    for (uint32_t i = 0; i < 3; i++)
        world_close(&w[i]);
}

int main(void)
{
    harness_seed((uint64_t)time(NULL));
    TEST(shapes_of_collections);
    TEST(several_as_one);
    return harness_end();
}
