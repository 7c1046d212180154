/* What the parser understands equals what libxapian's QueryParser does: 20,000 texts, of pieces of the query language
 * put together at random and of noise, under random settings. The oracle is only asked, never linked into anything but
 * this test. `set_stem_capitals(false)` is Xapian's rule.
 *
 * Left out, each by a rule on the text or on the oracle's answer:
 *   - threw: the oracle throws (`a AND`, `a OR OR b`); we read plain words, as it does after other errors;
 *   - hated: an excluded word in a text that we read as plain words, or alone: the oracle searches for it, we for
 *     documents without it;
 *   - star: with wildcards, a * with a word character or another * after it (fo*o), or behind an operator: Xapian 2.x's
 *     reading is ours, 1.4's is another;
 *   - partial: the last word has one character or is a stop word: 2.x's reading is ours;
 *   - open field: field:"words without a closing quote: the oracle takes it for an error;
 *   - stopped: the oracle leaves out more stop words than we do: `the, of` finds nothing there;
 *   - near fields: words near each other in fields with different numbers of prefixes; the oracle puts an OR into the
 *     NEAR, we ORs of NEARs: the same documents;
 *   - filter: one in a text that we read as plain words, or excluded right behind OR, XOR or NOT: the oracle, reading
 *     such a text again, may lose the words before it;
 *   - quotes: in texts with quotes and signs or brackets, without OIR_PARSE_PHRASE; the oracle half reads them;
 *   - wide space: + or - before a no-break space or another that is not ASCII's: for the oracle it is still a sign;
 *   - not made here at all: U+00AD and U+200B (2.x reads them as we do); scripts without spaces other than Chinese, and
 *     those neither with STEM_ALL_Z (1.4 asks for terms that it never adds) nor right behind an ASCII letter or `:`;
 *     default operators NEAR and PHRASE but with plain words; numbers after NEAR/ above nine digits; deep brackets. */
#include <xapian.h>

#include <regex>
#include <string>
#include <vector>

extern "C" {
#include "harness.h"

#include <oir/memory.h>
#include <oir/query_parser.h>
}

/* libxapian frees some objects by another type than it made them, and loses some when it throws: not ours to report. */
extern "C" const char *__asan_default_options(void);
extern "C" const char *__asan_default_options(void)
{
    return "new_delete_type_mismatch=0:detect_leaks=0";
}

