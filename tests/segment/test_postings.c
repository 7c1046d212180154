/* Lists of every form survive being written and read: documents, wdf, positions, and bounds that bound. */
#include <math.h>
#include <unistd.h>

#include "../harness.h"
#include "base/memory.h"
#include "base/paths.h"
#include "segment/container.h"
#include "segment/postings.h"
#include "segment/postings_view.h"
#include "segment/postings_window.h"

enum { TERMS = 60 };

typedef struct sample {
    uint32_t count, *documents, *wdf, *counts;
    oir_termpos *positions;
    term_entry entry;
    uint8_t inlined[POSTINGS_INLINED_MAX];
} sample;

typedef struct collection {
    postings_context context;
    uint8_t *lengths[4], *extents[4];
    uint32_t *length, *extent, *even;
    sample samples[TERMS];
} collection;

static uint8_t *plane_of(const uint32_t *values, uint32_t n, uint32_t shift)
{
    uint8_t *plane = calloc(n + WINDOW_SIZE + 64, 1);
    for (uint32_t i = 0; i < n; i++)
        plane[i] = (uint8_t)(values[i] >> shift);
    return plane;
}

/* Extents as positions count with them: each document's own, or, in half of all, the window's. */
static void make_even(collection *c, uint32_t n)
{
    c->even = calloc(n / WINDOW_SIZE + 1, sizeof *c->even);
    for (uint32_t d = 0; d < n; d++)
        if (c->extent[d] > c->even[d / WINDOW_SIZE])
            c->even[d / WINDOW_SIZE] = c->extent[d];
    c->context.even_extents = harness_below(2) ? c->even : NULL;
}

static void collection_make(collection *c, uint32_t n)
{
    bool small = harness_below(2);
    memset(c, 0, sizeof *c);
    c->length = malloc(n * sizeof *c->length);
    c->extent = malloc(n * sizeof *c->extent);
    double total = 0;
    for (uint32_t d = 0; d < n; d++) {
        c->length[d] = harness_below(50) == 0 ? harness_below(100000) : 1 + harness_below(900);
        c->extent[d] = small ? 1 + harness_below(64) : c->length[d] + harness_below(30);
        total += c->length[d];
    }
    c->context = (postings_context){.document_count = n, .position_base = harness_below(2), .k1 = 1.2, .b = 0.75};
    c->context.average = total / n;
    make_even(c, n);
    c->context.lengths.count = c->context.extents.count = 3;
    for (uint32_t p = 0; p < 3; p++) {
        c->context.lengths.plane[p] = c->lengths[p] = plane_of(c->length, n, 8 * p);
        c->context.extents.plane[p] = c->extents[p] = plane_of(c->extent, n, 8 * p);
    }
}

static void sample_make(collection *c, sample *s, uint32_t number)
{
    uint32_t n = c->context.document_count, one_in = 1u << harness_below(18), most = number % 5 == 0 ? 1000 : 6;
    bool boolean = number % 7 == 0, counted = number % 3 == 0, words = number % 4 != 1 && !boolean;
    size_t room = 16;
    s->documents = malloc(n * 4);
    s->wdf = malloc(n * 4);
    s->counts = malloc(n * 4);
    s->positions = malloc(room * sizeof *s->positions);
    size_t total = 0;
    for (uint32_t d = harness_below(n); d < n; d += 1 + harness_below(one_in)) {
        uint32_t wdf = boolean ? 0 : 1 + harness_below(harness_below(most) + 1), positions = 0;
        if (c->extent[d] < wdf)
            wdf = c->extent[d] ? c->extent[d] : 1;
        if (words && c->extent[d]) {
            positions = counted ? harness_below(wdf + 2) : wdf;
            positions = positions > c->extent[d] ? c->extent[d] : positions;
            while (total + positions > room)
                s->positions = realloc(s->positions, (room *= 2) * sizeof *s->positions);
            uint32_t left = c->extent[d], place = 0;
            for (uint32_t i = 0; i < positions; i++, place++, left--) {
                uint32_t slack = left - (positions - i);
                uint32_t skip = slack ? harness_below(harness_below(slack) + 1) : 0;
                place += skip;
                left -= skip;
                s->positions[total++] = place + c->context.position_base;
            }
        }
        s->documents[s->count] = d;
        s->wdf[s->count] = wdf;
        s->counts[s->count++] = positions;
        if (number % 11 == 0 && s->count == 1 + number % 2)
            break;
    }
    if (!words) {
        free(s->positions);
        s->positions = NULL;
    }
}

