/* What the tests of pairs share: texts of few words, which are frequent, and segments written of them. */
#ifndef TESTS_PAIRS_WORLD_H
#define TESTS_PAIRS_WORLD_H

#include <unistd.h>

#include "base/bits.h"
#include "base/paths.h"
#include "harness.h"
#include "helper/scratch.h"
#include "segment/segment.h"
#include "segment/segment_writer.h"

enum { WORDS = 14, PLACES = 40 };

/* By document and place, a bit for each word that stands there. */
typedef struct text {
    uint32_t documents;
    uint16_t (*at)[PLACES];
} text;

static inline void text_make(text *t, uint32_t documents, bool doubles)
{
    t->documents = documents;
    t->at = calloc(documents, sizeof *t->at);
    REQUIRE(t->at);
    for (uint32_t d = 0; d < documents; d++) {
        uint32_t size = harness_below(PLACES + 1);
        for (uint32_t p = 0; p < size; p++) {
            t->at[d][p] = (uint16_t)(1u << harness_below(1 + harness_below(WORDS)));
            if (doubles && harness_below(4) == 0)
                t->at[d][p] |= (uint16_t)(1u << harness_below(WORDS) | 1u << harness_below(WORDS));
            if (harness_below(9) == 0)
                t->at[d][p] = 0;
        }
    }
}

static inline uint32_t count_words(const text *t, uint32_t document)
{
    uint32_t n = 0;
    for (uint32_t p = 0; p < PLACES; p++)
        n += bits_count(t->at[document][p]);
    return n;
}

static inline void write_word(segment_writer *w, const text *t, uint32_t word)
{
    static uint32_t documents[20000], wdf[20000], positions[20000 * PLACES];
    char name[2] = {(char)('a' + word)};
    uint32_t count = 0, total = 0;
    oir_error err;
    for (uint32_t d = 0; d < t->documents; d++) {
        uint32_t before = total;
        for (uint32_t p = 0; p < PLACES; p++)
            if (t->at[d][p] >> word & 1)
                positions[total++] = p + 1;
        if (total == before)
            continue;
        documents[count] = d;
        wdf[count++] = total - before;
    }
    term_postings postings = {count, documents, wdf, NULL, positions, NULL};
    if (count)
        REQUIRE_OK(segment_writer_add_term(w, name, 1, &postings, &err), err);
}

static uint32_t large_each;  /* one of so many documents has far more places than words; 0: none has */
static team *helpers;        /* NULL at first */
static size_t memory;        /* for lists until they are written; 0: any */
static pairs_scan_tell tell; /* NULL at first */

/* All but the end. */
static inline segment_writer *write_text(const char *path, const text *t, bool pairs)
{
    const segment_options options = {.bound_k1 = 1, .bound_b = 0.5, .pairs = pairs, .pairs_memory = memory,
                                     .helpers = helpers, .tell = tell};
    oir_error err;
    segment_writer *w;
    REQUIRE_OK(segment_writer_open(&w, path, &options, &err), err);
    for (uint32_t d = 0; d < t->documents; d++) {
        uint32_t n = count_words(t, d);
        segment_document document = {.docid = d + 1, .length = n, .has_positions = n > 0, .position_min = 1,
                                     .position_max = large_each && d % large_each == 0 ? 70000 : PLACES};
        REQUIRE_OK(segment_writer_add_document(w, &document, &err), err);
    }
    for (uint32_t word = 0; word < WORDS; word++)
        write_word(w, t, word);
    return w;
}

static inline segment *write_and_open(const char *path, const text *t, bool pairs)
{
    oir_error err;
    segment *s;
    REQUIRE_OK(segment_writer_commit(write_text(path, t, pairs), &err), err);
    REQUIRE_OK(segment_open(&s, path, &err), err);
    return s;
}

#endif
