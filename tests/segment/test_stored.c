#include "segment/stored.h"

#include "container_world.h"

typedef struct text {
    size_t size;
    char *bytes;
} text;

static text *texts;
static uint32_t document_count;

/* Words from a small set, so that it compresses; every kind of document by number. */
static text random_text(uint32_t kind)
{
    size_t size = kind == 0 ? 0 : kind == 1 ? harness_below(40000) : kind == 2 ? 200000 : harness_below(1500);
    text t = {size, malloc(size + 1)};
    for (size_t i = 0; i < size;) {
        char word[80];
        uint32_t which = harness_below(400);
        int length = snprintf(word, sizeof word, kind == 1 ? "%u" : "the quality of word %u is not ", which * which);
        for (int j = 0; j < length && i < size; j++)
            t.bytes[i++] = word[j];
    }
    if (kind == 4) /* that does not compress */
        for (size_t i = 0; i < size; i++)
            t.bytes[i] = (char)harness_random();
    return t;
}

static team *helpers; /* NULL at first */

static void write_texts(uint32_t documents, uint32_t empty_in_10)
{
    oir_error err;
    container_writer *file;
    stored_writer *w;
    document_count = documents;
    texts = malloc((documents + 1) * sizeof *texts);
    REQUIRE_OK(container_writer_open(&file, world_path, &err), err);
    REQUIRE_OK(container_writer_add_root(file, PART_SEGMENT, "x", 1, 1, &err), err);
    REQUIRE_OK(stored_writer_new(&w, file, helpers, &err), err);
    for (uint32_t i = 0; i < documents; i++) {
        bool empty = harness_below(10) < empty_in_10 || (i > 100 && i < 4000);
        uint32_t kind = harness_below(50) ? 3 : harness_below(2) ? 1 : 4;
        texts[i] = random_text(empty ? 0 : harness_below(300) == 0 ? 2 : kind);
        REQUIRE_OK(stored_writer_add(w, texts[i].bytes, texts[i].size, &err), err);
    }
    REQUIRE_OK(stored_writer_end(w, &err), err);
    stored_writer_free(w);
    REQUIRE_OK(container_writer_commit(file, false, &err), err);
}

static void forget_texts(void)
{
    for (uint32_t i = 0; i < document_count; i++)
        free(texts[i].bytes);
    free(texts);
    unlink(world_path);
}

static void expect_texts(const stored *s)
{
    oir_error err;
    oir_bytes data;
    buffer out = BUFFER_INIT;
    stored_cursor cursor;
    uint64_t total = 0;
    stored_cursor_init(&cursor, s);
    for (uint32_t n = 0; n < document_count + 300; n++) {
        uint32_t local = n < document_count ? n : harness_below(document_count);
        const text *t = texts + local;
        REQUIRE_OK(stored_cursor_get(&cursor, local, &data, &err), err);
        EXPECT(data.size == t->size && (data.size == 0 || memcmp(data.data, t->bytes, t->size) == 0));
        total += n < document_count ? data.size : 0;
        if (n < document_count && harness_below(20))
            continue;
        buffer_clear(&out);
        buffer_add_byte(&out, '!');
        REQUIRE_OK(stored_get(s, local, &out, &err), err);
        EXPECT(out.size == t->size + 1 && out.data[0] == '!' && memcmp(out.data + 1, t->bytes, t->size) == 0);
    }
    EXPECT_EQ(total, stored_get_bytes(s));
    stored_cursor_release(&cursor);
    buffer_release(&out);
}

static void round_trip(uint32_t documents, uint32_t empty_in_10)
{
    oir_error err;
    container *c;
    stored *s;
    write_texts(documents, empty_in_10);
    REQUIRE_OK(container_open(&c, world_path, &err), err);
    REQUIRE_OK(stored_open(&s, c, documents, &err), err);
    REQUIRE_OK(stored_check(s, &err), err);
    if (documents)
        expect_texts(s);
    if (empty_in_10 == 10)
        EXPECT(!container_has_part(c, PART_STORED));
    printf("%u documents: %llu bytes in %llu\n", documents, (unsigned long long)stored_get_bytes(s),
           (unsigned long long)container_part_size(c, PART_STORED));
    stored_close(s);
    container_close(c);
    forget_texts();
}

/* Newspaper-like text: common phrases, long enough that a dictionary pays; then nothing in common. */
static void dictionary(bool expected)
{
    oir_error err;
    container *c;
    stored *s;
    const uint8_t *root;
    uint64_t size;
    char phrases[500][60];
    for (int i = 0; i < 500; i++) {
        for (int j = 0; j < 59; j++)
            phrases[i][j] = (char)('a' + harness_below(26));
        phrases[i][59] = 0;
    }
    container_writer *file;
    stored_writer *w;
    document_count = 900;
    texts = malloc(document_count * sizeof *texts);
    REQUIRE_OK(container_writer_open(&file, world_path, &err), err);
    REQUIRE_OK(stored_writer_new(&w, file, helpers, &err), err);
    for (uint32_t i = 0; i < document_count; i++) {
        texts[i] = (text){59 * 20, malloc(59 * 20)};
        for (size_t j = 0; j < texts[i].size; j++)
            texts[i].bytes[j] = (char)harness_random();
        for (size_t j = 0; expected && j < 20; j += 2)
            memcpy(texts[i].bytes + 59 * j, phrases[harness_below(500)], 59);
        REQUIRE_OK(stored_writer_add(w, texts[i].bytes, texts[i].size, &err), err);
    }
    REQUIRE_OK(stored_writer_end(w, &err), err);
    stored_writer_free(w);
    REQUIRE_OK(container_writer_commit(file, false, &err), err);
    REQUIRE_OK(container_open(&c, world_path, &err), err);
    REQUIRE_OK(container_get_root(c, PART_STORED, &root, &size, &err), err);
    EXPECT_EQ(bits_load32(root + 24) > 0, expected);
    REQUIRE_OK(stored_open(&s, c, document_count, &err), err);
    REQUIRE_OK(stored_check(s, &err), err);
    expect_texts(s);
    stored_close(s);
    container_close(c);
    forget_texts();
}

static void dictionaries(void)
{
    dictionary(true);
    dictionary(false);
}

static void round_trips(void)
{
    round_trip(5, 0);
    round_trip(0, 0);
    round_trip(3000, 10);
    round_trip(6000, 1);
    round_trip(101, 9);
    round_trip(100, 0);
}

static void use_damaged(const container *c)
{
    oir_error err;
    stored *s;
    buffer out = BUFFER_INIT;
    if (stored_open(&s, c, document_count, &err) != OIR_OK)
        return;
    (void)stored_check(s, &err);
    for (uint32_t local = 0; local < document_count; local++) {
        oir_status status = stored_get(s, local, &out, &err);
        EXPECT(status == OIR_OK || status == OIR_CORRUPT);
        buffer_clear(&out);
    }
    buffer_release(&out);
    stored_close(s);
}

static void damage(void)
{
    write_texts(8, 3);
    world_damage(use_damaged);
    forget_texts();
}

int main(void)
{
    harness_seed(20250105);
    world_open();
    TEST(round_trips);
    TEST(dictionaries);
    TEST(damage);
    helpers = team_new(2);
    REQUIRE(helpers);
    TEST(round_trips);
    TEST(dictionaries);
    team_free(helpers);
    world_close();
    return harness_end();
}
