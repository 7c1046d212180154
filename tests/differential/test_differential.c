/* The searcher against the exhaustive scorer, over made-up collections of every kind that the format tells apart,
 * written in every form that a list can have, and random queries of every shape, each searched in several ways that
 * take turns. OIR_QUERIES sets how many, OIR_SEED which. Indexes are built with 1, 2 and 8 threads, with tiny memory or
 * as much as they like, reordered or not, with pairs or without: the summary at the end says how many in which way, and
 * what was asked. */
#include <oir/inspect.h>

#include <time.h>

#include "differential/building.h"
#include "differential/compare_search.h"
#include "differential/differential_tally.h"
#include "differential/made_up.h"

enum { QUERIES = 2000, SEVERAL_MOST = 8, SLOW_MOST = 4500 /* documents: two windows */ };

static const made_up shapes[] = {
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
    {"reordered from the buffer", .documents = 9000, .words = 60, .tokens = 15, .reordered = true, .waiting = true,
     .share = 5},
    {"reordered, changed", .documents = 20000, .words = 6000, .tokens = 18, .reordered = true, .changes = true,
     .share = 8},
    {"reordered, equal", .documents = 12000, .words = 30, .tokens = 8, .equal = true, .reordered = true,
     .changes = true, .large = true, .counted = true, .share = 5},
    {"reordered twice", .documents = 10000, .words = 900, .tokens = 12, .gaps = true, .shuffled = true,
     .batches = true, .reordered = true, .changes = true, .optimised = true, .share = 6},
    {"alike and long", .documents = 1500, .words = 60, .tokens = 90, .even = true, .share = 3},
    {"pairs, changed", .documents = 9000, .words = 25, .tokens = 12, .batches = true, .optimised = true, .later = true,
     .share = 6},
    {"full ones", .documents = 13000, .words = 8, .tokens = 10, .batches = true, .changes = true, .share = 4},
    {"large wdf, more", .documents = 14000, .words = 60, .tokens = 6, .large = true, .share = 4},
    {"one word each", .documents = 6000, .words = 30, .tokens = 1, .share = 2},
    {"stacked", .documents = 3000, .words = 40, .tokens = 12, .stacked = true, .batches = true, .changes = true,
     .share = 5},
    {"pairs, stacked", .documents = 9000, .words = 30, .tokens = 12, .even = true, .stacked = true, .optimised = true,
     .share = 5},
    {"pairs from the buffer", .documents = 9000, .words = 25, .tokens = 12, .counted = true, .optimised = true,
     .waiting = true, .share = 6},
    {"pairs from the buffer, stacked", .documents = 9000, .words = 30, .tokens = 12, .stacked = true,
     .optimised = true, .waiting = true, .share = 5},
    {"emptied", .documents = 6000, .words = 300, .tokens = 10, .batches = true, .emptied = true, .share = 4},
    {"many windows", .documents = 70000, .words = 500, .tokens = 3, .plain = true, .batches = true, .share = 4},
    {"tiny ones", .documents = 300000, .words = 4000, .tokens = 3, .plain = true, .share = 1},
};

/* What lists are written without (base/paths.h). */
static const struct {
    const char *name, *without;
} forms[] = {
    {"as chosen", ""},
    {"dense", "inlined,short,sparse"},
    {"sparse", "inlined,short,dense"},
    {"short", "inlined,sparse,dense"},
    {"bits, own extents", "counted,even,extents"},
    {"counts of 6 bits", "bitset,tight"},
    {"positions told", "even,narrow,implied"},
    {"mixed", "mixed"},
};

enum { FORMS = sizeof forms / sizeof *forms };

/* What bounds are made for, and how an index is built. */
static oir_writer_options any_options(bool reordered, const building *how)
{
    static const double k1[] = {1, 1, 0.05, 1.2, 3}, b[] = {0.5, 0.5, 0, 0.75, 1};
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.bound_k1 = k1[harness_below(5)];
    options.bound_b = b[harness_below(5)];
    options.reorder = reordered ? OIR_REORDER_LIGHT : OIR_REORDER_NONE;
    options.threads = building_threads(how);
    options.no_pairs = how->no_pairs;
    return options;
}

/* What may stand for one term less than it does is refused; deleted documents' terms are none. */
static void limits_hold(const oir_database *database, const random_query_source *source)
{
    oir_enquire *enquire;
    REQUIRE_OK(oir_enquire_new(&enquire, database, &world_error), world_error);
    for (int i = 0; i < 10 && source->term_count; i++) {
        oir_query *query = random_query_leaf(source, i % 3);
        oir_doccount count;
        size_t there = random_query_expansions(source, query);
        query = random_query_limit(query, there ? there - 1 : 1);
        oir_enquire_set_query(enquire, query);
        EXPECT_EQ(oir_enquire_get_count(enquire, &count, &world_error), there > 1 ? OIR_LIMIT : OIR_OK);
        oir_query_free(query);
    }
    oir_enquire_free(enquire);
}

static void ask(const oir_database *database, exhaustive *model, uint32_t queries, size_t prefix_most)
{
    random_query_source source;
    random_query_init(&source, model, harness_random);
    source.prefix_most = prefix_most;
    limits_hold(database, &source);
    EXPECT_EQ(compare_search_many(database, model, &source, queries), 0);
    random_query_release(&source);
}

