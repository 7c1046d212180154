/* Merges that copy positions as bits, and those that may not: what comes out is to the byte what it is when they are
 * decoded and encoded, and when the same documents are written in one go. */
#include "indexer/merge_copied.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "harness.h"
#include "helper/scratch.h"
#include "helper/sound.h"
#include "indexer/merge.h"
#include "segment/postings_view.h"

enum { SOURCES = 4, DOCUMENTS = 120000, TERMS = 7, POSITIONS = 4000000 };

static oir_error err;
static char *folder, merged[SCRATCH_PATH], decoded[SCRATCH_PATH], whole[SCRATCH_PATH];

/* Documents by docid, and what each term has in them: all is drawn before anything is written. */
typedef struct model {
    uint32_t count, sources;
    uint32_t first[SOURCES + 1];    /* document of each source */
    uint32_t order[SOURCES];        /* in which sources are merged */
    uint32_t extents[DOCUMENTS];    /* 0: without positions */
    uint32_t lengths[DOCUMENTS];
    uint64_t deleted[SOURCES][DOCUMENTS / 64 + 1];
    bool any_deleted, base_zero;    /* base_zero: some documents have position 0 */
    struct {
        uint32_t count, total, *documents, *wdf, *counts, *starts;
        oir_termpos *positions;
    } terms[TERMS];
} model;

static void *make(size_t count)
{
    void *block = malloc((count + 1) * sizeof(uint32_t));
    REQUIRE(block);
    return block;
}

static void draw_documents(model *m)
{
    bool even = harness_below(4) == 0, some = harness_below(3) == 0; /* some: not all have positions */
    m->count = 8 + harness_below(harness_below(4) ? 9000 : DOCUMENTS - 8);
    m->sources = 1 + harness_below(SOURCES);
    m->base_zero = harness_below(5) == 0;
    m->any_deleted = harness_below(4) == 0;
    for (uint32_t s = 1; s < m->sources; s++)
        m->first[s] = s * (uint32_t)((uint64_t)m->count / m->sources) + harness_below(2);
    m->first[m->sources] = m->count;
    for (uint32_t s = 0, swapped = harness_below(4) == 0; s < m->sources; s++)
        m->order[s] = swapped ? m->sources - 1 - s : s;
    for (uint32_t d = 0; d < m->count; d++) {
        m->extents[d] = even ? 90 + harness_below(12) : 1 + harness_below(harness_below(30) ? 300 : 100000);
        m->extents[d] = some && d % 3001 && harness_below(8) == 0 ? 0 : m->extents[d];
        m->lengths[d] = 0;
    }
}

static uint32_t get_lowest(const model *m, uint32_t d)
{
    return m->base_zero && d % 3001 == 0 ? 0 : 1;
}

static void make_term(model *m, uint32_t t)
{
    m->terms[t].documents = make(m->count);
    m->terms[t].wdf = make(m->count);
    m->terms[t].counts = make(m->count);
    m->terms[t].starts = make(m->count);
    m->terms[t].positions = make(POSITIONS);
    m->terms[t].count = m->terms[t].total = 0;
}

/* A term's next document, with c positions somewhere. */
static void draw_posting(model *m, uint32_t t, uint32_t d, uint32_t c, uint32_t wdf)
{
    uint32_t n = m->terms[t].count++;
    m->terms[t].documents[n] = d;
    m->terms[t].starts[n] = m->terms[t].total;
    m->terms[t].counts[n] = c;
    m->terms[t].wdf[n] = wdf;
    m->lengths[d] += wdf;
    for (uint32_t i = 0, place = 0; i < c; i++, place++) {
        uint32_t slack = m->extents[d] - place - (c - i);
        place += slack ? harness_below(harness_below(slack) + 1) : 0;
        m->terms[t].positions[m->terms[t].total++] = place + get_lowest(m, d);
    }
}

