/* Merging with an order of its own: documents by docid are compared by test_writer; here any order must do. */
#include "indexer/merge.h"

#include "helper/packed.h"
#include "index_world.h"
#include "indexer/inverters.h"

enum { SEGMENTS = 3, EACH = 200 };

static void write_segment(const char *path, uint32_t number, world_model *model)
{
    segment_options options = {.bound_k1 = 1, .bound_b = 0.5, .term_lists = true, .stored = true};
    segment_writer *writer;
    oir_document *document;
    inverters v;
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(inverters_init(&v, 1 + number, 1 << 20, true, true, &world_error), world_error);
    for (uint32_t i = 0; i < EACH; i++) {
        oir_docid docid = i * SEGMENTS + number + 1;
        model->seeds[docid] = harness_random() | 1;
        world_fill(document, model->seeds[docid]);
        REQUIRE_OK(inverter_add(v.items[harness_below(v.count)], docid, document, &world_error), world_error);
    }
    REQUIRE_OK(segment_writer_open(&writer, path, &options, &world_error), world_error);
    size_t memory = harness_below(2) ? SIZE_MAX : 0; /* in one round, or in as many as there can be */
    REQUIRE_OK(inverters_flush(&v, NULL, true, memory, writer, NULL, NULL, NULL, &world_error), world_error);
    REQUIRE_OK(segment_writer_commit(writer, &world_error), world_error);
    inverters_release(&v);
    oir_document_free(document);
}

static void shuffle(merge_order *order)
{
    REQUIRE_OK(merge_order_spread(order, &world_error), world_error);
    for (uint32_t i = order->count; i > 1; i--) {
        uint32_t other = harness_below(i), source = order->sources[i - 1], local = order->locals[i - 1];
        order->sources[i - 1] = order->sources[other];
        order->locals[i - 1] = order->locals[other];
        order->sources[other] = source;
        order->locals[other] = local;
    }
}

static void compare(const char *path, const world_model *model, bool ascending)
{
    segment *s;
    uint64_t findings;
    static world_document documents[SEGMENTS * EACH + 1];
    uint64_t postings = 0;
    char name[] = "merged";
    REQUIRE_OK(segment_open(&s, path, &world_error), world_error);
    for (uint32_t local = 0; local < s->context.document_count; local++) {
        oir_docid docid = segment_get_docid(s, local);
        uint32_t back = UINT32_MAX;
        bool found;
        REQUIRE(docid <= model->last && model->seeds[docid]);
        REQUIRE_OK(segment_find_docid(s, docid, &back, &found, &world_error), world_error);
        EXPECT(found && back == local);
        world_make(&documents[docid], model->seeds[docid]);
        world_compare_document(s, local, &documents[docid], true);
        world_compare_list(s, local, &documents[docid]);
        postings += documents[docid].term_count;
    }
    EXPECT_EQ(segment_docids_ascend(s), ascending);
    catalog_segment nothing_deleted = {0};
    snapshot_segment whole = {.segment = s, .catalog = &nothing_deleted};
    EXPECT_EQ(world_compare_postings(&whole, documents), postings);
    REQUIRE_OK(segment_check(s, world_report, name, &findings, &world_error), world_error);
    EXPECT_EQ(findings, 0);
    segment_close(s);
}

static bool stop(const char *what, uint64_t done, uint64_t total, void *context)
{
    (void)what;
    (void)done;
    (void)total;
    return ++*(int *)context < 2;
}

