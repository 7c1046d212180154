#include "indexer/merge_stored.h"

#include "harness.h"
#include "indexer/inverter_data.h"

enum { SOURCES = 3, DOCUMENTS = 1800 };

static oir_error error;
static buffer texts[DOCUMENTS];

/* Text of common phrases, so that a dictionary pays; some documents have none, some are long. */
static void make_texts(uint32_t usual)
{
    char phrases[200][40];
    for (int i = 0; i < 200; i++) {
        for (int k = 0; k < 39; k++)
            phrases[i][k] = (char)(k % 7 == 6 ? ' ' : 'a' + (int)harness_below(26));
        phrases[i][39] = 0;
    }
    for (size_t i = 0; i < DOCUMENTS; i++) {
        uint32_t kind = harness_below(50), size = kind == 0 ? 0 : kind == 1 ? 40000 : harness_below(usual * 2);
        buffer_clear(&texts[i]);
        while (texts[i].size < size)
            buffer_add_format(&texts[i], "%s%x", phrases[harness_below(200)], harness_below(1u << 20));
    }
}

/* Makes some of them so large that their blocks are the same wherever they stand; behind many comes one without. */
static void enlarge_some(uint32_t count)
{
    while (count-- > 0) {
        buffer *text = &texts[harness_below(4) ? harness_below(DOCUMENTS - 1) : harness_below(50)];
        if (harness_below(2))
            buffer_clear(text + 1);
        for (size_t least = STORED_LARGE + 1 + harness_below(100000); text->size < least;)
            buffer_add_format(text, "what is large by itself %x", harness_below(1u << 20));
    }
}

/* Blocks, as they were handed out. */
typedef struct pile {
    buffer bytes;
    stored_kept blocks[DOCUMENTS];
    uint32_t count;
} pile;

static oir_status put(void *context, uint32_t first, const buffer *block, const stored_large *large, oir_error *err)
{
    pile *p = context;
    size_t size = block ? block->size : large->size;
    REQUIRE(p->count < DOCUMENTS);
    p->blocks[p->count++] = (stored_kept){.size = (uint32_t)size, .first = first};
    uint8_t *to = buffer_extend(&p->bytes, size);
    REQUIRE(to);
    if (!block)
        return stored_large_get(large, 0, to, size, err);
    memcpy(to, block->data, size);
    return OIR_OK;
}

static void place_blocks(pile *p)
{
    const uint8_t *at = p->bytes.data;
    for (uint32_t i = 0; i < p->count; at += p->blocks[i++].size)
        p->blocks[i].bytes = at;
}

static bool same_piles(const pile *a, const pile *b)
{
    bool same = a->count == b->count && a->bytes.size == b->bytes.size;
    for (uint32_t i = 0; same && i < a->count; i++)
        same = a->blocks[i].first == b->blocks[i].first && a->blocks[i].size == b->blocks[i].size;
    return same && memcmp(a->bytes.data, b->bytes.data, a->bytes.size) == 0;
}

/* Some documents in the buffer, or in a segment: the first source learns its dictionary, others take it over. */
typedef struct source {
    inverter_data data;
    inverter_data_view view;
    uint32_t first; /* of all documents */
} source;

static void open_sources(source *sources, const uint32_t *cuts)
{
    for (uint32_t s = 0; s < SOURCES; s++) {
        stored_dictionary first = {.size = 1};
        sources[s] = (source){.first = cuts[s]};
        if (s && stored_packer_get_dictionary(sources[0].data.packer, &first))
            REQUIRE_OK(inverter_data_prefer(&sources[s].data, &first, &error), error);
        for (uint32_t i = cuts[s]; i < cuts[s + 1]; i++)
            REQUIRE_OK(inverter_data_add(&sources[s].data, texts[i].data, texts[i].size, &error), error);
        /* What is not compressed yet would be taken for blocks like those of the first; in a segment there is none. */
        if (s && first.size == 0 && cuts[s] < cuts[s + 1])
            REQUIRE_OK(stored_packer_end(sources[s].data.packer, &error), error);
        REQUIRE_OK(inverter_data_open(&sources[s].view, &sources[s].data, &error), error);
        REQUIRE_OK(stored_check(sources[s].view.stored, &error), error);
    }
}

