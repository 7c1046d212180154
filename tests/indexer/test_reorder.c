/* Orders of documents by what they have in common: permutations, always the same, better than before; and indexes that
 * are optimised so. That their answers are right is for tests/differential. */
#include "indexer/reorder.h"

#include <oir/memory.h>
#include <oir/writable_database.h>

#include "harness.h"
#include "helper/scratch.h"
#include "indexer/reorder_bisect.h"
#include "indexer/reorder_builder.h"

enum { TOPICS = 40, TOPIC_TERMS = 12, TERMS = TOPICS * TOPIC_TERMS };

static oir_error err;

/* ---- lists ---- */

typedef enum kind { CLUSTERED, UNEVEN, EQUAL, EMPTY } kind;

static bool has(kind what, uint32_t document, uint32_t term)
{
    /* What there is, is in documents that a sample of one in four has (indexer/reorder_sample.c): more than it may. */
    if (what == UNEVEN && document % 4 != (document / 4 * UINT32_C(2654435761) >> 24) % 4)
        return false;
    uint32_t topic = document * 7919 % TOPICS, hash = (document * TERMS + term) * UINT32_C(2654435761) >> 20;
    if (what > UNEVEN)
        return what == EQUAL && term < 5;
    return term / TOPIC_TERMS == topic ? hash % 3 == 0 : hash % 200 == 0;
}

static reorder_lists make_lists(kind what, uint32_t documents)
{
    reorder_lists l = {.document_count = documents, .term_count = TERMS};
    l.sizes = calloc(documents + 1, sizeof *l.sizes);
    l.terms = malloc(((size_t)documents * 80 + 1) * sizeof *l.terms);
    REQUIRE(l.sizes && l.terms);
    for (uint32_t d = 0; d < documents; d++) {
        uint16_t *list = l.terms + l.posting_count;
        uint32_t size = 0;
        for (uint32_t t = 0; t < TERMS && size < 76; t++)
            if (has(what, d, t))
                list[size++] = (uint16_t)(t + 1);
        while (size % REORDER_STEP)
            list[size++] = 0;
        l.sizes[d] = size;
        l.posting_count += size;
    }
    return l;
}

static reorder_lists copy_lists(const reorder_lists *of)
{
    reorder_lists l = *of;
    l.sizes = malloc((of->document_count + 1) * sizeof *l.sizes);
    l.terms = malloc((of->posting_count + 1) * sizeof *l.terms);
    REQUIRE(l.sizes && l.terms);
    memcpy(l.sizes, of->sizes, of->document_count * sizeof *l.sizes);
    memcpy(l.terms, of->terms, of->posting_count * sizeof *l.terms);
    return l;
}

static void release_lists(reorder_lists *l)
{
    free(l->sizes);
    free(l->terms);
}

static void expect_permutation(const uint32_t *order, uint32_t count)
{
    uint8_t *seen = calloc(count + 1, 1);
    REQUIRE(seen);
    for (uint32_t i = 0; i < count; i++) {
        REQUIRE(order[i] < count);
        EXPECT(!seen[order[i]]);
        seen[order[i]] = 1;
    }
    free(seen);
}

/* Ranges of 64 documents that lists of all terms have something in. */
static uint32_t count_ranges(kind what, const uint32_t *order, uint32_t count)
{
    uint32_t sum = 0;
    for (uint32_t t = 0; t < TERMS; t++)
        for (uint32_t i = 0, last = UINT32_MAX; i < count; i++)
            if (i / 64 != last && has(what, order ? order[i] : i, t)) {
                sum++;
                last = i / 64;
            }
    return sum;
}

/* The lists are made, or those of the call before, of as many documents, are copied: bisecting uses them up. */
static uint32_t *bisect(kind what, uint32_t documents, bool samples, uint32_t threads, const progress *p,
                        oir_status expected)
{
    static reorder_lists made;
    static kind made_of;
    if (!made.sizes || made_of != what || made.document_count != documents) {
        release_lists(&made);
        made = make_lists(what, documents);
        made_of = what;
    }
    reorder_lists l = copy_lists(&made);
    uint32_t *order = malloc((documents + 1) * sizeof *order);
    REQUIRE(order);
    EXPECT_EQ(reorder_bisect(&l, 4, samples, threads, order, p, &err), expected);
    release_lists(&l);
    return order;
}

