#include "segment/segment.h"

#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/paths.h"
#include "harness.h"
#include "helper/collection.h"
#include "helper/damage.h"
#include "helper/scratch.h"
#include "segment/container.h"
#include "segment/termlists.h"

static bool print_finding(const char *part, const char *reason, void *context)
{
    (void)context;
    fprintf(stderr, "finding: %s: %s\n", part, reason);
    return true;
}

static bool count_finding(const char *part, const char *reason, void *context)
{
    (void)part;
    (void)reason;
    (void)context;
    return true;
}

static uint32_t forms_seen; /* bit: postings_form + 4 * positions_form */

static void note_forms(const segment *s)
{
    oir_error err;
    terms_cursor cursor;
    terms_cursor_init(&cursor, &s->terms);
    REQUIRE_OK(terms_cursor_seek(&cursor, "", 0, &err), err);
    while (!cursor.at_end) {
        forms_seen |= 1u << (cursor.entry.form + 4 * cursor.entry.positions_form);
        REQUIRE_OK(terms_cursor_next(&cursor, &err), err);
    }
}

static void write_and_compare(const collection_shape *shape)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    collection *c = collection_new(shape, harness_random);
    oir_error err;
    segment *s;
    uint64_t findings = 1;
    scratch_path(path, folder, "segment");
    REQUIRE_OK(collection_write(c, path, &err), err);
    REQUIRE_OK(segment_open(&s, path, &err), err);
    EXPECT_STR(s->name, "segment");
    const char *wrong = collection_compare(c, s);
    if (wrong)
        harness_fail(__FILE__, __LINE__, wrong);
    REQUIRE_OK(segment_check(s, print_finding, NULL, &findings, &err), err);
    EXPECT_EQ(findings, 0);
    note_forms(s);
    segment_close(s);
    collection_free(c);
    scratch_close(folder);
}

static collection_shape some_shape(uint32_t documents)
{
    return (collection_shape){
        .documents = documents,
        .words = 1 + harness_below(3000),
        .tokens = 1 + harness_below(60),
        .docids = (enum collection_docids)harness_below(3),
        .positions = harness_below(4) != 0,
        .position_zero = harness_below(3) == 0,
        .gaps = harness_below(2),
        .term_lists = harness_below(2),
        .stored = harness_below(2),
        .values = harness_below(2),
        .pairs = harness_below(3) != 0,
    };
}

static void small_segments(void)
{
    for (uint32_t documents = 0; documents < 12; documents++) {
        collection_shape shape = some_shape(documents);
        write_and_compare(&shape);
    }
}

static void segments_of_some_windows(void)
{
    for (uint32_t i = harness_is_slow() ? 4 : 8; i > 0; i--) {
        collection_shape shape = some_shape(1 + harness_below(12000));
        write_and_compare(&shape);
    }
}

/* Like add_all of helper/collection.c, but terms are encoded some at a time, by an encoder that is used again and gives
 * its memory back now and then. */
static oir_status write_encoded(const collection *c, segment_writer *w, oir_error *err)
{
    oir_status status;
    segment_encoder encoder = {0};
    for (uint32_t d = 0; d < c->shape.documents; d++)
        ERROR_GOTO_DONE(segment_writer_add_document(w, &c->documents[d].record, err));
    ERROR_GOTO_DONE(segment_writer_open_encoder(w, &encoder, err));
    for (uint32_t i = 0, n; i < c->term_count; i += n) {
        n = 1 + harness_below(c->term_count - i < 50 ? c->term_count - i : 50);
        segment_encoder_clear(&encoder);
        for (uint32_t k = i; k < i + n; k++)
            ERROR_GOTO_DONE(segment_encoder_add(&encoder, &c->terms[k].postings, err));
        if (harness_below(4) == 0)
            segment_encoder_give_back(&encoder);
        for (uint32_t k = i; k < i + n; k++)
            ERROR_GOTO_DONE(
                segment_writer_add_encoded(w, c->terms[k].name, c->terms[k].size, &encoder, k - i, err));
    }
    for (uint32_t d = 0; c->shape.term_lists && d < c->shape.documents; d++)
        ERROR_GOTO_DONE(segment_writer_add_term_list(w, c->documents[d].ordinals, c->documents[d].wdf,
                                                     c->documents[d].term_count, err));
done:
    segment_encoder_release(&encoder);
    return status;
}