/* In one of `each` documents before `end`, in one of them up to all that it has room for; counts is not always wdf. */
static void draw_term(model *m, uint32_t t, uint32_t end)
{
    uint32_t each = 1 + harness_below(1u << harness_below(12)), few = 1 + harness_below(5);
    bool counted = harness_below(5) == 0, none = harness_below(10) == 0;
    make_term(m, t);
    for (uint32_t d = 0; d < end; d++) {
        if (harness_below(each))
            continue;
        uint32_t most = harness_below(500) ? few : m->extents[d];
        most = most < m->extents[d] ? most : m->extents[d];
        uint32_t c = none || !most || m->terms[t].total + most > POSITIONS ? 0 : 1 + harness_below(most);
        draw_posting(m, t, d, c, c && (!counted || harness_below(3)) ? c : 1 + harness_below(400));
    }
}

/* None with a position 0: that there was one goes on to show. */
static void draw_deleted(model *m)
{
    memset(m->deleted, 0, sizeof m->deleted);
    uint32_t s = harness_below(m->sources), documents = m->first[s + 1] - m->first[s];
    for (uint32_t i = 0; m->any_deleted && i < documents; i++)
        if (harness_below(50) == 0 && get_lowest(m, m->first[s] + i))
            m->deleted[s][i / 64] |= UINT64_C(1) << (i % 64);
}

static void draw_model(model *m)
{
    draw_documents(m);
    for (uint32_t t = 0; t < TERMS; t++)
        draw_term(m, t, m->count);
    draw_deleted(m);
}

static void release_model(model *m)
{
    for (uint32_t t = 0; t < TERMS; t++) {
        free(m->terms[t].documents);
        free(m->terms[t].wdf);
        free(m->terms[t].counts);
        free(m->terms[t].starts);
        free(m->terms[t].positions);
    }
}

static bool is_deleted(const model *m, uint32_t d)
{
    uint32_t s = 0;
    while (d >= m->first[s + 1])
        s++;
    return m->deleted[s][(d - m->first[s]) / 64] >> ((d - m->first[s]) % 64) & 1;
}

static void write_term(segment_writer *w, const model *m, uint32_t t, const uint32_t *locals, uint32_t first,
                       uint32_t end)
{
    uint32_t *documents = make(m->count), *wdf = make(m->count), *counts = make(m->count), n = 0, total = 0;
    oir_termpos *positions = make(POSITIONS);
    char term = (char)('a' + t);
    for (uint32_t i = 0; i < m->terms[t].count; i++) {
        uint32_t d = m->terms[t].documents[i];
        if (d < first || d >= end || locals[d] == UINT32_MAX)
            continue;
        documents[n] = locals[d];
        wdf[n] = m->terms[t].wdf[i];
        counts[n] = m->terms[t].counts[i];
        memcpy(positions + total, m->terms[t].positions + m->terms[t].starts[i], counts[n] * sizeof *positions);
        total += counts[n++];
    }
    const term_postings postings = {n, documents, wdf, counts, total ? positions : NULL, NULL};
    if (n)
        REQUIRE_OK(segment_writer_add_term(w, &term, 1, &postings, &err), err);
    free(documents);
    free(wdf);
    free(counts);
    free(positions);
}

static const segment_options options = {.bound_k1 = 1, .bound_b = 0.5};

/* Documents [first, end), all or those that are not deleted. */
static void write_segment(const char *path, const model *m, uint32_t first, uint32_t end, bool all)
{
    uint32_t *locals = make(m->count), n = 0;
    segment_writer *w;
    unlink(path);
    REQUIRE_OK(segment_writer_open(&w, path, &options, &err), err);
    for (uint32_t d = first; d < end; d++) {
        uint32_t lowest = get_lowest(m, d);
        const segment_document document = {.docid = d + 1, .length = m->lengths[d], .has_positions = m->extents[d] > 0,
                                           .position_min = lowest, .position_max = m->extents[d] + lowest - 1};
        locals[d] = all || !is_deleted(m, d) ? n++ : UINT32_MAX;
        if (locals[d] != UINT32_MAX)
            REQUIRE_OK(segment_writer_add_document(w, &document, &err), err);
    }
    for (uint32_t t = 0; t < TERMS; t++)
        write_term(w, m, t, locals, first, end);
    REQUIRE_OK(segment_writer_commit(w, &err), err);
    free(locals);
}

