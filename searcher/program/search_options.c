#include "searcher/program/search_options.h"

#include <stdlib.h>
#include <string.h>

#include "program/program_message.h"
#include "program/program_options.h"
#include "program/program_output.h"

enum { OFFSET = 256, JSON, EXPLAIN, DEFAULT_OP, STEM, COLOUR, TIME_LIMIT, THREADS };

static const char help[] =
    "Usage: oir-search [OPTION]... QUERY...\n"
    "Searches an index that oir-index made. Best documents come first.\n"
    "\n"
    "  -i, --index DIR      the index (default: $OIR_INDEX, else .oir here or in a\n"
    "                       folder above); several are searched as one\n"
    "  -n, --limit N        show N documents at most (default: 10)\n"
    "      --offset N       leave out the N best\n"
    "  -l, --paths          only the paths, or ids, one on each line\n"
    "  -0, --null           with -l: a zero byte after each instead of a newline, as\n"
    "                       xargs -0 reads them\n"
    "  -c, --count          only the number of documents that match\n"
    "      --json           a JSON object on each line: rank, docid, id, path, title,\n"
    "                       score, snippet (HTML, matches in <b>); only one of -l,\n"
    "                       -c and --json can be given\n"
    "      --explain        say on the error output how the query was understood and\n"
    "                       what the search did\n"
    "      --default-op OP  what stands between words: or (default), and\n"
    "      --stem LANG      the language of the query's stems, or none (default: the\n"
    "                       index's)\n"
    "      --time-limit S   give up after S seconds, such as 0.5\n"
    "      --threads N      share segments out over N threads (default: 1)\n"
    "      --color WHEN     auto (default; NO_COLOR is respected), always, never\n"
    "  -v, --verbose        say which index is searched\n"
    "  -h, --help           show this\n"
    "  -V, --version        show the version\n"
    "\n"
    "Queries:\n"
    "  combat mission       either word; documents with both come first\n"
    "  '\"combat mission\"'   the phrase (quotes within quotes, for the shell)\n"
    "  +iraq advis*         must have iraq; words starting with advis add to the rank\n"
    "  m?ss*n missoin~1     words like this (? one character, * any), words with a\n"
    "                       typing error; missoin~ with two\n"
    "  coalition -syria     without syria; if it comes first, behind --: -- -syria\n"
    "  a AND b, OR, NOT, XOR, ( )     operators, in capitals\n"
    "  troops NEAR iraq     within 10 words; NEAR/3 within 3; ADJ in this order;\n"
    "                       beside other words in brackets: war (troops NEAR iraq)\n"
    "  title:coalition      in the title\n"
    "  id:X path:X          the document of this id, or path as the index keeps it\n"
    "What cannot be read as syntax is read as words.\n"
    "\n"
    "Exit status: 0 something was found, 1 nothing was found, 2 failed.\n";

static const char shorts[] = ":i:n:l0cvhV";
static const struct option longs[] = {{"index", required_argument, NULL, 'i'},
                                      {"limit", required_argument, NULL, 'n'},
                                      {"offset", required_argument, NULL, OFFSET},
                                      {"paths", no_argument, NULL, 'l'},
                                      {"null", no_argument, NULL, '0'},
                                      {"count", no_argument, NULL, 'c'},
                                      {"json", no_argument, NULL, JSON},
                                      {"explain", no_argument, NULL, EXPLAIN},
                                      {"default-op", required_argument, NULL, DEFAULT_OP},
                                      {"stem", required_argument, NULL, STEM},
                                      {"time-limit", required_argument, NULL, TIME_LIMIT},
                                      {"threads", required_argument, NULL, THREADS},
                                      {"color", required_argument, NULL, COLOUR},
                                      {"colour", required_argument, NULL, COLOUR},
                                      {"verbose", no_argument, NULL, 'v'},
                                      {"help", no_argument, NULL, 'h'},
                                      {"version", no_argument, NULL, 'V'},
                                      {NULL, 0, NULL, 0}};

