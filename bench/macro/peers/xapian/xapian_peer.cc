/* Xapian as a peer of the search comparison.
 *
 *     c++ -O2 xapian_peer.cc -o xapian_peer -lxapian
 *     xapian_peer index DIR < corpus.jsonl    words with positions, the id as the document's data
 *     xapian_peer index-full DIR < docs.jsonl
 *         "title" (under S, and without) and "body" through a TermGenerator with English stems, the body as the
 *         document's data
 *     xapian_peer query DIR                   COMMAND<TAB>query a line in, one integer a line out
 *
 * Ranks by Xapian's default BM25. Counts are exact: every match is looked at. */
#include <xapian.h>

#include <algorithm>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using Query = Xapian::Query;

static const size_t longest_term = 245;

/* The value of a key, escapes as they are; empty when there is none. */
static std::string field(const std::string &line, const char *name)
{
    const std::string key = std::string("\"") + name + "\": \"";
    size_t from = line.find(key);
    if (from == std::string::npos)
        return "";
    from += key.size();
    return line.substr(from, line.find('"', from) - from);
}

static void index_lines(const char *folder)
{
    Xapian::WritableDatabase db(folder, Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_NO_SYNC);
    for (std::string line; std::getline(std::cin, line);) {
        Xapian::Document document;
        document.set_data(field(line, "id"));
        const std::string text = field(line, "text");
        Xapian::termpos position = 0;
        for (size_t from = 0, to; from < text.size(); from = to + 1) {
            to = std::min(text.find(' ', from), text.size());
            if (to > from && to - from < longest_term)
                document.add_posting(text.substr(from, to - from), ++position);
        }
        db.add_document(document);
    }
    db.commit();
}

static void add_utf8(std::string &to, unsigned c)
{
    const auto add = [&to](unsigned byte) { to += static_cast<char>(byte); };
    if (c < 0x80) {
        add(c);
        return;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    add((0xff00 >> (more + 1) & 0xff) | c >> 6 * more);
    for (int i = more; i-- > 0;)
        add(0x80 | (c >> 6 * i & 0x3f));
}

static unsigned read_unit(const std::string &line, size_t at)
{
    return static_cast<unsigned>(std::stoul(line.substr(at, 4), nullptr, 16));
}

/* The value of a key with its escapes undone; empty when there is none. */
static std::string decoded_field(const std::string &line, const char *name)
{
    static const std::string from = "nrtbf", into = "\n\r\t\b\f";
    const std::string key = std::string("\"") + name + "\": \"";
    std::string value;
    size_t at = line.find(key);
    if (at == std::string::npos)
        return value;
    for (at += key.size(); at < line.size() && line[at] != '"'; at++) {
        const size_t run = std::min(line.find_first_of("\\\"", at), line.size());
        value.append(line, at, run - at);
        at = run;
        if (at + 1 >= line.size() || line[at] == '"')
            break;
        if (line[++at] != 'u') {
            const size_t known = from.find(line[at]);
            value += known == std::string::npos ? line[at] : into[known];
            continue;
        }
        unsigned c = read_unit(line, at + 1);
        at += 4;
        if (c >> 10 == 0xd800 >> 10 && line.compare(at + 1, 2, "\\u") == 0) {
            c = 0x10000 + ((c & 0x3ff) << 10 | (read_unit(line, at + 3) & 0x3ff));
            at += 6;
        }
        add_utf8(value, c);
    }
    return value;
}

static void index_full(const char *folder)
{
    Xapian::WritableDatabase db(folder, Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_NO_SYNC);
    Xapian::TermGenerator generator;
    generator.set_stemmer(Xapian::Stem("english"));
    generator.set_flags(Xapian::TermGenerator::FLAG_CJK_NGRAM); // as oir does
    for (std::string line; std::getline(std::cin, line);) {
        Xapian::Document document;
        const std::string title = decoded_field(line, "title"), body = decoded_field(line, "body");
        generator.set_document(document);
        generator.set_termpos(0);
        document.set_data(body);
        generator.index_text(title, 1, "S");
        generator.increase_termpos(100);
        generator.index_text(title);
        generator.increase_termpos(100);
        generator.index_text(body);
        db.add_document(document);
    }
    db.commit();
}

static Query parse_phrase(const std::string &inner)
{
    std::istringstream words(inner);
    std::vector<std::string> phrase;
    for (std::string word; words >> word;)
        phrase.push_back(word);
    return Query(Query::OP_PHRASE, phrase.begin(), phrase.end(), static_cast<Xapian::termcount>(phrase.size()));
}

static Query parse(const std::string &text)
{
    if (!text.empty() && text[0] == '"')
        return parse_phrase(text.substr(1, text.size() - 2));
    std::vector<Query> must, may, no;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (word[0] == '+')
            must.emplace_back(word.substr(1));
        else if (word[0] == '-')
            no.emplace_back(word.substr(1));
        else
            may.emplace_back(word);
    }
    const Query any(Query::OP_OR, may.begin(), may.end()), all(Query::OP_AND, must.begin(), must.end());
    const Query query = must.empty() ? any : may.empty() ? all : Query(Query::OP_AND_MAYBE, all, any);
    return no.empty() ? query : Query(Query::OP_AND_NOT, query, Query(Query::OP_OR, no.begin(), no.end()));
}

static void answer_lines(const char *folder)
{
    Xapian::Database db(folder);
    for (std::string line; std::getline(std::cin, line);) {
        const size_t tab = line.find('\t');
        const std::string command = line.substr(0, tab);
        const bool count = command.find("COUNT") != std::string::npos, unranked = command == "COUNT";
        const auto best = unranked ? 0U : static_cast<Xapian::doccount>(std::stoul(command.substr(4)));
        Xapian::Enquire enquire(db);
        enquire.set_query(parse(line.substr(tab + 1)));
        if (unranked)
            enquire.set_weighting_scheme(Xapian::BoolWeight());
        const Xapian::MSet hits = enquire.get_mset(0, best, count ? db.get_doccount() : 0);
        std::cout << (count ? hits.get_matches_estimated() : hits.size()) << std::endl;
    }
}

int main(int argc, char **argv)
{
    const std::string command = argc == 3 ? argv[1] : "";
    if (command != "index" && command != "index-full" && command != "query") {
        std::cerr << "usage: xapian_peer index|index-full|query DIR\n";
        return 2;
    }
    std::ios::sync_with_stdio(false);
    if (command == "index")
        index_lines(argv[2]);
    else if (command == "index-full")
        index_full(argv[2]);
    else
        answer_lines(argv[2]);
    return 0;
}