static double saturation_of(const collection *c, const sample *s, uint32_t i)
{
    double share = c->length[s->documents[i]] / c->context.average;
    double norm = c->context.k1 * (1 - c->context.b + c->context.b * share);
    return s->wdf[i] / (s->wdf[i] + norm);
}

/* As many documents as are said reach a top, and fewer what is two steps above. */
static void tops_hold(const collection *c, const sample *s, const postings_view *v)
{
    for (size_t top = 0; top < POSTINGS_TOPS && v->tops; top++) {
        double least = v->low + (double)v->step * (v->tops[top] - 1), above = least + 2 * (double)v->step;
        uint32_t reach = 0, exceed = 0;
        for (uint32_t i = 0; i < s->count; i++) {
            reach += saturation_of(c, s, i) * 1.0000002 >= least;
            exceed += saturation_of(c, s, i) > above * 1.00001;
        }
        EXPECT(!v->tops[top] || reach >= postings_top_counts[top]);
        EXPECT(exceed < postings_top_counts[top]);
        EXPECT(!top || v->tops[top] <= v->tops[top - 1]);
    }
}

static void bounds_hold(const collection *c, const sample *s, const postings_view *v)
{
    const kernels *k = kernels_get(ISA_SCALAR);
    for (uint32_t i = 0; i < s->count && v->window_bounds; i++) {
        double saturation = saturation_of(c, s, i);
        EXPECT(v->low + (double)v->step * v->window_bounds[s->documents[i] >> WINDOW_BITS] >= saturation);
        EXPECT(v->window_bounds[s->documents[i] >> WINDOW_BITS] > 0);
        if (v->form != POSTINGS_DENSE)
            continue;
        uint8_t bounds[64];
        const uint8_t *payload;
        size_t size;
        uint32_t count;
        REQUIRE(postings_view_window(v, s->documents[i] >> WINDOW_BITS, &payload, &size, &count));
        REQUIRE(k->dense_bounds(payload, size, bounds));
        EXPECT(bounds[s->documents[i] >> 6 & 63] > 0);
        EXPECT(v->low + (double)v->step * bounds[s->documents[i] >> 6 & 63] >= saturation);
    }
}

static void sample_compare(const container *file, const collection *c, const sample *s, uint32_t forms[4])
{
    oir_error err;
    postings_list list = {0};
    positions_list positions = {0};
    postings_view view;
    REQUIRE_OK(postings_view_open(&view, file, &c->context, &s->entry, &err), err);
    forms[view.form]++;
    bounds_hold(c, s, &view);
    tops_hold(c, s, &view);
    REQUIRE_OK(postings_decode(file, &c->context, &s->entry, &list, &err), err);
    REQUIRE(list.count == s->count);
    EXPECT(!memcmp(list.documents, s->documents, s->count * 4));
    EXPECT(!memcmp(list.wdf, s->wdf, s->count * 4));
    REQUIRE_OK(postings_decode_positions(file, &c->context, &s->entry, &list, &positions, &err), err);
    uint64_t total = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        EXPECT_EQ(positions.counts[i], s->positions ? s->counts[i] : 0);
        total += positions.counts[i];
    }
    REQUIRE(total == positions.total);
    uint64_t counted = 0;
    if (s->positions)
        REQUIRE_OK(postings_count_positions(file, &c->context, &s->entry, &list, &counted, &err), err);
    EXPECT_EQ(counted, total);
    EXPECT(!total || !memcmp(positions.positions, s->positions, total * 4));
    for (uint32_t trial = 0; trial < 5; trial++) {
        positions_list one = {0};
        uint32_t index = harness_below(s->count), from = 0;
        for (uint32_t i = 0; s->positions && i < index; i++)
            from += s->counts[i];
        REQUIRE_OK(postings_decode_positions_one(file, &c->context, &s->entry, &list, index, &one, &err), err);
        EXPECT_EQ(one.total, s->positions ? s->counts[index] : 0);
        EXPECT(!one.total || !memcmp(one.positions, s->positions + from, one.total * 4));
        postings_release_positions(&one);
    }
    postings_list_release(&list);
    postings_release_positions(&positions);
}

