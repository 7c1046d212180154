/* The quick way to words against the rules: any text gives the same words, simple ones from word_scan_next, and what it
 * leaves, from word_next. */
#include "text/word_scan.h"

#include "base/buffer.h"
#include "codec/word_masks.h"
#include "harness.h"
#include "text/word.h"

/* Words by the rules, one a line. */
static void add_by_rules(const char *text, size_t size, buffer *out)
{
    word_breaker breaker;
    word_token w;
    word_breaker_init(&breaker, text, size, true);
    while (word_next(&breaker, &w)) {
        buffer_add(out, w.term, w.size < WORD_BYTES ? w.size : WORD_BYTES);
        buffer_add_format(out, " %u\n", w.flags & WORD_PAIR);
    }
}

/* The same, with simple words as they are found; returns how many these were. */
static size_t add_scanned(const char *text, size_t size, word_masks_kernel kernel, uint32_t most, buffer *out)
{
    word_span spans[128], rest;
    word_scan scan = word_scan_begin(text, size, kernel);
    size_t simple = 0;
    for (;;) {
        uint32_t count = word_scan_next(&scan, spans, most, &rest);
        REQUIRE(count <= most);
        simple += count;
        for (uint32_t i = 0; i < count; i++) {
            for (size_t b = 0; b < spans[i].size && b < WORD_BYTES; b++) {
                uint8_t c = spans[i].at[b];
                buffer_add_byte(out, (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c));
            }
            buffer_add_format(out, " 0\n");
        }
        add_by_rules((const char *)rest.at, rest.size, out);
        if (count == 0 && rest.size == 0)
            return simple;
    }
}

static size_t compare(const char *text, size_t size)
{
    static const uint32_t mosts[] = {WORD_SCAN_LEAST, WORD_SCAN_LEAST + 1, 96, 128};
    buffer expected = BUFFER_INIT, got = BUFFER_INIT;
    size_t simple = 0;
    add_by_rules(text, size, &expected);
    for (int isa = ISA_SCALAR; isa <= (int)isa_of_machine(); isa++) {
        word_masks_kernel kernel = word_masks_get((enum isa)isa);
        buffer_clear(&got);
        simple = add_scanned(text, size, kernel ? kernel : word_scan_masks, mosts[harness_random() % 4], &got);
        if (got.size != expected.size || (got.size && memcmp(got.data, expected.data, got.size) != 0)) {
            harness_fail(__FILE__, __LINE__, "other words than by the rules");
            fprintf(stderr, "in '%.*s': %.*s, by the rules %.*s\n", (int)size, text, (int)got.size,
                    (const char *)got.data, (int)expected.size, (const char *)expected.data);
        }
    }
    buffer_release(&expected);
    buffer_release(&got);
    return simple;
}

static void some_texts(void)
{
    static const struct {
        const char *text;
        size_t simple;
    } texts[] = {
        {"", 0}, {"one", 1}, {"The quick_brown fox 42", 4}, {"end. Of; two, lines:\nyes", 5},
        {"don't AT&T 3.14 U.S.A. c++ C# x", 1}, {"a+ b", 1}, {"caf\xc3\xa9 noir", 1}, {"noir caf\xc3\xa9", 1},
        {"x\xe2\x80\x94y z", 1}, {"\xe2\x80\x94 z", 1}, {"A. B.", 2}, {"A.B", 0}, {"(a/b)-c", 3}, {"+a #b", 2},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        EXPECT_EQ(compare(texts[i].text, strlen(texts[i].text)), texts[i].simple);
}

/* Pieces that meet in all ways, at all places of a block; on the heap, so that a sanitizer sees loads behind it. */
static void random_texts(void)
{
    static const char *const pieces[] = {
        "a", "Zz", "word", "0", "42", "_", " ", " ", " ", "\n", "'", "&", ",", ".", ";", "+", "#", "-", "/", "\xc3\xa9",
        "\xc3\x89", "\xe2\x80\x99", "\xe2\x80\x94", "\xe4\xb8\xad", "\xe6\x96\x87", "\xc2\xad", "\xff", "U.S.",
        "\x01", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_012"};
    size_t simple = 0;
    for (int round = 0; round < 4000; round++) {
        uint32_t kinds = 1 + (uint32_t)(harness_random() % (sizeof pieces / sizeof *pieces));
        uint32_t count = (uint32_t)(harness_random() % 120);
        buffer text = BUFFER_INIT;
        for (uint32_t i = 0; i < count; i++) {
            const char *piece = pieces[harness_random() % 3 ? harness_random() % 10 : harness_random() % kinds];
            buffer_add(&text, piece, strlen(piece));
        }
        char *exact = malloc(text.size + !text.size);
        REQUIRE(exact);
        if (text.size)
            memcpy(exact, text.data, text.size);
        simple += compare(exact, text.size);
        free(exact);
        buffer_release(&text);
    }
    EXPECT(simple > 20000);
}

static void masks(void)
{
    for (int round = 0; round < 2000; round++) {
        uint8_t bytes[WORD_SCAN_BLOCK];
        uint64_t expected[WORD_MASKS], got[WORD_MASKS];
        for (int i = 0; i < WORD_SCAN_BLOCK; i++)
            bytes[i] = (uint8_t)(round < 4 ? round * WORD_SCAN_BLOCK + i : (int)harness_random());
        word_scan_masks(bytes, expected);
        for (int isa = ISA_SCALAR + 1; isa <= (int)isa_of_machine(); isa++) {
            word_masks_kernel kernel = word_masks_get((enum isa)isa);
            if (!kernel)
                continue;
            kernel(bytes, got);
            EXPECT(memcmp(got, expected, sizeof got) == 0);
        }
    }
}

int main(void)
{
    harness_seed(0);
    TEST(some_texts);
    TEST(random_texts);
    TEST(masks);
    return harness_end();
}
