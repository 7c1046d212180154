/* oir-bench: builds and asks indexes in the ways that are compared with other engines. */
#include <string.h>

#include "bench/oir_bench.h"

static const char help[] =
    "oir-bench index DIR [--memory SIZE] [--no-pairs] [--reorder[=none|light|full]] [--commit N|end]\n"
    "          [--threads N] [--full] [--json] < corpus.jsonl\n"
    "    Indexes one document a line into DIR, emptied before, and ends with one segment unless --commit is given.\n"
    "    The text of a line is what stands between \"text\": \" and the last quote, with escapes as they are; its\n"
    "    words are what stands between spaces, as it is, at positions from 1. No stems, no lists of terms, nothing\n"
    "    stored. SIZE (1G unless told) limits the memory for buffered documents; --no-pairs leaves out the lists for\n"
    "    pairs of frequent words.\n"
    "    --reorder puts like documents beside each other (light unless told; without the option: none). --commit:\n"
    "    commits after each N lines, or once at the end, instead of optimising, which leaves the segments that there\n"
    "    are: only merged ones have lists of pairs, and with --reorder large merged ones an order. --threads:\n"
    "    N threads (1), and the same index. Time, speed, size and peak memory go to stderr. --full: of each line,\n"
    "    \"title\" (under S, and without) and \"body\" go through a term generator with English stems, with lists of\n"
    "    terms, and the body is stored.\n"
    "    --json: a line of JSON on stdout instead, with bytes by part, and seconds by stage (finish: after the\n"
    "    writer's last report, which is the rest of what that told, closing files, and waiting for the disk).\n"
    "oir-bench commit DIR [--documents N] [--threads N] [--memory SIZE] < corpus.jsonl\n"
    "    Adds the lines' documents, as `index` makes them, to the index and commits after each N (10), synced; prints\n"
    "    how long it takes from a line's first byte until the documents are on the disk. With several threads (1) and\n"
    "    enough memory (256M) segments are merged in the background; the end is settled.\n"
    "oir-bench query DIR... [--counters] [--threads N]\n"
    "    Answers lines of COMMAND<TAB>QUERY on standard input with a number each. COMMAND: TOP_k (the number of\n"
    "    hits), COUNT and TOP_k_COUNT (the number of matches); UNSUPPORTED is the answer to others. QUERY: words and\n"
    "    \"phrases\", with + where they must match and - where they must not. Ranks by BM25 with k1 1.2, b 0.75 and\n"
    "    idf ln(1 + (N - n + 0.5) / (n + 0.5)). --counters: at the end, what the searches visited, to stderr.\n"
    "    Several folders are asked as one database. --threads: the segments of a query are shared out over N threads.\n"
    "oir-bench open DIR... [--line LINE]\n"
    "    Opens the index and asks LINE, as `query` reads it (TOP_10<TAB>the of), time and again, and prints how long\n"
    "    opening takes, and until the first answer.\n"
    "oir-bench times DIR... [--rounds N] < lines\n"
    "    Asks each line, as `query` reads it, N times (5), all in turns, and prints for each the fastest time in\n"
    "    microseconds and the answer.\n"
    "oir-bench throughput DIR [--threads N] [--seconds S] < lines\n"
    "    N threads (1) ask the lines of standard input, as `query` reads them, of one database for S seconds (5),\n"
    "    over and over, each from another one on. Prints queries a second.\n"
    "oir-bench trec DIR QUERIES [--weight xapian|lucene] [--syntax]\n"
    "    Asks an index made by oir-index the lines of QUERIES (number, tab, query), and prints the 1,000 best of each\n"
    "    as a TREC run: number, Q0, id, rank, score, oir. Weights as oir-search (xapian, the default) or as `query`.\n"
    "    With --syntax what looks like an operator in a query is one.\n";

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "index") == 0)
        return bench_index(argc - 2, argv + 2);
    if (strcmp(command, "commit") == 0)
        return bench_commit(argc - 2, argv + 2);
    if (strcmp(command, "query") == 0)
        return bench_query(argc - 2, argv + 2);
    if (strcmp(command, "open") == 0)
        return bench_open(argc - 2, argv + 2);
    if (strcmp(command, "times") == 0)
        return bench_times(argc - 2, argv + 2);
    if (strcmp(command, "throughput") == 0)
        return bench_throughput(argc - 2, argv + 2);
    if (strcmp(command, "trec") == 0)
        return bench_trec(argc - 2, argv + 2);
    if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0) {
        fputs(help, stdout);
        return 0;
    }
    return bench_misused(argc > 1 ? "no such command"
                                  : "say what to do: index, commit, query, open, times, throughput or trec");
}
