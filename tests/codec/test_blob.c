#define ZLIB_CONST
#include "codec/blob.h"

#include <oir/memory.h>

#include <zlib.h>

#include "harness.h"

static const char *const words[] = {"coalition", "mission", "the", "combat", "of", "Baghdad", "forces", "and",
                                    "said",      "in",      "to",  "advise", "a",  "Iraqi",   "troops", "on"};

/* A document like others of its kind: the same frame, other words. */
static void make_document(buffer *b, uint32_t number, size_t about)
{
    buffer_add_format(b, "{\"id\": \"document-%u\", \"title\": \"Report of the coalition\", ", number);
    buffer_add_format(b, "\"date\": \"2021-07-%02u\", \"text\": \"", number % 31 + 1);
    while (b->size < about)
        buffer_add_format(b, "%s ", words[harness_below(16)]);
    buffer_add_format(b, "\", \"source\": \"generated for a test, not for reading\"}");
}

static void expect_there_and_back(blob_encoder *e, blob_decoder *d, const uint8_t *bytes, size_t size, buffer *blob)
{
    oir_error error;
    buffer_clear(blob);
    buffer_add(blob, "xyz", 3);
    REQUIRE_OK(blob_encoder_add(e, bytes, size, blob, &error), error);
    uint8_t *out = malloc(size + 1);
    REQUIRE(out);
    out[size] = 77;
    REQUIRE_OK(blob_decoder_get(d, blob->data + 3, blob->size - 3, out, size, &error), error);
    EXPECT(memcmp(out, bytes, size) == 0 && out[size] == 77 && memcmp(blob->data, "xyz", 3) == 0);
    free(out);
}

static void there_and_back(void)
{
    static uint8_t bytes[200000], dictionary[40000];
    oir_error error;
    buffer blob = BUFFER_INIT;
    for (size_t i = 0; i < sizeof dictionary; i++)
        dictionary[i] = (uint8_t)harness_random();
    for (int level = 0; level <= 9; level += 3) {
        for (int with = 0; with < 3; with++) {
            blob_encoder e;
            blob_decoder d;
            size_t dictionary_size = with == 0 ? 0 : with == 1 ? 1000 : sizeof dictionary;
            REQUIRE_OK(blob_encoder_init(&e, level, dictionary, dictionary_size, &error), error);
            REQUIRE_OK(blob_decoder_init(&d, dictionary, dictionary_size, &error), error);
            for (size_t size = 0; size < sizeof bytes; size = size * 5 + 1) {
                for (size_t i = 0; i < size; i++)
                    bytes[i] = (uint8_t)(size % 3 ? harness_below(4) : harness_random());
                memcpy(bytes + size / 2, dictionary, size / 4 < 1000 ? size / 4 : 1000);
                expect_there_and_back(&e, &d, bytes, size, &blob);
            }
            blob_encoder_release(&e);
            blob_decoder_release(&d);
        }
    }
    buffer_release(&blob);
}