static void merge(const merge_source *sources, size_t count, const char *path)
{
    const merge_options merging = {.lasting = true, .ahead = 1000};
    merge_order order = {0};
    segment_writer *w;
    unlink(path);
    REQUIRE_OK(merge_order_by_docid(&order, sources, count, &err), err);
    REQUIRE_OK(segment_writer_open(&w, path, &options, &err), err);
    REQUIRE_OK(merge_write(&order, sources, count, &merging, w, NULL, &err), err);
    REQUIRE_OK(segment_writer_commit(w, &err), err);
    merge_order_release(&order);
}

static bool are_same(const char *path, const char *other)
{
    static uint8_t blocks[2][1 << 16];
    int a = open(path, O_RDONLY), b = open(other, O_RDONLY);
    ssize_t n, m;
    REQUIRE(a >= 0 && b >= 0);
    do {
        n = read(a, blocks[0], sizeof blocks[0]);
        m = read(b, blocks[1], sizeof blocks[1]);
    } while (n > 0 && n == m && !memcmp(blocks[0], blocks[1], (size_t)n));
    close(a);
    close(b);
    return n == 0 && m == 0;
}

/* Whatever forms lists have, and whether wdf says how many positions there are. */
static uint64_t draw_paths(void)
{
    static const uint64_t some[] = {PATHS_INLINED, PATHS_SHORT, PATHS_SPARSE, PATHS_DENSE,
                                    PATHS_NARROW,  PATHS_EVEN,  PATHS_EXTENTS};
    uint64_t paths = paths_choose(NULL);
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        if (harness_below(4) == 0)
            paths &= ~some[i];
    return harness_below(20) ? paths : paths & ~PATHS_IMPLIED;
}

/* Merges sources, each written with paths of its own, in both ways; and writes their documents in one go. */
static void expect_same(const model *m, const uint64_t of_sources[SOURCES], uint64_t paths)
{
    segment *segments[SOURCES];
    merge_source sources[SOURCES];
    uint64_t before = paths_get();
    for (uint32_t i = 0; i < m->sources; i++) {
        uint32_t s = m->order[i];
        paths_set(of_sources[i]);
        write_segment(merged, m, m->first[s], m->first[s + 1], true);
        REQUIRE_OK(segment_open(&segments[i], merged, &err), err);
        sources[i] = (merge_source){segments[i], m->any_deleted ? m->deleted[s] : NULL};
    }
    paths_set(paths);
    merge(sources, m->sources, merged);
    write_segment(whole, m, 0, m->count, false);
    paths_set(paths & ~PATHS_COPIED);
    merge(sources, m->sources, decoded);
    EXPECT(are_same(merged, decoded));
    EXPECT(are_same(merged, whole));
    sound_expect(merged);
    for (uint32_t i = 0; i < m->sources; i++)
        segment_close(segments[i]);
    paths_set(before);
}

static void open_folder(void)
{
    folder = scratch_open();
    scratch_path(merged, folder, "merged");
    scratch_path(decoded, folder, "decoded");
    scratch_path(whole, folder, "whole");
}

static model drawn;

static void to_the_byte(void)
{
    open_folder();
    for (uint32_t round = harness_times(60); round > 0; round--) {
        uint64_t paths = draw_paths(), of_sources[SOURCES];
        draw_model(&drawn);
        for (uint32_t i = 0; i < drawn.sources; i++)
            of_sources[i] = harness_below(4) ? paths : draw_paths() | (~paths & PATHS_IMPLIED);
        expect_same(&drawn, of_sources, paths);
        release_model(&drawn);
    }
    scratch_close(folder);
}

