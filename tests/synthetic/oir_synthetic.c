/* oir-synthetic: writes a made-up collection as JSON Lines, or queries for it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "synthetic/synthetic.h"

static const char usage[] =
    "oir-synthetic N [--seed S] [--words W]\n"
    "    N documents of W words on average (default 200), a line each: {\"id\": \"...\", \"text\": \"...\"}\n"
    "oir-synthetic N [--seed S] [--words W] --queries K\n"
    "    K each of intersections, phrases and unions for them, and K / 2 each of mixed, negated and single words, a\n"
    "    line each: {\"query\": \"...\", \"tags\": [\"class\"]}\n";

typedef struct options {
    uint64_t documents, seed, words, queries;
} options;

static int parse_number(const char *text, uint64_t most, uint64_t *out)
{
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    *out = n;
    return errno == 0 && end != text && *end == '\0' && *text != '-' && n <= most;
}

static int parse_options(options *o, int argc, char **argv)
{
    *o = (options){.seed = 1, .words = 200};
    for (int i = 1; i < argc; i++) {
        uint64_t *to = strcmp(argv[i], "--seed") == 0      ? &o->seed
                       : strcmp(argv[i], "--words") == 0   ? &o->words
                       : strcmp(argv[i], "--queries") == 0 ? &o->queries
                                                           : NULL;
        uint64_t most = to == &o->seed ? UINT64_MAX : to == &o->words ? 1000000 : UINT32_MAX;
        if (to ? ++i == argc || !parse_number(argv[i], most, to)
               : o->documents > 0 || !parse_number(argv[i], most, &o->documents))
            return 0;
    }
    return o->documents > 0 && o->words > 0;
}

static void print_documents(synthetic *s, const options *o)
{
    for (uint32_t i = 0; i < o->documents; i++) {
        size_t size;
        const char *text = synthetic_document(s, i, &size);
        printf("{\"id\": \"synthetic/%lu\", \"text\": \"", (unsigned long)i + 1);
        fwrite(text, 1, size, stdout);
        fputs("\"}\n", stdout);
    }
}

/* The words with `first` before the first and `next` before each other one. */
static void print_query(const synthetic *s, const char *first, const char *next, const char *last,
                        const uint32_t *ranks, uint32_t count, const char *tag)
{
    printf("{\"query\": \"");
    for (uint32_t i = 0; i < count; i++) {
        size_t size;
        const char *word = synthetic_word(s, ranks[i], &size);
        printf("%s%.*s", i == 0 ? first : next, (int)size, word);
    }
    printf("%s\", \"tags\": [\"%s\"]}\n", last, tag);
}

static void print_queries(synthetic *s, const options *o)
{
    uint32_t ranks[8];
    for (uint64_t i = 0; i < o->queries; i++) {
        uint32_t count = i % 3 == 0 ? 3 : i % 16 == 1 ? 4 : 2;
        synthetic_sequence(s, 4 * i, count, ranks);
        print_query(s, "+", " +", "", ranks, count, "intersection");
        print_query(s, "\\\"", " ", "\\\"", ranks, count, "phrase");
        print_query(s, "", " ", "", ranks, count, "union");
        if (i % 2)
            continue;
        synthetic_sequence(s, 4 * i + 1, 3, ranks);
        print_query(s, "+", " ", "", ranks, 3, "intersection_union");
        synthetic_sequence(s, 4 * i + 2, 2, ranks);
        print_query(s, "+", " -", "", ranks, 2, "negated");
        synthetic_sequence(s, 4 * i + 3, 1, ranks);
        print_query(s, "", " ", "", ranks, 1, "term");
    }
}

int main(int argc, char **argv)
{
    options o;
    if (!parse_options(&o, argc, argv)) {
        fputs(usage, stderr);
        return 2;
    }
    synthetic *s = synthetic_new((uint32_t)o.documents, (uint32_t)o.words, o.seed);
    if (!s) {
        fputs("oir-synthetic: not enough memory; ask for fewer documents\n", stderr);
        return 2;
    }
    if (o.queries > 0)
        print_queries(s, &o);
    else
        print_documents(s, &o);
    synthetic_free(s);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("oir-synthetic: cannot write");
        return 2;
    }
    return 0;
}