/* Raw deflate by zlib; returns its size. */
static size_t zlib_writes(const buffer *bytes, uint8_t *out, size_t most)
{
    z_stream z = {0};
    REQUIRE(deflateInit2(&z, 2, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = bytes->data;
    z.avail_in = (uInt)bytes->size;
    z.next_out = out;
    z.avail_out = (uInt)most;
    REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
    deflateEnd(&z);
    return most - z.avail_out;
}

static void zlib_reads(const buffer *blob, uint8_t *out, size_t size)
{
    z_stream z = {0};
    REQUIRE(inflateInit2(&z, -15) == Z_OK);
    z.next_in = blob->data;
    z.avail_in = (uInt)blob->size;
    z.next_out = out;
    z.avail_out = (uInt)size;
    EXPECT(inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in == 0 && z.avail_out == 0);
    inflateEnd(&z);
}

/* Whoever makes blobs without a dictionary, an index built with the other library is read. */
static void alone_is_plain_deflate(void)
{
    oir_error error;
    static uint8_t bytes[100000], out[60000];
    buffer text = BUFFER_INIT, blob = BUFFER_INIT;
    blob_encoder e;
    blob_decoder d;
    REQUIRE_OK(blob_encoder_init(&e, 1, NULL, 0, &error), error);
    REQUIRE_OK(blob_decoder_init(&d, NULL, 0, &error), error);
    for (uint32_t i = 0; i < 100; i++) {
        buffer_clear(&text);
        buffer_clear(&blob);
        make_document(&text, i, harness_below(50000));
        REQUIRE_OK(blob_encoder_add(&e, text.data, text.size, &blob, &error), error);
        zlib_reads(&blob, out, text.size);
        EXPECT(memcmp(out, text.data, text.size) == 0);
        size_t size = zlib_writes(&text, bytes, sizeof bytes);
        memset(out, 0, text.size);
        REQUIRE_OK(blob_decoder_get(&d, bytes, size, out, text.size, &error), error);
        EXPECT(memcmp(out, text.data, text.size) == 0);
    }
    blob_encoder_release(&e);
    blob_decoder_release(&d);
    buffer_release(&text);
    buffer_release(&blob);
}

static void damaged(void)
{
    oir_error error;
    buffer text = BUFFER_INIT, blob = BUFFER_INIT;
    blob_encoder e;
    blob_decoder d;
    make_document(&text, 1, 3000);
    REQUIRE_OK(blob_encoder_init(&e, 6, NULL, 0, &error), error);
    REQUIRE_OK(blob_decoder_init(&d, NULL, 0, &error), error);
    REQUIRE_OK(blob_encoder_add(&e, text.data, text.size, &blob, &error), error);
    size_t size = blob.size, out_size = text.size;
    uint8_t *out = malloc(out_size + 1), *copy = malloc(size + 1);
    REQUIRE(out && copy);
    EXPECT_EQ(blob_decoder_get(&d, blob.data, size, out, out_size - 1, &error), OIR_CORRUPT);
    EXPECT_EQ(blob_decoder_get(&d, blob.data, size, out, out_size + 1, &error), OIR_CORRUPT);
    EXPECT_EQ(blob_decoder_get(&d, blob.data, size, out, 0, &error), OIR_CORRUPT);
    EXPECT_EQ(blob_decoder_get(&d, blob.data, 0, out, out_size, NULL), OIR_CORRUPT);
    for (size_t n = 0; n < size; n++) {
        uint8_t *cut = malloc(n + 1);
        REQUIRE(cut);
        memcpy(cut, blob.data, n);
        EXPECT_EQ(blob_decoder_get(&d, cut, n, out, out_size, &error), OIR_CORRUPT);
        free(cut);
    }
    memcpy(copy, blob.data, size);
    copy[size] = 0;
    EXPECT_EQ(blob_decoder_get(&d, copy, size + 1, out, out_size, &error), OIR_CORRUPT);
    for (int i = 0; i < 3000; i++) {
        memcpy(copy, blob.data, size);
        copy[harness_below((uint32_t)size)] ^= (uint8_t)(1u << harness_below(8));
        oir_status status = blob_decoder_get(&d, copy, size, out, out_size, &error);
        EXPECT(status == OIR_OK || status == OIR_CORRUPT);
    }
    REQUIRE_OK(blob_decoder_get(&d, blob.data, size, out, out_size, &error), error); /* still fit for use */
    EXPECT(memcmp(out, text.data, out_size) == 0);
    free(out);
    free(copy);
    blob_encoder_release(&e);
    blob_decoder_release(&d);
    buffer_release(&text);
    buffer_release(&blob);
}

enum { SAMPLES = 200 };

static void make_samples(buffer *all, oir_bytes *samples)
{
    size_t ends[SAMPLES + 1] = {0};
    for (uint32_t i = 0; i < SAMPLES; i++) {
        buffer one = BUFFER_INIT;
        make_document(&one, i, 600);
        buffer_add(all, one.data, one.size);
        ends[i + 1] = all->size;
        buffer_release(&one);
    }
    for (size_t i = 0; i < SAMPLES; i++)
        samples[i] = (oir_bytes){(char *)all->data + ends[i], ends[i + 1] - ends[i]};
}

static void trained(void)
{
    static oir_bytes samples[SAMPLES];
    oir_error error;
    buffer all = BUFFER_INIT, first = BUFFER_INIT, again = BUFFER_INIT, blob = BUFFER_INIT;
    make_samples(&all, samples);
    REQUIRE_OK(blob_train(samples, SAMPLES, 4096, &first, &error), error);
    REQUIRE_OK(blob_train(samples, SAMPLES, 4096, &again, &error), error);
    EXPECT(first.size > 500 && first.size <= 4096);
    EXPECT(first.size == again.size && memcmp(first.data, again.data, first.size) == 0);
    size_t sizes[2];
    for (int with = 0; with < 2; with++) {
        blob_encoder e;
        blob_decoder d;
        REQUIRE_OK(blob_encoder_init(&e, 6, first.data, with ? first.size : 0, &error), error);
        REQUIRE_OK(blob_decoder_init(&d, first.data, with ? first.size : 0, &error), error);
        sizes[with] = 0;
        for (uint32_t i = 0; i < 50; i++) {
            buffer text = BUFFER_INIT;
            make_document(&text, 1000 + i, 500);
            expect_there_and_back(&e, &d, text.data, text.size, &blob);
            sizes[with] += blob.size - 3;
            buffer_release(&text);
        }
        blob_encoder_release(&e);
        blob_decoder_release(&d);
    }
    printf("50 documents in %zu bytes, with a dictionary of %zu bytes in %zu\n", sizes[0], first.size, sizes[1]);
    EXPECT(sizes[1] * 10 < sizes[0] * 8);
    buffer_release(&all);
    buffer_release(&first);
    buffer_release(&again);
    buffer_release(&blob);
}

static void trained_on_little(void)
{
    static uint8_t noise[20000];
    oir_error error;
    buffer dictionary = BUFFER_INIT;
    oir_bytes samples[4] = {{NULL, 0}, {"a", 1}, {"bc", 2}, {(const char *)noise, sizeof noise}};
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)harness_random();
    for (size_t capacity = 0; capacity < 100000; capacity = capacity * 3 + 1) {
        REQUIRE_OK(blob_train(samples, 0, capacity, &dictionary, &error), error);
        REQUIRE_OK(blob_train(samples, 3, capacity, &dictionary, &error), error);
        EXPECT_EQ(dictionary.size, 0);
        REQUIRE_OK(blob_train(samples, 4, capacity, &dictionary, &error), error);
        EXPECT(dictionary.size <= capacity);
        buffer_clear(&dictionary);
    }
    for (size_t size = 0; size < 300; size++) {
        oir_bytes same[3] = {{(const char *)noise, size}, {(const char *)noise, size}, {(const char *)noise, size}};
        REQUIRE_OK(blob_train(same, 3, 32768, &dictionary, &error), error);
        EXPECT(dictionary.size <= 3 * size);
        buffer_clear(&dictionary);
    }
    buffer_release(&dictionary);
}

static long allowed, held;

static void *allocate(size_t size, void *context)
{
    (void)context;
    void *block = allowed-- > 0 ? malloc(size) : NULL;
    held += block != NULL;
    return block;
}

static void *reallocate(void *block, size_t size, void *context)
{
    (void)context;
    void *grown = allowed-- > 0 ? realloc(block, size) : NULL;
    held += grown && !block;
    return grown;
}

static void release(void *block, void *context)
{
    (void)context;
    held--;
    free(block);
}

/* Everything goes through the caller's hooks, and each that fails gives OIR_NO_MEMORY and loses nothing. */
static void out_of_memory(void)
{
    static oir_bytes samples[SAMPLES];
    oir_allocator hooks = {allocate, reallocate, release, NULL};
    oir_error error;
    buffer all = BUFFER_INIT;
    make_samples(&all, samples);
    uint8_t *text = malloc(all.size);
    REQUIRE(text);
    memcpy(text, all.data, all.size);
    for (size_t i = 0, at = 0; i < SAMPLES; at += samples[i++].size)
        samples[i].data = (char *)text + at;
    buffer_release(&all);
    oir_allocator_set(&hooks);
    bool whole = false;
    int rounds = 0;
    for (; !whole && rounds < 200; rounds++) {
        blob_encoder e = {0};
        blob_decoder d = {0};
        buffer dictionary = BUFFER_INIT, blob = BUFFER_INIT;
        uint8_t out[1000];
        allowed = rounds;
        oir_status status = blob_train(samples, SAMPLES, 4096, &dictionary, &error);
        if (status == OIR_OK)
            status = blob_encoder_init(&e, 6, dictionary.data, dictionary.size, &error);
        if (status == OIR_OK)
            status = blob_decoder_init(&d, dictionary.data, dictionary.size, &error);
        if (status == OIR_OK)
            status = blob_encoder_add(&e, text, 1000, &blob, &error);
        if (status == OIR_OK)
            status = blob_decoder_get(&d, blob.data, blob.size, out, 1000, &error);
        EXPECT(status == OIR_OK || status == OIR_NO_MEMORY);
        whole = status == OIR_OK;
        EXPECT(!whole || memcmp(out, text, 1000) == 0);
        blob_encoder_release(&e);
        blob_decoder_release(&d);
        buffer_release(&dictionary);
        buffer_release(&blob);
        EXPECT_EQ(held, 0);
    }
    EXPECT(whole && rounds > 8);
    oir_allocator_set(NULL);
    free(text);
}

static void refused(void)
{
    oir_error error;
    blob_encoder e;
    EXPECT_EQ(blob_encoder_init(&e, 10, NULL, 0, &error), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(blob_encoder_init(&e, -1, NULL, 0, &error), OIR_INVALID_ARGUMENT);
    blob_encoder_release(&e);
}

int main(void)
{
    harness_seed(1);
    TEST(there_and_back);
    TEST(alone_is_plain_deflate);
    TEST(damaged);
    TEST(trained);
    TEST(trained_on_little);
    TEST(out_of_memory);
    TEST(refused);
    return harness_end();
}