/* Whether to leave out the largest of several numbers of documents: where each takes long, under valgrind and the
 * sanitizers. */
static bool few(void)
{
    return harness_effort() < 100 || harness_sees_races_only();
}

static void any_number_of_documents(void)
{
    static const uint32_t counts[] = {0,    1,    2,    63,   64,   65,    127,   128,   129,   193,
                                      4095, 4096, 4097, 8191, 8193, 12289, 16383, 16384, 20001, 65537};
    size_t most = sizeof counts / sizeof *counts - (harness_is_slow() || harness_sees_races_only() ? 6 : few());
    for (size_t i = 0; i < most; i++)
        for (kind what = CLUSTERED; what <= EMPTY; what++) {
            uint32_t *order = bisect(what, counts[i], true, 1 + (uint32_t)i % 3, NULL, OIR_OK);
            expect_permutation(order, counts[i]);
            free(order);
        }
}

/* What is alike keeps its order. */
static void nothing_to_gain(void)
{
    static const uint32_t counts[] = {5000, 20000, 70000};
    for (kind what = EQUAL; what <= EMPTY; what++)
        for (size_t i = 0; i < (harness_is_slow() ? 1 : sizeof counts / sizeof *counts); i++) {
            uint32_t *order = bisect(what, counts[i], true, 1, NULL, OIR_OK);
            for (uint32_t d = 0; d < counts[i]; d++)
                EXPECT_EQ(order[d], d);
            free(order);
        }
}

static void like_comes_to_like(void)
{
    enum { COUNT = 70000 };
    uint32_t count = harness_is_slow() ? COUNT / 4 : COUNT, after[2];
    uint32_t before = count_ranges(CLUSTERED, NULL, count);
    for (int samples = 0; samples < 2; samples++) {
        uint32_t *order = bisect(CLUSTERED, count, samples, 1, NULL, OIR_OK);
        uint32_t *again = bisect(CLUSTERED, count, samples, 1, NULL, OIR_OK);
        after[samples] = count_ranges(CLUSTERED, order, count);
        EXPECT(after[samples] * 2 < before);
        EXPECT(memcmp(order, again, count * sizeof *order) == 0);
        for (uint32_t i = 1; i < count; i++) /* within a range the first order stays */
            EXPECT(i % 64 == 0 || order[i - 1] < order[i]);
        free(order);
        free(again);
    }
    printf("ranges with postings: %u before, %u after, %u with samples\n", before, after[0], after[1]);
    EXPECT(after[1] < after[0] + after[0] / 16);
}

static void as_with_one_thread(void)
{
    static const uint32_t counts[] = {45000, 70000};
    for (size_t i = 0; i < 2u - few(); i++)
        for (int samples = 0; samples < 2; samples++) {
            uint32_t count = counts[i], *order = bisect(CLUSTERED, count, samples, 1, NULL, OIR_OK);
            for (uint32_t threads = few() ? 3 : 2; threads < 8; threads += few() ? 4 : 1) {
                uint32_t *other = bisect(CLUSTERED, count, samples, threads, NULL, OIR_OK);
                EXPECT(memcmp(order, other, count * sizeof *order) == 0);
                free(other);
            }
            free(order);
        }
}

static bool stop(const char *what, uint64_t done, uint64_t total, void *context)
{
    EXPECT(done <= total && what[0]);
    return ++*(int *)context < 3;
}

static void can_be_stopped(void)
{
    for (uint32_t threads = 1; threads < 5; threads++)
        for (int samples = 0; samples < 2; samples++) {
            int told = 0;
            progress p = {stop, &told};
            free(bisect(CLUSTERED, threads == 1 ? 20000 : 70000, samples, threads, &p, OIR_CANCELLED));
            EXPECT_EQ(told, 3);
        }
}

/* ---- memory that runs out ---- */

static long left = -1; /* allocations until all fail; negative: none does */
static bool fails_once;

static bool fails(void)
{
    if (fails_once) {
        fails_once = false;
        return true;
    }
    return left == 0 || (left > 0 && left-- == 0);
}

static void *fail_allocate(size_t size, void *context)
{
    (void)context;
    return fails() ? NULL : malloc(size);
}

static void *fail_reallocate(void *block, size_t size, void *context)
{
    (void)context;
    return fails() ? NULL : realloc(block, size);
}

static void fail_release(void *block, void *context)
{
    (void)context;
    free(block);
}

