#include "catalog/generation_bytes.h"

#include "catalog_samples.h"

static const char uuid[] = "01234567-89ab-4def-8123-456789abcdef";

static void make(generation *g, buffer *bytes, uint32_t segments, uint32_t documents)
{
    oir_error err;
    samples_generation(g, segments, documents);
    memcpy(g->uuid, uuid, sizeof uuid);
    g->revision = harness_random();
    buffer_clear(bytes);
    REQUIRE_OK(generation_bytes_add(bytes, g, &err), err);
}

static void round_trips(void)
{
    oir_error err;
    buffer bytes = BUFFER_INIT;
    for (int i = 0; i < 500; i++) {
        generation g, back;
        make(&g, &bytes, 8, i % 10 ? 300 : 100000);
        REQUIRE_OK(generation_bytes_get(&back, bytes.data, bytes.size, &err), err);
        EXPECT(samples_equal(&g, &back));
        generation_release(&g);
        generation_release(&back);
    }
    buffer_release(&bytes);
}

static void expect_refused(const uint8_t *bytes, size_t size)
{
    generation back;
    oir_error err = {0};
    uint8_t *exact = memory_copy(bytes, size); /* in a block of its own, so that reading past it is noticed */
    REQUIRE(exact);
    oir_status status = generation_bytes_get(&back, exact, size, &err);
    EXPECT(status == OIR_CORRUPT || status == OIR_VERSION);
    EXPECT(err.message[0] != 0);
    EXPECT(!back.segments && !back.settings);
    memory_free(exact);
}

static void cut_short_or_too_long(void)
{
    generation g;
    buffer bytes = BUFFER_INIT;
    make(&g, &bytes, 8, 300);
    for (size_t size = 0; size < bytes.size; size++)
        expect_refused(bytes.data, size);
    buffer_add_byte(&bytes, 0);
    expect_refused(bytes.data, bytes.size);
    generation_release(&g);
    buffer_release(&bytes);
}

/* Without a checksum many changes make another possible generation: what counts is that none does harm. */
static void changed_bytes_are_harmless(void)
{
    oir_error err;
    buffer bytes = BUFFER_INIT;
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
        generation g, back;
        make(&g, &bytes, 3, 200);
        generation_release(&g);
        for (uint32_t n = 1 + harness_below(3); n > 0; n--)
            bytes.data[harness_below((uint32_t)bytes.size)] = (uint8_t)(harness_below(3) ? harness_random() : 0xff);
        refused += generation_bytes_get(&back, bytes.data, bytes.size, &err) != OIR_OK;
        generation_release(&back);
    }
    EXPECT(refused > 300);
    buffer_release(&bytes);
}

static oir_status write_and_read(const generation *g, oir_error *err)
{
    generation back;
    buffer bytes = BUFFER_INIT;
    REQUIRE_OK(generation_bytes_add(&bytes, g, err), *err);
    oir_status status = generation_bytes_get(&back, bytes.data, bytes.size, err);
    generation_release(&back);
    buffer_release(&bytes);
    return status;
}

/* What no writer writes, each refused. */
static void impossible_numbers(void)
{
    oir_error err;
    uint64_t bitmap[2] = {1, 0};
    term_correction corrections[2] = {{3, 1, 5}, {9, 1, 5}};
    catalog_segment segments[2] = {{.number = 4, .document_count = 70, .total_length = 100, .deleted_count = 1,
                                    .deleted_length = 10, .deleted = bitmap, .corrections = corrections,
                                    .correction_count = 2},
                                   {.number = 2, .document_count = 5}};
    catalog_setting settings[2] = {{.name = "a", .value = "x", .size = 1}, {.name = "b", .value = "", .size = 0}};
    generation good = {.revision = 3, .last_docid = 80, .next_segment = 5, .bound_k1 = 1.2, .bound_b = 0.75,
                       .segments = segments, .segment_count = 2, .settings = settings, .setting_count = 2};
    memcpy(good.uuid, uuid, sizeof uuid);
    EXPECT_EQ(write_and_read(&good, &err), OIR_OK);

#define EXPECT_REFUSED(lvalue, wrong, type)                      \
    do {                                                         \
        type right = (lvalue);                                   \
        (lvalue) = (wrong);                                      \
        EXPECT_EQ(write_and_read(&good, &err), OIR_CORRUPT);     \
        (lvalue) = right;                                        \
    } while (0)
    EXPECT_REFUSED(good.bound_k1, -1, double);
    EXPECT_REFUSED(good.bound_b, 1.5, double);
    EXPECT_REFUSED(good.last_docid, 73, oir_docid);
    EXPECT_REFUSED(good.next_segment, 4, uint64_t);
    EXPECT_REFUSED(good.uuid[3], 0, char);
    EXPECT_REFUSED(segments[1].number, 4, uint64_t);
    EXPECT_REFUSED(segments[0].deleted_count, 2, uint32_t);
    EXPECT_REFUSED(segments[0].deleted_length, 101, uint64_t);
    EXPECT_REFUSED(segments[1].deleted_length, 1, uint64_t);
    EXPECT_REFUSED(bitmap[0], 0, uint64_t);
    EXPECT_REFUSED(bitmap[1], 1, uint64_t);
    EXPECT_REFUSED(corrections[0].termfreq, 0, uint32_t);
    EXPECT_REFUSED(corrections[0].termfreq, 2, uint32_t);
    EXPECT_REFUSED(corrections[1].collection_freq, 11, uint64_t);
    EXPECT_REFUSED(settings[0].name, "b", char *);
    EXPECT_REFUSED(settings[0].name, "c", char *);
    bitmap[0] = 0;
    EXPECT_REFUSED(bitmap[1], UINT64_C(1) << 6, uint64_t); /* document 70 of 70 */
    bitmap[1] = UINT64_C(1) << 5;
    EXPECT_EQ(write_and_read(&good, &err), OIR_OK);
}

int main(void)
{
    harness_seed(2);
    TEST(round_trips);
    TEST(cut_short_or_too_long);
    TEST(changed_bytes_are_harmless);
    TEST(impossible_numbers);
    return harness_end();
}
