/* Terms, counts and positions equal those of libxapian's TermGenerator, an oracle that is only asked, never linked into
 * anything but this test. The texts are made to hurt: 5,000 of them, and text files where OIR_SHARED names them.
 *
 * Left out, because Xapian 2.x differs there from the 1.4 that is asked, or 1.4 does what nobody can want:
 *   - characters to which the two versions of Unicode give another category or lower case, or of which only one says
 *     that their script is written as n-grams; U+00AD and U+200B;
 *   - surrogates written in UTF-8 (1.4 reads them as characters);
 *   - with n-grams: a joiner before an n-gram character (1.4 loses the word before it); an acronym as the next word
 *     after one (1.4 takes its first letter off); full-width capitals (1.4 does not lower-case them);
 *   - the strategies ALL and ALL_Z without a stemmer (1.4 adds nothing at all; here the words are added).
 * Stems are compared in languages whose algorithm did not change between libxapian's copy of Snowball and libstemmer:
 * not in Arabic, Danish, Finnish, French and Russian. */
#include <dirent.h>
#include <xapian.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

extern "C" {
#include "harness.h"
#include "text/analyser.h"
#include "text/unicode.h"
#include "text/utf8.h"
}

namespace {

struct entry {
    uint64_t wdf = 0;
    std::set<uint32_t> positions;
    bool operator==(const entry &other) const { return wdf == other.wdf && positions == other.positions; }
};
using terms = std::map<std::string, entry>;

const char *const languages[] = {"none",    "english",    "english",  "english",  "porter",   "german",
                                 "dutch",   "spanish",    "italian",  "swedish",  "norwegian", "hungarian",
                                 "turkish", "portuguese", "romanian", "lithuanian", "basque", "catalan"};

struct settings {
    const char *language = "none";
    oir_stem_strategy strategy = OIR_STEM_SOME;
    oir_stop_strategy stop = OIR_STOP_STEMMED;
    bool stopper = false, ngrams = false, positions = true;
    size_t max_word_length = 64;
    uint32_t wdf = 1;
    std::string prefix;
};

/* What two calls with a gap between add, by libxapian and by us. */
terms ask_xapian(const settings &s, const std::string &text)
{
    static const Xapian::TermGenerator::stem_strategy strategies[] = {
        Xapian::TermGenerator::STEM_NONE, Xapian::TermGenerator::STEM_SOME,
        Xapian::TermGenerator::STEM_SOME_FULL_POS, Xapian::TermGenerator::STEM_ALL, Xapian::TermGenerator::STEM_ALL_Z};
    static const Xapian::TermGenerator::stop_strategy stops[] = {
        Xapian::TermGenerator::STOP_NONE, Xapian::TermGenerator::STOP_ALL, Xapian::TermGenerator::STOP_STEMMED};
    static const char *const words[] = {"the", "and", "running", "\u4e2d", "1", "usa", "don't"};
    static const Xapian::SimpleStopper stopper(words, words + 7);
    Xapian::TermGenerator generator;
    if (strcmp(s.language, "none") != 0)
        generator.set_stemmer(Xapian::Stem(s.language));
    generator.set_stemming_strategy(strategies[s.strategy]);
    generator.set_stopper_strategy(stops[s.stop]);
    if (s.stopper)
        generator.set_stopper(&stopper);
    if (s.ngrams)
        generator.set_flags(Xapian::TermGenerator::FLAG_CJK_NGRAM);
    generator.set_max_word_length(static_cast<unsigned>(s.max_word_length));
    Xapian::Document document;
    generator.set_document(document);
    generator.index_text("the first title", 2, "S");
    generator.increase_termpos(100);
    if (s.positions)
        generator.index_text(text, s.wdf, s.prefix);
    else
        generator.index_text_without_positions(text, s.wdf, s.prefix);
    terms result;
    for (auto term = document.termlist_begin(); term != document.termlist_end(); ++term) {
        entry &e = result[*term];
        e.wdf = term.get_wdf();
        for (auto p = term.positionlist_begin(); p != term.positionlist_end(); ++p)
            e.positions.insert(*p);
    }
    return result;
}

oir_status collect(void *context, const char *term, size_t size, bool has_position, oir_termpos position,
                   oir_termcount wdf_increment, oir_error *)
{
    entry &e = (*static_cast<terms *>(context))[std::string(term, size)];
    e.wdf += wdf_increment;
    if (has_position)
        e.positions.insert(position);
    return OIR_OK;
}

terms ask_oir(const settings &s, const std::string &text)
{
    oir_error err;
    oir_stopper *stopper = nullptr;
    REQUIRE_OK(oir_stopper_new(&stopper, &err), err);
    for (const char *word : {"the", "and", "running", "\u4e2d", "1", "usa", "don't"})
        REQUIRE_OK(oir_stopper_add(stopper, word, &err), err);
    analyser a;
    analyser_init(&a);
    REQUIRE_OK(analyser_set_stemmer(&a, s.language, &err), err);
    a.stem_strategy = s.strategy;
    a.stop_strategy = s.stop;
    a.stopper = s.stopper ? stopper : nullptr;
    a.ngrams = s.ngrams;
    a.max_word_length = s.max_word_length;
    terms result;
    REQUIRE_OK(analyser_text(&a, "the first title", 15, 2, "S", true, collect, &result, &err), err);
    a.termpos += 100;
    oir_status status = analyser_text(&a, text.data(), text.size(), s.wdf, s.prefix.c_str(), s.positions, collect,
                                      &result, &err);
    REQUIRE_OK(status, err);
    analyser_release(&a);
    oir_stopper_free(stopper);
    return result;
}

const Xapian::Unicode::category xapian_category[] = {
    Xapian::Unicode::UPPERCASE_LETTER, Xapian::Unicode::LOWERCASE_LETTER, Xapian::Unicode::TITLECASE_LETTER,
    Xapian::Unicode::MODIFIER_LETTER, Xapian::Unicode::OTHER_LETTER, Xapian::Unicode::NON_SPACING_MARK,
    Xapian::Unicode::COMBINING_SPACING_MARK, Xapian::Unicode::ENCLOSING_MARK, Xapian::Unicode::DECIMAL_DIGIT_NUMBER,
    Xapian::Unicode::LETTER_NUMBER, Xapian::Unicode::OTHER_NUMBER, Xapian::Unicode::CONNECTOR_PUNCTUATION,
    Xapian::Unicode::DASH_PUNCTUATION, Xapian::Unicode::OPEN_PUNCTUATION, Xapian::Unicode::CLOSE_PUNCTUATION,
    Xapian::Unicode::INITIAL_QUOTE_PUNCTUATION, Xapian::Unicode::FINAL_QUOTE_PUNCTUATION,
    Xapian::Unicode::OTHER_PUNCTUATION, Xapian::Unicode::MATH_SYMBOL, Xapian::Unicode::CURRENCY_SYMBOL,
    Xapian::Unicode::MODIFIER_SYMBOL, Xapian::Unicode::OTHER_SYMBOL, Xapian::Unicode::SPACE_SEPARATOR,
    Xapian::Unicode::CONTROL, Xapian::Unicode::FORMAT, Xapian::Unicode::SURROGATE, Xapian::Unicode::PRIVATE_USE,
    Xapian::Unicode::UNASSIGNED, Xapian::Unicode::LINE_SEPARATOR, Xapian::Unicode::PARAGRAPH_SEPARATOR};

/* Whether libxapian gives a pair for the character twice. */
bool xapian_ngram(uint32_t c)
{
    std::string text;
    Xapian::Unicode::append_utf8(text, c);
    text += text;
    Xapian::TermGenerator generator;
    generator.set_flags(Xapian::TermGenerator::FLAG_CJK_NGRAM);
    Xapian::Document document;
    generator.set_document(document);
    generator.index_text(text);
    return document.termlist_count() == 2;
}

/* For each code point: bit 0, the two say the same of it; bit 1, with n-grams too. */
std::vector<uint8_t> comparable(0x110000);

void find_comparable()
{
    size_t same = 0;
    for (uint32_t c = 0; c < 0x110000; c++) {
        if ((c >= 0xd800 && c < 0xe000) || c == 0xad || c == 0x200b)
            continue;
        if (Xapian::Unicode::get_category(c) != xapian_category[unicode_get_category(c)] ||
            Xapian::Unicode::tolower(c) != unicode_tolower(c))
            continue;
        same++;
        bool ngram = unicode_is_ngram(c);
        bool agree = !unicode_is_wordchar(c) || (c < 0x80 && !ngram) ||
                     (ngram == xapian_ngram(c) && (!ngram || unicode_tolower(c) == c));
        comparable[c] = static_cast<uint8_t>(1 | agree << 1);
    }
    printf("%zu code points of equal category and lower case\n", same);
    EXPECT(same > 1080000);
}

/* Word characters must be the oracle's, and upper case too, apart from what Unicode changed since. */
void same_word_characters()
{
    size_t lost = 0, new_upper = 0;
    for (uint32_t c = 0; c < 0x110000; c++) {
        if (Xapian::Unicode::is_wordchar(c) && !unicode_is_wordchar(c))
            lost++;
        if (comparable[c] & 1) {
            EXPECT_EQ(unicode_is_whitespace(c), Xapian::Unicode::is_whitespace(c));
            new_upper += unicode_toupper(c) != Xapian::Unicode::toupper(c);
        }
    }
    EXPECT(lost <= 10);
    EXPECT(new_upper <= 10);
}

const char joiners[] = "'&,.;";
const uint32_t wide_joiners[] = {0xb7,   0x5f4,  0x2019, 0x201b, 0x2027, 0x37e,  0x589,  0x60d,  0x7f8,
                                 0x2044, 0xfe10, 0xfe13, 0xfe14, 0x200c, 0x200d, 0x2060, 0xfeff};

bool is_joiner(uint32_t c)
{
    if (c && c < 0x80)
        return strchr(joiners, static_cast<int>(c)) != nullptr;
    for (uint32_t j : wide_joiners) {
        if (c == j)
            return true;
    }
    return false;
}

bool is_capital(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

/* Puts spaces where the two are known to differ. */
std::string sanitised(const std::string &text, bool ngrams)
{
    std::string out;
    auto at = reinterpret_cast<const uint8_t *>(text.data()), end = at + text.size();
    bool after_ngram = false;
    while (at < end) {
        uint32_t size, next_size, c = utf8_decode(at, end, &size);
        bool keep = comparable[c] & (ngrams ? 2 : 1);
        if (keep && ngrams && is_joiner(c) && at + size < end)
            keep = !unicode_is_ngram(utf8_decode(at + size, end, &next_size));
        if (c == 0xed && size == 1 && at + 1 < end && at[1] >= 0xa0)
            keep = false;
        if (c == '.' && after_ngram && at > reinterpret_cast<const uint8_t *>(text.data()) && is_capital(at[-1]))
            keep = false;
        if (keep && unicode_is_wordchar(c) && !(c < 0x80 && is_capital(static_cast<uint8_t>(c)) && after_ngram))
            after_ngram = ngrams && unicode_is_ngram(c);
        if (keep)
            out.append(reinterpret_cast<const char *>(at), size);
        else
            out += ' ';
        at += size;
    }
    return out;
}

void add_code(std::string &text, uint32_t c)
{
    Xapian::Unicode::append_utf8(text, c);
}

uint32_t random_code()
{
    static const uint32_t from[] = {0x80,   0x100,  0x370,  0x590,  0x900,  0x2000, 0x2e80,
                                    0x3040, 0x4e00, 0xac00, 0xff00, 0x10000, 0x1d400, 0};
    static const uint32_t count[] = {0x80,   0x150, 0x220, 0x100, 0x400, 0x200, 0x1c0,
                                     0x100,  0x100, 0x100, 0xf0,  0x800, 0x400, 0x110000};
    for (;;) {
        uint32_t i = harness_below(14), c = from[i] + harness_below(count[i]);
        if (c < 0xd800 || c >= 0xe000)
            return c;
    }
}

void add_word(std::string &text)
{
    static const char *const stems[] = {"run", "nation", "happi", "hop", "Tast", "general", "walk", "Ander", "casa",
                                        "haus", "corr", "the", "and", "x", "relat", "don't", "O'Neil", "evlerimiz"};
    static const char *const ends[] = {"", "ning", "s", "ed", "ing", "ization", "ness", "en", "ene", "amente",
                                       "'s", "ational", "isches", "mente", "lar", "iveness", "ly", "y"};
    text += stems[harness_below(18)];
    text += ends[harness_below(18)];
}

void add_acronym(std::string &text)
{
    uint32_t letters = 1 + harness_below(harness_below(20) ? 6 : 80);
    for (uint32_t i = 0; i < letters; i++) {
        text += static_cast<char>((harness_below(12) ? 'A' : 'a') + static_cast<char>(harness_below(26)));
        if (i + 1 < letters || harness_below(2))
            text += harness_below(25) ? "." : "..";
    }
}

void add_noise(std::string &text)
{
    static const char *const bad[] = {"\xff", "\xc0\x80", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3",
                                      "\xe9t\xe9", "\xf0\x9f\x98", "\x80", "\xb2", "\xc1\xbf", "\xf8\x88\x80\x80\x80"};
    text += bad[harness_below(12)];
}

void add_piece(std::string &text)
{
    switch (harness_below(14)) {
    case 0: case 1: case 2:
        add_word(text);
        break;
    case 3:
        for (uint32_t i = 1 + harness_below(4); i > 0; i--)
            text += "0123456789a_"[harness_below(12)];
        break;
    case 4:
        add_acronym(text);
        break;
    case 5:
        for (uint32_t i = 1 + harness_below(5); i > 0; i--)
            text += "+#"[harness_below(2)];
        break;
    case 6:
        text += joiners[harness_below(5)];
        break;
    case 7:
        add_code(text, wide_joiners[harness_below(17)]);
        break;
    case 8:
        add_noise(text);
        break;
    case 9: case 10:
        for (uint32_t i = 1 + harness_below(4); i > 0; i--)
            add_code(text, random_code());
        break;
    case 11:
        for (uint32_t i = 1 + harness_below(6); i > 0; i--)
            add_code(text, 0x4e00 + harness_below(40));
        break;
    case 12:
        text.append(1 + harness_below(harness_below(8) ? 4 : 90), static_cast<char>('a' + harness_below(26)));
        break;
    default:
        text += " \n.-/:\\@!?\"(*=~$\t\0-"[harness_below(20)];
    }
}

std::string make_text()
{
    std::string text;
    for (uint32_t i = harness_below(60); i > 0; i--) {
        add_piece(text);
        if (harness_below(3) == 0)
            text += ' ';
    }
    return text;
}

settings make_settings()
{
    static const char *const prefixes[] = {"", "", "S", "XFOO", "XA:"};
    settings s;
    s.language = languages[harness_below(sizeof languages / sizeof languages[0])];
    s.strategy = static_cast<oir_stem_strategy>(strcmp(s.language, "none") == 0 ? harness_below(3) : harness_below(5));
    s.stop = static_cast<oir_stop_strategy>(harness_below(3));
    s.stopper = harness_below(2);
    s.ngrams = harness_below(2);
    s.positions = harness_below(6) != 0;
    s.max_word_length = harness_below(4) ? 64 : 1 + harness_below(12);
    s.wdf = harness_below(3) + 1;
    s.prefix = prefixes[harness_below(5)];
    return s;
}

std::string shown(const entry *e)
{
    if (!e)
        return "absent";
    std::ostringstream out;
    out << "wdf " << e->wdf << " at";
    for (uint32_t p : e->positions)
        out << ' ' << p;
    return out.str();
}

void compare(const settings &s, const std::string &text, const char *name)
{
    terms theirs = ask_xapian(s, text), ours = ask_oir(s, text);
    if (theirs == ours)
        return;
    std::ostringstream what;
    what << name << " (" << s.language << ", strategy " << s.strategy << ", stop " << s.stop << s.stopper
         << ", n-grams " << s.ngrams << ", longest " << s.max_word_length
         << "): " << Xapian::Query(text).get_description() << "\n";
    std::set<std::string> all;
    for (auto &t : theirs)
        all.insert(t.first);
    for (auto &t : ours)
        all.insert(t.first);
    for (auto &t : all) {
        auto x = theirs.find(t), o = ours.find(t);
        if (x != theirs.end() && o != ours.end() && x->second == o->second)
            continue;
        what << "    " << t << ": libxapian " << shown(x == theirs.end() ? nullptr : &x->second) << "; oir "
             << shown(o == ours.end() ? nullptr : &o->second) << "\n";
    }
    harness_fail(__FILE__, __LINE__, what.str().c_str());
}

void generated_documents()
{
    for (int i = 0; i < 5000; i++) {
        settings s = make_settings();
        std::string text = sanitised(make_text(), s.ngrams);
        compare(s, text, ("document " + std::to_string(i)).c_str());
    }
}

/* Every character that both know, as a word, within one, between digits and at an end. */
void every_character()
{
    settings s;
    std::string text;
    for (uint32_t c = 1; c < 0x110000; c++) {
        if ((comparable[c] & 3) != 3)
            continue;
        std::string one;
        add_code(one, c);
        text += " A" + one + "b" + one + " 1" + one + "2 A.B" + one + " " + one + "'c" + one + "+";
        if (text.size() < 20000 && c < 0x10ffff)
            continue;
        s.ngrams = true;
        compare(s, sanitised(text, true), "every character, n-grams");
        s.ngrams = false;
        compare(s, text, "every character");
        text.clear();
    }
}

void text_files()
{
    const char *shared = getenv("OIR_SHARED");
    if (!shared) {
        printf("OIR_SHARED is not set: no text files compared\n");
        return;
    }
    std::string folder = std::string(shared) + "/corpora/articles";
    DIR *dir = opendir(folder.c_str());
    REQUIRE(dir);
    int files = 0;
    while (const dirent *item = readdir(dir)) {
        std::string name = item->d_name;
        if (name.size() < 4 || name.substr(name.size() - 4) != ".txt")
            continue;
        std::ifstream in(folder + "/" + name, std::ios::binary);
        std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
        for (int strategy = OIR_STEM_NONE; strategy <= OIR_STEM_ALL_Z; strategy++) {
            settings s;
            s.language = "english";
            s.strategy = static_cast<oir_stem_strategy>(strategy);
            s.stopper = true;
            compare(s, text, name.c_str());
        }
        files++;
    }
    closedir(dir);
    printf("%d text files compared\n", files);
    EXPECT(files > 0);
}

} // namespace

int main()
{
    harness_seed(20);
    TEST(find_comparable);
    TEST(same_word_characters);
    TEST(every_character);
    TEST(generated_documents);
    TEST(text_files);
    return harness_end();
}
