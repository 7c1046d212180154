/* What the catalog says of a segment against the segment. */
#include <oir/inspect.h>
#include <oir/writable_database.h>

#include "catalog/catalog.h"
#include "harness.h"
#include "helper/scratch.h"

enum { DOCUMENTS = 100 };

static oir_error err;
static char *folder;

/* An index of one segment, with documents deleted and thus corrections. */
static void make_index(void)
{
    oir_writable_database *writer;
    oir_document *document;
    folder = scratch_open();
    REQUIRE_OK(oir_document_new(&document, &err), err);
    REQUIRE_OK(oir_writable_database_open(&writer, folder, NULL, &err), err);
    for (int i = 0; i < DOCUMENTS; i++) {
        oir_document_clear(document);
        REQUIRE_OK(oir_document_add_term(document, i % 2 ? "odd" : "even", i % 2 ? 3 : 4, 1 + (uint32_t)i, &err), err);
        REQUIRE_OK(oir_writable_database_add_document(writer, document, NULL, &err), err);
    }
    REQUIRE_OK(oir_writable_database_commit(writer, &err), err);
    for (oir_docid docid = 3; docid < DOCUMENTS; docid += 9)
        REQUIRE_OK(oir_writable_database_delete_document(writer, docid, &err), err);
    REQUIRE_OK(oir_writable_database_commit(writer, &err), err);
    oir_writable_database_close(writer);
    oir_document_free(document);
}

static const char *expected;
static int reported;

static bool report(const char *file, const char *part, const char *reason, void *context)
{
    (void)context;
    EXPECT_STR(part, "generation");
    EXPECT(strncmp(file, "segment-", 8) == 0);
    EXPECT(expected && strstr(reason, expected));
    reported++;
    return true;
}

static void check(const char *finding)
{
    uint64_t findings;
    expected = finding;
    reported = 0;
    REQUIRE_OK(oir_index_check(folder, report, NULL, &findings, &err), err);
    EXPECT_EQ(findings, finding != NULL);
    EXPECT_EQ(reported, finding != NULL);
}

static void more_documents(catalog_segment *s)
{
    s->document_count++;
}

static void longer(catalog_segment *s)
{
    s->total_length++;
}

static void more_deleted(catalog_segment *s)
{
    s->deleted_length++;
}

static void another_deleted(catalog_segment *s)
{
    REQUIRE(s->deleted[0] >> 2 & 1 && !(s->deleted[0] >> 1 & 1));
    s->deleted[0] ^= 3 << 1;
}

static void corrections_beyond(catalog_segment *s)
{
    REQUIRE(s->correction_count == 2);
    s->corrections[1].ordinal = 2;
}

/* Commits what the newest catalog says, but for one change to it, under checksums that fit. */
static void check_changed(void (*change)(catalog_segment *), const char *finding)
{
    generation g;
    catalog_lock *lock;
    make_index();
    check(NULL);
    REQUIRE_OK(catalog_lock_open(&lock, folder, 0, &err), err);
    REQUIRE_OK(catalog_read(folder, &g, &err), err);
    REQUIRE(g.segment_count == 1 && g.segments[0].deleted);
    change(&g.segments[0]);
    REQUIRE_OK(catalog_commit(lock, &g, false, &err), err);
    generation_release(&g);
    catalog_lock_close(lock);
    check(finding);
    scratch_close(folder);
}

static void catalogs_of_other_segments(void)
{
    check_changed(more_documents, "number of documents");
    check_changed(longer, "total length");
    check_changed(more_deleted, "length of deleted");
    check_changed(another_deleted, "length of deleted");
    check_changed(corrections_beyond, "frequencies of a term");
}

int main(void)
{
    TEST(catalogs_of_other_segments);
    return harness_end();
}