static bool take_number(const char *option, oir_doccount *out)
{
    uint64_t number;
    if (!program_options_number(option, optarg, UINT32_MAX, &number))
        return false;
    *out = (oir_doccount)number;
    return true;
}

static bool take_threads(search_options *options)
{
    uint64_t number;
    if (!program_options_number("--threads", optarg, 256, &number))
        return false;
    options->threads = (unsigned)number;
    return true;
}

static bool take_time_limit(search_options *options)
{
    char *end;
    options->time_limit = strtod(optarg, &end);
    if (strspn(optarg, "0123456789.") == strlen(optarg) && end != optarg && *end == '\0')
        return true;
    program_message("--time-limit takes seconds, such as 0.5; not \"%s\"", optarg);
    return false;
}

static bool take_default_op(search_options *options)
{
    if (strcmp(optarg, "and") == 0 || strcmp(optarg, "AND") == 0)
        options->default_op = OIR_OP_AND;
    else if (strcmp(optarg, "or") == 0 || strcmp(optarg, "OR") == 0)
        options->default_op = OIR_OP_OR;
    else {
        program_message("--default-op takes and, or; not \"%s\"", optarg);
        return false;
    }
    return true;
}

static bool take_index(search_options *options)
{
    if (options->index_count == SEARCH_INDEXES_MAX) {
        program_message("at most %d indexes are searched together", SEARCH_INDEXES_MAX);
        return false;
    }
    options->indexes[options->index_count++] = optarg;
    return true;
}

static int checked(bool good)
{
    return good ? -1 : PROGRAM_FAILED;
}

/* One that quietly won over another would give a script what it cannot read. */
static bool take_form(search_options *options, search_form form)
{
    if (options->form != SEARCH_FORM_PERSON && options->form != form) {
        program_message("of --paths (-l), --count (-c) and --json only one can be given");
        return false;
    }
    options->form = form;
    return true;
}

/* -1 to go on, otherwise an exit code. */
static int take(search_options *options, int option)
{
    switch (option) {
    case 'i': return checked(take_index(options));
    case 'n': return checked(take_number("-n", &options->limit));
    case OFFSET: return checked(take_number("--offset", &options->first));
    case 'l': return checked(take_form(options, SEARCH_FORM_PATHS));
    case '0': options->null = true; return -1;
    case 'c': return checked(take_form(options, SEARCH_FORM_COUNT));
    case JSON: return checked(take_form(options, SEARCH_FORM_JSON));
    case EXPLAIN: options->explain = true; return -1;
    case DEFAULT_OP: return checked(take_default_op(options));
    case STEM: options->stemmer = optarg; return -1;
    case TIME_LIMIT: return checked(take_time_limit(options));
    case THREADS: return checked(take_threads(options));
    case COLOUR: return checked(program_terminal_read_colour(optarg, &options->colour));
    case 'v': options->verbose = true; return -1;
    case 'h': program_output_add_text(help); return program_output_finish(PROGRAM_DONE);
    case 'V': program_options_print_version(); return program_output_finish(PROGRAM_DONE);
    default: return PROGRAM_FAILED;
    }
}

int search_options_read(search_options *options, int argc, char **argv)
{
    *options = (search_options){.default_op = OIR_OP_OR, .limit = 10};
    options->arguments = program_options_sort(&argc, argv, shorts, "i", longs);
    int option;
    while ((option = program_options_next(argc, options->arguments, shorts, longs)) != -1) {
        int code = take(options, option);
        if (code != -1)
            return code;
    }
    for (int i = optind; i < argc; i++) {
        if (options->text.size > 0)
            program_buffer_add_char(&options->text, ' ');
        program_buffer_add_text(&options->text, options->arguments[i]);
    }
    if (options->null && options->form != SEARCH_FORM_PATHS) {
        program_message("--null (-0) goes with --paths (-l)");
        return PROGRAM_FAILED;
    }
    if (optind < argc)
        return -1;
    program_message("no query; for example: oir-search combat mission  (--help says more)");
    return PROGRAM_FAILED;
}

void search_options_release(search_options *options)
{
    program_buffer_release(&options->text);
    free(options->arguments);
}
