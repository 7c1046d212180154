/* Merges of lists that are brought together in pieces, or cannot be: what comes out is to the byte what a segment is
 * that was written of the same documents in one go. */
#include "indexer/merge.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "harness.h"
#include "helper/failing_memory.h"
#include "helper/scratch.h"
#include "helper/sound.h"

enum { SOURCES = 4, DOCUMENTS = 36000, TERMS = 8, VICTIMS_EACH = 97, MANY = 1000, POSITIONS_MOST = DOCUMENTS * 40 };

static oir_error err;
static char *folder;

/* Documents 0 and up, ascending by docid. Victims have what is special of a list, and may be deleted all together. */
typedef struct model {
    uint8_t source[DOCUMENTS];
    bool deleted[DOCUMENTS];
    uint32_t place[DOCUMENTS];             /* in its source */
    uint32_t order[SOURCES][DOCUMENTS];    /* of each source: its documents, as they lie there */
    uint32_t counts[SOURCES];
} model;

static bool is_victim(uint32_t d)
{
    return d % VICTIMS_EACH == 5;
}

/* How often a term is in a document and how many positions it has there; false: it is not there. The first, second...
 * are in all; the sixth is dense only with victims; the last but one has wdf of 255 and more, the last is rare. */
static bool find_counts(uint32_t term, uint32_t d, uint32_t source, uint32_t *wdf, uint32_t *positions)
{
    uint32_t some = 8 + (d * 7 + term) % 10;
    *wdf = *positions = some;
    switch (term) {
    case 0: *wdf = *positions = d / 8000 == 1 ? 60 : some; return true; /* some offsets of blocks are wide */
    case 1: *positions = d % 5 ? some + 1 : some; return true;
    case 2: *positions = source < 2 ? some : 0; return true;
    case 3: *wdf = *positions = is_victim(d) ? 0 : some; return true;
    case 4: *positions = is_victim(d) ? some + 3 : some; return true;
    case 5: *wdf = *positions = MANY + d % 60; return source == 3 ? d % 3000 == 3 : is_victim(d) || d % 400 == 3;
    case 6: *wdf = d % 90 ? some : 200 + d % 200; *positions = some; return true;
    default: return d % 12000 == 1;
    }
}

/* ---- segments ---- */

typedef struct list {
    uint32_t count;
    uint32_t documents[DOCUMENTS], wdf[DOCUMENTS], counts[DOCUMENTS];
    oir_termpos *positions;
} list;

static void write_documents(segment_writer *w, const model *m, const uint32_t *documents, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t d = documents[i];
        segment_document document = {.docid = d * 2 + 1, .has_positions = true, .position_min = 1};
        for (uint32_t t = 0; t < TERMS; t++) {
            uint32_t wdf, positions;
            if (!find_counts(t, d, m->source[d], &wdf, &positions))
                continue;
            document.length += wdf;
            if (positions * 3 > document.position_max)
                document.position_max = positions * 3;
        }
        REQUIRE_OK(segment_writer_add_document(w, &document, &err), err);
    }
}

static void make_list(list *l, const model *m, uint32_t term, const uint32_t *documents, uint32_t count)
{
    size_t total = 0;
    l->count = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t wdf, positions;
        if (!find_counts(term, documents[i], m->source[documents[i]], &wdf, &positions))
            continue;
        for (uint32_t p = 0; p < positions; p++)
            l->positions[total++] = 1 + p * 3 + (documents[i] + p) % 3;
        l->documents[l->count] = i;
        l->wdf[l->count] = wdf;
        l->counts[l->count++] = positions;
    }
}

static bool has_positions(const list *l)
{
    for (uint32_t i = 0; i < l->count; i++)
        if (l->counts[i])
            return true;
    return false;
}

static void write_segment(const char *path, const model *m, const uint32_t *documents, uint32_t count)
{
    const segment_options options = {.bound_k1 = 1, .bound_b = 0.5};
    static list l;
    segment_writer *w;
    l.positions = malloc(POSITIONS_MOST * sizeof *l.positions);
    REQUIRE(l.positions);
    REQUIRE_OK(segment_writer_open(&w, path, &options, &err), err);
    write_documents(w, m, documents, count);
    for (uint32_t t = 0; t < TERMS; t++) {
        char term = (char)('a' + t);
        make_list(&l, m, t, documents, count);
        const term_postings postings = {l.count, l.documents, l.wdf, l.counts, has_positions(&l) ? l.positions : NULL,
                                        NULL};
        if (l.count)
            REQUIRE_OK(segment_writer_add_term(w, &term, 1, &postings, &err), err);
    }
    REQUIRE_OK(segment_writer_commit(w, &err), err);
    free(l.positions);
}

static uint8_t *read_file(const char *path, size_t *size)
{
    struct stat file;
    int fd = open(path, O_RDONLY);
    REQUIRE(fd >= 0 && fstat(fd, &file) == 0);
    uint8_t *bytes = malloc((size_t)file.st_size);
    *size = (size_t)file.st_size;
    REQUIRE(bytes && read(fd, bytes, *size) == file.st_size);
    close(fd);
    return bytes;
}

