#include <oir/term_generator.h>

#include "base/buffer.h"
#include "document/document.h"
#include "harness.h"
#include "indexer/word_table.h"

static oir_error err;

/* The document's terms in byte order as term*wdf@position,position with single spaces between. */
static void write_terms(oir_document *document, buffer *out)
{
    buffer got = BUFFER_INIT;
    document_terms *terms = &document->terms;
    REQUIRE_OK(document_complete(document, &err), err);
    REQUIRE_OK(document_terms_sort(terms, &err), err);
    for (uint32_t i = 0; i < terms->count; i++) {
        const document_term *term = &terms->terms[terms->order[i]];
        const vocabulary_word *word = document_terms_get_word(terms, term);
        buffer_add_format(&got, "%s%.*s*%u", i ? " " : "", (int)word->size, document_terms_get_bytes(terms, word),
                          (unsigned)term->wdf);
        for (uint32_t p = 0; p < term->positions; p++)
            buffer_add_format(&got, "%c%u", p ? ',' : '@', (unsigned)terms->positions[term->first + p]);
    }
    buffer_add_byte(&got, 0);
    *out = got;
}

static void expect_terms(oir_document *document, const char *expected)
{
    buffer got;
    write_terms(document, &got);
    EXPECT_STR((const char *)got.data, expected);
    buffer_release(&got);
}

static void index_text(oir_term_generator *generator, const char *text, oir_termcount wdf, const char *prefix)
{
    REQUIRE_OK(oir_term_generator_index_text(generator, text, strlen(text), wdf, prefix, &err), err);
}

static void fields_of_a_document(void)
{
    oir_term_generator *generator;
    oir_document *document;
    REQUIRE_OK(oir_term_generator_new(&generator, &err), err);
    REQUIRE_OK(oir_document_new(&document, &err), err);
    REQUIRE_OK(oir_term_generator_set_stemmer(generator, "english", &err), err);
    oir_term_generator_set_document(generator, document);
    index_text(generator, "Combat Missions", 2, "S");
    oir_term_generator_increase_termpos(generator, 100);
    index_text(generator, "a combat mission, combat", 1, "");
    REQUIRE_OK(oir_term_generator_index_text_without_positions(generator, "x a", 3, 1, "K", &err), err);
    EXPECT_EQ(oir_term_generator_get_termpos(generator), 106);
    expect_terms(document, "Ka*1 Kx*1 Scombat*2@1 Smissions*2@2 ZKa*1 ZKx*1 ZScombat*2 ZSmission*2 Za*1 Zcombat*2 "
                           "Zmission*1 a*1@103 combat*2@104,106 mission*1@105");
    oir_document_clear(document);
    oir_term_generator_set_document(generator, document);
    EXPECT_EQ(oir_term_generator_get_termpos(generator), 0);
    oir_term_generator_set_termpos(generator, 7);
    index_text(generator, "on", 1, "");
    expect_terms(document, "Zon*1 on*1@8");
    oir_document_free(document);
    oir_term_generator_free(generator);
    oir_term_generator_free(NULL);
}

static void settings(void)
{
    oir_term_generator *generator;
    oir_document *document;
    oir_stopper *stopper;
    REQUIRE_OK(oir_term_generator_new(&generator, &err), err);
    REQUIRE_OK(oir_document_new(&document, &err), err);
    REQUIRE_OK(oir_stopper_new(&stopper, &err), err);
    REQUIRE_OK(oir_stopper_add(stopper, "the", &err), err);
    REQUIRE_OK(oir_term_generator_set_stemmer(generator, "en", &err), err);
    oir_term_generator_set_stem_strategy(generator, OIR_STEM_ALL_Z);
    oir_term_generator_set_stopper(generator, stopper);
    oir_term_generator_set_stop_strategy(generator, OIR_STOP_ALL);
    oir_term_generator_set_max_word_length(generator, 8);
    oir_term_generator_set_ngrams(generator, false);
    oir_term_generator_set_document(generator, document);
    index_text(generator, "the missions considered 中文", 1, "");
    expect_terms(document, "Zmission*1@1 Z中文*1@2");
    EXPECT_EQ(oir_term_generator_set_stemmer(generator, "klingon", &err), OIR_NOT_FOUND);
    REQUIRE_OK(oir_term_generator_set_stemmer(generator, "none", &err), err);
    index_text(generator, "missions", 1, "");
    expect_terms(document, "Zmission*1@1 Z中文*1@2 missions*1@3");
    oir_stopper_free(stopper);
    oir_document_free(document);
    oir_term_generator_free(generator);
}