/* Sources one behind the other, with documents that have one extent each, or up to twice that. */
static void set_documents(model *m, uint32_t sources, const uint32_t *first, const uint32_t *extents, bool differ)
{
    memset(m, 0, sizeof *m);
    m->sources = sources;
    m->count = first[sources];
    memcpy(m->first, first, (sources + 1) * sizeof *first);
    for (uint32_t s = 0; s < sources; s++) {
        m->order[s] = s;
        for (uint32_t d = first[s]; d < first[s + 1]; d++)
            m->extents[d] = extents[s] + (differ ? harness_below(extents[s]) : 0);
    }
}

/* The last window of the first source gets documents of the second, whose extent is larger: what has been copied until
 * there would be read among other places. */
static void windows_with_another_extent(void)
{
    static const uint32_t first[] = {0, 5000, 9000}, extents[] = {100, 140};
    const uint64_t all = paths_choose(NULL), of_sources[SOURCES] = {all, all};
    open_folder();
    for (uint32_t round = harness_times(4); round > 0; round--) {
        segment *s;
        set_documents(&drawn, 2, first, extents, false);
        for (uint32_t t = 0; t < TERMS; t++)
            draw_term(&drawn, t, t % 2 ? drawn.count : first[1]);
        expect_same(&drawn, of_sources, all);
        REQUIRE_OK(segment_open(&s, merged, &err), err);
        REQUIRE(s->context.even_extents);
        EXPECT_EQ(s->context.even_extents[0], extents[0]);
        EXPECT_EQ(s->context.even_extents[1], extents[1]);
        segment_close(s);
        release_model(&drawn);
    }
    scratch_close(folder);
}

/* Whether blocks of a term's positions lie so far apart that their offsets are wide. */
static bool has_wide_offsets(uint32_t t)
{
    segment *s;
    term_entry entry;
    postings_view view;
    bool found;
    char term = (char)('a' + t);
    REQUIRE_OK(segment_open(&s, merged, &err), err);
    REQUIRE_OK(segment_find_term(s, &term, 1, &entry, &found, &err), err);
    REQUIRE(found && entry.form == POSTINGS_DENSE && entry.positions_form == POSITIONS_WDF);
    REQUIRE_OK(postings_view_open(&view, s->container, &s->context, &entry, &err), err);
    REQUIRE_OK(postings_view_positions(&view, s->container, &err), err);
    bool wide = postings_view_block_offset(&view) == 4;
    segment_close(s);
    return wide;
}

/* Windows behind the first have more than 64 KB of positions: the second is written twice, the first time with narrow
 * offsets, from the same place among the bits that are copied. So are lists that come in one piece (of 9,000
 * documents) and in some, from windows that two sources share. */
static void offsets_get_wide(void)
{
    static const uint32_t first[2][SOURCES] = {{0, 5000, 6100, 9000}, {0, 5000, 6100, 20000}};
    static const uint32_t extents[] = {1000, 1000, 1000};
    const uint64_t all = paths_choose(NULL), of_sources[SOURCES] = {all, all, all};
    open_folder();
    for (uint32_t round = 0; round < 8; round++) {
        set_documents(&drawn, 3, first[round % 2], extents, round & 2);
        drawn.any_deleted = round & 4;
        for (uint32_t t = 0; t < TERMS; t++) {
            make_term(&drawn, t);
            for (uint32_t d = 0; d < drawn.count; d++) {
                uint32_t c = d < WINDOW_SIZE || t % 3 ? 1 + harness_below(2) : 30 + harness_below(20);
                draw_posting(&drawn, t, d, c, c);
            }
        }
        draw_deleted(&drawn);
        expect_same(&drawn, of_sources, all);
        for (uint32_t t = 0; t < TERMS; t++)
            EXPECT_EQ(has_wide_offsets(t), t % 3 == 0);
        release_model(&drawn);
    }
    scratch_close(folder);
}

int main(void)
{
    harness_seed(1);
    TEST(to_the_byte);
    TEST(windows_with_another_extent);
    TEST(offsets_get_wide);
    return harness_end();
}
