/* The words of a text that are simple, many at a time: a second, quicker way to what word.h defines.
 *
 * A word is simple when it is letters A to Z, digits and underscores only, and what stands behind it neither goes on
 * with it nor could: no byte above 127, no + or #, no ' or & with a word character behind it, no , . or ; between
 * digits or of an acronym. Then it is its bytes in lower case, whatever else is in the text. All other words are left
 * to word.h, together with what is up to the next space, which no word goes beyond. */
#ifndef TEXT_WORD_SCAN_H
#define TEXT_WORD_SCAN_H

#include <oir/types.h>

/* What each of 64 bytes is: one mask for each kind, the first byte the lowest bit. */
enum { WORD_MASK_WORD, WORD_MASK_HIGH, WORD_MASK_SUFFIX, WORD_MASK_JOINER, WORD_MASKS };
enum {
    WORD_SCAN_BLOCK = 64,
    WORD_SCAN_LEAST = 35 /* room for the words of a block, and for three more that may be written and not meant */
};

/* Letters A to Z of both cases, digits, underscores; bytes above 127; + and #; ' & , . ; */
typedef void (*word_masks_kernel)(const uint8_t bytes[WORD_SCAN_BLOCK], uint64_t out[WORD_MASKS]);

/* The same in plain C. */
void word_scan_masks(const uint8_t bytes[WORD_SCAN_BLOCK], uint64_t out[WORD_MASKS]);

typedef struct word_span {
    const uint8_t *at;
    size_t size;
} word_span;

/* Invariant: no word reaches across `at`. */
typedef struct word_scan {
    const uint8_t *at, *end;
    word_masks_kernel kernel;
} word_scan;

static inline word_scan word_scan_begin(const char *text, size_t size, word_masks_kernel kernel)
{
    const uint8_t *at = (const uint8_t *)text;
    return (word_scan){at, size ? at + size : at, kernel};
}

/* The next simple words, at most `most`, which is WORD_SCAN_LEAST or more; returns how many. *rest is set to the bytes
 * that come after them, up to a space, and must be left to word.h; its size is 0 where there is nothing such yet. The
 * text is read when both are nothing. */
uint32_t word_scan_next(word_scan *s, word_span *out, uint32_t most, word_span *rest);

#endif
