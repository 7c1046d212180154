#include "catalog/snapshot.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "catalog_samples.h"
#include "segment/segment_writer.h"

static char *folder;

/* ---- small segments: each document has "all" once, "even" twice if its docid is even, and "d<docid>" thrice ---- */

enum { DOCUMENTS_MAX = 300 };

static uint32_t length_of(oir_docid docid)
{
    return docid % 2 ? 4 : 6;
}

static void add_term(segment_writer *w, const char *term, const uint32_t *documents, uint32_t count, uint32_t wdf)
{
    oir_error err;
    uint32_t wdfs[DOCUMENTS_MAX];
    for (uint32_t i = 0; i < count; i++)
        wdfs[i] = wdf;
    term_postings postings = {.count = count, .documents = documents, .wdf = wdfs};
    if (count)
        REQUIRE_OK(segment_writer_add_term(w, term, strlen(term), &postings, &err), err);
}

static void add_terms(segment_writer *w, const oir_docid *docids, uint32_t count)
{
    uint32_t all[DOCUMENTS_MAX], even[DOCUMENTS_MAX], even_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        all[i] = i;
        if (docids[i] % 2 == 0)
            even[even_count++] = i;
    }
    add_term(w, "all", all, count, 1);
    for (uint32_t i = 0; i < count; i++) {
        char term[16];
        snprintf(term, sizeof term, "d%08" PRIu32, docids[i]);
        add_term(w, term, &i, 1, 3);
    }
    add_term(w, "even", even, even_count, 2);
}

/* Writes a segment of documents with ascending docids, and its entry. */
static void make_segment(catalog_segment *entry, uint64_t number, const oir_docid *docids, uint32_t count)
{
    static const segment_options options = {.bound_k1 = 1, .bound_b = 0.5};
    oir_error err;
    segment_writer *w;
    char *path = catalog_segment_path(folder, number);
    *entry = (catalog_segment){.number = number, .document_count = count};
    REQUIRE_OK(segment_writer_open(&w, path, &options, &err), err);
    for (uint32_t i = 0; i < count; i++) {
        segment_document document = {.docid = docids[i], .length = length_of(docids[i])};
        REQUIRE_OK(segment_writer_add_document(w, &document, &err), err);
        entry->total_length += document.length;
    }
    add_terms(w, docids, count);
    REQUIRE_OK(segment_writer_commit(w, &err), err);
    struct stat about;
    REQUIRE(stat(path, &about) == 0);
    entry->bytes = (uint64_t)about.st_size;
    memory_free(path);
}

/* A segment of docids first, first + 1... behind the others. */
static void add_segment(generation *g, oir_docid first, uint32_t count)
{
    oir_docid docids[DOCUMENTS_MAX];
    for (uint32_t i = 0; i < count; i++)
        docids[i] = first + i;
    g->segments = memory_resize(g->segments, (g->segment_count + 1) * sizeof *g->segments);
    REQUIRE(g->segments);
    make_segment(&g->segments[g->segment_count++], g->next_segment++, docids, count);
    if (first + count - 1 > g->last_docid)
        g->last_docid = first + count - 1;
}

/* Adds to a segment's corrections, which stay in order as the caller asks in order. */
static void correct(catalog_segment *s, uint32_t ordinal, uint64_t wdf)
{
    term_correction *last = s->correction_count ? &s->corrections[s->correction_count - 1] : NULL;
    if (!last || last->ordinal != ordinal) {
        s->corrections = memory_resize(s->corrections, (s->correction_count + 1) * sizeof *s->corrections);
        REQUIRE(s->corrections);
        last = &s->corrections[s->correction_count++];
        *last = (term_correction){.ordinal = ordinal};
    }
    last->termfreq++;
    last->collection_freq += wdf;
}

/* Deletes the locals in [from, to) of a segment of docids `first` and on. */
static void delete_some(catalog_segment *s, oir_docid first, uint32_t from, uint32_t to)
{
    s->deleted = memory_new_zeroed((s->document_count + 63) / 64, sizeof *s->deleted);
    REQUIRE(s->deleted);
    for (uint32_t i = from; i < to; i++) {
        s->deleted[i / 64] |= UINT64_C(1) << (i % 64);
        s->deleted_count++;
        s->deleted_length += length_of(first + i);
        correct(s, 0, 1); /* "all" */
    }
    for (uint32_t i = from; i < to; i++)
        correct(s, 1 + i, 3); /* "d..." */
    for (uint32_t i = from; i < to; i++)
        if ((first + i) % 2 == 0)
            correct(s, 1 + s->document_count, 2); /* "even" */
}

static void commit(generation *g)
{
    oir_error err;
    catalog_lock *lock;
    REQUIRE_OK(catalog_lock_open(&lock, folder, 0, &err), err);
    REQUIRE_OK(catalog_commit(lock, g, false, &err), err);
    catalog_lock_close(lock);
}

static void start_anew(generation *g)
{
    samples_remove(folder);
    REQUIRE(mkdir(folder, 0777) == 0);
    generation_init(g);
}

