/* Searches an index that oir-index made:  search INDEX QUERY
 *
 *     cc search.c -o search $(pkg-config --cflags --libs oir) */
#include <stdio.h>
#include <string.h>

#include <oir/oir.h>

/* oir-index keeps a JSON object with each document; here its bytes will do as text. */
static oir_status print_hit(oir_mset *mset, oir_doccount rank, oir_snippeter *snippeter, oir_error *err)
{
    oir_document *document;
    oir_bytes data, snippet;
    oir_status status = oir_mset_get_document(mset, rank, &document, err);
    if (!status)
        status = oir_document_get_data(document, &data, err);
    if (!status)
        status = oir_snippeter_get(snippeter, data.data, data.size, &snippet, err);
    if (!status)
        printf("%2u. %.3f  %.*s\n\n", rank + 1, oir_mset_get_weight(mset, rank), (int)snippet.size, snippet.data);
    oir_document_free(document);
    return status;
}

int main(int argc, char **argv)
{
    oir_database *database = NULL;
    oir_query_parser *parser = NULL;
    oir_query *query = NULL;
    oir_enquire *enquire = NULL;
    oir_mset *mset = NULL;
    oir_snippeter *snippeter = NULL;
    oir_error err = {OIR_INVALID_ARGUMENT, "usage: search INDEX QUERY"};
    oir_snippet_options look = OIR_SNIPPET_OPTIONS_INIT;
    look.escape = OIR_ESCAPE_ANSI;
    look.mark_start = "*";
    look.mark_end = "*";

    bool failed = argc != 3 || oir_database_open(&database, argv[1], &err) || oir_query_parser_new(&parser, &err) ||
                  oir_query_parser_set_stemmer(parser, "english", &err) ||
                  oir_query_parser_parse(parser, argv[2], strlen(argv[2]), OIR_PARSE_DEFAULT, NULL, &query, &err) ||
                  oir_snippeter_new(&snippeter, query, database, "english", &look, &err) ||
                  oir_enquire_new(&enquire, database, &err);
    if (!failed) {
        oir_enquire_set_query(enquire, query);
        failed = oir_enquire_get_mset(enquire, 0, 10, 0, &mset, &err);
    }
    for (oir_doccount i = 0; !failed && i < oir_mset_get_size(mset); i++)
        failed = print_hit(mset, i, snippeter, &err);
    if (failed)
        fprintf(stderr, "search: %s\n", err.message);

    oir_mset_free(mset);
    oir_enquire_free(enquire);
    oir_snippeter_free(snippeter);
    oir_query_free(query);
    oir_query_parser_free(parser);
    oir_database_close(database);
    return failed ? 1 : 0;
}
