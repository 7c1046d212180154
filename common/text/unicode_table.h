/* Two-stage tables of the Unicode Character Database, generated into unicode_table.c.
 *
 * A code is a category (enum unicode_category) plus UNICODE_TABLE_NGRAM where the code point belongs to a script that
 * is indexed as n-grams; it is stored as the letter '@' + code. Code points are looked up as
 * unicode_table_code[unicode_table_block[c / 64]][c % 64], those from UNICODE_TABLE_LIMIT on are few ranges and not in
 * the table. Case goes through a second pair of stages to a shift: {to lower case, to upper case}. */
#ifndef TEXT_UNICODE_TABLE_H
#define TEXT_UNICODE_TABLE_H

#include <stdint.h>

#define UNICODE_TABLE_LIMIT 0x40000
#define UNICODE_TABLE_BITS 6
#define UNICODE_TABLE_NGRAM 32

extern const char unicode_table_version[];
extern const uint16_t unicode_table_block[];
extern const char unicode_table_code[][1 << UNICODE_TABLE_BITS];
extern const uint32_t unicode_table_case_blocks;
extern const uint8_t unicode_table_case_block[];
extern const uint8_t unicode_table_case[][1 << UNICODE_TABLE_BITS];
extern const int32_t unicode_table_shift[][2];

#endif