/* One window of a sample: its documents are numbers from `from` to before `to` of the list. */
static void window_ranges(postings_window *p, const sample *s, uint32_t from, uint32_t to, enum bound_level level,
                          const uint8_t *bounds, const weigh_input *norms)
{
    uint64_t words[RANGES] = {0}, present = 0, got[RANGES];
    double low, step;
    postings_window_scale(p, level, &low, &step);
    uint8_t wdf[RANGE_SIZE], expected[RANGES][RANGE_SIZE] = {{0}};
    for (uint32_t i = from; i < to; i++) {
        uint32_t r = s->documents[i] >> 6 & 63;
        words[r] |= UINT64_C(1) << (s->documents[i] & 63);
        present |= UINT64_C(1) << r;
        expected[r][s->documents[i] & 63] = (uint8_t)(s->wdf[i] < 255 ? s->wdf[i] : 255);
        float norm = norms->norm_base + norms->norm_slope * (float)length_get(&p->context->lengths, s->documents[i]);
        EXPECT(bounds[r] && low + step * bounds[r] >= (float)s->wdf[i] / ((float)s->wdf[i] + norm) * 0.999999f);
        if (s->wdf[i] >= 255)
            EXPECT_EQ(postings_window_large(p, s->documents[i]), s->wdf[i]);
    }
    EXPECT(postings_window_present(p) == present);
    EXPECT_EQ(postings_window_count(p), to - from);
    for (uint32_t i = 0; i < 40; i++) {
        uint32_t r = harness_below(RANGES);
        if (harness_below(2))
            EXPECT(postings_window_documents(p, r) == words[r]);
        if (harness_below(2)) {
            postings_window_wdf(p, r, wdf);
            EXPECT(memcmp(wdf, expected[r], sizeof wdf) == 0);
        }
    }
    postings_window_words(p, got);
    EXPECT(memcmp(got, words, sizeof got) == 0);
}

static void window_positions(postings_window *p, const sample *s, uint32_t i, position_room *room)
{
    oir_error err;
    uint32_t from = 0, d = s->documents[i];
    for (uint32_t j = 0; s->positions && j < i; j++)
        from += s->counts[j];
    REQUIRE_OK(postings_window_positions(p, d >> 6 & 63, d & 63, room, &err), err);
    EXPECT_EQ(room->count, s->positions ? s->counts[i] : 0);
    EXPECT(!room->count || !memcmp(room->positions, s->positions + from, room->count * sizeof *s->positions));
}

/* Groups of some documents of a range are those of each. */
static void window_groups(postings_window *p, uint32_t range, position_room *room)
{
    oir_error err;
    position_group groups[RANGE_SIZE], group;
    uint64_t wanted = postings_window_documents(p, range) & harness_random();
    REQUIRE_OK(postings_window_groups(p, range, wanted, groups, &err), err);
    for (uint32_t i = 0; wanted; wanted &= wanted - 1, i++) {
        REQUIRE_OK(postings_window_groups(p, range, wanted & (~wanted + 1), &group, &err), err);
        EXPECT(group.place.lows == groups[i].place.lows && group.place.highs == groups[i].place.highs);
        EXPECT(group.count == groups[i].count && group.places == groups[i].places);
        REQUIRE_OK(postings_window_read_group(p, &group, room, &err), err);
        if (group.count == 1)
            EXPECT_EQ(postings_window_single(p, &group), room->positions[0]);
        if (!group.count || !positions_fit_mask(group.count, group.places))
            continue;
        uint64_t mask = 0;
        for (uint32_t j = 0; j < room->count; j++)
            mask |= UINT64_C(1) << ((room->positions[j] - p->context->position_base) & 63);
        EXPECT(postings_window_mask(p, &group) == mask);
    }
}