/* What an encoder makes of terms is, to the byte, what the writer makes of them. */
static void encoded_elsewhere(void)
{
    for (uint32_t i = 0, most = harness_is_slow() ? 4 : 12; i < most; i++) {
        char *folder = scratch_open(), one[SCRATCH_PATH], other[SCRATCH_PATH];
        collection_shape shape = some_shape(1 + harness_below(i % 3 ? 300 : 9000));
        collection *c = collection_new(&shape, harness_random);
        segment_options options = {.bound_k1 = 1.2, .bound_b = 0.75, .term_lists = shape.term_lists,
                                   .stored = shape.stored, .pairs = shape.pairs};
        segment_writer *w;
        oir_error err;
        buffer bytes = BUFFER_INIT, expected = BUFFER_INIT;
        scratch_path(one, folder, "one");
        scratch_path(other, folder, "other");
        REQUIRE_OK(collection_write(c, one, &err), err);
        REQUIRE_OK(segment_writer_open(&w, other, &options, &err), err);
        REQUIRE_OK(write_encoded(c, w, &err), err);
        REQUIRE_OK(segment_writer_commit(w, &err), err);
        REQUIRE_OK(file_read_all(one, SIZE_MAX, &expected, &err), err);
        REQUIRE_OK(file_read_all(other, SIZE_MAX, &bytes, &err), err);
        EXPECT(bytes.size == expected.size && memcmp(bytes.data, expected.data, bytes.size) == 0);
        buffer_release(&bytes);
        buffer_release(&expected);
        collection_free(c);
        scratch_close(folder);
    }
}

/* Large enough for sparse lists: 2,048 documents of which less than one in 256. With less effort few documents have
 * them, since there are no others. */
static void segments_with_sparse_lists(void)
{
    bool few = harness_effort() < 100;
    uint32_t documents = few ? 9000 : 580000;
    collection_shape shape = {documents, 600, 7, DOCIDS_SHUFFLED, true, false, true, true, false, false, true};
    paths_set(paths_choose(few ? "inlined,short,dense" : NULL));
    write_and_compare(&shape);
    shape.gaps = false;
    shape.docids = DOCIDS_GAPS;
    shape.position_zero = true;
    write_and_compare(&shape);
    paths_set(paths_choose(NULL));
}

/* The check compares parts with each other: a writer that is told wrong things makes whole parts that differ. */
static uint64_t findings_of(collection *c, const char *path)
{
    oir_error err;
    segment *s;
    uint64_t findings;
    REQUIRE_OK(collection_write(c, path, &err), err);
    REQUIRE_OK(segment_open(&s, path, &err), err);
    REQUIRE_OK(segment_check(s, count_finding, NULL, &findings, &err), err);
    segment_close(s);
    unlink(path);
    return findings;
}

static bool stop_at_once(const char *part, const char *reason, void *context)
{
    (void)part;
    (void)reason;
    ++*(int *)context;
    return false;
}

static void check_compares_parts(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    collection_shape shape = {300, 100, 20, DOCIDS_GAPS, true, false, false, true, false, false, true};
    collection *c = collection_new(&shape, harness_random);
    oir_error err;
    segment *s;
    uint64_t findings;
    int calls = 0;
    uint32_t d = 0;
    scratch_path(path, folder, "segment");
    while (c->documents[d].term_count == 0)
        d++;
    EXPECT_EQ(findings_of(c, path), 0);
    c->documents[d].record.length++;
    EXPECT(findings_of(c, path) > 0);
    c->documents[d].record.length--;
    c->documents[d].wdf[0]++;
    EXPECT_EQ(findings_of(c, path), 1);
    c->documents[d].record.length += 5;
    REQUIRE_OK(collection_write(c, path, &err), err);
    REQUIRE_OK(segment_open(&s, path, &err), err);
    EXPECT_EQ(segment_check(s, stop_at_once, &calls, &findings, &err), OIR_CANCELLED);
    EXPECT_EQ(calls, 1);
    segment_close(s);
    collection_free(c);
    scratch_close(folder);
}

static void handles_are_counted(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    collection_shape shape = some_shape(20);
    collection *c = collection_new(&shape, harness_random);
    oir_error err;
    segment *s;
    scratch_path(path, folder, "segment");
    REQUIRE_OK(collection_write(c, path, &err), err);
    REQUIRE_OK(segment_open(&s, path, &err), err);
    EXPECT(segment_retain(s) == s);
    segment_close(s);
    unlink(path);
    EXPECT(collection_compare(c, s) == NULL); /* mapped files stay */
    segment_close(s);
    segment_close(NULL);
    EXPECT_EQ(segment_open(&s, path, &err), OIR_NOT_FOUND);
    EXPECT(s == NULL);
    collection_free(c);
    scratch_close(folder);
}

