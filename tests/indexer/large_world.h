/* Documents of some hundred words, which follow from a number, and are put away in parts if that is forced
 * (base/paths.h); for the tests of large documents. */
#ifndef TESTS_INDEXER_LARGE_WORLD_H
#define TESTS_INDEXER_LARGE_WORLD_H

#include "base/paths.h"
#include "document/document.h"
#include "index_world.h"

enum { LARGE_WORDS = 300 };

/* From now on ways that a list names are not gone. */
static inline void large_without(const char *names)
{
    paths_set(paths_choose(names));
}

static inline size_t large_spell(uint32_t number, char *out)
{
    size_t size = (size_t)snprintf(out, 48, "%x", number), wanted = number % 7 ? 1 + number % 5 : 1 + number % 40;
    while (size < wanted)
        out[size++] = 'x';
    return size;
}

static inline oir_status large_add_words(oir_document *document, uint64_t seed, oir_error *err)
{
    uint64_t state = seed;
    uint32_t words = seed % 3 ? 5 + (uint32_t)(world_next(&state) % LARGE_WORDS) : 3, position = (uint32_t)(seed % 2);
    bool descends = seed % 5 == 0;
    for (uint32_t i = 0; i < words; i++) {
        char word[48];
        uint64_t r = world_next(&state);
        uint32_t number = (uint32_t)(r % 1000), kind = (uint32_t)(r / 1000 % 16);
        size_t size = large_spell(number * number / 1000, word);
        position = descends && kind == 3 ? position / 2 : position + (kind == 4 ? 300 : kind != 5);
        oir_status status = kind < 3 ? oir_document_add_term(document, word, size, kind ? 3 * kind : 0, err)
                                     : oir_document_add_posting(document, word, size, position, kind == 6 ? 2 : 1, err);
        if (status)
            return status;
    }
    return OIR_OK;
}

static inline oir_status large_make(oir_document *document, uint64_t seed, oir_error *err)
{
    char key[40], data[200];
    uint32_t size = world_key(seed, key);
    size_t length = (size_t)snprintf(data, sizeof data, "data of %llu, which is a number", (unsigned long long)seed);
    oir_document_clear(document);
    oir_status status = large_add_words(document, seed, err);
    if (!status)
        status = oir_document_add_boolean_term(document, key, size, err);
    if (!status && seed % 4)
        status = oir_document_set_data(document, data, length, err);
    return status ? status : oir_document_set_value(document, (oir_valueno)(seed % 3), key, size, err);
}

/* Whether all its segments are whole. */
static inline void large_check_folder(const char *folder)
{
    snapshot *s;
    REQUIRE_OK(snapshot_open(&s, folder, NULL, &world_error), world_error);
    for (size_t i = 0; i < s->segment_count; i++) {
        uint64_t findings = 0;
        REQUIRE_OK(segment_check(s->segments[i].segment, world_report, (void *)(uintptr_t) "segment", &findings,
                                 &world_error), world_error);
        EXPECT_EQ(findings, 0);
    }
    snapshot_close(s);
}

/* Compares all that two documents say of their terms; they may be asked again. */
static inline void large_compare(oir_document *a, oir_document *b)
{
    oir_termcount count, other;
    oir_term_iterator *left, *right;
    REQUIRE_OK(oir_document_get_term_count(a, &count, &world_error), world_error);
    REQUIRE_OK(oir_document_get_term_count(b, &other, &world_error), world_error);
    EXPECT_EQ(count, other);
    REQUIRE_OK(oir_document_get_terms(a, &left, &world_error), world_error);
    REQUIRE_OK(oir_document_get_terms(b, &right, &world_error), world_error);
    for (bool found = true, also; found;) {
        REQUIRE_OK(oir_term_iterator_next(left, &found, &world_error), world_error);
        REQUIRE_OK(oir_term_iterator_next(right, &also, &world_error), world_error);
        EXPECT_EQ(found, also);
        if (!found || !also)
            break;
        oir_bytes x = oir_term_iterator_get_term(left), y = oir_term_iterator_get_term(right);
        EXPECT(x.size == y.size && memcmp(x.data, y.data, x.size) == 0);
        EXPECT_EQ(oir_term_iterator_get_wdf(left), oir_term_iterator_get_wdf(right));
    }
    oir_term_iterator_free(left);
    oir_term_iterator_free(right);
    EXPECT_EQ(a->terms.length, b->terms.length);
}

#endif
