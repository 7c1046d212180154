/* What the searcher finds equals what libxapian finds: the same documents, and BM25 to 1e-9, over made-up documents,
 * over Reuters-21578 and five articles where OIR_SHARED names their folder. The oracle is only asked, never linked into
 * anything but this test.
 *
 * Weights are not compared
 *   - where a query has a SYNONYM or a prefix: the oracle estimates the frequency of the union;
 *   - where a term stands in it twice: the oracle adds wqf, we add weights;
 *   - where an XOR stands in an XOR: the oracle makes them one, and so adds weights of parts of an inner XOR that does
 *     not match; for us a part that does not match weighs nothing.
 * Not asked at all are prefixes of no length, which version 2.x reads as we do (1.4: all documents), and phrases of
 * terms without positions, of which the oracle finds some. Where the oracle's answer to an operator contradicts its own
 * answers to the parts, and ours does not, ours stands; these are printed and must stay rare. */
#include <xapian.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

extern "C" {
#include <oir/enquire.h>
#include <oir/memory.h>
#include <oir/query_parser.h>
#include <oir/term_generator.h>

#include "differential/differential_world.h"
#include "differential/random_query.h"
#include "differential/reuters.h"
}

/* libxapian frees some objects by another type than it made them, and loses some when it throws: not ours to report. */
extern "C" const char *__asan_default_options(void);
extern "C" const char *__asan_default_options(void)
{
    return "new_delete_type_mismatch=0:detect_leaks=0";
}