static void aborted_writers_leave_nothing(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    oir_error err;
    segment_writer *w;
    segment_options options = {.bound_k1 = 1.2, .bound_b = 0.75, .term_lists = true, .stored = true, .pairs = true};
    segment_document document = {.docid = 1};
    scratch_path(path, folder, "segment");
    REQUIRE_OK(segment_writer_open(&w, path, &options, &err), err);
    REQUIRE_OK(segment_writer_add_document(w, &document, &err), err);
    segment_writer_abort(w);
    EXPECT(access(path, F_OK) != 0);

    REQUIRE_OK(segment_writer_open(&w, path, &options, &err), err);
    REQUIRE_OK(segment_writer_add_document(w, &document, &err), err);
    REQUIRE_OK(segment_writer_add_document(w, &document, &err), err);
    document.docid = 3;
    REQUIRE_OK(segment_writer_add_document(w, &document, &err), err);
    EXPECT_EQ(segment_writer_commit(w, &err), OIR_INVALID_ARGUMENT); /* docid 1 twice */
    EXPECT(access(path, F_OK) != 0);
    segment_writer_abort(NULL);
    scratch_close(folder);
}

static void parts_have_names_and_sizes(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    collection_shape shape = {50, 100, 10, DOCIDS_GAPS, true, false, false, true, true, true, true};
    collection *c = collection_new(&shape, harness_random);
    oir_error err;
    segment *s;
    const char *name;
    uint64_t bytes;
    size_t count = 0;
    bool seen = false;
    scratch_path(path, folder, "segment");
    REQUIRE_OK(collection_write(c, path, &err), err);
    REQUIRE_OK(segment_open(&s, path, &err), err);
    for (; segment_get_part(s, count, &name, &bytes); count++) {
        EXPECT(bytes > 0);
        seen |= strcmp(name, "terms") == 0;
    }
    EXPECT(seen);
    EXPECT(count >= 8);
    segment_close(s);
    collection_free(c);
    scratch_close(folder);
}

/* As searches look at lists: bounds first, then documents where there are said to be any, then their wdf. */
static void read_windows(const segment *s, const collection_term *t, const kernels *k, arena *a)
{
    static postings_window p;
    uint8_t bounds[RANGES], wdf[RANGE_SIZE + 64];
    term_entry entry;
    oir_error err;
    bool found;
    arena_clear(a);
    if (segment_find_term(s, t->name, t->size, &entry, &found, &err) || !found ||
        postings_window_open(&p, k, s->container, &s->context, &entry, NULL, a, &err))
        return;
    for (uint32_t window = 0; window < postings_view_windows(s->context.document_count); window++) {
        postings_window_seek(&p, window);
        postings_window_bounds(&p, LEVEL_STORED, bounds);
        postings_window_find(&p, UINT64_MAX);
        for (uint32_t r = 0; r < RANGES && p.bounds[window]; r++) {
            if (!postings_window_is_dense(&p) || !bounds[r])
                continue;
            k->dense_wdf(&p.dense, postings_window_found(&p, r), postings_window_before(&p, r), wdf);
            EXPECT(postings_window_found(&p, r) || p.damaged);
        }
    }
}

/* Asks for everything; any answer will do. Whether there were wrong ones that the check has no finding for. */
static bool read_all(const segment *s, const collection *c)
{
    oir_error err;
    buffer data = BUFFER_INIT;
    termlist list = {0};
    arena a;
    uint64_t findings;
    uint32_t local;
    bool found;
    bool same = collection_compare(c, s) == NULL;
    for (uint32_t d = 0; d < s->context.document_count; d += 1 + s->context.document_count / 300) {
        oir_bytes value;
        buffer_clear(&data);
        (void)segment_get_stored(s, d, &data, &err);
        (void)segment_get_value(s, d, 7, &value, &err);
        if (s->termlists)
            (void)termlists_get(s->termlists, d, &list, &err);
        (void)segment_find_docid(s, segment_get_docid(s, d), &local, &found, &err);
    }
    arena_init(&a);
    for (uint32_t i = 0; i < c->term_count; i++)
        read_windows(s, &c->terms[i], kernels_get((enum isa)harness_below(isa_best() + 1)), &a);
    arena_release(&a);
    oir_status status = segment_check(s, count_finding, NULL, &findings, &err);
    EXPECT(status == OIR_OK);
    buffer_release(&data);
    termlists_release(&list);
    return !same && findings == 0;
}

