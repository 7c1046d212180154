/* What a person types, as a query. The parser never fails on what is typed: what it cannot read as syntax it reads as
 * words, and it says how it understood.
 *
 *     combat mission           either word; documents with both, and with the rarer, rank first
 *     "combat mission"         the phrase;  combat-mission is the same
 *     +iraq advis*             must have iraq; any word that starts with advis adds to the rank
 *     coalition -syria         not syria
 *     AND OR NOT XOR ( )       in capitals;  coalition AND NOT syria
 *     troops NEAR iraq         within 10 words, any order; NEAR/3 within 3; ADJ in this order
 *     title:coalition          in a field
 *     w*rd  w?rd  missoin~     patterns, and words up to two edits away, where flags allow it */
#ifndef OIR_QUERY_PARSER_H
#define OIR_QUERY_PARSER_H

#include <oir/query.h>
#include <oir/stopper.h>
#include <oir/term_generator.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Freed with oir_query_parser_free. One thread at a time. */
typedef struct oir_query_parser oir_query_parser;

/* What is read as syntax; the numbers are Xapian's. Default: OIR_PARSE_DEFAULT. */
typedef enum oir_parse_flags {
    OIR_PARSE_BOOLEAN = 1,          /* AND OR NOT XOR NEAR ADJ in capitals, brackets */
    OIR_PARSE_PHRASE = 2,           /* "phrases" */
    OIR_PARSE_LOVEHATE = 4,         /* +must -must not */
    OIR_PARSE_BOOLEAN_ANY_CASE = 8, /* and or not in small letters too */
    OIR_PARSE_WILDCARD = 16,        /* prefix* */
    OIR_PARSE_PURE_NOT = 32,        /* NOT word, or -word, alone: all documents without it */
    OIR_PARSE_PARTIAL = 64,         /* the last word is a word or the start of one */
    OIR_PARSE_WILDCARD_MULTI = 8192,   /* * for any run of characters anywhere: w*rd, *ing, prefix* */
    OIR_PARSE_WILDCARD_SINGLE = 16384, /* ? for one character within a word or before it: w?rd, ?ord */
    OIR_PARSE_WILDCARD_GLOB = 8192 | 16384,
    OIR_PARSE_FUZZY = 32768,        /* word~, word~1: words that are up to 2 edits, or 1, away */
    OIR_PARSE_DEFAULT = 1 | 2 | 4 | 16 | 32
} oir_parse_flags;

/* No stemmer, operator OR, no fields, strategy OIR_STEM_SOME. OIR_NO_MEMORY. */
OIR_API oir_status oir_query_parser_new(oir_query_parser **out, oir_error *err);
/* NULL is accepted. */
OIR_API void oir_query_parser_free(oir_query_parser *parser);

/* The language that the index was stemmed in, by the names of oir_stemmer_new. OIR_NOT_FOUND, OIR_NO_MEMORY. */
OIR_API oir_status oir_query_parser_set_stemmer(oir_query_parser *parser, const char *language, oir_error *err);
/* As the index was made. With OIR_STEM_SOME words in phrases, NEAR and ADJ, and with * ? or ~, are taken as written. */
OIR_API void oir_query_parser_set_stem_strategy(oir_query_parser *parser, oir_stem_strategy strategy);
/* Whether words that start with a capital letter are stemmed too (true, the default) or taken as names, as written,
 * which is what Xapian does. */
OIR_API void oir_query_parser_set_stem_capitals(oir_query_parser *parser, bool on);
/* Words left out of groups that have others; refers to the stopper. NULL for none. */
OIR_API void oir_query_parser_set_stopper(oir_query_parser *parser, const oir_stopper *stopper);
/* What stands between words that have nothing between them: OIR_OP_OR (default), OIR_OP_AND, OIR_OP_NEAR or
 * OIR_OP_PHRASE. OIR_INVALID_ARGUMENT for others. */
OIR_API oir_status oir_query_parser_set_default_op(oir_query_parser *parser, oir_query_op op, oir_error *err);
/* Makes `field:word` search for terms with `prefix` ("title", "S"); several prefixes of one field are ORed. Field ""
 * stands for words without a field. OIR_INVALID_OPERATION when the field is a boolean one, OIR_NO_MEMORY. */
OIR_API oir_status oir_query_parser_add_prefix(oir_query_parser *parser, const char *field, const char *prefix,
                                               oir_error *err);
/* Makes `field:value` a filter for the term prefix + value, as written, that does not weigh. Values of one field are
 * ORed, of different fields ANDed. OIR_INVALID_OPERATION when the field is a free-text one or "", OIR_NO_MEMORY. */
OIR_API oir_status oir_query_parser_add_boolean_prefix(oir_query_parser *parser, const char *field, const char *prefix,
                                                       oir_error *err);
/* Writes to `out`, which has room for OIR_TERM_MAX bytes, the term that stands for a value (`size` bytes) which is too
 * long for one behind its prefix, as the program that made the index did; returns the term's size, 0 for none. */
typedef size_t (*oir_value_shortener)(const char *prefix, const char *value, size_t size, char *out, void *context);
/* What is called for values of boolean fields that are too long, with `context`, which must stay until it is replaced.
 * NULL, the default: no document has them. */
OIR_API void oir_query_parser_set_shortener(oir_query_parser *parser, oir_value_shortener shortener, void *context);
/* The most terms a prefix*, pattern or fuzzy~ word may expand to before the search fails with OIR_LIMIT; 0, the
 * default, for no limit. What OIR_PARSE_PARTIAL makes of the last word has none. */
OIR_API void oir_query_parser_set_max_expansion(oir_query_parser *parser, oir_termcount terms);
/* Whether scripts written without spaces are read as n-grams: as the index was made. Default true. */
OIR_API void oir_query_parser_set_ngrams(oir_query_parser *parser, bool on);

/* Reads `size` bytes of text. Any bytes give a query (perhaps one that matches nothing); only OIR_NO_MEMORY, and
 * OIR_LIMIT for texts above 64 KiB, are failures. `flags` is a sum of oir_parse_flags; `default_prefix` (closed by
 * zero; "" or NULL for none) goes before terms without a field. */
OIR_API oir_status oir_query_parser_parse(oir_query_parser *parser, const char *text, size_t size, unsigned flags,
                                          const char *default_prefix, oir_query **out, oir_error *err);

/* Stop words left out of the last text: a string of words with spaces between, "" for none. Belongs to the parser,
 * until the next call on it. */
OIR_API const char *oir_query_parser_get_stopped(const oir_query_parser *parser);
/* True when the last text was not good syntax and was read as plain words. */
OIR_API bool oir_query_parser_get_degraded(const oir_query_parser *parser);

#ifdef __cplusplus
}
#endif
#endif