static void windows_compare(const container *file, const collection *c, const sample *s, const kernels *k)
{
    oir_error err;
    arena a;
    postings_window p;
    position_room room = {0};
    const postings_context *context = &c->context;
    double base = context->k1 * (1 - context->b), slope = context->k1 * context->b / context->average;
    weigh_input norms = {.norm_base = (float)base, .norm_slope = (float)slope, .norm_min = 1e-30f,
                         .planes = context->lengths.count};
    for (uint32_t i = 0; i < norms.planes; i++)
        norms.length[i] = context->lengths.plane[i];
    arena_init(&a);
    REQUIRE_OK(postings_window_open(&p, k, file, context, &s->entry, &norms, &a, &err), err);
    uint32_t windows = postings_view_windows(context->document_count);
    for (uint32_t trial = 0; trial < 20; trial++) {
        uint8_t bounds[RANGES + 64];
        uint32_t w = trial < windows && windows <= 20 ? trial : harness_below(windows), from = 0, to;
        while (from < s->count && s->documents[from] >> WINDOW_BITS < w)
            from++;
        for (to = from; to < s->count && s->documents[to] >> WINDOW_BITS == w;)
            to++;
        postings_window_seek(&p, w);
        enum bound_level level = (enum bound_level)harness_below(3);
        postings_window_bounds(&p, level, bounds);
        window_ranges(&p, s, from, to, level, bounds, &norms);
        if (from < to)
            window_positions(&p, s, from + harness_below(to - from), &room);
        if (from < to)
            window_groups(&p, s->documents[from + harness_below(to - from)] >> 6 & 63, &room);
    }
    EXPECT(!p.damaged);
    arena_release(&a);
}

/* ---- groups ---- */

/* The union of some samples, one of them perhaps twice, as a sample of its own; *capped says that it is there twice. */
static void group_make(collection *c, postings_group_builder *b, sample *all, bool *capped)
{
    oir_error err;
    uint32_t n = c->context.document_count, one_in = 1 + harness_below(20), twice = harness_below(2 * TERMS);
    uint64_t *sums = calloc(n, sizeof *sums);
    bool *there = calloc(n, sizeof *there);
    *capped = false;
    for (uint32_t t = 0; t < TERMS; t++) {
        const sample *s = &c->samples[t];
        if (harness_below(one_in))
            continue;
        for (int times = t == twice ? 2 : 1; times; times--) {
            REQUIRE_OK(postings_group_add(b, &s->entry, &err), err);
            for (uint32_t i = 0; i < s->count; i++) {
                sums[s->documents[i]] += s->wdf[i];
                there[s->documents[i]] = true;
            }
        }
        *capped |= t == twice;
    }
    all->documents = malloc(n * sizeof *all->documents);
    all->wdf = malloc(n * sizeof *all->wdf);
    for (uint32_t d = 0; d < n; d++)
        if (there[d]) {
            all->documents[all->count] = d;
            all->wdf[all->count++] = (uint32_t)(*capped && sums[d] > c->length[d] ? c->length[d] : sums[d]);
        }
    free(sums);
    free(there);
}

/* What groups keep for their windows, or not. */
static void group_keep(postings_group *g, group_room *room, const weigh_input *norms, arena *a)
{
    uint32_t windows = postings_view_windows(g->context->document_count);
    bool bounds = harness_below(2);
    g->kept = harness_below(2) ? arena_add_zeroed(a, windows, sizeof *g->kept) : NULL;
    uint8_t *all = bounds ? arena_add_zeroed(a, windows, RANGES) : NULL;
    for (uint32_t w = 0; w < windows; w++) {
        if (g->kept && g->bounds[w] && harness_below(2)) {
            g->kept[w] = arena_add_zeroed(a, 1, sizeof **g->kept);
            g->kept[w]->sums = arena_add_zeroed(a, WINDOW_SIZE, sizeof *g->kept[w]->sums);
        }
        if (bounds && g->bounds[w])
            postings_group_bounds(g, room, norms, w, all + (size_t)w * RANGES);
    }
    g->range_bounds = all;
}