/* Whatever fails, what is not told is an order. */
static void bisecting_with_memory_that_runs_out(void)
{
    enum { COUNT = 17000 };
    for (uint32_t threads = 1; threads <= 2; threads++) {
        reorder_lists made = make_lists(UNEVEN, COUNT);
        uint32_t *order = malloc(COUNT * sizeof *order);
        oir_status status = OIR_NO_MEMORY;
        REQUIRE(order);
        long n = 0;
        for (; status == OIR_NO_MEMORY && n < 1000; n++) {
            reorder_lists l = copy_lists(&made);
            left = n;
            status = reorder_bisect(&l, 2, true, threads, order, NULL, &err);
            left = -1;
            REQUIRE(status == OIR_OK || status == OIR_NO_MEMORY);
            release_lists(&l);
        }
        EXPECT_EQ(status, OIR_OK);
        EXPECT(n > 17); /* more than without a sample */
        expect_permutation(order, COUNT);
        free(order);
        release_lists(&made);
    }
}

/* ---- indexes ---- */

static char path[SCRATCH_PATH], *folder;

static const char *failing; /* at what an allocation fails; NULL: at nothing */

static bool tell(const char *what, uint64_t done, uint64_t total, void *context)
{
    (void)context;
    EXPECT(total == 0 || done <= total);
    fails_once |= failing && strcmp(what, failing) == 0;
    return true;
}

static oir_writable_database *open_writer(oir_reorder how, size_t memory)
{
    oir_writable_database *w;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    options.reorder = how;
    options.memory_limit = memory;
    options.progress = tell;
    REQUIRE_OK(oir_writable_database_open(&w, path, &options, &err), err);
    return w;
}

static void add(oir_writable_database *w, uint32_t from, uint32_t to)
{
    static reorder_lists all; /* of as many as were added at most: asking what documents have takes long */
    oir_document *d;
    if (all.document_count < to) {
        release_lists(&all);
        all = make_lists(CLUSTERED, to);
    }
    const uint16_t *list = all.terms;
    for (uint32_t i = 0; i < from; i++)
        list += all.sizes[i];
    REQUIRE_OK(oir_document_new(&d, &err), err);
    for (uint32_t i = from; i < to; list += all.sizes[i++]) {
        char word[16];
        int size;
        oir_document_clear(d);
        for (uint32_t k = 0; k < all.sizes[i] && list[k]; k++) {
            size = snprintf(word, sizeof word, "w%u", list[k] - 1u);
            REQUIRE_OK(oir_document_add_posting(d, word, (size_t)size, list[k], 1, &err), err);
        }
        size = snprintf(word, sizeof word, "number %u", i);
        REQUIRE_OK(oir_document_set_data(d, word, (size_t)size, &err), err);
        REQUIRE_OK(oir_writable_database_add_document(w, d, NULL, &err), err);
    }
    oir_document_free(d);
}

/* Opens the one segment that there must be, by its number. */
static segment *open_segment(uint32_t number)
{
    segment *s;
    char name[SCRATCH_PATH + 32];
    snprintf(name, sizeof name, "%s/segment-%u", path, number);
    REQUIRE_OK(segment_open(&s, name, &err), err);
    return s;
}

static bool report(const char *part, const char *reason, void *context)
{
    (void)context;
    fprintf(stderr, "%s: %s\n", part, reason);
    return true;
}

static void expect_whole(const segment *s, uint32_t documents)
{
    uint64_t findings;
    buffer data = BUFFER_INIT;
    EXPECT_EQ(s->context.document_count, documents);
    for (uint32_t local = 0; local < documents; local++) {
        char word[32];
        int size = snprintf(word, sizeof word, "number %u", segment_get_docid(s, local) - 1);
        buffer_clear(&data);
        REQUIRE_OK(segment_get_stored(s, local, &data, &err), err);
        EXPECT(data.size == (size_t)size && memcmp(data.data, word, data.size) == 0);
    }
    buffer_release(&data);
    REQUIRE_OK(segment_check(s, report, NULL, &findings, &err), err);
    EXPECT_EQ(findings, 0);
}

static void start(void)
{
    folder = scratch_open();
    scratch_path(path, folder, "index");
}

static void finish(void)
{
    scratch_close(strdup(path));
    scratch_close(folder);
}

