/* Prefix codes as deflate has them (RFC 1951, 3.2.2): made of how often each symbol comes, canonical, of limited
 * length, their bits in the order in which they are written. No state, no memory of its own. */
#ifndef CODEC_HUFFMAN_H
#define CODEC_HUFFMAN_H

#include <oir/types.h>

enum { HUFFMAN_SYMBOLS_MAX = 288, HUFFMAN_LENGTH_MAX = 15 };

/* lengths[i]: bits of the code of symbol i, at most `longest`, which all symbols must fit; 0 where counts[i] is 0. Two
 * symbols have codes at least, whatever the counts say, since readers refuse less. `count`: 2 to HUFFMAN_SYMBOLS_MAX;
 * the counts together are below 2^23. */
void huffman_make_lengths(const uint32_t *counts, size_t count, uint32_t longest, uint8_t *lengths);

/* The codes of such lengths, their first bit the lowest. */
void huffman_make_codes(const uint8_t *lengths, size_t count, uint16_t *codes);

#endif