static void expect_term(const snapshot *s, const char *term, uint32_t termfreq, uint64_t collection_freq, uint32_t max)
{
    oir_error err;
    uint32_t got_termfreq, got_max;
    uint64_t got_freq;
    REQUIRE_OK(snapshot_find_term(s, term, strlen(term), &got_termfreq, &got_freq, &got_max, &err), err);
    EXPECT_EQ(got_termfreq, termfreq);
    EXPECT_EQ(got_freq, collection_freq);
    EXPECT_EQ(got_max, max);
    REQUIRE_OK(snapshot_find_term(s, term, strlen(term), NULL, NULL, NULL, &err), err);
}

/* The docid's place, or -1. */
static int segment_of(const snapshot *s, oir_docid docid)
{
    size_t at;
    uint32_t local;
    bool found;
    oir_error err;
    REQUIRE_OK(snapshot_find_document(s, docid, &at, &local, &found, &err), err);
    if (!found)
        return -1;
    EXPECT_EQ(segment_get_docid(s->segments[at].segment, local), docid);
    EXPECT(!snapshot_is_deleted(&s->segments[at], local));
    return (int)at;
}

/* ---- tests ---- */

static void empty_index(void)
{
    oir_error err;
    generation g;
    snapshot *s;
    start_anew(&g);
    EXPECT_EQ(snapshot_open(&s, folder, NULL, &err), OIR_NOT_FOUND);
    EXPECT(s == NULL);
    commit(&g);
    REQUIRE_OK(snapshot_open(&s, folder, NULL, &err), err);
    EXPECT(s->segment_count == 0 && s->live_count == 0 && s->length_min == 0 && s->length_max == 0);
    EXPECT_EQ(segment_of(s, 1), -1);
    expect_term(s, "all", 0, 0, 0);
    snapshot_close(s);
    snapshot_close(NULL);
    generation_release(&g);
}

/* Documents 1 to 100 and 101 to 150; 91 to 100 deleted; 11 to 20 replaced. */
static void make_sample(generation *g)
{
    start_anew(g);
    add_segment(g, 1, 100);
    add_segment(g, 101, 50);
    delete_some(&g->segments[0], 1, 10, 20);
    delete_some(&g->segments[1], 101, 40, 50);
    add_segment(g, 11, 10);
    commit(g);
}

static void statistics_and_documents(void)
{
    oir_error err;
    generation g;
    snapshot *s;
    make_sample(&g);
    REQUIRE_OK(snapshot_open(&s, folder, NULL, &err), err);
    EXPECT_EQ(s->segment_count, 3);
    EXPECT_EQ(s->live_count, 140);
    EXPECT_EQ(s->live_length, 70 * 4 + 70 * 6);
    EXPECT_EQ(s->length_min, 4);
    EXPECT_EQ(s->length_max, 6);
    EXPECT_EQ(s->segments[0].live_count, 90);
    EXPECT_EQ(s->segments[1].live_length, 20 * 4 + 20 * 6);
    EXPECT_EQ(segment_of(s, 0), -1);
    for (oir_docid d = 1; d <= 160; d++) {
        char term[16];
        snprintf(term, sizeof term, "d%08" PRIu32, d);
        EXPECT_EQ(segment_of(s, d), d > 140 ? -1 : d > 100 ? 1 : d > 10 && d <= 20 ? 2 : 0);
        expect_term(s, term, d <= 140, d <= 140 ? 3 : 0, d <= 140 ? 3 : 0);
    }
    expect_term(s, "all", 140, 140, 1);
    expect_term(s, "even", 70, 140, 2);
    expect_term(s, "none", 0, 0, 0);
    snapshot_close(s);
    generation_release(&g);
}

static void segments_are_shared(void)
{
    oir_error err;
    generation g;
    snapshot *first, *second;
    make_sample(&g);
    REQUIRE_OK(snapshot_open(&first, folder, NULL, &err), err);
    catalog_segment_release(&g.segments[1]); /* the middle one is merged away */
    g.segments[1] = g.segments[2];
    g.segment_count = 2;
    add_segment(&g, 200, 5);
    commit(&g);
    REQUIRE_OK(snapshot_open(&second, folder, first, &err), err);
    EXPECT(second->segments[0].segment == first->segments[0].segment);
    EXPECT(second->segments[1].segment == first->segments[2].segment);
    EXPECT(second->segments[0].catalog != first->segments[0].catalog);
    EXPECT_EQ(second->live_count, 105);

    /* The older one goes on with the file that is gone. */
    EXPECT(!samples_has(folder, "segment-1"));
    EXPECT_EQ(segment_of(first, 120), 1);
    expect_term(first, "all", 140, 140, 1);
    snapshot *again = snapshot_retain(first);
    snapshot_close(first);
    expect_term(again, "even", 70, 140, 2);
    snapshot_close(again);
    expect_term(second, "all", 105, 105, 1);
    EXPECT_EQ(segment_of(second, 120), -1);
    snapshot_close(second);
    generation_release(&g);
}