static void group_compare(const container *file, collection *c, const kernels *k)
{
    oir_error err;
    arena a;
    postings_group *g;
    group_room room = {0};
    postings_window p;
    sample all = {0};
    bool capped;
    postings_group_builder b = {.kernels = k, .parts = file, .context = &c->context, .weighs = true};
    weigh_input norms = {.norm_base = 0.3f, .norm_slope = 0.01f, .norm_min = 1e-30f, .planes = 3};
    for (uint32_t i = 0; i < norms.planes; i++)
        norms.length[i] = c->context.lengths.plane[i];
    arena_init(&a);
    room.scratch = arena_add_zeroed(&a, 1, sizeof *room.scratch);
    room.own.sums = arena_add_zeroed(&a, WINDOW_SIZE, sizeof *room.own.sums);
    group_make(c, &b, &all, &capped);
    REQUIRE_OK(postings_group_end(&b, &a, &g, &err), err);
    EXPECT(!g == !all.count);
    if (g) {
        uint32_t windows = postings_view_windows(c->context.document_count);
        EXPECT(g->capped == capped);
        group_keep(g, &room, &norms, &a);
        postings_window_open_group(&p, g, &room, &norms);
        for (uint32_t trial = 0; trial < 20; trial++) {
            uint8_t bounds[RANGES + 64];
            uint32_t w = harness_below(windows), from = 0, to;
            while (from < all.count && all.documents[from] >> WINDOW_BITS < w)
                from++;
            for (to = from; to < all.count && all.documents[to] >> WINDOW_BITS == w;)
                to++;
            postings_window_seek(&p, w);
            postings_window_bounds(&p, (enum bound_level)harness_below(3), bounds);
            window_ranges(&p, &all, from, to, LEVEL_EXACT, bounds, &norms);
        }
        EXPECT(!p.damaged && !g->damaged);
        postings_group_release(g);
    }
    postings_group_release_builder(&b);
    free(all.documents);
    free(all.wdf);
    arena_release(&a);
}

static void round_trip(uint32_t n, uint32_t forms[4])
{
    char path[] = "/tmp/oir-test-postings-XXXXXX";
    int fd = mkstemp(path);
    REQUIRE(fd >= 0);
    close(fd);
    unlink(path);
    oir_error err;
    collection c;
    container_writer *parts;
    postings_writer *writer;
    container *file;
    collection_make(&c, n);
    REQUIRE_OK(container_writer_open(&parts, path, &err), err);
    REQUIRE_OK(postings_writer_new(&writer, parts, &c.context, &err), err);
    for (uint32_t t = 0; t < TERMS; t++) {
        sample *s = &c.samples[t];
        bool gap;
        sample_make(&c, s, t);
        term_postings p = {s->count, s->documents, s->wdf, s->counts, s->positions, NULL};
        REQUIRE_OK(postings_writer_add(writer, &p, &s->entry, &gap, &err), err);
        s->entry.ordinal = t;
        if (s->entry.inlined_size)
            memcpy(s->inlined, s->entry.inlined, s->entry.inlined_size);
        s->entry.inlined = s->inlined;
    }
    postings_writer_free(writer);
    REQUIRE_OK(container_writer_commit(parts, false, &err), err);
    REQUIRE_OK(container_open(&file, path, &err), err);
    for (uint32_t t = 0; t < TERMS; t++)
        sample_compare(file, &c, &c.samples[t], forms);
    for (enum isa isa = ISA_SCALAR; isa <= isa_of_machine(); isa++)
        for (uint32_t t = 0; t < TERMS; t++)
            windows_compare(file, &c, &c.samples[t], kernels_get(isa));
    for (enum isa isa = ISA_SCALAR; isa <= isa_of_machine(); isa++)
        for (uint32_t trial = 0; trial < 5; trial++)
            group_compare(file, &c, kernels_get(isa));
    container_close(file);
    unlink(path);
    for (uint32_t t = 0; t < TERMS; t++) {
        free(c.samples[t].documents);
        free(c.samples[t].wdf);
        free(c.samples[t].counts);
        free(c.samples[t].positions);
    }
    for (uint32_t p = 0; p < 3; p++) {
        free(c.lengths[p]);
        free(c.extents[p]);
    }
    free(c.even);
    free(c.length);
    free(c.extent);
}

static void lists_of_every_form(void)
{
    uint32_t forms[4] = {0};
    static const uint32_t sizes[] = {1, 5, 63, 64, 65, 1000, 4096, 4097, 30000, 200000};
    bool few = harness_is_slow();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes - 2 * few; i++)
        round_trip(sizes[i], forms);
    round_trip(few ? 100000 : 500000, forms);
    paths_set(paths_choose("short")); /* or there would hardly be sparse ones */
    round_trip(5000, forms);
    round_trip(few ? 30000 : 200000, forms);
    paths_set(paths_choose(NULL));
    for (int form = 0; form < 4; form++)
        EXPECT(forms[form] > 0);
    printf("inlined %u short %u sparse %u dense %u\n", forms[0], forms[1], forms[2], forms[3]);
}

int main(void)
{
    harness_seed(3);
    TEST(lists_of_every_form);
    return harness_end();
}
