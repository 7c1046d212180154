/* A small world to index: documents that follow from a number, a model that is an array of such numbers by docid, and a
 * comparison of an index, opened through its internals, with what the model says. */
#ifndef TESTS_INDEXER_INDEX_WORLD_H
#define TESTS_INDEXER_INDEX_WORLD_H

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <oir/writable_database.h>

#include "catalog/snapshot.h"
#include "harness.h"
#include "segment/termlists.h"

enum { WORLD_TERMS = 400, WORLD_WORDS = 60, WORLD_SLOTS = 4, WORLD_KEYS = 50 };

static oir_error world_error;

/* ---- documents ---- */

typedef struct world_term {
    char bytes[40];
    uint32_t size, wdf, first, count; /* positions[first] up, count of them */
} world_term;

typedef struct world_document {
    uint32_t term_count, position_count, length;
    world_term terms[WORLD_WORDS + 8];
    oir_termpos positions[WORLD_WORDS];
    char data[64];
    size_t data_size;
    char values[WORLD_SLOTS][24];
} world_document;

static inline uint64_t world_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    return z ^ (z >> 31);
}

static inline uint32_t world_spell(uint32_t term, char out[40])
{
    /* Common starts longer than 8 bytes, short words, and bytes that are no text. */
    int size = term % 3 == 0   ? snprintf(out, 40, "prefix-in-common-%u", term)
               : term % 3 == 1 ? snprintf(out, 40, "%x", term)
                               : snprintf(out, 40, "\xff%c%u", (int)(term % 7), term);
    return (uint32_t)size;
}

static inline world_term *world_term_of(world_document *d, uint32_t term)
{
    char bytes[40];
    uint32_t size = world_spell(term, bytes);
    for (uint32_t i = 0; i < d->term_count; i++)
        if (d->terms[i].size == size && memcmp(d->terms[i].bytes, bytes, size) == 0)
            return &d->terms[i];
    world_term *t = &d->terms[d->term_count++];
    *t = (world_term){.size = size};
    memcpy(t->bytes, bytes, size);
    return t;
}

/* The term by which a document is replaced: a seed's lowest bits choose it. */
static inline uint32_t world_key(uint64_t seed, char out[40])
{
    return (uint32_t)snprintf(out, 40, "Q%u", (unsigned)(seed % WORLD_KEYS));
}

/* Fills d from a seed, which must not be 0; each term's positions come together, so they are drawn term by term. */
static inline void world_make(world_document *d, uint64_t seed)
{
    uint64_t state = seed;
    uint32_t chosen = (uint32_t)(world_next(&state) % 40), position = (uint32_t)(world_next(&state) % 2);
    memset(d, 0, sizeof *d);
    for (uint32_t i = 0; i < chosen; i++) {
        uint32_t r = (uint32_t)(world_next(&state) % 1000), kind = (uint32_t)(world_next(&state) % 8);
        world_term *t = world_term_of(d, (uint32_t)((uint64_t)r * r * r * WORLD_TERMS / 1000000000));
        t->wdf += kind == 7 ? 0 : 1 + kind / 5;
        if (t->count == 0)
            t->first = d->position_count;
        if (kind < 5 && t->first + t->count == d->position_count) {
            d->positions[d->position_count++] = position += 1 + (uint32_t)(world_next(&state) % 9);
            t->count++;
        }
    }
    world_term *key = &d->terms[d->term_count++];
    key->size = world_key(seed, key->bytes);
    for (uint32_t i = 0; i < d->term_count; i++)
        d->length += d->terms[i].wdf;
    d->data_size = (size_t)snprintf(d->data, sizeof d->data, "data of %llu", (unsigned long long)seed);
    if (seed % 5 == 0)
        d->data_size = 0;
    for (uint32_t i = 0; i < WORLD_SLOTS; i++)
        if (world_next(&state) % 3)
            snprintf(d->values[i], sizeof d->values[i], "v%llu", (unsigned long long)(world_next(&state) % 100));
}

static inline void world_fill(oir_document *document, uint64_t seed)
{
    world_document d;
    world_make(&d, seed);
    oir_document_clear(document);
    for (uint32_t i = 0; i < d.term_count; i++) {
        const world_term *t = &d.terms[i];
        REQUIRE_OK(oir_document_add_term(document, t->bytes, t->size, t->wdf, &world_error), world_error);
        for (uint32_t p = 0; p < t->count; p++)
            REQUIRE_OK(oir_document_add_posting(document, t->bytes, t->size, d.positions[t->first + p], 0,
                                                &world_error), world_error);
    }
    REQUIRE_OK(oir_document_set_data(document, d.data, d.data_size, &world_error), world_error);
    for (uint32_t i = 0; i < WORLD_SLOTS; i++)
        REQUIRE_OK(oir_document_set_value(document, i * 3, d.values[i], strlen(d.values[i]), &world_error),
                   world_error);
}