static void set_anything(oir_term_generator *generator, const oir_stopper *stopper, uint64_t chance)
{
    oir_term_generator_set_stem_strategy(generator, (oir_stem_strategy)(chance % 5));
    oir_term_generator_set_stop_strategy(generator, (oir_stop_strategy)(chance / 5 % 3));
    oir_term_generator_set_stopper(generator, chance / 15 % 2 ? stopper : NULL);
    oir_term_generator_set_max_word_length(generator, chance / 30 % 2 ? 7 : OIR_WORD_MAX_DEFAULT);
    oir_term_generator_set_ngrams(generator, chance / 60 % 2);
    REQUIRE_OK(oir_term_generator_set_stemmer(generator, chance / 120 % 2 ? "english" : "none", &err), err);
}

static void make_text(buffer *text)
{
    static const char *const words[] = {"combat", "Missions", "the", "running", "RUNNING", "a", "x_1", "2021",
                                        "caf\xc3\xa9", "don't", "3.14", "U.S.A.", "c++", "internationalisation",
                                        "\xe4\xb8\xad\xe6\x96\x87", "ends.", "(one)/two", "runs", "don't.",
                                        "\xc2\xa9", "\xe2\x80\x94the", "Caf\xc3\xa9,", "one\xc2\xa0two",
                                        "three\xc2\xa0or\xc2\xa0more", "internationalisations"};
    for (uint64_t n = harness_random() % 200; n > 0; n--) {
        const char *word = words[harness_random() % (sizeof words / sizeof *words)];
        buffer_add(text, word, strlen(word));
        if (harness_random() % 20 == 0)
            buffer_add_format(text, "%u", (unsigned)(harness_random() % 100000));
        buffer_add_byte(text, harness_random() % 8 ? ' ' : (uint8_t)'-');
    }
    buffer_add_byte(text, 0);
}

/* A generator and a document that have seen many texts, which look words up, give what new ones give, which do not:
 * whatever the settings, which change on the way, and the fields. */
static void words_seen_before(void)
{
    static const char *const prefixes[] = {"", "S", "XA"};
    oir_stopper *stopper;
    oir_term_generator *used, *fresh;
    oir_document *old, *new;
    REQUIRE_OK(oir_stopper_new_for(&stopper, "english", &err), err);
    REQUIRE_OK(oir_term_generator_new(&used, &err), err);
    REQUIRE_OK(oir_document_new(&old, &err), err);
    for (uint32_t round = 0, rounds = harness_times(600); round < rounds; round++) {
        uint64_t settings = harness_random();
        static uint64_t kept;
        if (round % 10 == 0)
            set_anything(used, stopper, kept = settings);
        REQUIRE_OK(oir_term_generator_new(&fresh, &err), err);
        REQUIRE_OK(oir_document_new(&new, &err), err);
        set_anything(fresh, stopper, kept);
        oir_document_clear(old);
        oir_term_generator_set_document(used, old);
        oir_term_generator_set_document(fresh, new);
        for (int field = 0; field < 3; field++) {
            buffer text = BUFFER_INIT;
            make_text(&text);
            const char *prefix = prefixes[harness_random() % 3];
            oir_termcount wdf = harness_random() % 4 ? 1 : (oir_termcount)(harness_random() % 5);
            bool positions = harness_random() % 3;
            oir_term_generator *both[] = {used, fresh};
            for (int i = 0; i < 2; i++) {
                if (positions)
                    index_text(both[i], (const char *)text.data, wdf, prefix);
                else
                    REQUIRE_OK(oir_term_generator_index_text_without_positions(both[i], (const char *)text.data,
                                                                               text.size - 1, wdf, prefix, &err), err);
            }
            EXPECT_EQ(oir_term_generator_get_termpos(used), oir_term_generator_get_termpos(fresh));
            buffer_release(&text);
        }
        buffer expected;
        write_terms(new, &expected);
        expect_terms(old, (const char *)expected.data);
        EXPECT_EQ(old->terms.length, new->terms.length);
        buffer_release(&expected);
        oir_term_generator_free(fresh);
        oir_document_free(new);
    }
    oir_document_free(old);
    oir_term_generator_free(used);
    oir_stopper_free(stopper);
}

