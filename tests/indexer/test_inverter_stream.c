/* The stream of the buffer: what comes out is what went in, across chunks and in every form of an occurrence. */
#include "indexer/inverter_stream.h"

#include <stdlib.h>

#include "harness.h"

enum { DOCUMENTS = 2000, OCCURRENCES_MAX = 400 };

typedef struct occurrence {
    uint32_t term, wdf;
    oir_termpos position;
} occurrence;

/* Numbers near the ends of what a unit holds, and any. */
static uint32_t any_of(const uint32_t *usual, size_t count)
{
    return harness_below(3) ? usual[harness_below((uint32_t)count)] : (uint32_t)harness_random();
}

static uint32_t make_term(void)
{
    static const uint32_t usual[] = {0, 1, 0x3FFF, 0x4000, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0xFFFFFFF};
    return any_of(usual, sizeof usual / sizeof *usual) & 0xFFFFFFF;
}

static uint32_t make_wdf(void)
{
    static const uint32_t usual[] = {0, 1, 1, 1, 1, 1, 2, 2, 255, 256, UINT32_MAX};
    return any_of(usual, sizeof usual / sizeof *usual);
}

static oir_termpos make_position(oir_termpos last)
{
    const uint32_t usual[] = {last + 1, last + 1, last + 1, last, last - 1, last + 2, last + 256, last + 257,
                              0, INVERTER_STREAM_NOWHERE, INVERTER_STREAM_NOWHERE - 1};
    return any_of(usual, sizeof usual / sizeof *usual);
}

/* Documents of random occurrences; most of some are plain, as words of a text are. */
static size_t fill(occurrence *out, size_t count)
{
    oir_termpos last = 0;
    bool text = harness_below(2);
    for (size_t i = 0; i < count; i++) {
        out[i] = (occurrence){make_term(), make_wdf(), make_position(last)};
        if (text && harness_below(50))
            out[i] = (occurrence){(uint32_t)harness_below(40000), 1, last + 1};
        last = out[i].position == INVERTER_STREAM_NOWHERE ? last : out[i].position;
    }
    return count;
}

/* By the short cut, if the occurrence is one for it. */
static bool read_nowhere(inverter_reader *r)
{
    const uint16_t *next = r->at < r->end ? inverter_reader_get_nowhere(r->at, &r->term, &r->wdf) : NULL;
    if (!next)
        return false;
    r->at = next;
    r->position = INVERTER_STREAM_NOWHERE;
    return true;
}

static void reads_what_was_added(void)
{
    inverter_stream s = {0};
    occurrence *all = malloc((size_t)DOCUMENTS * OCCURRENCES_MAX * sizeof *all);
    uint32_t *starts = malloc((DOCUMENTS + 1) * sizeof *starts);
    size_t *firsts = malloc((DOCUMENTS + 1) * sizeof *firsts), count = 0;
    REQUIRE(all && starts && firsts);
    for (int d = 0; d < DOCUMENTS; d++) {
        starts[d] = inverter_stream_get_place(&s);
        firsts[d] = count;
        size_t end = count + fill(all + count, harness_below(OCCURRENCES_MAX));
        inverter_stream_begin_document(&s);
        for (; count < end; count++)
            REQUIRE(inverter_stream_add(&s, all[count].term, all[count].position, all[count].wdf));
    }
    starts[DOCUMENTS] = inverter_stream_get_place(&s);
    firsts[DOCUMENTS] = count;
    EXPECT(s.count > 4 && !inverter_stream_is_full(&s));
    EXPECT(inverter_stream_get_memory(&s) >= s.count * INVERTER_STREAM_CHUNK * 2);
    for (int turn = 0; turn < DOCUMENTS; turn++) {
        size_t d = harness_below(DOCUMENTS);
        inverter_reader r = inverter_stream_read(&s, starts[d], starts[d + 1]);
        for (size_t i = firsts[d]; i < firsts[d + 1]; i++) { /* every other time by the short cut too */
            bool nowhere = turn % 2 && read_nowhere(&r);
            REQUIRE(nowhere || inverter_reader_next(&r) != INVERTER_READER_END);
            EXPECT_EQ(r.term, all[i].term);
            EXPECT_EQ(r.position, all[i].position);
            EXPECT_EQ(r.wdf, all[i].wdf);
        }
        EXPECT(inverter_reader_next(&r) == INVERTER_READER_END);
    }
    inverter_stream_release(&s);
    EXPECT_EQ(inverter_stream_get_memory(&s), 0);
    free(all);
    free(starts);
    free(firsts);
}

int main(void)
{
    harness_seed(1);
    TEST(reads_what_was_added);
    return harness_end();
}