/* ---- folders ---- */

static inline void world_remove(const char *folder)
{
    char path[600];
    DIR *opened = opendir(folder);
    for (struct dirent *entry; opened && (entry = readdir(opened));)
        if (entry->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
            unlink(path);
        }
    if (opened)
        closedir(opened);
    rmdir(folder);
}

/* A new folder's name, for an index to be made at. */
static inline void world_folder(char out[200])
{
    const char *base = getenv("TMPDIR");
    snprintf(out, 200, "%.150s/oir-test-XXXXXX", base ? base : "/tmp");
    REQUIRE(mkdtemp(out));
    REQUIRE(rmdir(out) == 0);
}

static inline size_t world_count_files(const char *folder, const char *start)
{
    size_t count = 0;
    DIR *opened = opendir(folder);
    for (struct dirent *entry; opened && (entry = readdir(opened));)
        count += strncmp(entry->d_name, start, strlen(start)) == 0;
    if (opened)
        closedir(opened);
    return count;
}

/* The bytes of the only segment, to be freed. */
static inline char *world_read_segment(const char *folder, size_t *size)
{
    char path[400] = "";
    DIR *opened = opendir(folder);
    REQUIRE(opened);
    for (struct dirent *entry; (entry = readdir(opened));)
        if (strncmp(entry->d_name, "segment-", 8) == 0) {
            REQUIRE(!*path);
            snprintf(path, sizeof path, "%s/%.100s", folder, entry->d_name);
        }
    closedir(opened);
    FILE *file = fopen(path, "rb");
    REQUIRE(file && fseek(file, 0, SEEK_END) == 0);
    *size = (size_t)ftell(file);
    char *bytes = malloc(*size);
    rewind(file);
    REQUIRE(bytes && fread(bytes, 1, *size, file) == *size);
    fclose(file);
    return bytes;
}

/* ---- comparing ---- */

/* seeds[docid] for docid 1 to last: 0 where there is no document. */
typedef struct world_model {
    uint64_t *seeds;
    uint32_t last;
} world_model;

static inline bool world_report(const char *part, const char *reason, void *context)
{
    fprintf(stderr, "%s: %s: %s\n", (const char *)context, part, reason);
    return true;
}

static inline const world_term *world_find(const world_document *d, const char *term, size_t size)
{
    for (uint32_t i = 0; i < d->term_count; i++)
        if (d->terms[i].size == size && memcmp(d->terms[i].bytes, term, size) == 0)
            return &d->terms[i];
    return NULL;
}

static inline void world_compare_document(const segment *s, uint32_t local, const world_document *d, bool stored)
{
    EXPECT_EQ(segment_get_length(s, local), d->length);
    buffer data = BUFFER_INIT;
    REQUIRE_OK(segment_get_stored(s, local, &data, &world_error), world_error);
    EXPECT_EQ(data.size, stored ? d->data_size : 0);
    EXPECT(data.size == 0 || memcmp(data.data, d->data, data.size) == 0);
    buffer_release(&data);
    for (uint32_t i = 0; i < WORLD_SLOTS; i++) {
        oir_bytes value;
        REQUIRE_OK(segment_get_value(s, local, i * 3, &value, &world_error), world_error);
        EXPECT_EQ(value.size, strlen(d->values[i]));
        EXPECT(value.size == 0 || memcmp(value.data, d->values[i], value.size) == 0);
    }
}

/* Compares the postings of one segment with the documents; returns how many it has that are live. */
static inline uint64_t world_compare_postings(const snapshot_segment *ss, const world_document *documents)
{
    const segment *s = ss->segment;
    uint64_t seen = 0;
    terms_cursor c;
    postings_list list = {0};
    positions_list positions = {0};
    terms_cursor_init(&c, &s->terms);
    c.at_end = s->terms.term_count == 0;
    if (!c.at_end)
        REQUIRE_OK(terms_cursor_seek(&c, "", 0, &world_error), world_error);
    while (!c.at_end) {
        bool positioned = c.entry.positions_form != POSITIONS_NONE;
        REQUIRE_OK(postings_decode(s->container, &s->context, &c.entry, &list, &world_error), world_error);
        if (positioned)
            REQUIRE_OK(postings_decode_positions(s->container, &s->context, &c.entry, &list, &positions, &world_error),
                       world_error);
        uint64_t at = 0;
        for (uint32_t i = 0; i < list.count; i++) {
            uint32_t count = positioned ? positions.counts[i] : 0;
            if (!snapshot_is_deleted(ss, list.documents[i])) {
                const world_document *d = &documents[segment_get_docid(s, list.documents[i])];
                const world_term *t = world_find(d, c.term, c.term_size);
                REQUIRE(t);
                EXPECT_EQ(list.wdf[i], t->wdf);
                EXPECT_EQ(count, t->count);
                EXPECT(count == 0 || memcmp(positions.positions + at, d->positions + t->first, count * 4) == 0);
                seen++;
            }
            at += count;
        }
        REQUIRE_OK(terms_cursor_next(&c, &world_error), world_error);
    }
    postings_list_release(&list);
    postings_release_positions(&positions);
    return seen;
}