static void expect_same(const char *path, const char *other)
{
    size_t size, other_size;
    uint8_t *bytes = read_file(path, &size), *others = read_file(other, &other_size);
    EXPECT_EQ(size, other_size);
    EXPECT(size == other_size && !memcmp(bytes, others, size));
    free(bytes);
    free(others);
}

/* ---- merging ---- */

typedef enum shape { APART, SOME_REPLACED, MIXED, PERMUTED, SHAPES } shape;
typedef enum gone { NONE, SOME, VICTIMS, MOST, GONES } gone;

static void make_model(model *m, shape how, gone which)
{
    memset(m, 0, sizeof *m);
    for (uint32_t d = 0; d < DOCUMENTS; d++) {
        uint32_t s = how == MIXED || (how == SOME_REPLACED && harness_below(40) == 0) ? harness_below(SOURCES)
                                                                                     : d * SOURCES / DOCUMENTS;
        m->source[d] = (uint8_t)s;
        m->order[s][m->counts[s]++] = d;
        m->deleted[d] = which == SOME ? harness_below(30) == 0 : which == VICTIMS ? is_victim(d)
                        : which == MOST && harness_below(10) > 0;
    }
    for (uint32_t s = 0; how == PERMUTED && s < SOURCES; s += 2) {
        for (uint32_t i = m->counts[s]; i > 1; i--) {
            uint32_t other = harness_below(i), swapped = m->order[s][i - 1];
            m->order[s][i - 1] = m->order[s][other];
            m->order[s][other] = swapped;
        }
    }
    for (uint32_t s = 0; s < SOURCES; s++)
        for (uint32_t i = 0; i < m->counts[s]; i++)
            m->place[m->order[s][i]] = i;
}

typedef struct opened {
    segment *segments[SOURCES];
    uint64_t deleted[SOURCES][DOCUMENTS / 64 + 1];
    merge_source sources[SOURCES];
} opened;

static void open_sources(opened *o, const model *m)
{
    memset(o, 0, sizeof *o);
    for (uint32_t s = 0; s < SOURCES; s++) {
        char path[SCRATCH_PATH], name[] = {(char)('0' + s), 0};
        scratch_path(path, folder, name);
        write_segment(path, m, m->order[s], m->counts[s]);
        REQUIRE_OK(segment_open(&o->segments[s], path, &err), err);
        unlink(path);
        for (uint32_t i = 0; i < m->counts[s]; i++)
            o->deleted[s][i / 64] |= (uint64_t)m->deleted[m->order[s][i]] << (i % 64);
        o->sources[s] = (merge_source){o->segments[s], o->deleted[s]};
    }
}

static void close_sources(opened *o)
{
    for (uint32_t s = 0; s < SOURCES; s++)
        segment_close(o->segments[s]);
}

static oir_status merge(const opened *o, const char *path)
{
    const segment_options options = {.bound_k1 = 1, .bound_b = 0.5};
    const merge_options merging = {.lasting = true, .ahead = 1000};
    merge_order order = {0};
    segment_writer *w = NULL;
    oir_status status;
    unlink(path);
    ERROR_GOTO_DONE(merge_order_by_docid(&order, o->sources, SOURCES, &err));
    ERROR_GOTO_DONE(segment_writer_open(&w, path, &options, &err));
    ERROR_GOTO_DONE(merge_write(&order, o->sources, SOURCES, &merging, w, NULL, &err));
    status = segment_writer_commit(w, &err);
    w = NULL;
done:
    segment_writer_abort(w);
    merge_order_release(&order);
    return status;
}

static void as_in_one_go(void)
{
    static model m;
    static opened o;
    char merged[SCRATCH_PATH], whole[SCRATCH_PATH];
    folder = scratch_open();
    scratch_path(merged, folder, "merged");
    scratch_path(whole, folder, "whole");
    /* Where that takes long every fifth of them: each shape and each kind of deletion still comes. */
    for (uint32_t round = 0; round < SHAPES * GONES; round += harness_is_slow() ? 5 : 1) {
        static uint32_t live[DOCUMENTS];
        uint32_t count = 0;
        make_model(&m, (shape)(round % SHAPES), (gone)(round / SHAPES));
        open_sources(&o, &m);
        for (uint32_t d = 0; d < DOCUMENTS; d++)
            if (!m.deleted[d])
                live[count++] = d;
        write_segment(whole, &m, live, count);
        REQUIRE_OK(merge(&o, merged), err);
        expect_same(merged, whole);
        sound_expect(merged);
        unlink(whole);
        close_sources(&o);
    }
    scratch_close(folder);
}

