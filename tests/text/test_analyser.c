#include "text/analyser.h"

#include "base/buffer.h"
#include "harness.h"

static oir_error err;

/* Terms with @position, * and the increment where it is not 1, single spaces between. */
static oir_status write_down(void *context, const char *term, size_t size, bool has_position, oir_termpos position,
                             oir_termcount wdf_increment, oir_error *e)
{
    buffer *out = context;
    (void)e;
    if (out->size)
        buffer_add_byte(out, ' ');
    buffer_add(out, term, size);
    if (has_position)
        buffer_add_format(out, "@%u", (unsigned)position);
    if (wdf_increment != 1)
        buffer_add_format(out, "*%u", (unsigned)wdf_increment);
    return OIR_OK;
}

static void expect_terms(analyser *a, const char *text, const char *prefix, bool positions, const char *expected)
{
    buffer got = BUFFER_INIT;
    REQUIRE_OK(analyser_text(a, text, strlen(text), 1, prefix, positions, write_down, &got, &err), err);
    buffer_add_byte(&got, 0);
    EXPECT_STR((const char *)got.data, expected);
    buffer_release(&got);
}

static void strategies(void)
{
    static const char text[] = "Running 2nd _runs runs";
    static const char *const expected[] = {
        "running@1 2nd@2 _runs@3 runs@4",
        "running@1 Zrun 2nd@2 _runs@3 runs@4 Zrun",
        "running@1 Zrun@1 2nd@2 _runs@3 runs@4 Zrun@4",
        "run@1 2nd@2 _run@3 run@4",
        "Zrun@1 Z2nd@2 Z_run@3 Zrun@4"};
    for (int strategy = OIR_STEM_NONE; strategy <= OIR_STEM_ALL_Z; strategy++) {
        analyser a;
        analyser_init(&a);
        a.stem_strategy = (oir_stem_strategy)strategy;
        expect_terms(&a, text, "", true, expected[0]); /* no stemmer: words only */
        EXPECT_EQ(a.termpos, 4);
        a.termpos = 0;
        REQUIRE_OK(analyser_set_stemmer(&a, "english", &err), err);
        expect_terms(&a, text, "", true, expected[strategy]);
        analyser_release(&a);
    }
}

static void prefixes_and_positions(void)
{
    analyser a;
    analyser_init(&a);
    REQUIRE_OK(analyser_set_stemmer(&a, "en", &err), err);
    expect_terms(&a, "Combat missions", "S", true, "Scombat@1 ZScombat Smissions@2 ZSmission");
    a.termpos += 100;
    expect_terms(&a, "on", "XY:", true, "XY:on@103 ZXY:on");
    expect_terms(&a, "on on", "", false, "on Zon on Zon");
    EXPECT_EQ(a.termpos, 103);
    analyser_release(&a);
}

static void stop_words(void)
{
    static const char *const expected[] = {"the@1 Zthe missions@2 Zmission", "missions@1 Zmission",
                                           "the@1 missions@2 Zmission"};
    oir_stopper *stopper;
    REQUIRE_OK(oir_stopper_new_for(&stopper, "english", &err), err);
    for (int strategy = OIR_STOP_NONE; strategy <= OIR_STOP_STEMMED; strategy++) {
        analyser a;
        analyser_init(&a);
        REQUIRE_OK(analyser_set_stemmer(&a, "en", &err), err);
        a.stopper = stopper;
        a.stop_strategy = (oir_stop_strategy)strategy;
        expect_terms(&a, "The missions", "", true, expected[strategy]);
        a.stem_strategy = OIR_STEM_ALL;
        a.termpos = 0;
        expect_terms(&a, "The missions", "", true, strategy == OIR_STOP_ALL ? "mission@1" : "the@1 mission@2");
        analyser_release(&a);
    }
    oir_stopper_free(stopper);
}