static inline void world_compare_list(const segment *s, uint32_t local, const world_document *d)
{
    termlist list = {0};
    if (!s->termlists)
        return;
    REQUIRE_OK(termlists_get(s->termlists, local, &list, &world_error), world_error);
    EXPECT_EQ(list.count, d->term_count);
    for (uint32_t i = 0; i < d->term_count; i++) {
        term_entry entry;
        bool found;
        uint32_t at = 0;
        REQUIRE_OK(segment_find_term(s, d->terms[i].bytes, d->terms[i].size, &entry, &found, &world_error),
                   world_error);
        REQUIRE(found);
        while (at < list.count && list.ordinals[at] != entry.ordinal)
            at++;
        REQUIRE(at < list.count);
        EXPECT_EQ(list.wdf[at], d->terms[i].wdf);
    }
    termlists_release(&list);
}

static inline void world_compare_statistics(const snapshot *s, const world_document *documents, uint32_t last,
                                            const char *term, size_t size)
{
    uint32_t termfreq, expected = 0;
    uint64_t collection_freq, expected_collection = 0;
    for (uint32_t i = 1; i <= last; i++) {
        const world_term *t = world_find(&documents[i], term, size);
        expected += t != NULL;
        expected_collection += t ? t->wdf : 0;
    }
    REQUIRE_OK(snapshot_find_term(s, term, size, &termfreq, &collection_freq, NULL, &world_error), world_error);
    EXPECT_EQ(termfreq, expected);
    EXPECT_EQ(collection_freq, expected_collection);
}

/* Everything an index holds against the model. `thorough` also checks the files' bytes. */
static inline void world_compare(const char *folder, const world_model *model, bool stored, bool thorough)
{
    snapshot *s;
    uint32_t live = 0;
    uint64_t length = 0, postings = 0, seen = 0;
    bool large = model->last > 1000;
    world_document *documents = calloc((size_t)model->last + 1, sizeof *documents);
    REQUIRE(documents);
    REQUIRE_OK(snapshot_open(&s, folder, NULL, &world_error), world_error);
    for (uint32_t docid = 1; docid <= model->last; docid++) {
        size_t index;
        uint32_t local;
        bool found;
        REQUIRE_OK(snapshot_find_document(s, docid, &index, &local, &found, &world_error), world_error);
        EXPECT_EQ(found, model->seeds[docid] != 0);
        if (!found || !model->seeds[docid])
            continue;
        world_make(&documents[docid], model->seeds[docid]);
        world_compare_document(s->segments[index].segment, local, &documents[docid], stored);
        world_compare_list(s->segments[index].segment, local, &documents[docid]);
        live++;
        length += documents[docid].length;
        postings += documents[docid].term_count;
    }
    EXPECT_EQ(s->live_count, live);
    EXPECT_EQ(s->live_length, length);
    for (size_t i = 0; i < s->segment_count; i++) {
        uint64_t findings = 0;
        seen += world_compare_postings(&s->segments[i], documents);
        if (thorough) {
            char name[40];
            snprintf(name, sizeof name, "%s", s->segments[i].segment->name);
            REQUIRE_OK(segment_check(s->segments[i].segment, world_report, name, &findings, &world_error),
                       world_error);
            EXPECT_EQ(findings, 0);
        }
    }
    EXPECT_EQ(seen, postings);
    for (uint32_t term = 0; term < WORLD_TERMS; term += large ? 38 : 1) {
        char bytes[40];
        world_compare_statistics(s, documents, model->last, bytes, world_spell(term, bytes));
    }
    for (uint64_t key = 0; key < WORLD_KEYS; key += large ? 8 : 1) {
        char bytes[40];
        world_compare_statistics(s, documents, model->last, bytes, world_key(key, bytes));
    }
    snapshot_close(s);
    free(documents);
}

#endif
