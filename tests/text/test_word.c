#include "text/word.h"

#include <ctype.h>

#include "base/buffer.h"
#include "harness.h"
#include "text/unicode.h"
#include "text/utf8.h"

/* Reads \xNN, \uNNNN, \s and \e. */
static void unescape(const char *from, size_t size, buffer *out)
{
    buffer_clear(out);
    for (size_t at = 0; at < size; at++) {
        char digits[5] = "";
        uint8_t bytes[UTF8_MAX];
        if (from[at] != '\\') {
            buffer_add_byte(out, (uint8_t)from[at]);
            continue;
        }
        switch (from[++at]) {
        case 'x':
            memcpy(digits, from + at + 1, 2);
            buffer_add_byte(out, (uint8_t)strtoul(digits, NULL, 16));
            at += 2;
            break;
        case 'u':
            memcpy(digits, from + at + 1, 4);
            buffer_add(out, bytes, utf8_encode((uint32_t)strtoul(digits, NULL, 16), bytes));
            at += 4;
            break;
        case 's':
            buffer_add_byte(out, ' ');
            break;
        default:
            break;
        }
    }
    buffer_add_byte(out, 0);
}

static void add_word(buffer *out, const word_token *w)
{
    static const char letters[] = "LCANP";
    if (out->size)
        buffer_add_byte(out, ' ');
    buffer_add(out, w->term, w->size);
    buffer_add_format(out, "[%zu,%zu)", w->begin, w->end);
    for (int i = 0; i < 5; i++) {
        if (w->flags & 1u << i)
            buffer_add_byte(out, (uint8_t)letters[i]);
    }
    if (w->suffix)
        buffer_add_format(out, "+%zu", w->suffix);
}

static void records(void)
{
    const char *source = getenv("OIR_SOURCE_DIR");
    char path[1000], line[4000];
    snprintf(path, sizeof path, "%s/tests/data/words.txt", source ? source : ".");
    FILE *file = fopen(path, "r");
    REQUIRE(file);
    int count = 0;
    buffer text = BUFFER_INIT, expected = BUFFER_INIT, got = BUFFER_INIT;
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;
        size_t size = strcspn(line, "\t"), end = strcspn(line, "\n"), off = line[0] == '!';
        REQUIRE(size < end);
        unescape(line + off, size - off, &text);
        unescape(line + size + 1, end - size - 1, &expected);
        word_breaker breaker;
        word_token w;
        word_breaker_init(&breaker, (const char *)text.data, text.size - 1, !off);
        buffer_clear(&got);
        while (word_next(&breaker, &w))
            add_word(&got, &w);
        buffer_add_byte(&got, 0);
        EXPECT_STR((const char *)got.data, (const char *)expected.data);
        count++;
    }
    EXPECT(count > 20);
    fclose(file);
    buffer_release(&text);
    buffer_release(&expected);
    buffer_release(&got);
}

static void long_words_are_read_to_their_end(void)
{
    char text[2000];
    memset(text, 'A', sizeof text);
    for (size_t size = WORD_BYTES - 3; size < WORD_BYTES + 3; size++) {
        word_breaker breaker;
        word_token w;
        memcpy(text + size, "\xc3\x89# z", 5);
        word_breaker_init(&breaker, text, size + 5, true);
        REQUIRE(word_next(&breaker, &w));
        EXPECT_EQ(w.size, size + 3);
        EXPECT_EQ(w.end, size + 3);
        EXPECT_EQ(w.suffix, 1);
        EXPECT_EQ(w.term[WORD_BYTES - 4], 'a');
        REQUIRE(word_next(&breaker, &w));
        EXPECT_EQ(w.term[0], 'z');
        EXPECT(!word_next(&breaker, &w));
        EXPECT(!word_next(&breaker, &w));
        memset(text, 'A', sizeof text);
    }
}

