#include "searcher/program/search_explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "program/program_output.h"
#include "program/program_text.h"

typedef struct listing {
    search_query *search;
    program_buffer text;
    program_buffer done; /* terms listed already, each between newlines */
} listing;

static bool is_listed(listing *list, const program_buffer *name)
{
    program_buffer needle = {0};
    program_buffer_add_format(&needle, "\n%s\n", name->data);
    bool found = strstr(program_buffer_text(&list->done), needle.data) != NULL;
    if (!found)
        program_buffer_add(&list->done, needle.data, needle.size);
    program_buffer_release(&needle);
    return found;
}

/* The terms of the query, each once, with the number of documents that have it. */
static oir_status list_terms(listing *list, const oir_query *query)
{
    oir_query_op op = oir_query_get_op(query);
    oir_status status = OIR_OK;
    for (size_t i = 0; status == OIR_OK && i < oir_query_get_part_count(query); i++)
        status = list_terms(list, oir_query_get_part(query, i));
    if (op != OIR_OP_TERM && op != OIR_OP_PREFIX && op != OIR_OP_WILDCARD && op != OIR_OP_FUZZY)
        return status;
    program_buffer name = {0};
    oir_doccount count = 0;
    oir_bytes term = oir_query_get_term(query);
    program_text_add_shown(&name, term.data, term.size);
    if (op == OIR_OP_PREFIX)
        program_buffer_add_char(&name, '*');
    if (op == OIR_OP_FUZZY)
        program_buffer_add_format(&name, "~%u", oir_query_get_distance(query));
    if (op == OIR_OP_TERM)
        status = oir_database_get_termfreq(list->search->database, term.data, term.size, &count, &list->search->err);
    if (status == OIR_OK && !is_listed(list, &name)) {
        program_buffer_add_format(&list->text, "%s%s", list->text.size > 0 ? ", " : "", name.data);
        if (op == OIR_OP_TERM)
            program_buffer_add_format(&list->text, " %lu", (unsigned long)count);
    }
    program_buffer_release(&name);
    return status;
}

static void print_line(const char *name, const char *text)
{
    program_buffer shown = {0};
    program_text_add_shown(&shown, text, strlen(text));
    fprintf(stderr, "%-12s%s\n", name, program_buffer_text(&shown));
    program_buffer_release(&shown);
}

static void print_statistics(const search_query *search)
{
    oir_search_statistics done;
    oir_enquire_get_statistics(search->enquire, &done);
    fprintf(stderr, "%-12s%" PRIu64 " of %" PRIu64 " windows, %" PRIu64 " ranges\n", "visited",
            done.windows_visited, done.windows, done.ranges_visited);
    fprintf(stderr, "%-12s%" PRIu64 " postings, %" PRIu64 " positions\n", "decoded", done.postings_decoded,
            done.positions_decoded);
    fprintf(stderr, "%-12s%" PRIu64 " documents\n", "scored", done.documents_scored);
}

oir_status search_explain_print(search_query *search)
{
    listing list = {.search = search};
    char *description = NULL;
    const char *stopped = oir_query_parser_get_stopped(search->parser);
    oir_status status = oir_query_get_description(search->query, &description, &search->err);
    if (status == OIR_OK)
        status = list_terms(&list, search->query);
    if (status != OIR_OK)
        goto done;
    program_output_flush();
    print_line("query", description);
    if (oir_query_parser_get_degraded(search->parser))
        print_line("read as", "plain words, because it is no good syntax");
    if (stopped[0] != '\0')
        print_line("left out", stopped);
    print_line("stems", search->language);
    print_line("terms", list.text.size > 0 ? list.text.data : "none");
    for (size_t i = 0; i < search->index_count; i++)
        print_line("index", program_buffer_text(&search->index[i]));
    print_statistics(search);
done:
    oir_memory_free(description);
    program_buffer_release(&list.text);
    program_buffer_release(&list.done);
    return status;
}