/* Whatever fails, the merge says so, and nothing of it is left. */
static void memory_that_runs_out(void)
{
    static model m;
    static opened o;
    char merged[SCRATCH_PATH];
    folder = scratch_open();
    scratch_path(merged, folder, "merged");
    oir_allocator_set(&failing_memory);
    for (uint32_t how = 0; how < SHAPES; how++) {
        oir_status status = OIR_NO_MEMORY;
        make_model(&m, (shape)how, SOME);
        open_sources(&o, &m);
        for (long n = 0, step = 1; status == OIR_NO_MEMORY && n < 100000; n += step) {
            long alive = failing_memory_alive;
            step = 1 + n / (harness_is_slow() ? 1 : 10);
            failing_memory_left = n;
            status = merge(&o, merged);
            failing_memory_left = -1;
            EXPECT(status == OIR_OK || status == OIR_NO_MEMORY);
            EXPECT_EQ(failing_memory_alive, alive);
            EXPECT((access(merged, F_OK) == 0) == (status == OIR_OK));
        }
        EXPECT_EQ(status, OIR_OK);
        close_sources(&o);
    }
    oir_allocator_set(NULL);
    scratch_close(folder);
}

/* ---- how much memory ---- */

static size_t in_use, most_in_use;

static void *count_allocate(size_t size, void *context)
{
    (void)context;
    size_t *block = malloc(size + 16);
    if (!block)
        return NULL;
    *block = size;
    in_use += size;
    most_in_use = in_use > most_in_use ? in_use : most_in_use;
    return block + 2;
}

static void count_release(void *block, void *context)
{
    (void)context;
    size_t *from = (size_t *)block - 2;
    in_use -= *from;
    free(from);
}

static void *count_reallocate(void *block, size_t size, void *context)
{
    void *grown = count_allocate(size, context);
    if (grown && block) {
        size_t before = ((size_t *)block)[-2];
        memcpy(grown, block, before < size ? before : size);
        count_release(block, context);
    }
    return grown;
}

static const oir_allocator counting = {count_allocate, count_reallocate, count_release, NULL};

/* A term of all documents, with a position in each, and one without positions. */
static void write_plain(const char *path, uint32_t first, uint32_t count)
{
    const segment_options options = {.bound_k1 = 1, .bound_b = 0.5};
    uint32_t *numbers = malloc(count * sizeof *numbers), *ones = malloc(count * sizeof *ones);
    segment_writer *w;
    REQUIRE(numbers && ones);
    REQUIRE_OK(segment_writer_open(&w, path, &options, &err), err);
    for (uint32_t i = 0; i < count; i++) {
        segment_document d = {.docid = 1 + first + i, .length = 2, .has_positions = true, .position_min = 1,
                              .position_max = 1 + i % 40};
        REQUIRE_OK(segment_writer_add_document(w, &d, &err), err);
        numbers[i] = i;
        ones[i] = 1;
    }
    uint32_t *positions = malloc(count * sizeof *positions);
    REQUIRE(positions);
    for (uint32_t i = 0; i < count; i++)
        positions[i] = 1 + i % 40;
    const term_postings postings = {count, numbers, ones, NULL, positions, NULL};
    const term_postings without = {count, numbers, ones, NULL, NULL, NULL};
    REQUIRE_OK(segment_writer_add_term(w, "a", 1, &postings, &err), err);
    REQUIRE_OK(segment_writer_add_term(w, "b", 1, &without, &err), err);
    REQUIRE_OK(segment_writer_commit(w, &err), err);
    free(numbers);
    free(ones);
    free(positions);
}

/* Of a document in the longest list two bytes for its length and extent, two bits of its list and six of its position,
 * which may be there twice while it is written; and one in a hundred is deleted. */
static void memory_for_each_document(void)
{
    enum { EACH = 500000, ALL = EACH * SOURCES, FIXED = 3 << 20 };
    static opened o;
    static uint64_t deleted[EACH / 64 + 1];
    char merged[SCRATCH_PATH];
    if (harness_is_slow()) /* a figure, which others find, and it takes too long there */
        return;
    folder = scratch_open();
    scratch_path(merged, folder, "merged");
    for (uint32_t i = 0; i < EACH; i += 1 + harness_below(200))
        deleted[i / 64] |= UINT64_C(1) << (i % 64);
    for (uint32_t s = 0; s < SOURCES; s++) {
        write_plain(merged, s * EACH, EACH);
        REQUIRE_OK(segment_open(&o.segments[s], merged, &err), err);
        unlink(merged);
        o.sources[s] = (merge_source){o.segments[s], s == 2 ? deleted : NULL};
    }
    oir_allocator_set(&counting);
    REQUIRE_OK(merge(&o, merged), err);
    oir_allocator_set(NULL);
    printf("%.2f bytes a document\n", (double)most_in_use / ALL);
    EXPECT(most_in_use < FIXED + (size_t)ALL * 5);
    EXPECT_EQ(in_use, 0);
    sound_expect(merged);
    close_sources(&o);
    scratch_close(folder);
}

int main(void)
{
    harness_seed(1);
    TEST(as_in_one_go);
    TEST(memory_that_runs_out);
    TEST(memory_for_each_document);
    return harness_end();
}
