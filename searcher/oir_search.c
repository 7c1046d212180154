/* oir-search: searches an index from the command line. See docs/man/oir-search.1. */
#include <time.h>

#include "program/program_message.h"
#include "program/program_output.h"
#include "searcher/program/search_explain.h"
#include "searcher/program/search_json.h"
#include "searcher/program/search_query.h"
#include "searcher/program/search_show.h"

enum { NOTHING_FOUND = 1 };

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + 1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

static oir_status print(search_query *search)
{
    switch (search->options->form) {
    case SEARCH_FORM_JSON: return search_json_write(search);
    case SEARCH_FORM_PATHS: return search_json_write_paths(search);
    case SEARCH_FORM_COUNT: program_output_add_format("%lu\n", (unsigned long)search->count); return OIR_OK;
    default: return search_show_print(search);
    }
}

static int search_and_print(search_query *search, const search_options *options)
{
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    int code = search_query_run(search, options);
    if (code != 0)
        return code;
    oir_status status = print(search);
    if (status == OIR_OK && options->form == SEARCH_FORM_PERSON)
        search_show_print_count(search, seconds_since(&start));
    if (status == OIR_OK && options->explain)
        status = search_explain_print(search);
    if (status != OIR_OK)
        return program_message_failure(&search->err);
    return search->count > 0 ? PROGRAM_DONE : NOTHING_FOUND;
}

int main(int argc, char **argv)
{
    search_options options;
    static search_query search;
    program_message_start("oir-search");
    int code = search_options_read(&options, argc, argv);
    if (code == -1)
        code = program_output_finish(search_and_print(&search, &options));
    search_query_release(&search);
    search_options_release(&options);
    return code;
}