/* However documents came into the index, it is the same in the end; and what is done is not done again. */
static void optimising(void)
{
    enum { COUNT = 9000 };
    uint32_t *docids = malloc(COUNT * sizeof *docids);
    REQUIRE(docids);
    for (int parts = 1, most = harness_is_slow() ? 1 : 3; parts <= most; parts++) {
        start();
        oir_writable_database *w = open_writer(OIR_REORDER_LIGHT, (size_t)64 << 20);
        for (uint32_t i = 0; i < (uint32_t)parts; i++) {
            add(w, COUNT * i / (uint32_t)parts, COUNT * (i + 1) / (uint32_t)parts);
            if (parts > 1)
                REQUIRE_OK(oir_writable_database_commit(w, &err), err);
        }
        REQUIRE_OK(oir_writable_database_optimise(w, &err), err);
        uint32_t number = parts == 1 ? 1 : (uint32_t)parts + 1;
        segment *s = open_segment(number);
        REQUIRE(s->docids.bytes && s->inverse.marks);
        for (uint32_t d = 0; d < COUNT; d++) {
            docids[d] = parts == 1 ? segment_get_docid(s, d) : docids[d];
            EXPECT_EQ(segment_get_docid(s, d), docids[d]);
        }
        expect_whole(s, COUNT);
        REQUIRE_OK(oir_writable_database_optimise(w, &err), err);
        segment_close(s);
        s = open_segment(number); /* there still */
        segment_close(s);
        oir_writable_database_close(w);
        finish();
    }
    free(docids);
}

/* Documents of one topic's terms alone, which make these too frequent to count. */
static void add_topic(oir_writable_database *w, uint32_t count)
{
    oir_document *d;
    REQUIRE_OK(oir_document_new(&d, &err), err);
    for (uint32_t t = 0; t < TOPIC_TERMS; t++) {
        char word[16];
        int size = snprintf(word, sizeof word, "w%u", t);
        REQUIRE_OK(oir_document_add_posting(d, word, (size_t)size, t + 1, 1, &err), err);
    }
    for (uint32_t i = 0; i < count; i++)
        REQUIRE_OK(oir_writable_database_add_document(w, d, NULL, &err), err);
    oir_document_free(d);
}

/* The order is that of the documents which there are, whatever was there before. */
static void deleted_documents_do_not_count(void)
{
    enum { COUNT = 9000, GONE = COUNT / 12 };
    uint32_t *docids = malloc(COUNT * sizeof *docids);
    REQUIRE(docids);
    for (uint32_t gone = 0; gone <= GONE; gone += GONE) {
        start();
        oir_writable_database *w = open_writer(OIR_REORDER_LIGHT, (size_t)64 << 20);
        add(w, 0, COUNT);
        add_topic(w, gone);
        if (gone)
            REQUIRE_OK(oir_writable_database_commit(w, &err), err);
        for (oir_docid d = 1; d <= gone; d++)
            REQUIRE_OK(oir_writable_database_delete_document(w, COUNT + d, &err), err);
        REQUIRE_OK(oir_writable_database_optimise(w, &err), err);
        segment *s = open_segment(gone ? 2 : 1);
        EXPECT(!segment_docids_ascend(s));
        EXPECT_EQ(s->context.document_count, COUNT);
        for (uint32_t d = 0; d < COUNT; d++) {
            docids[d] = gone ? docids[d] : segment_get_docid(s, d);
            EXPECT_EQ(segment_get_docid(s, d), docids[d]);
        }
        segment_close(s);
        oir_writable_database_close(w);
        finish();
    }
    free(docids);
}

static void there_and_back(void)
{
    enum { COUNT = 9000, LESS = COUNT - 20 };
    start();
    oir_writable_database *w = open_writer(OIR_REORDER_FULL, (size_t)64 << 20);
    add(w, 0, COUNT);
    REQUIRE_OK(oir_writable_database_optimise(w, &err), err);
    for (oir_docid d = 1; d <= 20; d++)
        REQUIRE_OK(oir_writable_database_delete_document(w, d * 100, &err), err);
    REQUIRE_OK(oir_writable_database_optimise(w, &err), err);
    segment *s = open_segment(2);
    EXPECT(!segment_docids_ascend(s));
    expect_whole(s, LESS);
    segment_close(s);
    oir_writable_database_close(w);

    w = open_writer(OIR_REORDER_NONE, (size_t)64 << 20);
    REQUIRE_OK(oir_writable_database_optimise(w, &err), err);
    s = open_segment(3);
    EXPECT(segment_docids_ascend(s));
    expect_whole(s, LESS);
    segment_close(s);
    oir_writable_database_close(w);
    finish();
}