static void close_sources(source *sources)
{
    for (uint32_t s = 0; s < SOURCES; s++) {
        inverter_data_close(&sources[s].view);
        inverter_data_release(&sources[s].data);
    }
}

/* Documents by their numbers in `texts`. */
static void merge_all(source *sources, const uint32_t *documents, uint32_t count, bool lasting, pile *out,
                      stored_packer **packer)
{
    const stored *opened[SOURCES];
    merge_order order;
    merge_order_init(&order, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t s = SOURCES - 1;
        while (documents[i] < sources[s].first)
            s--;
        REQUIRE_OK(merge_order_add(&order, s, documents[i] - sources[s].first, &error), error);
    }
    if (count % 2) /* document by document, or in runs where these are few */
        REQUIRE_OK(merge_order_spread(&order, &error), error);
    for (uint32_t s = 0; s < SOURCES; s++)
        opened[s] = sources[s].view.stored;
    REQUIRE_OK(stored_packer_new(packer, put, out, NULL, &error), error);
    REQUIRE_OK(merge_stored_write(&order, opened, SOURCES, 100000, lasting, *packer, NULL, &error), error);
    REQUIRE_OK(stored_packer_end(*packer, &error), error);
    EXPECT_EQ(stored_packer_get_count(*packer), count);
    place_blocks(out);
    merge_order_release(&order);
}

static void expect_texts(const pile *p, const stored_packer *packer, const uint32_t *documents, uint32_t count)
{
    stored *s;
    stored_dictionary dictionary;
    stored_cursor cursor;
    EXPECT(stored_packer_get_dictionary(packer, &dictionary));
    REQUIRE_OK(stored_open_kept(&s, p->blocks, p->count, &dictionary, count, stored_packer_get_bytes(packer), &error),
               error);
    stored_cursor_init(&cursor, s);
    for (uint32_t i = 0; i < count; i++) {
        oir_bytes data;
        const buffer *expected = &texts[documents[i]];
        REQUIRE_OK(stored_cursor_get(&cursor, i, &data, &error), error);
        EXPECT(data.size == expected->size && (data.size == 0 || memcmp(data.data, expected->data, data.size) == 0));
    }
    stored_cursor_release(&cursor);
    stored_close(s);
}

/* What the documents become when they come one after another. */
static void pack(const uint32_t *documents, uint32_t count, pile *out)
{
    stored_packer *packer;
    REQUIRE_OK(stored_packer_new(&packer, put, out, NULL, &error), error);
    for (uint32_t i = 0; i < count; i++)
        REQUIRE_OK(stored_packer_add(packer, texts[documents[i]].data, texts[documents[i]].size, &error), error);
    REQUIRE_OK(stored_packer_end(packer, &error), error);
    stored_packer_free(packer);
}

static void choose_cuts(uint32_t *cuts)
{
    cuts[0] = 0;
    cuts[SOURCES] = DOCUMENTS;
    cuts[1] = 1 + harness_below(DOCUMENTS - 2); /* each has one at least */
    cuts[2] = cuts[1] + 1 + harness_below(DOCUMENTS - cuts[1] - 1);
}

/* Nearly all documents, or all; now and then in any order. */
static uint32_t choose_documents(uint32_t *documents, uint32_t round)
{
    uint32_t count = 0, gone = round % 3 == 0 ? 0 : round % 3 == 1 ? 2000 : 20;
    for (uint32_t i = 0; i < DOCUMENTS; i++)
        if (!gone || harness_below(gone) > 0)
            documents[count++] = i;
    for (uint32_t i = 0; round % 5 == 4 && i < count; i++) {
        uint32_t other = harness_below(count), moved = documents[i];
        documents[i] = documents[other];
        documents[other] = moved;
    }
    return count;
}

