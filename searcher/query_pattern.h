/* Words with * and ? in them, and word~: what the lexer reads where a flag allows it.
 *
 * Of w*rd, w?rd and *ing the words are read as elsewhere, and so folded as they were indexed, but not stemmed. At least
 * one word is in it. Question marks at the end are punctuation: people ask questions. */
#ifndef SEARCHER_QUERY_PATTERN_H
#define SEARCHER_QUERY_PATTERN_H

#include "searcher/query_lexer.h"

/* Whether a pattern may begin with what is not a word: `c`, at lexer->at. */
bool query_pattern_may_begin(const query_lexer *lexer, uint32_t c);
/* Reads what begins at `at` if it is a pattern or a fuzzy word; else does nothing and returns false. */
bool query_pattern_read(query_lexer *lexer, size_t at, const query_field *field);

#endif