/* Whatever fails in it, reordering says so and leaves the first order. */
static void memory_that_runs_out(void)
{
    merge_order order;
    start();
    oir_writable_database *w = open_writer(OIR_REORDER_NONE, (size_t)64 << 20);
    add(w, 0, 500);
    REQUIRE_OK(oir_writable_database_commit(w, &err), err);
    segment *s = open_segment(1);
    merge_source source = {s, NULL};
    reorder_settings settings = reorder_choose(OIR_REORDER_FULL, 1 << 20);
    REQUIRE_OK(merge_order_by_docid(&order, &source, 1, &err), err);
    if (harness_below(2))
        REQUIRE_OK(merge_order_spread(&order, &err), err);
    oir_status status = OIR_NO_MEMORY;
    for (long n = 0; status == OIR_NO_MEMORY && n < 1000; n++) {
        left = n;
        status = reorder_documents(&order, &source, 1, &settings, NULL, &err);
        left = -1;
        REQUIRE(status == OIR_OK || status == OIR_NO_MEMORY);
        merge_stretch whole = {0};
        REQUIRE(!status || (merge_order_next(&order, &whole) && whole.count == order.count && whole.local == 0));
    }
    EXPECT_EQ(status, OIR_OK);
    expect_permutation(order.locals, order.count);
    merge_order_release(&order);
    segment_close(s);
    oir_writable_database_close(w);
    finish();
}

/* With next to no memory for lists there is an order all the same. */
static void little_memory(void)
{
    start();
    oir_writable_database *w = open_writer(OIR_REORDER_NONE, (size_t)64 << 20);
    add(w, 0, 2000);
    REQUIRE_OK(oir_writable_database_commit(w, &err), err);
    segment *s = open_segment(1);
    merge_source source = {s, NULL};
    for (size_t memory = 0; memory < 1 << 18; memory = memory * 2 + 1) {
        merge_order order;
        reorder_settings settings = reorder_choose(OIR_REORDER_LIGHT, memory);
        REQUIRE_OK(merge_order_by_docid(&order, &source, 1, &err), err);
        REQUIRE_OK(reorder_documents(&order, &source, 1, &settings, NULL, &err), err);
        expect_permutation(order.locals, order.count);
        merge_order_release(&order);
    }
    segment_close(s);
    oir_writable_database_close(w);
    finish();
}

/* Optimising goes on with the order that there is, from the buffer and from segments, and later makes good for it. */
static void optimising_with_memory_that_runs_out(void)
{
    enum { COUNT = 9000 };
    for (uint32_t parts = harness_is_slow() ? 2 : 1; parts <= 2; parts++) {
        start();
        oir_writable_database *w = open_writer(OIR_REORDER_LIGHT, (size_t)64 << 20);
        for (uint32_t i = 0; i < parts; i++) {
            add(w, COUNT * i / parts, COUNT * (i + 1) / parts);
            if (parts > 1)
                REQUIRE_OK(oir_writable_database_commit(w, &err), err);
        }
        failing = "reading lists";
        REQUIRE_OK(oir_writable_database_optimise(w, &err), err);
        failing = NULL;
        segment *s = open_segment(parts + 1); /* of one part the buffer was tried first */
        EXPECT(segment_docids_ascend(s));
        expect_whole(s, COUNT);
        segment_close(s);
        REQUIRE_OK(oir_writable_database_optimise(w, &err), err);
        s = open_segment(parts + 2);
        EXPECT(!segment_docids_ascend(s));
        segment_close(s);
        oir_writable_database_close(w);
        finish();
    }
}