static void any_order(void)
{
    char folder[200], paths[SEGMENTS][240], merged[240];
    uint64_t seeds[SEGMENTS * EACH + 1] = {0}, deleted[SEGMENTS][(EACH + 63) / 64] = {{0}};
    world_model model = {seeds, SEGMENTS * EACH};
    merge_source sources[SEGMENTS];
    segment *opened[SEGMENTS];
    uint32_t live = 0;
    world_folder(folder);
    REQUIRE(mkdir(folder, 0777) == 0);
    snprintf(merged, sizeof merged, "%s/merged", folder);
    for (uint32_t i = 0; i < SEGMENTS; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%u", folder, i);
        write_segment(paths[i], i, &model);
        REQUIRE_OK(segment_open(&opened[i], paths[i], &world_error), world_error);
        sources[i] = (merge_source){opened[i], i == 1 ? NULL : deleted[i]};
    }
    for (uint32_t docid = 1; docid <= model.last; docid++) {
        uint32_t source = (docid - 1) % SEGMENTS, local = (docid - 1) / SEGMENTS;
        if (source != 1 && harness_below(3) == 0) {
            deleted[source][local / 64] |= UINT64_C(1) << (local % 64);
            seeds[docid] = 0;
        }
        live += seeds[docid] != 0;
    }
    for (int round = 0; round < 4; round++) {
        segment_options options = {.bound_k1 = 1, .bound_b = 0.5, .term_lists = true, .stored = true};
        const merge_options merging = {.term_lists = true, .lasting = true, .ahead = 100000};
        segment_writer *writer;
        merge_order order;
        int told = 0;
        progress p = {stop, &told};
        REQUIRE_OK(merge_order_by_docid(&order, sources, SEGMENTS, &world_error), world_error);
        EXPECT_EQ(order.count, live);
        if (round)
            shuffle(&order);
        REQUIRE_OK(segment_writer_open(&writer, merged, &options, &world_error), world_error);
        if (round == 3) {
            EXPECT_EQ(merge_write(&order, sources, SEGMENTS, &merging, writer, &p, &world_error), OIR_CANCELLED);
            segment_writer_abort(writer);
            EXPECT(access(merged, F_OK) != 0);
        } else {
            REQUIRE_OK(merge_write(&order, sources, SEGMENTS, &merging, writer, NULL, &world_error), world_error);
            REQUIRE_OK(segment_writer_commit(writer, &world_error), world_error);
            compare(merged, &model, round == 0);
            unlink(merged);
        }
        merge_order_release(&order);
    }
    for (uint32_t i = 0; i < SEGMENTS; i++)
        segment_close(opened[i]);
    world_remove(folder);
}

/* Docids that are there twice, or do not ascend where they should: refused, or a good order all the same; nobody may go
 * by a bad one. */
static void damaged_maps(void)
{
    enum { COUNT = 150 };
    uint32_t refused = 0;
    for (uint32_t round = 0; round < 3000; round++) {
        uint32_t docids[COUNT], count = 2 + harness_below(COUNT - 2), wrong = harness_below(3);
        bool shuffled = harness_below(2);
        uint64_t deleted[(COUNT + 63) / 64] = {0}, seen[(COUNT + 63) / 64] = {0};
        for (uint32_t i = 0; i < count; i++) {
            uint32_t other = harness_below(i + 1);
            docids[i] = shuffled ? docids[other] : 2 * i;
            docids[shuffled ? other : i] = 2 * i;
            if (harness_below(3) == 0)
                deleted[i / 64] |= UINT64_C(1) << (i % 64);
        }
        for (uint32_t i = 0; i < wrong; i++)
            docids[harness_below(count)] = harness_below(2 * count);
        segment s = {.docid_first = 1, .docid_last = 2 * count, .name = "damaged"};
        s.context.document_count = count;
        s.docids = packed_make(docids, count, 2 * count - 1);
        s.inverse.marks = shuffled ? s.docids.bytes : NULL; /* there is an inverse, which nobody asks */
        merge_source sources[] = {{&s, deleted}, {&s, deleted}};
        merge_order order;
        size_t source_count = 1 + harness_below(2);
        oir_status status = merge_order_by_docid(&order, sources, source_count, &world_error);
        REQUIRE(status == OIR_CORRUPT || status == OIR_OK);
        EXPECT(wrong || status == OIR_OK);
        if (status == OIR_OK)
            REQUIRE_OK(merge_order_spread(&order, &world_error), world_error);
        for (uint32_t i = 0; source_count == 1 && i < order.count; i++) {
            uint64_t bit = UINT64_C(1) << (order.locals[i] % 64);
            EXPECT(order.locals[i] < count && !((deleted[order.locals[i] / 64] | seen[order.locals[i] / 64]) & bit));
            seen[order.locals[i] / 64] |= bit;
        }
        refused += status == OIR_CORRUPT;
        merge_order_release(&order);
        free((void *)(uintptr_t)s.docids.bytes);
    }
    EXPECT(refused > 500);
}

int main(void)
{
    harness_seed(1);
    TEST(any_order);
    TEST(damaged_maps);
    return harness_end();
}