static void ngrams(void)
{
    analyser a;
    analyser_init(&a);
    expect_terms(&a, "a中文b", "", true, "a@1 中@2 中文 文@3 b@4");
    REQUIRE_OK(analyser_set_stemmer(&a, "en", &err), err);
    a.termpos = 0;
    expect_terms(&a, "中文", "S", true, "S中@1 ZS中 S中文 ZS中文 S文@2 ZS文");
    a.stem_strategy = OIR_STEM_SOME_FULL_POS;
    a.termpos = 0;
    expect_terms(&a, "中文", "", true, "中@1 Z中@1 中文 Z中文@1 文@2 Z文@2");
    a.stem_strategy = OIR_STEM_ALL;
    a.termpos = 0;
    expect_terms(&a, "中文", "", true, "中@1 中文@2 文@3");
    a.ngrams = false;
    a.stem_strategy = OIR_STEM_SOME;
    a.termpos = 0;
    expect_terms(&a, "中文", "", true, "中文@1 Z中文");
    analyser_release(&a);
}

static void long_words_are_left_out(void)
{
    analyser a;
    char text[600], prefix[300];
    buffer got = BUFFER_INIT;
    analyser_init(&a);
    a.max_word_length = 4;
    expect_terms(&a, "abcd abcde c++ c+++ A.B.C.D.E x", "", true, "abcd@1 c++@2 c+++@3 x@4");
    a.max_word_length = SIZE_MAX;
    memset(text, 'a', sizeof text);
    REQUIRE_OK(analyser_text(&a, text, OIR_TERM_MAX, 1, "", false, write_down, &got, &err), err);
    EXPECT_EQ(got.size, OIR_TERM_MAX);
    buffer_clear(&got);
    REQUIRE_OK(analyser_text(&a, text, OIR_TERM_MAX + 1, 1, "", false, write_down, &got, &err), err);
    REQUIRE_OK(analyser_text(&a, text, OIR_TERM_MAX, 1, "S", false, write_down, &got, &err), err);
    REQUIRE_OK(analyser_text(&a, text, sizeof text, 1, "", false, write_down, &got, &err), err);
    memset(prefix, 'X', sizeof prefix);
    for (size_t size = OIR_TERM_MAX; size < sizeof prefix; size++) {
        prefix[size] = 0;
        REQUIRE_OK(analyser_text(&a, text, 1, 1, prefix, false, write_down, &got, &err), err);
        prefix[size] = 'X';
    }
    EXPECT_EQ(got.size, 0);
    prefix[OIR_TERM_MAX - 1] = 0;
    REQUIRE_OK(analyser_set_stemmer(&a, "en", &err), err);
    REQUIRE_OK(analyser_text(&a, text, 1, 1, prefix, false, write_down, &got, &err), err);
    EXPECT_EQ(got.size, OIR_TERM_MAX); /* the word has room, its stem with the Z has not */
    buffer_release(&got);
    analyser_release(&a);
}

static void positions_run_out(void)
{
    analyser a;
    buffer got = BUFFER_INIT;
    analyser_init(&a);
    a.termpos = UINT32_MAX - 2;
    EXPECT_EQ(analyser_text(&a, "a b", 3, 1, "", true, write_down, &got, &err), OIR_TOO_BIG);
    buffer_add_byte(&got, 0);
    EXPECT_STR((const char *)got.data, "a@4294967294");
    EXPECT_EQ(analyser_text(&a, "b", 1, 1, "", true, write_down, &got, NULL), OIR_TOO_BIG);
    a.termpos = UINT32_MAX;
    EXPECT_EQ(analyser_text(&a, "b", 1, 1, "", true, write_down, &got, NULL), OIR_TOO_BIG);
    buffer_release(&got);
    analyser_release(&a);
}

static oir_status refuse(void *context, const char *term, size_t size, bool has_position, oir_termpos position,
                         oir_termcount wdf_increment, oir_error *e)
{
    (void)term, (void)size, (void)has_position, (void)position, (void)wdf_increment, (void)e;
    return --*(int *)context < 0 ? OIR_CANCELLED : OIR_OK;
}

static void a_refusal_ends_it(void)
{
    analyser a;
    int left = 2;
    analyser_init(&a);
    EXPECT_EQ(analyser_text(&a, "a b c d", 7, 1, "", true, refuse, &left, &err), OIR_CANCELLED);
    EXPECT_EQ(a.termpos, 3);
    analyser_release(&a);
}

int main(void)
{
    TEST(strategies);
    TEST(prefixes_and_positions);
    TEST(stop_words);
    TEST(ngrams);
    TEST(long_words_are_left_out);
    TEST(positions_run_out);
    TEST(a_refusal_ends_it);
    return harness_end();
}