static void same_statistics(const oir_database *database, const exhaustive *model)
{
    EXPECT_EQ(oir_database_get_doccount(database), model->live);
    EXPECT_EQ(oir_database_get_total_length(database), model->length);
}

static bool print_finding(const char *file, const char *part, const char *reason, void *context)
{
    (void)context;
    fprintf(stderr, "%s, %s: %s\n", file, part, reason);
    return true;
}

/* Whatever its lists look like. */
static void is_sound(const char *path)
{
    uint64_t findings = 0;
    REQUIRE_OK(oir_index_check(path, print_finding, NULL, &findings, &world_error), world_error);
    EXPECT_EQ(findings, 0);
}

static void ask_shape(const made_up *s, size_t form, uint32_t queries)
{
    building how = building_choose(s);
    oir_writer_options options = any_options(s->reordered, &how);
    world w;
    world_open_with(&w, &options);
    made_up_outcome outcome = made_up_fill(&w, s, forms[form].without, how.tiny);
    building_count(&how, s, &outcome);
    oir_database *database = world_ask(&w);
    printf("%-20s %6u documents, %u threads, %3u segments written, %2zu left, %-17s %u queries\n", s->name,
           w.model->live, building_threads(&how), outcome.written, oir_database_get_segment_count(database),
           forms[form].name, queries);
    fflush(stdout);
    is_sound(w.path);
    same_statistics(database, w.model);
    ask(database, w.model, queries, s->documents > 100000 ? 30 : 0);
    differential_tally_add("queries by collection", s->name, queries);
    differential_tally_add("queries by form of lists", forms[form].name, queries);
    oir_database_close(database);
    world_close(&w);
}

/* Each shape in the form that is chosen and in another; with many queries in all of them, with few in any one. */
static void shapes_of_collections(void)
{
    uint32_t all = world_queries(QUERIES) * 7 / 8, sum = 0, others = all < 10000 ? all >= 400 : FORMS - 1;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        sum += shapes[i].share;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        made_up s = shapes[i];
        if (harness_is_slow()) {
            if (s.documents > 2 * SLOW_MOST) /* of those that are like it the smaller ones are enough */
                continue;
            s.documents = s.documents < SLOW_MOST ? s.documents : SLOW_MOST;
        }
        uint32_t queries = (uint32_t)((uint64_t)all * s.share / sum / (others + 1)) + 3;
        ask_shape(&s, others ? 0 : harness_below(FORMS), queries);
        uint32_t first = harness_below(FORMS - 1);
        for (uint32_t j = 0; j < others; j++)
            ask_shape(&s, 1 + (first + j) % (FORMS - 1), queries);
    }
    building_check(others > 0);
}

/* Several indexes as one rank as one index of the same documents would, whatever each was written for. */
static void several_as_one(void)
{
    static const made_up parts[SEVERAL_MOST] = {
        {"first", .documents = 1500, .words = 300, .tokens = 14, .changes = true},
        {"second", .documents = 4200, .words = 300, .tokens = 9, .batches = true, .changes = true},
        {"third", .documents = 40, .words = 300, .tokens = 40, .counted = true},
        {"fourth", .documents = 0, .words = 300, .tokens = 40},
        {"fifth", .documents = 2500, .words = 40, .tokens = 12, .even = true, .optimised = true, .later = true},
        {"sixth", .documents = 700, .words = 300, .tokens = 5, .large = true, .equal = true},
        {"seventh", .documents = 5000, .words = 300, .tokens = 3, .plain = true, .batches = true, .emptied = true},
        {"eighth", .documents = 1, .words = 300, .tokens = 5},
    };
    world w[SEVERAL_MOST];
    oir_database *database[SEVERAL_MOST];
    exhaustive *joined = exhaustive_new();
    uint32_t queries = world_queries(QUERIES) / 8;
    for (uint32_t i = 0; i < SEVERAL_MOST; i++) {
        building how = building_choose(&parts[i]);
        oir_writer_options options = any_options(i % 2, &how);
        world_open_with(&w[i], &options);
        made_up_fill(&w[i], &parts[i], forms[harness_below(FORMS)].without, how.tiny);
        database[i] = world_ask(&w[i]);
        for (oir_docid d = 1; d <= w[i].model->last; d++)
            if (w[i].model->documents[d].live)
                exhaustive_set_copy(joined, (d - 1) * SEVERAL_MOST + i + 1, w[i].model, d);
        if (i) {
            REQUIRE_OK(oir_database_add_database(database[0], database[i], &world_error), world_error);
            oir_database_close(database[i]);
        }
    }
    same_statistics(database[0], joined);
    ask(database[0], joined, queries, 0);
    differential_tally_add("queries by collection", "eight as one", queries);
    oir_database_close(database[0]);
    exhaustive_free(joined);
    for (uint32_t i = 0; i < SEVERAL_MOST; i++)
        world_close(&w[i]);
}

int main(void)
{
    harness_seed((uint64_t)time(NULL));
    uint64_t seed = harness_state;
    TEST(shapes_of_collections);
    TEST(several_as_one);
    printf("\nseed %" PRIu64 ", %" PRIu64 " queries, %" PRIu64 " searches, %" PRIu64 " differences\n", seed,
           differential_tally_get("queries by collection"), differential_tally_get("searches with kernels"),
           differential_tally_get("differences"));
    differential_tally_print();
    return harness_end();
}