/* Parts damaged with checksums that fit: no decoder may read or write where it should not. */
static void damaged_segments_are_safe(void)
{
    uint32_t refused = 0, rounds = 0, unseen[PART_KIND_END] = {0};
    for (uint32_t i = 0, most = harness_is_slow() ? 4 : 6; i < most; i++) {
        char *folder = scratch_open(), path[SCRATCH_PATH];
        collection_shape shape = some_shape(1 + harness_below(i < 4 ? 150 : 5000));
        shape.words = 1 + harness_below(300);
        shape.term_lists = shape.stored = shape.values = shape.pairs = true;
        collection *c = collection_new(&shape, harness_random);
        oir_error err;
        container *file;
        segment *s;
        scratch_path(path, folder, "segment");
        REQUIRE_OK(collection_write(c, path, &err), err);
        REQUIRE_OK(container_open(&file, path, &err), err);
        damage *d = damage_new(file);
        container_close(file);
        for (uint32_t round = 0; round < harness_times(i < 4 ? 400 : 45); round++) {
            uint32_t kind = round % 11 < 10 ? 1 + round % 11 : PART_FREQUENT;
            if (!damage_make(d, kind, harness_random))
                continue;
            rounds++;
            if (segment_open_container(&s, damage_open(d), "damaged", &err) == OIR_OK) {
                unseen[kind] += read_all(s, c);
                segment_close(s);
            } else {
                EXPECT(err.status == OIR_CORRUPT);
                refused++;
            }
            damage_undo(d);
        }
        REQUIRE_OK(segment_open_container(&s, damage_open(d), "whole", &err), err);
        EXPECT(collection_compare(c, s) == NULL);
        segment_close(s);
        damage_free(d);
        collection_free(c);
        scratch_close(folder);
    }
    printf("%u damaged segments, %u refused at once; wrong without a finding:", rounds, refused);
    for (uint32_t kind = 1; kind < PART_KIND_END; kind++)
        if (kind <= PART_PAIRS || kind == PART_FREQUENT)
            printf(" %s %u", container_kind_name(kind), unseen[kind]);
    printf("\n");
    EXPECT(refused > 0 && refused < rounds);
}

/* Windows whose ranges have documents, of which there are said to be none. */
static void windows_without_count(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    collection_shape shape = some_shape(5000);
    shape.words = 20;
    collection *c = collection_new(&shape, harness_random);
    oir_error err;
    container *file;
    segment *s;
    arena a;
    uint32_t dense = 0;
    scratch_path(path, folder, "segment");
    REQUIRE_OK(collection_write(c, path, &err), err);
    REQUIRE_OK(container_open(&file, path, &err), err);
    damage *d = damage_new(file);
    container_close(file);
    REQUIRE_OK(segment_open_container(&s, damage_open(d), "damaged", &err), err);
    arena_init(&a);
    for (uint32_t i = 0; i < c->term_count; i++) {
        term_entry entry;
        postings_view view;
        bool found;
        REQUIRE_OK(segment_find_term(s, c->terms[i].name, c->terms[i].size, &entry, &found, &err), err);
        REQUIRE_OK(postings_view_open(&view, s->container, &s->context, &entry, &err), err);
        if (view.form != POSTINGS_DENSE)
            continue;
        dense++;
        bits_store16((uint8_t *)(uintptr_t)view.counts, 0);
        for (enum isa isa = ISA_SCALAR; isa <= isa_best(); isa++)
            read_windows(s, &c->terms[i], kernels_get(isa), &a);
    }
    EXPECT(dense > 0);
    arena_release(&a);
    segment_close(s);
    damage_free(d);
    collection_free(c);
    scratch_close(folder);
}

int main(void)
{
    harness_seed(1);
    TEST(small_segments);
    TEST(segments_of_some_windows);
    TEST(encoded_elsewhere);
    TEST(segments_with_sparse_lists);
    EXPECT_EQ(forms_seen, 0xfff);
    TEST(check_compares_parts);
    TEST(handles_are_counted);
    TEST(aborted_writers_leave_nothing);
    TEST(parts_have_names_and_sizes);
    TEST(damaged_segments_are_safe);
    TEST(windows_without_count);
    return harness_end();
}
