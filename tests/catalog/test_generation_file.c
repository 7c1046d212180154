#include "catalog/generation_file.h"

#include "catalog_samples.h"

static char *folder, *path;

static void make(generation *g, uint32_t segments, uint32_t documents)
{
    samples_generation(g, segments, documents);
    memcpy(g->uuid, "01234567-89ab-4def-8123-456789abcdef", 37);
    g->revision = 1 + harness_random() % 1000;
}

static void round_trips(void)
{
    oir_error err;
    for (int i = 0; i < 60; i++) {
        generation g, back;
        make(&g, 8, 1000);
        REQUIRE_OK(generation_file_write(path, &g, i % 2, &err), err); /* in the place of the one before */
        REQUIRE_OK(generation_file_read(path, &back, &err), err);
        EXPECT(samples_equal(&g, &back));
        generation_release(&g);
        generation_release(&back);
    }
}

static void larger_than_a_chunk(void)
{
    oir_error err;
    generation g, back;
    do
        make(&g, 2, 1);
    while (g.segment_count < 2 ? (generation_release(&g), 1) : 0);
    catalog_segment *s = &g.segments[0];
    catalog_segment_release(s);
    s->document_count = 30000000; /* 3.75 MB of bitmap */
    s->total_length = 1000000000;
    g.last_docid = 40000000;
    samples_delete_some(s);
    samples_correct_some(s, 700000);
    REQUIRE_OK(generation_file_write(path, &g, true, &err), err);
    REQUIRE_OK(generation_file_read(path, &back, &err), err);
    EXPECT(samples_equal(&g, &back));
    generation_release(&g);
    generation_release(&back);
}

static void missing_file(void)
{
    oir_error err;
    generation back;
    unlink(path);
    EXPECT_EQ(generation_file_read(path, &back, &err), OIR_NOT_FOUND);
}

/* Any damage is refused, or was in bytes that mean nothing: then the generation is the one written. */
static void damage(void)
{
    oir_error err;
    generation g;
    buffer bytes = BUFFER_INIT;
    int refused = 0, rounds = 2000;
    make(&g, 8, 3000);
    REQUIRE_OK(generation_file_write(path, &g, false, &err), err);
    REQUIRE_OK(file_read_all(path, SIZE_MAX, &bytes, &err), err);
    for (int i = 0; i < rounds; i++) {
        generation back;
        uint8_t *copy = memory_copy(bytes.data, bytes.size);
        size_t size = bytes.size;
        if (i % 20 == 0)
            size = harness_below((uint32_t)size);
        else
            for (uint32_t n = 1 + harness_below(4); n > 0; n--)
                copy[harness_below((uint32_t)size)] ^= (uint8_t)(1u << harness_below(8));
        samples_write(folder, "generation-1", copy, size);
        memset(&err, 0, sizeof err);
        oir_status status = generation_file_read(path, &back, &err);
        if (status == OIR_OK) {
            EXPECT(samples_equal(&g, &back));
        } else {
            EXPECT(status == OIR_CORRUPT || status == OIR_VERSION);
            EXPECT(strstr(err.message, "generation-1") != NULL);
            refused++;
        }
        generation_release(&back);
        memory_free(copy);
    }
    printf("%d of %d damaged files refused, the others read as written; %zu bytes\n", refused, rounds, bytes.size);
    EXPECT(refused > rounds / 20);
    generation_release(&g);
    buffer_release(&bytes);
}

int main(void)
{
    harness_seed(3);
    folder = samples_folder();
    path = file_join(folder, "generation-1");
    TEST(round_trips);
    TEST(larger_than_a_chunk);
    TEST(missing_file);
    TEST(damage);
    samples_remove(folder);
    memory_free(folder);
    memory_free(path);
    return harness_end();
}