/* Pieces of a text that end at spaces, each by a generator that has seen nothing, and not by the table. */
static void index_by_rules(oir_document *document, const buffer *text)
{
    oir_termpos position = 0;
    for (size_t at = 0, end; at < text->size; at = end) {
        oir_term_generator *generator;
        for (end = text->size - at > 50000 ? at + 50000 : text->size; end < text->size && text->data[end - 1] != ' ';)
            end++;
        REQUIRE_OK(oir_term_generator_new(&generator, &err), err);
        REQUIRE_OK(oir_term_generator_set_stemmer(generator, "english", &err), err);
        oir_term_generator_set_document(generator, document);
        oir_term_generator_set_termpos(generator, position);
        REQUIRE_OK(oir_term_generator_index_text(generator, (const char *)text->data + at, end - at, 2, "S", &err),
                   err);
        position = oir_term_generator_get_termpos(generator);
        oir_term_generator_free(generator);
    }
}

/* A text that is long enough for the table gives what its pieces give. */
static void compare_with_rules(const buffer *text)
{
    oir_term_generator *generator;
    oir_document *document, *expected;
    buffer terms;
    REQUIRE_OK(oir_document_new(&document, &err), err);
    REQUIRE_OK(oir_document_new(&expected, &err), err);
    REQUIRE_OK(oir_term_generator_new(&generator, &err), err);
    REQUIRE_OK(oir_term_generator_set_stemmer(generator, "english", &err), err);
    oir_term_generator_set_document(generator, document);
    REQUIRE_OK(oir_term_generator_index_text(generator, (const char *)text->data, text->size, 2, "S", &err), err);
    index_by_rules(expected, text);
    write_terms(expected, &terms);
    expect_terms(document, (const char *)terms.data);
    EXPECT_EQ(document->terms.length, expected->terms.length);
    buffer_release(&terms);
    oir_term_generator_free(generator);
    oir_document_free(document);
    oir_document_free(expected);
}

/* More words than the table has places, and one so often that it is added before the text's end. */
static void a_long_text(void)
{
    buffer text = BUFFER_INIT;
    for (uint32_t i = harness_times(300000); i > 0; i--) {
        buffer_add(&text, "run run run run running ", 20);
        buffer_add_format(&text, "w%ux%s", harness_below(200000), harness_below(8) ? " " : "\xc3\xa9, ");
    }
    compare_with_rules(&text);
    buffer_release(&text);
}

/* Words that a new table has in the same two places, as anybody may choose them, beside each other. */
static void words_of_the_same_places(void)
{
    enum { WORDS = 8, LEAST = 1 << 17 };
    word_table table = {0};
    const word_table_entry *at = NULL;
    buffer text = BUFFER_INIT;
    REQUIRE(word_table_open(&table, 0));
    for (uint32_t i = 0, found = 0; found < WORDS; i++) {
        char word[16];
        int size = snprintf(word, sizeof word, "w%uing", i);
        hash_key k = hash_make_key(word, (size_t)size);
        const word_table_entry *its = word_table_at(&table, k.low, k.high, word_table_tag(&table, 0));
        if (at && its != at)
            continue;
        at = its;
        found++;
        buffer_add_format(&text, "%s ", word);
    }
    for (size_t size = text.size; text.size < LEAST;) { /* and again, a word further on each time */
        buffer_add(&text, "one ", 4);
        REQUIRE(buffer_reserve(&text, size));
        buffer_add(&text, text.data, size);
    }
    compare_with_rules(&text);
    buffer_release(&text);
    word_table_release(&table);
}

static void misuse_and_limits(void)
{
    oir_term_generator *generator;
    oir_document *document;
    REQUIRE_OK(oir_term_generator_new(&generator, &err), err);
    REQUIRE_OK(oir_document_new(&document, &err), err);
    EXPECT_EQ(oir_term_generator_index_text(generator, "a", 1, 1, "", &err), OIR_INVALID_OPERATION);
    oir_term_generator_set_document(generator, document);
    oir_term_generator_set_termpos(generator, UINT32_MAX - 3);
    oir_term_generator_increase_termpos(generator, 1);
    EXPECT_EQ(oir_term_generator_index_text(generator, "a b", 3, 1, "", &err), OIR_TOO_BIG);
    oir_term_generator_increase_termpos(generator, 100);
    EXPECT_EQ(oir_term_generator_get_termpos(generator), UINT32_MAX);
    EXPECT_EQ(oir_term_generator_index_text(generator, "a", 1, 1, "", &err), OIR_TOO_BIG);
    expect_terms(document, "a*1@4294967294");
    oir_document_free(document);
    oir_term_generator_free(generator);
}

int main(void)
{
    harness_seed(0);
    TEST(fields_of_a_document);
    TEST(settings);
    TEST(words_seen_before);
    TEST(a_long_text);
    TEST(words_of_the_same_places);
    TEST(misuse_and_limits);
    return harness_end();
}
