/* What Unicode says of a code point: category, case, and whether its script is indexed as n-grams. */
#ifndef TEXT_UNICODE_H
#define TEXT_UNICODE_H

#include <oir/types.h>

#include "text/unicode_table.h"

/* The general categories, in the order of the table: word characters first, letters first of them. */
typedef enum unicode_category {
    UNICODE_LU, UNICODE_LL, UNICODE_LT, UNICODE_LM, UNICODE_LO, UNICODE_MN, UNICODE_MC, UNICODE_ME, UNICODE_ND,
    UNICODE_NL, UNICODE_NO, UNICODE_PC, UNICODE_PD, UNICODE_PS, UNICODE_PE, UNICODE_PI, UNICODE_PF, UNICODE_PO,
    UNICODE_SM, UNICODE_SC, UNICODE_SK, UNICODE_SO, UNICODE_ZS, UNICODE_CC, UNICODE_CF, UNICODE_CS, UNICODE_CO,
    UNICODE_CN, UNICODE_ZL, UNICODE_ZP
} unicode_category;

/* The version of the database, such as "15.0.0". */
const char *unicode_version(void);

/* A category, plus UNICODE_TABLE_NGRAM; for code points from UNICODE_TABLE_LIMIT on. */
uint32_t unicode_code_high(uint32_t c);

/* A category, plus UNICODE_TABLE_NGRAM for scripts indexed as n-grams. Any number may be asked for. */
static inline uint32_t unicode_code(uint32_t c)
{
    if (c >= UNICODE_TABLE_LIMIT)
        return unicode_code_high(c);
    uint32_t block = unicode_table_block[c >> UNICODE_TABLE_BITS];
    return (uint32_t)unicode_table_code[block][c & ((1u << UNICODE_TABLE_BITS) - 1)] & 63u;
}

static inline unicode_category unicode_get_category(uint32_t c)
{
    return (unicode_category)(unicode_code(c) & (UNICODE_TABLE_NGRAM - 1));
}

/* Letters, marks, numbers and connectors: what words are made of. */
static inline bool unicode_is_wordchar(uint32_t c)
{
    return unicode_get_category(c) <= UNICODE_PC;
}

/* Spaces, line and paragraph separators, control characters. */
static inline bool unicode_is_whitespace(uint32_t c)
{
    unicode_category category = unicode_get_category(c);
    return category == UNICODE_ZS || category == UNICODE_ZL || category == UNICODE_ZP || category == UNICODE_CC;
}

/* A word character of a script that is indexed as n-grams. */
static inline bool unicode_is_ngram(uint32_t c)
{
    uint32_t code = unicode_code(c);
    return (code & UNICODE_TABLE_NGRAM) && (code & (UNICODE_TABLE_NGRAM - 1)) <= UNICODE_PC;
}

/* Simple mappings: one code point to one. */
uint32_t unicode_tolower(uint32_t c);
uint32_t unicode_toupper(uint32_t c);

#endif
