/* Tokens to a tree of operators. */
#ifndef SEARCHER_QUERY_GRAMMAR_H
#define SEARCHER_QUERY_GRAMMAR_H

#include "searcher/query_terms.h"

/* What the grammar goes by. */
typedef struct query_grammar_options {
    query_terms terms;
    const oir_stopper *stopper; /* NULL for none */
    oir_query_op default_op;    /* OR, AND, NEAR or PHRASE */
    bool pure_not;              /* what is only excluded stands for all other documents */
} query_grammar_options;

/* Reads all tokens. A query without words is MATCH_NONE. Marks the words left out as stop words (stopped_by).
 * Sets *bad, and then *out is NULL and the status OIR_OK, for what is no good syntax or would be too deep or too large.
 * OIR_NO_MEMORY. */
oir_status query_grammar_read(query_lexer *lexer, const query_grammar_options *options, oir_query **out, bool *bad,
                              oir_error *err);

#endif