/* A megabyte of A.A.A. with a word character behind it, which makes it no acronym from any of its letters. */
/* Letters are read eight at a time: every length, with every byte behind it, and the text's end at every place. */
static void ascii_words_of_all_lengths(void)
{
    for (size_t size = 1; size < 40; size++) {
        for (int c = 0; c < 128; c++) {
            char text[80], lower[80];
            word_breaker breaker;
            word_token w;
            for (size_t i = 0; i < sizeof text; i++)
                text[i] = (char)((i * 7 % 3 ? 'a' : 'A') + (int)(i * 11 % 26));
            bool word = isalnum(c) || c == '_', joins = c == '\'' || c == '&', kept = c == '+' || c == '#';
            text[size] = (char)c;
            for (size_t i = 0; i < sizeof text; i++)
                lower[i] = (char)tolower(text[i]);
            for (size_t left = 0; left < 20; left++) {
                size_t end = word || (joins && left) ? size + 1 + left : kept && !left ? size + 1 : size;
                word_breaker_init(&breaker, text, size + 1 + left, true);
                REQUIRE(word_next(&breaker, &w));
                EXPECT_EQ(w.begin, 0);
                EXPECT_EQ(w.end, end);
                EXPECT_EQ(w.size, end);
                EXPECT(memcmp(w.term, lower, end) == 0);
            }
        }
    }
}

static void hostile_acronyms_are_linear(void)
{
    size_t size = 1u << 20, count = 0;
    char *text = malloc(size);
    REQUIRE(text);
    for (size_t i = 0; i < size; i++)
        text[i] = i % 2 ? '.' : 'A';
    text[size - 1] = 'x';
    word_breaker breaker;
    word_token w;
    word_breaker_init(&breaker, text, size, true);
    while (word_next(&breaker, &w))
        count++;
    EXPECT_EQ(count, size / 2);
    free(text);
}

static void a_word_is_read_at_a_place(void)
{
    static const char text[] = "see U.N. now, \xe4\xb8\xad\xe6\x96\x87";
    word_breaker breaker;
    word_token w;
    word_breaker_init(&breaker, text, strlen(text), true);
    EXPECT(!word_read(&breaker, 3, &w));
    REQUIRE(word_read(&breaker, 4, &w));
    EXPECT(w.size == 2 && memcmp(w.term, "un", 2) == 0 && (w.flags & WORD_ACRONYM));
    REQUIRE(word_next(&breaker, &w));
    EXPECT_EQ(w.begin, 9);
    REQUIRE(word_read(&breaker, 1, &w));
    EXPECT(w.size == 2 && memcmp(w.term, "ee", 2) == 0);
    REQUIRE(word_read(&breaker, 14, &w));
    EXPECT(w.flags & WORD_NGRAM);
    REQUIRE(word_next(&breaker, &w));
    EXPECT(w.flags & WORD_PAIR);
    EXPECT(!word_read(&breaker, strlen(text), &w));
}

static void random_bytes(void)
{
    for (int round = 0; round < 20000; round++) {
        static const char pieces[] = "aA1_.'&,;+# \xe4\xb8\xad\xff\xc3\xa9\xe2\x80\x8d";
        uint32_t size = harness_below(40);
        char *text = malloc(size + !size); /* exactly as long as it is, so that reading on is found out */
        REQUIRE(text);
        for (uint32_t i = 0; i < size; i++)
            text[i] = harness_below(8) ? pieces[harness_below(sizeof pieces - 1)] : (char)harness_below(256);
        word_breaker breaker;
        word_token w;
        word_breaker_init(&breaker, text, size, harness_below(2));
        size_t last = 0;
        while (word_next(&breaker, &w)) {
            EXPECT(w.size > 0 && w.begin < w.end && w.end <= size);
            EXPECT((w.flags & WORD_PAIR) || w.begin >= last);
            EXPECT(utf8_is_valid(w.term, w.size));
            if (!(w.flags & WORD_PAIR)) {
                word_breaker other = breaker;
                word_token again;
                EXPECT(word_read(&other, w.begin, &again));
                EXPECT(again.size == w.size && memcmp(again.term, w.term, w.size) == 0 && again.end == w.end);
                last = w.end;
            }
        }
        free(text);
    }
}

int main(void)
{
    harness_seed(3);
    TEST(records);
    TEST(long_words_are_read_to_their_end);
    TEST(ascii_words_of_all_lengths);
    TEST(hostile_acronyms_are_linear);
    TEST(a_word_is_read_at_a_place);
    TEST(random_bytes);
    return harness_end();
}
