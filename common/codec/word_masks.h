/* What the bytes of a text are, for text/word_scan.h, whose word_scan_masks these kernels are the quick forms of. */
#ifndef CODEC_WORD_MASKS_H
#define CODEC_WORD_MASKS_H

#include "codec/isa.h"

/* 64 bytes; masks of letters, digits and underscores, of bytes above 127, of + and #, of ' & , . ; */
typedef void (*word_masks_function)(const uint8_t bytes[64], uint64_t out[4]);

/* NULL where there is nothing quicker than plain C. */
word_masks_function word_masks_get(enum isa isa);

#if ISA_X86
/* What a byte below 128 is follows from its two digits to base 16: each of these kinds is some higher digits with some
 * lower ones. By digit, which kinds it may be of; a byte is of those that both of its digits have. */
enum {
    WORD_MASKS_DIGIT = 1,          /* 0 to 9 */
    WORD_MASKS_TO_O = 2,           /* A or a to O or o */
    WORD_MASKS_FROM_P = 4,         /* P or p to Z or z */
    WORD_MASKS_LOW_LINE = 8,
    WORD_MASKS_WORD = 15,          /* each of these */
    WORD_MASKS_SUFFIX = 16,        /* + # */
    WORD_MASKS_PUNCTUATION = 32,   /* ' & , . */
    WORD_MASKS_SEMICOLON = 64,
    WORD_MASKS_JOINER = WORD_MASKS_PUNCTUATION | WORD_MASKS_SEMICOLON
};
extern const uint8_t word_masks_high[16], word_masks_low[16];

void word_masks_avx2(const uint8_t bytes[64], uint64_t out[4]);
void word_masks_avx512(const uint8_t bytes[64], uint64_t out[4]);
#endif

#endif