namespace {

const uint32_t QUERIES = 600, REUTERS_QUERIES = 300;

/* ---- the same documents in both ---- */

Xapian::Document to_xapian(const exhaustive *model, oir_docid docid)
{
    Xapian::Document out;
    const exhaustive_document &d = model->documents[docid];
    for (uint32_t i = 0; i < d.count; i++) {
        const exhaustive_posting &p = d.postings[i];
        const std::string name(model->terms[p.term].name, model->terms[p.term].size);
        out.add_term(name, p.wdf);
        for (uint32_t j = 0; j < p.position_count; j++)
            out.add_posting(name, p.positions[j], 0);
    }
    return out;
}

/* An on-disk one, since those in memory have limits of their own. */
Xapian::Database xapian_database(const world *w)
{
    Xapian::WritableDatabase out(std::string(w->folder) + "/xapian", Xapian::DB_CREATE_OR_OVERWRITE |
                                                                         Xapian::DB_NO_SYNC);
    for (oir_docid d = 1; d <= w->model->last; d++)
        if (w->model->documents[d].live)
            out.replace_document(d, to_xapian(w->model, d));
    out.commit();
    return out;
}

void remove_xapian(const world *w)
{
    scratch_close(strdup((std::string(w->folder) + "/xapian").c_str()));
}

/* ---- the same query in both ---- */

Xapian::Query to_xapian(const oir_query *q)
{
    const oir_bytes term = oir_query_get_term(q);
    const std::string name(term.data, term.size);
    std::vector<Xapian::Query> parts;
    Xapian::Query::op op = Xapian::Query::OP_OR;
    for (size_t i = 0; i < oir_query_get_part_count(q); i++)
        parts.push_back(to_xapian(oir_query_get_part(q, i)));
    switch (oir_query_get_op(q)) {
    case OIR_OP_TERM: return Xapian::Query(name, oir_query_get_wqf(q), oir_query_get_position(q));
    case OIR_OP_MATCH_ALL: return Xapian::Query::MatchAll;
    case OIR_OP_MATCH_NONE: return Xapian::Query::MatchNothing;
    case OIR_OP_PREFIX: return Xapian::Query(Xapian::Query::OP_WILDCARD, name);
    case OIR_OP_WILDCARD:
    case OIR_OP_FUZZY: return Xapian::Query::MatchNothing; /* it has neither: left out below */
    case OIR_OP_SCALE: return Xapian::Query(Xapian::Query::OP_SCALE_WEIGHT, parts[0], oir_query_get_factor(q));
    case OIR_OP_AND: op = Xapian::Query::OP_AND; break;
    case OIR_OP_OR: op = Xapian::Query::OP_OR; break;
    case OIR_OP_XOR: op = Xapian::Query::OP_XOR; break;
    case OIR_OP_FILTER: op = Xapian::Query::OP_FILTER; break;
    case OIR_OP_PHRASE: op = Xapian::Query::OP_PHRASE; break;
    case OIR_OP_NEAR: op = Xapian::Query::OP_NEAR; break;
    case OIR_OP_SYNONYM: op = Xapian::Query::OP_SYNONYM; break;
    case OIR_OP_AND_NOT: op = Xapian::Query::OP_AND_NOT; break;
    case OIR_OP_AND_MAYBE: op = Xapian::Query::OP_AND_MAYBE; break;
    }
    return Xapian::Query(op, parts.begin(), parts.end(), oir_query_get_window(q));
}

bool has_group(const oir_query *q)
{
    const oir_query_op op = oir_query_get_op(q);
    bool found = op == OIR_OP_PREFIX || op == OIR_OP_SYNONYM;
    for (size_t i = 0; i < oir_query_get_part_count(q) && !found; i++)
        found = has_group(oir_query_get_part(q, i));
    return found;
}

/* What the oracle is not asked. */
bool is_left_out(const oir_query *q)
{
    const oir_query_op op = oir_query_get_op(q);
    bool found = op == OIR_OP_WILDCARD || op == OIR_OP_FUZZY ||
                 (op == OIR_OP_PREFIX && oir_query_get_term(q).size == 0);
    for (size_t i = 0; i < oir_query_get_part_count(q) && !found; i++) {
        const oir_query *part = oir_query_get_part(q, i);
        /* Filters (Q, X) and stems (Z) have no positions. */
        if (op == OIR_OP_PHRASE || op == OIR_OP_NEAR)
            found |= strchr("QXZ", oir_query_get_term(part).data[0]) != nullptr;
        found |= is_left_out(part);
    }
    return found;
}

bool has_xor_in_xor(const oir_query *q, bool below)
{
    const oir_query_op op = oir_query_get_op(q);
    if (op == OIR_OP_XOR && below)
        return true;
    for (size_t i = 0; i < oir_query_get_part_count(q); i++)
        if (has_xor_in_xor(oir_query_get_part(q, i), op == OIR_OP_XOR || (below && op == OIR_OP_SCALE)))
            return true;
    return false;
}

/* Whether a term stands more than once in the query. */
bool has_repeated(const oir_query *q, std::map<std::string, int> &seen)
{
    const oir_bytes term = oir_query_get_term(q);
    if (oir_query_get_op(q) == OIR_OP_TERM && seen[std::string(term.data, term.size)]++)
        return true;
    for (size_t i = 0; i < oir_query_get_part_count(q); i++)
        if (has_repeated(oir_query_get_part(q, i), seen))
            return true;
    return false;
}

/* ---- the same answer ---- */

typedef std::vector<std::pair<oir_docid, double>> answer; /* by rank */

answer ask_oir(const oir_database *database, oir_query *q)
{
    oir_enquire *enquire;
    oir_mset *m;
    answer out;
    REQUIRE_OK(oir_enquire_new(&enquire, database, &world_error), world_error);
    oir_enquire_set_query(enquire, q);
    REQUIRE_OK(oir_enquire_get_mset(enquire, 0, UINT32_MAX, 0, &m, &world_error), world_error);
    for (oir_doccount i = 0; i < oir_mset_get_size(m); i++)
        out.emplace_back(oir_mset_get_docid(m, i), oir_mset_get_weight(m, i));
    oir_mset_free(m);
    oir_enquire_free(enquire);
    return out;
}

answer ask_xapian(const Xapian::Database &database, const Xapian::Query &q)
{
    Xapian::Enquire enquire(database);
    answer out;
    enquire.set_query(q);
    const Xapian::MSet m = enquire.get_mset(0, database.get_doccount(), database.get_doccount());
    for (Xapian::MSetIterator i = m.begin(); i != m.end(); ++i)
        out.emplace_back(*i, i.get_weight());
    return out;
}

/* Empty when the answers are the same; else what is not. Ranks need not be compared: they follow from weights, but for
 * those nearer to each other than 1e-9. */
std::string difference(answer ours, answer theirs, bool weighed)
{
    std::sort(ours.begin(), ours.end());
    std::sort(theirs.begin(), theirs.end());
    for (size_t i = 0; i < ours.size() || i < theirs.size(); i++) {
        if (i == theirs.size() || (i < ours.size() && ours[i].first < theirs[i].first))
            return "document " + std::to_string(ours[i].first) + " is not in the oracle's answer";
        if (i == ours.size() || theirs[i].first < ours[i].first)
            return "document " + std::to_string(theirs[i].first) + " is in the oracle's answer only";
        const double a = ours[i].second, b = theirs[i].second;
        if (weighed && !(std::fabs(a - b) <= 1e-9 * std::max(std::fabs(a), std::fabs(b))))
            return "document " + std::to_string(ours[i].first) + " weighs " + std::to_string(a) + ", the oracle says " +
                   std::to_string(b);
    }
    return "";
}

size_t weights_compared;

bool can_be_weighed(const oir_query *q)
{
    std::map<std::string, int> seen;
    return !has_group(q) && !has_repeated(q, seen) && !has_xor_in_xor(q, false);
}

std::string compare(const oir_database *database, const Xapian::Database &oracle, oir_query *q)
{
    const bool weighed = can_be_weighed(q);
    weights_compared += weighed;
    return difference(ask_oir(database, q), ask_xapian(oracle, to_xapian(q)), weighed);
}

/* The smallest part of a query that differs by itself. */
const oir_query *smallest(const oir_database *database, const Xapian::Database &oracle, const oir_query *q)
{
    for (size_t i = 0; i < oir_query_get_part_count(q); i++) {
        oir_query *part = const_cast<oir_query *>(oir_query_get_part(q, i));
        if (!compare(database, oracle, part).empty())
            return smallest(database, oracle, part);
    }
    return q;
}

/* How a document is in the oracle's answers to the parts of a query. */
struct in_parts {
    size_t count = 0;
    bool first = false;
    double weight = 0, first_weight = 0;
};

/* Whether a document that is so in the parts matches the operator. */
bool matches(oir_query_op op, size_t parts, const in_parts &d)
{
    switch (op) {
    case OIR_OP_AND:
    case OIR_OP_FILTER: return d.count == parts;
    case OIR_OP_XOR: return d.count % 2 == 1;
    case OIR_OP_AND_NOT: return d.first && d.count == 1;
    case OIR_OP_AND_MAYBE: return d.first;
    default: return true;
    }
}

/* Whether our answer is what the operator makes of the oracle's own answers to its parts. */
bool follows_from_parts(const oir_database *database, const Xapian::Database &oracle, oir_query *q, bool weighed)
{
    const oir_query_op op = oir_query_get_op(q);
    const size_t count = oir_query_get_part_count(q);
    std::map<oir_docid, in_parts> found;
    answer made;
    if (count == 0 || op == OIR_OP_PHRASE || op == OIR_OP_NEAR || op == OIR_OP_SYNONYM)
        return false;
    for (size_t i = 0; i < count; i++)
        for (const auto &hit : ask_xapian(oracle, to_xapian(oir_query_get_part(q, i)))) {
            in_parts &d = found[hit.first];
            d.count++;
            d.first |= i == 0;
            d.first_weight += i == 0 ? hit.second : 0;
            d.weight += hit.second;
        }
    const bool first_only = op == OIR_OP_AND_NOT || op == OIR_OP_FILTER;
    for (const auto &f : found) {
        const double weight = first_only ? f.second.first_weight : f.second.weight;
        if (matches(op, count, f.second))
            made.emplace_back(f.first, oir_query_get_factor(q) * weight);
    }
    return difference(ask_oir(database, q), made, weighed).empty();
}

size_t contradictions;

bool same(const oir_database *database, const Xapian::Database &oracle, oir_query *q)
{
    if (compare(database, oracle, q).empty())
        return true;
    oir_query *part = const_cast<oir_query *>(smallest(database, oracle, q));
    if (follows_from_parts(database, oracle, part, can_be_weighed(part))) {
        contradictions++;
        printf("the oracle contradicts itself: %s: %s\n", to_xapian(part).get_description().c_str(),
               compare(database, oracle, part).c_str());
        return true;
    }
    char *text = nullptr;
    REQUIRE_OK(oir_query_get_description(part, &text, &world_error), world_error);
    fprintf(stderr, "\n%s\n  %s\n  %s\n", text, to_xapian(part).get_description().c_str(),
            compare(database, oracle, part).c_str());
    oir_memory_free(text);
    return false;
}

void ask_many(const world *w, uint32_t queries, size_t prefix_most)
{
    random_query_source source;
    const Xapian::Database oracle = xapian_database(w);
    oir_database *database = world_ask(w);
    uint32_t different = 0;
    random_query_init(&source, w->model, harness_random);
    source.prefix_most = prefix_most;
    weights_compared = contradictions = 0;
    for (uint32_t i = 0; i < queries && different < 10; i++) {
        oir_query *q = random_query_new(&source, (int)harness_below(4));
        different += !is_left_out(q) && !same(database, oracle, q);
        oir_query_free(q);
    }
    EXPECT_EQ(different, 0);
    printf("%u documents: %u queries, weights of %zu compared; the oracle contradicts itself in %zu\n", w->model->live,
           queries, weights_compared, contradictions);
    EXPECT(contradictions <= queries / 100);
    random_query_release(&source);
    oir_database_close(database);
    remove_xapian(w);
}

/* ---- made-up documents ---- */

void add_words(oir_document *d, uint32_t words)
{
    oir_termpos position = 0;
    char name[16];
    for (uint32_t i = harness_below(40); i-- > 0;) {
        const uint32_t r = harness_below(words), rank = (uint32_t)((uint64_t)r * r * r / words / words);
        const int size = snprintf(name, sizeof name, "%c%u", 'a' + (int)(rank % 5), rank / 5);
        position += harness_below(8) ? 1 : 1 + harness_below(9);
        REQUIRE_OK(oir_document_add_posting(d, name, (size_t)size, position, 1 + !harness_below(20), &world_error),
                   world_error);
    }
    if (harness_below(2))
        REQUIRE_OK(oir_document_add_boolean_term(d, "XC1", 3, &world_error), world_error);
}

void generated_documents()
{
    world w;
    oir_document *d;
    world_open(&w);
    REQUIRE_OK(oir_document_new(&d, &world_error), world_error);
    for (oir_docid docid = 1; docid <= 3000; docid++) {
        oir_document_clear(d);
        add_words(d, 400);
        world_put(&w, docid, d);
        if (docid % 700 == 0)
            world_commit(&w);
    }
    for (oir_docid docid = 1; docid <= 3000; docid += 1 + harness_below(20))
        world_remove(&w, docid);
    world_commit(&w);
    ask_many(&w, world_queries(QUERIES), 0);
    oir_document_free(d);
    world_close(&w);
}

/* ---- Reuters ---- */

void news()
{
    reuters *articles = reuters_open();
    world w;
    oir_document *d;
    if (!articles) {
        printf("OIR_SHARED is not set: Reuters and the articles are not compared\n");
        return;
    }
    world_open(&w);
    REQUIRE_OK(oir_document_new(&d, &world_error), world_error);
    for (oir_docid docid = 1; reuters_next(articles, d); docid++)
        world_put(&w, docid, d);
    for (oir_docid docid = 1; docid <= w.model->last; docid += 1 + harness_below(20))
        world_remove(&w, docid);
    world_commit(&w);
    ask_many(&w, world_queries(REUTERS_QUERIES), 500);
    oir_document_free(d);
    reuters_close(articles);
    world_close(&w);
}

/* ---- five articles, through both parsers ---- */

std::string read_file(const std::string &path)
{
    std::ifstream in(path, std::ios::binary);
    REQUIRE(in);
    return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

void add_article(world *w, oir_term_generator *generator, oir_document *d, const std::string &text, oir_docid docid)
{
    oir_document_clear(d);
    oir_term_generator_set_document(generator, d);
    REQUIRE_OK(oir_term_generator_index_text(generator, text.data(), text.size(), 1, "", &world_error), world_error);
    world_put(w, docid, d);
}

const char *const typed[] = {"\"combat mission\"", "combat mission", "coalition AND NOT syria", "+iraq advis*",
                             "troops NEAR iraq"};

void ask_typed(const oir_database *database, const Xapian::Database &oracle, exhaustive *model, const char *text)
{
    Xapian::QueryParser theirs;
    oir_query_parser *ours;
    oir_query *q;
    exhaustive_result exact = {nullptr, 0, 0};
    const exhaustive_weight weight = {false, OIR_BM25_INIT};
    theirs.set_stemmer(Xapian::Stem("english"));
    theirs.set_database(oracle);
    const Xapian::Query xq = theirs.parse_query(text, Xapian::QueryParser::FLAG_DEFAULT |
                                                          Xapian::QueryParser::FLAG_WILDCARD |
                                                          Xapian::QueryParser::FLAG_PURE_NOT);
    REQUIRE_OK(oir_query_parser_new(&ours, &world_error), world_error);
    REQUIRE_OK(oir_query_parser_set_stemmer(ours, "english", &world_error), world_error);
    REQUIRE_OK(oir_query_parser_parse(ours, text, strlen(text), OIR_PARSE_DEFAULT, "", &q, &world_error), world_error);
    const answer found = ask_oir(database, q), expected = ask_xapian(oracle, xq);
    const std::string differs = difference(found, expected, !has_group(q));
    EXPECT_STR(differs.c_str(), "");
    EXPECT(!found.empty());
    exhaustive_search(model, q, &weight, &exact);
    REQUIRE(exact.count == found.size());
    for (size_t i = 0; i < exact.count; i++)
        EXPECT(exact.matches[i].docid == found[i].first && exact.matches[i].weight == found[i].second);
    printf("%s:", text);
    for (const auto &hit : found)
        printf(" %u (%.6f)", hit.first, hit.second);
    printf("\n");
    exhaustive_result_release(&exact);
    oir_query_free(q);
    oir_query_parser_free(ours);
}

void five_articles()
{
    const char *shared = getenv("OIR_SHARED");
    world w;
    oir_document *d;
    oir_term_generator *generator;
    std::vector<std::string> names;
    if (!shared)
        return;
    const std::string folder = std::string(shared) + "/corpora/articles";
    DIR *opened = opendir(folder.c_str());
    REQUIRE(opened);
    while (const dirent *item = readdir(opened))
        if (item->d_name[0] != '.')
            names.push_back(item->d_name);
    closedir(opened);
    std::sort(names.begin(), names.end());
    world_open(&w);
    REQUIRE_OK(oir_document_new(&d, &world_error), world_error);
    REQUIRE_OK(oir_term_generator_new(&generator, &world_error), world_error);
    REQUIRE_OK(oir_term_generator_set_stemmer(generator, "english", &world_error), world_error);
    for (size_t i = 0; i < names.size(); i++)
        add_article(&w, generator, d, read_file(folder + "/" + names[i]), (oir_docid)i + 1);
    world_commit(&w);
    const Xapian::Database oracle = xapian_database(&w);
    oir_database *database = world_ask(&w);
    for (const char *text : typed)
        ask_typed(database, oracle, w.model, text);
    oir_database_close(database);
    remove_xapian(&w);
    oir_term_generator_free(generator);
    oir_document_free(d);
    world_close(&w);
}

} // namespace

int main()
{
    harness_seed((uint64_t)time(nullptr));
    TEST(generated_documents);
    TEST(five_articles);
    TEST(news);
    return harness_end();
}
