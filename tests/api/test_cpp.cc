// The headers from C++17: an index is made, searched and shown, with owners that give everything back.
#include <oir/oir.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

template <auto Free> struct Deleter {
    template <typename T> void operator()(T *object) const { Free(object); }
};

template <typename T, auto Free> using Owner = std::unique_ptr<T, Deleter<Free>>;

using Writer = Owner<oir_writable_database, oir_writable_database_close>;
using Database = Owner<oir_database, oir_database_close>;
using Document = Owner<oir_document, oir_document_free>;
using Generator = Owner<oir_term_generator, oir_term_generator_free>;
using Parser = Owner<oir_query_parser, oir_query_parser_free>;
using Query = Owner<oir_query, oir_query_free>;
using Enquire = Owner<oir_enquire, oir_enquire_free>;
using Matches = Owner<oir_mset, oir_mset_free>;
using Snippeter = Owner<oir_snippeter, oir_snippeter_free>;
using Terms = Owner<oir_term_iterator, oir_term_iterator_free>;

// Calls a function of the library, and throws its message when it fails.
template <typename Function, typename... Arguments> void call(Function function, Arguments... arguments)
{
    oir_error err;
    if (function(arguments..., &err) != OIR_OK)
        throw std::runtime_error(err.message);
}

// The same for what hands out an object first.
template <typename Owning, typename Function, typename... Arguments>
Owning make(Function function, Arguments... arguments)
{
    typename Owning::pointer object = nullptr;
    call(function, &object, arguments...);
    return Owning(object);
}

int failures;

void expect(bool condition, std::string_view what)
{
    if (condition)
        return;
    std::cerr << "not true: " << what << '\n';
    failures++;
}

std::string_view view(oir_bytes bytes)
{
    return {bytes.data, bytes.size};
}

void index(const std::string &folder, const std::vector<std::string> &texts)
{
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    auto writer = make<Writer>(oir_writable_database_open, folder.c_str(),
                               static_cast<const oir_writer_options *>(&options));
    auto document = make<Document>(oir_document_new);
    auto generator = make<Generator>(oir_term_generator_new);
    call(oir_term_generator_set_stemmer, generator.get(), "english");
    for (const std::string &text : texts) {
        oir_document_clear(document.get());
        oir_term_generator_set_document(generator.get(), document.get());
        call(oir_term_generator_index_text, generator.get(), text.data(), text.size(), 1u, "");
        call(oir_document_set_data, document.get(), text.data(), text.size());
        call(oir_writable_database_add_document, writer.get(), static_cast<const oir_document *>(document.get()),
             static_cast<oir_docid *>(nullptr));
    }
    call(oir_writable_database_commit, writer.get());
}

std::vector<std::string> search(const oir_database *database, std::string_view text)
{
    auto parser = make<Parser>(oir_query_parser_new);
    call(oir_query_parser_set_stemmer, parser.get(), "english");
    auto query = make<Query>(
        [&](oir_query **out, oir_error *err) {
            return oir_query_parser_parse(parser.get(), text.data(), text.size(), OIR_PARSE_DEFAULT, nullptr, out, err);
        });
    auto enquire = make<Enquire>(oir_enquire_new, database);
    oir_enquire_set_query(enquire.get(), query.get());
    auto matches = make<Matches>(
        [&](oir_mset **out, oir_error *err) { return oir_enquire_get_mset(enquire.get(), 0, 10, 0, out, err); });
    oir_snippet_options options = OIR_SNIPPET_OPTIONS_INIT;
    auto snippeter = make<Snippeter>(oir_snippeter_new, static_cast<const oir_query *>(query.get()), database,
                                     "english", static_cast<const oir_snippet_options *>(&options));
    std::vector<std::string> snippets;
    for (oir_doccount i = 0; i < oir_mset_get_size(matches.get()); i++) {
        auto document = make<Document>(
            [&](oir_document **out, oir_error *err) { return oir_mset_get_document(matches.get(), i, out, err); });
        oir_bytes data, snippet;
        call(oir_document_get_data, document.get(), &data);
        call(oir_snippeter_get, snippeter.get(), data.data, data.size, &snippet);
        snippets.emplace_back(view(snippet));
    }
    return snippets;
}

void run(const std::string &folder)
{
    index(folder, {"The combat mission ended.", "Missions of peace & quiet.", "Nothing of the kind."});
    auto database = make<Database>(oir_database_open, folder.c_str());
    expect(oir_database_get_doccount(database.get()) == 3, "three documents");
    auto both = search(database.get(), "combat mission");
    expect(both.size() == 2, "two have one of the words");
    expect(both.at(0) == "The <b>combat</b> <b>mission</b> ended.", "the better one is marked");
    expect(both.at(1) == "<b>Missions</b> of peace &amp; quiet.", "the other by its stem");
    auto phrase = search(database.get(), "\"combat mission\"");
    expect(phrase.size() == 1 && phrase.at(0) == "The <b>combat mission</b> ended.", "a phrase is one span");
    expect(search(database.get(), "absent").empty(), "nothing is found");

    auto terms = make<Terms>(
        [&](oir_term_iterator **out, oir_error *err) {
            return oir_database_get_terms(database.get(), "miss", out, err);
        });
    std::vector<std::string> seen;
    for (bool found = true; found;) {
        call(oir_term_iterator_next, terms.get(), &found);
        if (found)
            seen.emplace_back(view(oir_term_iterator_get_term(terms.get())));
    }
    expect((seen == std::vector<std::string>{"mission", "missions"}), "terms by prefix");

    bool thrown = false;
    try {
        make<Database>(oir_database_open, (folder + "/none").c_str());
    } catch (const std::runtime_error &error) {
        thrown = std::string_view(error.what()).find("/none") != std::string_view::npos;
    }
    expect(thrown, "the message names the folder");
}

} // namespace

int main()
{
    std::string folder = (std::filesystem::temp_directory_path() / "oir-test-XXXXXX").string();
    if (!mkdtemp(folder.data()))
        return 1;
    try {
        run(folder);
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
        failures++;
    }
    std::filesystem::remove_all(folder);
    std::cout << failures << " failures\n";
    return failures ? 1 : 0;
}