/* The same bytes, wherever documents were cut and whatever is gone. */
static void same_as_anew(void)
{
    static pile merged, anew, other;
    static uint32_t documents[DOCUMENTS];
    for (uint32_t round = 0, rounds = harness_times(15); round < rounds; round++) {
        source sources[SOURCES];
        uint32_t cuts[SOURCES + 1];
        stored_packer *packer;
        make_texts(round % 2 ? 300 : 3000);
        enlarge_some(harness_is_slow() ? 0 : round % 4);
        choose_cuts(cuts);
        open_sources(sources, cuts);
        uint32_t count = choose_documents(documents, round);
        merged.count = anew.count = other.count = 0;
        buffer_clear(&merged.bytes);
        buffer_clear(&anew.bytes);
        buffer_clear(&other.bytes);
        merge_all(sources, documents, count, true, &merged, &packer);
        pack(documents, count, &anew);
        EXPECT(same_piles(&merged, &anew));
        expect_texts(&merged, packer, documents, count);
        stored_packer_free(packer);
        merge_all(sources, documents, count, false, &other, &packer);
        expect_texts(&other, packer, documents, count);
        stored_packer_free(packer);
        close_sources(sources);
    }
    buffer_release(&merged.bytes);
    buffer_release(&anew.bytes);
    buffer_release(&other.bytes);
}

/* A buffer with enough data to learn from, of which too little is in full blocks: those are not compressed yet, and
 * must not be taken for blocks without a dictionary. */
static void learning_is_not_over(void)
{
    static pile merged, anew;
    static uint32_t documents[DOCUMENTS];
    static uint32_t sources[DOCUMENTS], locals[DOCUMENTS];
    uint32_t count = 0;
    stored_packer *packer;
    stored_dictionary dictionary;
    source one = {.first = 0};
    make_texts(3000);
    for (uint32_t i = 0; count * 1200 < STORED_SAMPLE_SIZE; i++) { /* block 21 of 25,200 bytes is not full then */
        REQUIRE(i < DOCUMENTS);
        if (texts[i].size < 1200)
            continue;
        texts[i].size = 1200;
        REQUIRE_OK(inverter_data_add(&one.data, texts[i].data, texts[i].size, &error), error);
        documents[count] = i;
        locals[count] = count;
        count++;
    }
    REQUIRE(!stored_packer_get_dictionary(one.data.packer, &dictionary));
    REQUIRE_OK(inverter_data_open(&one.view, &one.data, &error), error);
    const stored *from = one.view.stored;
    const merge_order order = {.count = count, .sources = sources, .locals = locals};
    REQUIRE_OK(stored_packer_new(&packer, put, &merged, NULL, &error), error);
    REQUIRE_OK(merge_stored_write(&order, &from, 1, 100000, false, packer, NULL, &error), error);
    REQUIRE_OK(stored_packer_end(packer, &error), error);
    place_blocks(&merged);
    pack(documents, count, &anew);
    EXPECT(same_piles(&merged, &anew));
    expect_texts(&merged, packer, documents, count);
    stored_packer_free(packer);
    inverter_data_close(&one.view);
    inverter_data_release(&one.data);
    buffer_release(&merged.bytes);
    buffer_release(&anew.bytes);
}

/* Nobody looks into a block that is copied: what is wrong in it stays wrong, and is found by who reads it. */
static void blocks_are_copied(void)
{
    static pile merged;
    static uint32_t documents[DOCUMENTS];
    uint32_t cuts[SOURCES + 1] = {0, DOCUMENTS / 2, DOCUMENTS / 2 + 1, DOCUMENTS};
    source sources[SOURCES];
    stored_packer *packer;
    uint32_t found = 0;
    make_texts(3000);
    open_sources(sources, cuts);
    for (uint32_t i = 0; i < DOCUMENTS; i++)
        documents[i] = i;
    const stored_kept *wrong = &sources[2].data.blocks[sources[2].data.count / 2];
    ((uint8_t *)(uintptr_t)wrong->bytes)[wrong->size - 20] ^= 0x55;
    merge_all(sources, documents, DOCUMENTS, true, &merged, &packer);
    for (uint32_t i = 0; i < merged.count; i++)
        found += merged.blocks[i].size == wrong->size && memcmp(merged.blocks[i].bytes, wrong->bytes, wrong->size) == 0;
    EXPECT_EQ(found, 1);
    stored_packer_free(packer);
    close_sources(sources);
    buffer_release(&merged.bytes);
}

