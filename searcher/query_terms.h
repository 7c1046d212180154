/* Words of a query as terms: prefixes put before, stemmed where the strategy says so, ORed over a field's prefixes. */
#ifndef SEARCHER_QUERY_TERMS_H
#define SEARCHER_QUERY_TERMS_H

#include <oir/stemmer.h>

#include "searcher/query.h"
#include "searcher/query_lexer.h"

/* How words become terms. Nothing in it is owned. */
typedef struct query_terms {
    const query_lexer *lexer;         /* holds the words' bytes */
    const query_field *default_field; /* for tokens without a field; NULL for no prefix */
    oir_stemmer *stemmer;             /* NULL for none */
    oir_stem_strategy strategy;
    oir_termcount max_expansion;
    oir_value_shortener shortener; /* for long values of filters; NULL for none */
    void *shortener_context;
} query_terms;

/* One word or value, which stands for all tokens but phrases and runs. `positional`: its place matters. A word that is
 * longer than any term becomes MATCH_NONE, unless it is a value that can be shortened. Here and below: OIR_LIMIT,
 * OIR_NO_MEMORY. */
oir_status query_terms_word(const query_terms *terms, const query_token *token, bool positional, oir_query **out,
                            oir_error *err);
/* All terms that start with the word. */
oir_status query_terms_wildcard(const query_terms *terms, const query_token *token, oir_query **out, oir_error *err);
/* All terms that a pattern matches. */
oir_status query_terms_pattern(const query_terms *terms, const query_token *token, oir_query **out, oir_error *err);
/* All terms that are the word but for the token's edits; what stands before it in them must agree. */
oir_status query_terms_fuzzy(const query_terms *terms, const query_token *token, oir_query **out, oir_error *err);
/* The word, or what it may be the start of; `stopped`: the start only. */
oir_status query_terms_partial(const query_terms *terms, const query_token *token, bool stopped, oir_query **out,
                               oir_error *err);
/* The words of one token side by side (PHRASE), or all of a run (AND). */
oir_status query_terms_all(const query_terms *terms, const query_token *token, oir_query_op op, oir_query **out,
                           oir_error *err);
/* Words of several tokens by NEAR or PHRASE within a window. Where fields have several prefixes, ORed over them: those
 * of one field go together. OIR_LIMIT when that would be too many. */
oir_status query_terms_near(const query_terms *terms, const query_token *const *tokens, size_t count, oir_query_op op,
                            oir_termpos window, oir_query **out, oir_error *err);

#endif
