/* Merging with an order of its own: documents by docid are compared by test_writer; here any order must do. */
#include "indexer/merge.h"

#include "index_world.h"
#include "indexer/inverter.h"

enum { SEGMENTS = 3, EACH = 200 };

static void write_segment(const char *path, uint32_t number, world_model *model)
{
    segment_options options = {.bound_k1 = 1, .bound_b = 0.5, .term_lists = true, .stored = true};
    segment_writer *writer;
    oir_document *document;
    inverter *v;
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(inverter_new(&v, true, true, &world_error), world_error);
    for (uint32_t i = 0; i < EACH; i++) {
        oir_docid docid = i * SEGMENTS + number + 1;
        model->seeds[docid] = harness_random() | 1;
        world_fill(document, model->seeds[docid]);
        REQUIRE_OK(inverter_add(v, docid, document, &world_error), world_error);
    }
    REQUIRE_OK(segment_writer_open(&writer, path, &options, &world_error), world_error);
    REQUIRE_OK(inverter_flush(v, NULL, writer, NULL, &world_error), world_error);
    REQUIRE_OK(segment_writer_commit(writer, &world_error), world_error);
    inverter_free(v);
    oir_document_free(document);
}

static void shuffle(merge_order *order)
{
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
        uint32_t back;
        REQUIRE(docid <= model->last && model->seeds[docid]);
        EXPECT(segment_find_docid(s, docid, &back) && back == local);
        world_make(&documents[docid], model->seeds[docid]);
        world_compare_document(s, local, &documents[docid], true);
        world_compare_list(s, local, &documents[docid]);
        postings += documents[docid].term_count;
    }
    EXPECT_EQ(s->by_docid == NULL, ascending);
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
            EXPECT_EQ(merge_write(&order, sources, SEGMENTS, true, writer, &p, &world_error), OIR_CANCELLED);
            segment_writer_abort(writer);
            EXPECT(access(merged, F_OK) != 0);
        } else {
            REQUIRE_OK(merge_write(&order, sources, SEGMENTS, true, writer, NULL, &world_error), world_error);
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

int main(void)
{
    harness_seed(1);
    TEST(any_order);
    return harness_end();
}