static void other_index_of_the_same_name(void)
{
    oir_error err;
    generation g;
    snapshot *first, *second;
    make_sample(&g);
    REQUIRE_OK(snapshot_open(&first, folder, NULL, &err), err);
    generation_release(&g);
    make_sample(&g);
    REQUIRE_OK(snapshot_open(&second, folder, first, &err), err);
    EXPECT(second->segments[0].segment != first->segments[0].segment);
    snapshot_close(first);
    expect_term(second, "all", 140, 140, 1);
    snapshot_close(second);
    generation_release(&g);
}

static void expect_corrupt(void)
{
    oir_error err;
    snapshot *s;
    EXPECT_EQ(snapshot_open(&s, folder, NULL, &err), OIR_CORRUPT);
    EXPECT(s == NULL && strstr(err.message, "segment"));
}

static void wrong_segments_are_refused(void)
{
    generation g;
    make_sample(&g);
    char *path = file_join(folder, "segment-1"), *other = file_join(folder, "segment-0");
    REQUIRE(unlink(path) == 0);
    expect_corrupt();
    REQUIRE(link(other, path) == 0);
    expect_corrupt();
    REQUIRE(unlink(path) == 0);
    samples_write(folder, "segment-1", "segment", 7);
    expect_corrupt();
    memory_free(path);
    memory_free(other);
    generation_release(&g);
}

static void works_after_fork(void)
{
    oir_error err;
    generation g;
    snapshot *s;
    int how;
    make_sample(&g);
    REQUIRE_OK(snapshot_open(&s, folder, NULL, &err), err);
    fflush(NULL);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        expect_term(s, "even", 70, 140, 2);
        EXPECT_EQ(segment_of(s, 130), 1);
        snapshot_close(s);
        generation_release(&g);
        _exit(harness_failed != 0);
    }
    REQUIRE(waitpid(child, &how, 0) == child);
    EXPECT(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    expect_term(s, "all", 140, 140, 1);
    snapshot_close(s);
    generation_release(&g);
}

/* ---- readers while segments come and go ---- */

static atomic_bool ended;
static atomic_long opened, wrong;

/* Opens commit after commit, sharing with the one before or not; each must be whole: documents 1 to last_docid live. */
static void *read_on(void *context)
{
    oir_error err = {0};
    snapshot *s = NULL;
    bool share = context != NULL;
    while (!atomic_load(&ended)) {
        snapshot *next;
        uint32_t termfreq = 0;
        uint64_t collection_freq = 0;
        size_t at;
        uint32_t local;
        bool found = false, ok = snapshot_open(&next, folder, share ? s : NULL, &err) == OIR_OK;
        if (ok) {
            snapshot_close(s);
            s = next;
            oir_docid last = s->generation.last_docid;
            ok = s->live_count == last &&
                 snapshot_find_document(s, last, &at, &local, &found, &err) == OIR_OK && found &&
                 snapshot_find_document(s, 1, &at, &local, &found, &err) == OIR_OK && found &&
                 snapshot_find_term(s, "all", 3, &termfreq, &collection_freq, NULL, &err) == OIR_OK &&
                 termfreq == last && collection_freq == last;
        }
        atomic_fetch_add(&opened, 1);
        if (!ok && atomic_fetch_add(&wrong, 1) == 0)
            fprintf(stderr, "%s\n", err.message);
    }
    snapshot_close(s);
    return NULL;
}

/* Each commit adds 3 documents; every fourth puts all segments into one. */
static void grow(generation *g, int round)
{
    if (round % 4 == 3) {
        oir_docid last = g->last_docid;
        for (size_t i = 0; i < g->segment_count; i++)
            catalog_segment_release(&g->segments[i]);
        g->segment_count = 0;
        add_segment(g, 1, last + 3);
    } else {
        add_segment(g, g->last_docid + 1, 3);
    }
}

static void readers_beside_a_writer(void)
{
    enum { THREADS = 3, COMMITS = 90 };
    pthread_t threads[THREADS];
    generation g;
    start_anew(&g);
    for (int i = 0; i < COMMITS; i++) {
        grow(&g, i);
        commit(&g);
        for (int t = 0; i == 0 && t < THREADS; t++)
            REQUIRE(pthread_create(&threads[t], NULL, read_on, t % 2 ? &opened : NULL) == 0);
    }
    atomic_store(&ended, true);
    for (int t = 0; t < THREADS; t++)
        pthread_join(threads[t], NULL);
    generation_release(&g);
    printf("%d commits beside %ld snapshots\n", COMMITS, atomic_load(&opened));
    EXPECT_EQ(atomic_load(&wrong), 0);
    EXPECT(atomic_load(&opened) > 0);
}

int main(void)
{
    folder = samples_folder();
    TEST(empty_index);
    TEST(statistics_and_documents);
    TEST(segments_are_shared);
    TEST(other_index_of_the_same_name);
    TEST(wrong_segments_are_refused);
    TEST(works_after_fork);
    TEST(readers_beside_a_writer);
    samples_remove(folder);
    memory_free(folder);
    return harness_end();
}