/* What a damaged file says of the size of its data is only taken for how much is to be read ahead. */
static void any_size(void)
{
    static const uint64_t sizes[] = {0, 1, UINT64_MAX / 2, UINT64_MAX - 1, UINT64_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        stored *s;
        stored_packer *packer;
        static pile out;
        const merge_order order = {.count = 2, .sources = (uint32_t[]){0, 0}, .locals = (uint32_t[]){1, 0}};
        REQUIRE_OK(stored_open_kept(&s, NULL, 0, &(stored_dictionary){0}, 2, sizes[i], &error), error);
        REQUIRE_OK(stored_packer_new(&packer, put, &out, NULL, &error), error);
        const stored *from = s;
        REQUIRE_OK(merge_stored_write(&order, &from, 1, 100000, true, packer, NULL, &error), error);
        EXPECT_EQ(stored_packer_get_count(packer), 2);
        stored_packer_free(packer);
        stored_close(s);
    }
}

/* Blocks with bytes of any kind are copied, read, or found to be damaged. */
static void damaged_blocks(void)
{
    static pile merged;
    static uint32_t sources[DOCUMENTS], locals[DOCUMENTS];
    source one = {.first = 0};
    uint32_t outcomes[2] = {0};
    make_texts(1000);
    for (uint32_t i = 0; i < DOCUMENTS; i++) {
        locals[i] = i;
        REQUIRE_OK(inverter_data_add(&one.data, texts[i].data, texts[i].size, &error), error);
    }
    REQUIRE_OK(inverter_data_open(&one.view, &one.data, &error), error);
    for (uint32_t round = 0, rounds = 2 + harness_times(22); round < rounds; round++) {
        stored_kept *block = &one.view.blocks[harness_below((uint32_t)one.view.count)], was = *block;
        uint8_t *bytes = malloc(was.size + 64);
        REQUIRE(bytes);
        memcpy(bytes, was.bytes, was.size);
        memset(bytes + was.size, 0, 64);
        for (uint32_t n = 1 + harness_below(4); n--;) {
            uint32_t at = harness_below(harness_below(2) ? 60 : was.size);
            bytes[at] = (uint8_t)(harness_below(2) ? 255 : harness_below(256));
        }
        block->bytes = bytes;
        const stored *from = one.view.stored;
        const merge_order order = {.count = DOCUMENTS - round % 3, .sources = sources, .locals = locals + round % 3};
        stored_packer *packer;
        merged.count = 0;
        buffer_clear(&merged.bytes);
        REQUIRE_OK(stored_packer_new(&packer, put, &merged, NULL, &error), error);
        oir_status status = merge_stored_write(&order, &from, 1, 100000, round % 2, packer, NULL, &error);
        EXPECT(status == OIR_OK || status == OIR_CORRUPT);
        outcomes[status == OIR_CORRUPT]++;
        stored_packer_free(packer);
        *block = was;
        free(bytes);
    }
    EXPECT(outcomes[0] && outcomes[1]);
    inverter_data_close(&one.view);
    inverter_data_release(&one.data);
    buffer_release(&merged.bytes);
}

int main(void)
{
    harness_seed(20261129);
    TEST(same_as_anew);
    TEST(learning_is_not_over);
    TEST(blocks_are_copied);
    TEST(any_size);
    TEST(damaged_blocks);
    for (size_t i = 0; i < DOCUMENTS; i++)
        buffer_release(&texts[i]);
    return harness_end();
}