namespace {

const unsigned NGRAMS = 2048; /* the oracle's flag */

struct settings {
    unsigned flags = OIR_PARSE_DEFAULT;
    bool stems = false, stops = false, ngrams = false, fields = false, default_fields = false;
    int strategy = OIR_STEM_SOME;
    oir_query_op op = OIR_OP_OR;
    std::string prefix;
};

struct reading {
    std::string description;
    size_t stopped = 0;
    bool threw = false, degraded = false;
};

const char *const stop_words[] = {"the", "of", "and", "to"};

reading ask_xapian(const settings &s, const std::string &text)
{
    static const Xapian::QueryParser::stem_strategy strategies[] = {
        Xapian::QueryParser::STEM_NONE, Xapian::QueryParser::STEM_SOME, Xapian::QueryParser::STEM_SOME_FULL_POS,
        Xapian::QueryParser::STEM_ALL, Xapian::QueryParser::STEM_ALL_Z};
    static const Xapian::SimpleStopper stopper(stop_words, stop_words + 4);
    static const Xapian::Query::op near = Xapian::Query::OP_NEAR, phrase = Xapian::Query::OP_PHRASE;
    Xapian::QueryParser parser;
    if (s.stems)
        parser.set_stemmer(Xapian::Stem("english"));
    parser.set_stemming_strategy(strategies[s.strategy]);
    if (s.stops)
        parser.set_stopper(&stopper);
    parser.set_default_op(s.op == OIR_OP_AND      ? Xapian::Query::OP_AND
                          : s.op == OIR_OP_NEAR   ? near
                          : s.op == OIR_OP_PHRASE ? phrase
                                                  : Xapian::Query::OP_OR);
    if (s.fields) {
        parser.add_prefix("title", "S");
        parser.add_prefix("x", "XX");
        parser.add_prefix("both", "XA");
        parser.add_prefix("both", "XB:");
        parser.add_boolean_prefix("site", "H");
        parser.add_boolean_prefix("kind", "XK");
        parser.add_boolean_prefix("a_b", "XK");
    }
    if (s.default_fields) {
        parser.add_prefix("", "");
        parser.add_prefix("", "XT");
    }
    reading result;
    try {
        unsigned flags = s.flags | (s.ngrams ? NGRAMS : 0);
        result.description = parser.parse_query(text, flags, s.prefix).get_description();
    } catch (const Xapian::Error &error) {
        result.description = error.get_msg();
        result.threw = true;
    }
    for (auto i = parser.stoplist_begin(); i != parser.stoplist_end(); ++i)
        result.stopped++;
    /* We expand prefixes of several fields into one SYNONYM, and say so. */
    result.description = std::regex_replace(result.description, std::regex("WILDCARD OR"), "WILDCARD SYNONYM");
    return result;
}

oir_query_parser *make_parser(const settings &s, const oir_stopper *stopper)
{
    oir_error err;
    oir_query_parser *parser;
    REQUIRE_OK(oir_query_parser_new(&parser, &err), err);
    if (s.stems)
        REQUIRE_OK(oir_query_parser_set_stemmer(parser, "english", &err), err);
    oir_query_parser_set_stem_strategy(parser, static_cast<oir_stem_strategy>(s.strategy));
    oir_query_parser_set_stem_capitals(parser, false);
    oir_query_parser_set_ngrams(parser, s.ngrams);
    if (s.stops)
        oir_query_parser_set_stopper(parser, stopper);
    REQUIRE_OK(oir_query_parser_set_default_op(parser, s.op, &err), err);
    if (s.fields) {
        REQUIRE_OK(oir_query_parser_add_prefix(parser, "title", "S", &err), err);
        REQUIRE_OK(oir_query_parser_add_prefix(parser, "x", "XX", &err), err);
        REQUIRE_OK(oir_query_parser_add_prefix(parser, "both", "XA", &err), err);
        REQUIRE_OK(oir_query_parser_add_prefix(parser, "both", "XB:", &err), err);
        REQUIRE_OK(oir_query_parser_add_boolean_prefix(parser, "site", "H", &err), err);
        REQUIRE_OK(oir_query_parser_add_boolean_prefix(parser, "kind", "XK", &err), err);
        REQUIRE_OK(oir_query_parser_add_boolean_prefix(parser, "a_b", "XK", &err), err);
    }
    if (s.default_fields) {
        REQUIRE_OK(oir_query_parser_add_prefix(parser, "", "", &err), err);
        REQUIRE_OK(oir_query_parser_add_prefix(parser, "", "XT", &err), err);
    }
    return parser;
}

reading ask_oir(const settings &s, const oir_stopper *stopper, const std::string &text)
{
    oir_error err;
    oir_query_parser *parser = make_parser(s, stopper);
    oir_query *query;
    REQUIRE_OK(oir_query_parser_parse(parser, text.data(), text.size(), s.flags, s.prefix.c_str(), &query, &err), err);
    char *description;
    REQUIRE_OK(oir_query_get_description(query, &description, &err), err);
    reading result;
    result.description = description;
    result.degraded = oir_query_parser_get_degraded(parser);
    const char *stopped = oir_query_parser_get_stopped(parser);
    result.stopped = *stopped != 0;
    for (; *stopped; stopped++)
        result.stopped += *stopped == ' ';
    oir_memory_free(description);
    oir_query_free(query);
    oir_query_parser_free(parser);
    return result;
}

bool chance(uint32_t percent)
{
    return harness_below(100) < percent;
}

template <size_t N> std::string pick(const char *const (&from)[N])
{
    return from[harness_below(N)];
}

settings random_settings()
{
    static const unsigned usual[] = {7, 7, 55, 55, 23, 119, 63, 15, 0, 2, 5};
    settings s;
    s.flags = chance(80) ? usual[harness_below(sizeof usual / sizeof *usual)] : harness_below(128);
    s.stems = chance(60);
    s.strategy = chance(60) ? OIR_STEM_SOME : static_cast<int>(harness_below(5));
    s.stops = chance(30);
    s.ngrams = chance(30);
    s.fields = chance(60);
    s.default_fields = chance(8);
    if (chance(8))
        s.prefix = chance(50) ? "XP" : "T";
    s.op = chance(30) ? OIR_OP_AND : chance(6) ? OIR_OP_NEAR : chance(6) ? OIR_OP_PHRASE : OIR_OP_OR;
    return s;
}

const char *const words[] = {
    "a",     "b",     "c",     "running", "Dogs",    "the",    "of",      "The",     "cats",         "c++",
    "C#",    "U.S.A", "A.B.",  "don't",   "AT&T",    "3.14",   "1,000",   "foo-bar", "x/y.z",        "\u00e9",
    "\u00c9lan", "a@b.org", "x_y", "10:30", "\u00bdcup", "g++++", "A.B.c", "o\u2019clock", "zw\u200cnj", "v1.2",
    "_low",  "e\u0301", "and",  "near",    "not",     "it's-a"};
const char *const operators[] = {"AND",    "OR",     "NOT",     "XOR", "NEAR",  "ADJ", "AND NOT", "NEAR/3",
                                 "ADJ/2",  "NEAR/0", "NEAR/3x", "Or",  "AND -", "And", "OR +"};
const char *const fields[] = {"title:", "x:",    "both:",  "site:",   "kind:",
                              "a_b:",   "none:", "Title:", "title::", "title: "};
const char *const marks[] = {"+",    "-",      " +",     " -",       " -",     "(",    ")",    " (",   ") ",  "\"",
                             "\"",   "\"",     ",",      ";",        "*",      "* ",   ".",    "/",    ":",   "\\",
                             "@",    "&",      "'",      "?",        "=",      "<",    "#",    "()",   "\"\"", "[",
                             "{",    "\u201c", "\u201d", "\u00a0",   "\u2028", "\t",   "\xff", "\xe9", "$",   "\x01",
                             "..",   "- ",     "--",     " * "};

std::string random_word(const settings &s)
{
    if (s.ngrams && s.strategy != OIR_STEM_ALL_Z && chance(12)) {
        static const char *const runs[] = {"\u65e5", "\u65e5\u672c", "\u65e5\u672c\u8a9e", "\u4e2d\u6587"};
        return " " + pick(runs);
    }
    return pick(words);
}

std::string random_text(const settings &s)
{
    std::string text;
    uint32_t pieces = 1 + harness_below(chance(20) ? 25 : 8);
    bool plain = s.op == OIR_OP_NEAR || s.op == OIR_OP_PHRASE;
    if (plain) {
        for (uint32_t i = 0; i < pieces; i++)
            text += (i ? " " : "") + std::string(chance(20) ? "the" : chance(30) ? "Dogs" : "running");
        return text;
    }
    uint32_t noise = chance(30) ? 40 : 8;
    for (uint32_t i = 0; i < pieces; i++) {
        if (chance(noise)) {
            text += pick(marks);
            continue;
        }
        if (chance(10))
            text += chance(50) ? "+" : "-";
        if (s.fields && chance(12))
            text += pick(fields);
        if (chance(6)) {
            text += "\"" + random_word(s) + " " + random_word(s) + "\"";
        } else if (chance(5)) {
            text += "(" + random_word(s) + " " + (chance(50) ? pick(operators) + " " : "") + random_word(s) + ")";
        } else {
            text += random_word(s);
        }
        if (chance(5))
            text += "*";
        if (chance(90))
            text += " ";
        if (chance(15))
            text += pick(operators) + " ";
    }
    if (chance(60) && !text.empty() && text.back() == ' ')
        text.pop_back();
    return text;
}

/* The word characters at the end of a text, lower-cased; none of a script without spaces. */
std::string last_word(const std::string &text)
{
    std::string word;
    for (Xapian::Utf8Iterator i(text); i != Xapian::Utf8Iterator(); ++i) {
        if (Xapian::Unicode::is_wordchar(*i) && *i < 0x2e80)
            Xapian::Unicode::append_utf8(word, Xapian::Unicode::tolower(*i));
        else
            word.clear();
    }
    return word;
}

bool is_short_or_stopped(const std::string &word)
{
    for (const char *stopped : stop_words) {
        if (word == stopped)
            return true;
    }
    Xapian::Utf8Iterator i(word);
    return i != Xapian::Utf8Iterator() && ++i == Xapian::Utf8Iterator();
}

/* Whether a text has a - that excludes what follows it. */
bool has_hate(const std::string &text)
{
    unsigned before = ' ';
    for (Xapian::Utf8Iterator i(text); i != Xapian::Utf8Iterator(); before = *i++) {
        Xapian::Utf8Iterator next = i;
        if (*i == '-' && (before == '(' || Xapian::Unicode::is_whitespace(before)) &&
            ++next != Xapian::Utf8Iterator() && !Xapian::Unicode::is_whitespace(*next) && *next != '+' && *next != '-')
            return true;
    }
    return false;
}

/* Whether a sign has a space behind it that is not ASCII's. */
bool has_sign_before_wide_space(const std::string &text)
{
    unsigned before = 0;
    for (Xapian::Utf8Iterator i(text); i != Xapian::Utf8Iterator(); before = *i++) {
        if ((before == '+' || before == '-') && *i > 0x7f && Xapian::Unicode::is_whitespace(*i))
            return true;
    }
    return false;
}

/* Why a text is not compared; NULL if it is. */
const char *left_out(const settings &s, const std::string &text, const reading &theirs, const reading &ours)
{
    static const std::regex star("\\*[\\w*\x80-\xff]|(AND|OR|NOT|XOR|NEAR|ADJ)(/\\d+)?\\*", std::regex::icase);
    static const std::regex open_field(":(\"|\u201c|\u201d)");
    static const std::regex filter("(site|kind|a_b):");
    static const std::regex excluded_filter("(OR|NOT)[^a-z]*-(site|kind|a_b):", std::regex::icase);
    static const std::regex quote("\"|\u201c|\u201d");
    static const std::regex near_fields("(NEAR|PHRASE) \\d+ \\(|\\) (NEAR|PHRASE)");
    if (theirs.threw)
        return "threw";
    bool alone = ours.description.find("<alldocuments>") != std::string::npos;
    if ((s.flags & OIR_PARSE_LOVEHATE) && (ours.degraded || alone) && has_hate(text))
        return "hated";
    if ((s.flags & OIR_PARSE_WILDCARD) && std::regex_search(text, star))
        return "star";
    if ((s.flags & OIR_PARSE_PARTIAL) && is_short_or_stopped(last_word(text)))
        return "partial";
    if ((s.flags & OIR_PARSE_PHRASE) && s.fields && std::regex_search(text, open_field)) {
        size_t quotes = 0;
        for (char c : std::regex_replace(text, std::regex("\u201c|\u201d"), "\""))
            quotes += c == '"';
        if (quotes % 2)
            return "open field";
    }
    if (s.fields && std::regex_search(text, ours.degraded ? filter : excluded_filter))
        return "filter";
    if (!(s.flags & OIR_PARSE_PHRASE) && std::regex_search(text, quote) &&
        text.find_first_of("+-()") != std::string::npos)
        return "quotes";
    if (has_sign_before_wide_space(text))
        return "wide space";
    if (theirs.stopped > ours.stopped)
        return "stopped";
    if (std::regex_search(theirs.description, near_fields))
        return "near fields";
    return nullptr;
}

/* A mismatch with no byte to spare: what remains when no single byte can be taken away. */
std::string shrink(const settings &s, const oir_stopper *stopper, std::string text)
{
    for (size_t at = 0; at < text.size();) {
        std::string shorter = text.substr(0, at) + text.substr(at + 1);
        reading theirs = ask_xapian(s, shorter), ours = ask_oir(s, stopper, shorter);
        if (!left_out(s, shorter, theirs, ours) && ours.description != theirs.description) {
            text = shorter;
            at = 0;
        } else {
            at++;
        }
    }
    return text;
}

void same_descriptions()
{
    oir_error err;
    oir_stopper *stopper;
    REQUIRE_OK(oir_stopper_new(&stopper, &err), err);
    for (const char *word : stop_words)
        REQUIRE_OK(oir_stopper_add(stopper, word, &err), err);
    std::vector<std::pair<std::string, size_t>> skipped;
    size_t compared = 0, degraded = 0;
    const char *given = getenv("OIR_COUNT");
    size_t count = given ? strtoull(given, nullptr, 10) : 20000;
    for (size_t i = 0; i < count; i++) {
        settings s = random_settings();
        std::string text = random_text(s);
        reading theirs = ask_xapian(s, text), ours = ask_oir(s, stopper, text);
        const char *why = left_out(s, text, theirs, ours);
        if (why) {
            size_t at = 0;
            while (at < skipped.size() && skipped[at].first != why)
                at++;
            if (at == skipped.size())
                skipped.emplace_back(why, 0);
            skipped[at].second++;
            continue;
        }
        compared++;
        degraded += ours.degraded;
        if (ours.description != theirs.description) {
            fprintf(stderr, "flags %u stems %d strategy %d stops %d ngrams %d fields %d default %d op %d prefix %s%s\n",
                    s.flags, s.stems, s.strategy, s.stops, s.ngrams, s.fields, s.default_fields, s.op,
                    s.prefix.c_str(), ours.degraded ? " degraded" : "");
            text = shrink(s, stopper, text);
            theirs = ask_xapian(s, text);
            ours = ask_oir(s, stopper, text);
            fprintf(stderr, "  text   |%s|\n", text.c_str());
        }
        EXPECT_STR(ours.description.c_str(), theirs.description.c_str());
    }
    printf("%zu compared, %zu of them read as plain words\n", compared, degraded);
    for (const auto &reason : skipped)
        printf("%zu left out: %s\n", reason.second, reason.first.c_str());
    EXPECT(compared > count / 2);
    EXPECT(degraded > count / 50);
    oir_stopper_free(stopper);
}

} // namespace

int main()
{
    harness_seed(20260801);
    TEST(same_descriptions);
    return harness_end();
}
