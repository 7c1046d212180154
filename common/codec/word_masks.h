/* What the bytes of a text are, for text/word_scan.h, whose word_scan_masks these kernels are the quick forms of. */
#ifndef CODEC_WORD_MASKS_H
#define CODEC_WORD_MASKS_H

#include "codec/isa.h"

/* 64 bytes; masks of letters, digits and underscores, of bytes above 127, of + and #, of ' & , . ; */
typedef void (*word_masks_function)(const uint8_t bytes[64], uint64_t out[4]);

/* NULL where there is nothing quicker than plain C. */
word_masks_function word_masks_get(enum isa isa);

#if ISA_X86
void word_masks_avx2(const uint8_t bytes[64], uint64_t out[4]);
void word_masks_avx512(const uint8_t bytes[64], uint64_t out[4]);
#endif

#endif
