/* Queries in the notation of the search-benchmark-game: words, "phrases", each with an optional + or - before it. */
#ifndef BENCH_BENCH_SYNTAX_H
#define BENCH_BENCH_SYNTAX_H

#include <oir/query.h>

/* What is asked, by the names of the game. */
enum bench_class {
    BENCH_TERM,         /* a */
    BENCH_INTERSECTION, /* +a +b */
    BENCH_UNION,        /* a b */
    BENCH_PHRASE,       /* "a b" */
    BENCH_NEGATED,      /* with a -b */
    BENCH_MIXED,        /* +a b: what need not match adds to the weight */
    BENCH_CLASSES
};

/* "term", "intersection"... A constant. */
const char *bench_syntax_name(enum bench_class kind);

/* Builds the query. Only words with - , or none at all, find nothing. OIR_INVALID_ARGUMENT, OIR_LIMIT,
 * OIR_NO_MEMORY. */
oir_status bench_syntax_parse(const char *text, size_t size, enum bench_class *kind, oir_query **out, oir_error *err);

#endif
