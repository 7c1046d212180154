#include "indexer/program/index_options.h"

#include <string.h>

#include "program/program_message.h"
#include "program/program_options.h"
#include "program/program_output.h"

enum { STEM = 256, MEMORY, LARGEST, WAIT, NO_DELETE, OPTIMISE, OVERWRITE, NO_PAIRS, REORDER };

static const char help[] =
    "Usage: oir-index [OPTION]... PATH...\n"
    "Makes or updates an index of text files, folders of them, and JSON Lines.\n"
    "\n"
    "A PATH is a text file; a folder, whose files are taken and those of the folders\n"
    "in it, but for hidden and binary ones; a file *.jsonl, each line an object with\n"
    "the members id, title, date, and body or text; or -, the same from the standard\n"
    "input. Run again, it reads only what has changed, and forgets the files that\n"
    "have vanished from the folders given.\n"
    "\n"
    "  -i, --index DIR      the index (default: $OIR_INDEX, else .oir here or in a\n"
    "                       folder above, else a new .oir here)\n"
    "      --stem LANG      stem words in this language, or none (default: english;\n"
    "                       an index keeps the one it was made with)\n"
    "      --memory SIZE    write out what is buffered above SIZE (default: 256M)\n"
    "      --max-size SIZE  skip files and lines larger than SIZE (default: 64M;\n"
    "                       1G at most, of a line 128M and a 32nd of --memory)\n"
    "      --no-delete      keep documents whose files have vanished\n"
    "      --optimise       make the index one segment, the quickest to search\n"
    "      --no-pairs       make no lists for pairs of frequent words: phrases take\n"
    "                       longer, the index is up to 8 % smaller\n"
    "      --reorder HOW    when merging, put like documents beside each other, for a\n"
    "                       smaller and quicker index: light (default), full (takes\n"
    "                       longer, gains more) or none\n"
    "      --overwrite      start over with an empty index, also where the old one\n"
    "                       is damaged; a folder with other files is left alone\n"
    "      --wait SECONDS   wait for another oir-index to finish (default: 0)\n"
    "  -q, --quiet          no summary, no progress\n"
    "  -v, --verbose        name each file and what becomes of it\n"
    "  -h, --help           show this\n"
    "  -V, --version        show the version\n"
    "\n"
    "Exit status: 0 done, 1 done but something was skipped and named, 2 failed,\n"
    "75 another process writes the index, 130 interrupted. An index is always as its\n"
    "last successful run left it.\n";

static const char shorts[] = ":i:qvhV";
static const struct option longs[] = {{"index", required_argument, NULL, 'i'},
                                      {"stem", required_argument, NULL, STEM},
                                      {"memory", required_argument, NULL, MEMORY},
                                      {"max-size", required_argument, NULL, LARGEST},
                                      {"no-delete", no_argument, NULL, NO_DELETE},
                                      {"optimise", no_argument, NULL, OPTIMISE},
                                      {"optimize", no_argument, NULL, OPTIMISE},
                                      {"no-pairs", no_argument, NULL, NO_PAIRS},
                                      {"reorder", required_argument, NULL, REORDER},
                                      {"overwrite", no_argument, NULL, OVERWRITE},
                                      {"wait", required_argument, NULL, WAIT},
                                      {"quiet", no_argument, NULL, 'q'},
                                      {"verbose", no_argument, NULL, 'v'},
                                      {"help", no_argument, NULL, 'h'},
                                      {"version", no_argument, NULL, 'V'},
                                      {NULL, 0, NULL, 0}};

static int take_reorder(index_options *options, const char *how)
{
    static const char *const names[] = {
        [OIR_REORDER_LIGHT] = "light", [OIR_REORDER_NONE] = "none", [OIR_REORDER_FULL] = "full"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(how, names[i]) == 0) {
            options->reorder = (oir_reorder)i;
            return -1;
        }
    }
    program_message("--reorder is light, full or none, not \"%s\"", how);
    return PROGRAM_FAILED;
}

/* -1 to go on, otherwise an exit code. */
static int take(index_options *options, int option)
{
    switch (option) {
    case 'i': options->index = optarg; return -1;
    case STEM: options->stemmer = optarg; return -1;
    case MEMORY: return program_options_size("--memory", optarg, &options->memory) ? -1 : PROGRAM_FAILED;
    case LARGEST: return program_options_size("--max-size", optarg, &options->largest) ? -1 : PROGRAM_FAILED;
    case WAIT: return program_options_seconds("--wait", optarg, &options->wait) ? -1 : PROGRAM_FAILED;
    case NO_DELETE: options->keep_vanished = true; return -1;
    case OPTIMISE: options->optimise = true; return -1;
    case NO_PAIRS: options->no_pairs = true; return -1;
    case REORDER: return take_reorder(options, optarg);
    case OVERWRITE: options->overwrite = true; return -1;
    case 'q': options->quiet = true; return -1;
    case 'v': options->verbose = true; return -1;
    case 'h': program_output_add_text(help); return program_output_finish(PROGRAM_DONE);
    case 'V': program_options_print_version(); return program_output_finish(PROGRAM_DONE);
    default: return PROGRAM_FAILED;
    }
}

int index_options_read(index_options *options, int argc, char **argv)
{
    *options = (index_options){.memory = (uint64_t)256 << 20, .largest = (uint64_t)64 << 20};
    int option;
    while ((option = program_options_next(argc, argv, shorts, longs)) != -1) {
        int code = take(options, option);
        if (code != -1)
            return code;
    }
    if (options->largest > INDEX_LARGEST_FILE)
        options->largest = INDEX_LARGEST_FILE;
    options->paths = argv + optind;
    options->path_count = argc - optind;
    if (options->path_count > 0)
        return -1;
    program_message("nothing to index was named; the current folder is .  (--help says more)");
    return PROGRAM_FAILED;
}