/* With less memory than an order takes there is none, and nothing is written anew for it until there is more. */
static void memory_that_is_too_little(void)
{
    enum { COUNT = 45000 }; /* for the least memory that there may be, and too many for valgrind */
    if (harness_is_slow())
        return;
    start();
    oir_writable_database *w = open_writer(OIR_REORDER_LIGHT, (size_t)4 << 20);
    add(w, 0, COUNT);
    REQUIRE_OK(oir_writable_database_optimise(w, &err), err);
    uint32_t number = 0;
    char name[SCRATCH_PATH + 32];
    do
        snprintf(name, sizeof name, "%s/segment-%u", path, ++number);
    while (access(name, F_OK) != 0 && number < 1000);
    segment *s = open_segment(number);
    EXPECT(segment_docids_ascend(s));
    expect_whole(s, COUNT);
    segment_close(s);
    REQUIRE_OK(oir_writable_database_optimise(w, &err), err);
    segment_close(open_segment(number)); /* there still */
    oir_writable_database_close(w);
    w = open_writer(OIR_REORDER_LIGHT, (size_t)64 << 20);
    REQUIRE_OK(oir_writable_database_optimise(w, &err), err);
    s = open_segment(number + 1);
    EXPECT(!segment_docids_ascend(s));
    segment_close(s);
    oir_writable_database_close(w);
    w = open_writer(OIR_REORDER_LIGHT, (size_t)4 << 20);
    REQUIRE_OK(oir_writable_database_optimise(w, &err), err);
    segment_close(open_segment(number + 1)); /* what is better than it could be now stays */
    oir_writable_database_close(w);
    finish();
}

/* ---- lists of documents by term ---- */

/* The order that a builder finds, of documents noted from `first` on and around by steps. */
static void build(uint32_t documents, uint32_t first, uint32_t step, reorder_builder *b)
{
    static reorder_settings settings;
    settings = reorder_choose(OIR_REORDER_LIGHT, 64 << 20);
    settings.frequent_share = 1;
    REQUIRE_OK(reorder_builder_init(b, documents, TERMS, &settings, &err), err);
    for (int round = 0; round < 2; round++) {
        for (uint32_t t = 0; t < TERMS; t++) {
            uint32_t count = 0;
            if (round && !reorder_builder_wants(b, t))
                continue;
            if (round)
                reorder_builder_start(b, t);
            for (uint32_t i = 0, d = first; i < documents; i++, d = (d + step) % documents) {
                if (!has(CLUSTERED, d, t))
                    continue;
                if (round)
                    reorder_builder_note(b, d);
                count++;
            }
            if (!round)
                REQUIRE_OK(reorder_builder_offer(b, t, count, &err), err);
        }
        if (!round) {
            reorder_builder_choose(b);
            REQUIRE_OK(reorder_builder_open_notes(b, &err), err);
        }
    }
    REQUIRE_OK(reorder_builder_end(b, NULL, &err), err);
}

/* Lists of merged segments, or of several inverters, come in runs, and those of a reordered segment in any order: what
 * is found does not depend on it. */
static void lists_in_any_order(void)
{
    static const uint32_t sizes[] = {1000, 20000, 40001};
    for (size_t i = 0; i < (harness_is_slow() ? 1 : sizeof sizes / sizeof *sizes); i++) {
        uint32_t documents = sizes[i], steps[] = {documents - 1, 7, documents / 2 + 1};
        reorder_builder expected, got;
        build(documents, 0, 1, &expected);
        expect_permutation(expected.order, documents);
        for (int s = 0; s < 3; s++) {
            uint32_t step = steps[s];
            while (documents % step == 0 || (documents % 2 == 0 && step % 2 == 0) ||
                   (documents % 5 == 0 && step % 5 == 0))
                step++; /* or not all would be met */
            build(documents, documents / 3, step, &got);
            EXPECT(memcmp(got.order, expected.order, documents * sizeof *got.order) == 0);
            reorder_builder_release(&got);
        }
        reorder_builder_release(&expected);
    }
}

int main(void)
{
    static const oir_allocator allocator = {fail_allocate, fail_reallocate, fail_release, NULL};
    oir_allocator_set(&allocator);
    TEST(any_number_of_documents);
    TEST_ALONE(nothing_to_gain);
    TEST_ALONE(like_comes_to_like);
    TEST(as_with_one_thread);
    TEST(can_be_stopped);
    TEST_ALONE(lists_in_any_order);
    TEST_ALONE(optimising);
    TEST_ALONE(deleted_documents_do_not_count);
    TEST_ALONE(there_and_back);
    TEST_ALONE(little_memory);
    TEST_ALONE(bisecting_with_memory_that_runs_out);
    TEST_ALONE(memory_that_runs_out);
    TEST_ALONE(optimising_with_memory_that_runs_out);
    TEST_ALONE(memory_that_is_too_little);
    return harness_end();
}
