/* The inner loops of searching, one set for each instruction set, all with the same answers.
 *
 * A list of postings is looked at in windows of 4,096 documents, 64 ranges of 64 (segment/postings.h). Kernels decode
 * windows and ranges, add up score bounds, and filter documents by their approximate weight. Chosen once by
 * kernels_get and kept by who uses them. All are: shared.
 *
 * Loads are wide: a kernel may read up to 64 bytes from any address within its input, its end included. Every input
 * is followed by 64 readable bytes. Outputs are written as the comments say and never further. */
#ifndef CODEC_KERNELS_H
#define CODEC_KERNELS_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/isa.h"

/* How the documents of a dense window are written. */
enum dense_kind {
    DENSE_COUNTED, /* a count for each range, then places of 6 bits or a word of 64 bits */
    DENSE_BITSET   /* 8 ranks of 16 bits, then 512 bytes of bits */
};

enum { DENSE_LIST_MAX = 8 /* more documents in a range are a word */ };

/* One window of a dense list, opened by dense_open. */
typedef struct dense_window {
    alignas(64) uint8_t counts[64]; /* documents by range (not for DENSE_BITSET) */
    alignas(64) uint8_t bits[64];   /* bits of documents by range (not for DENSE_BITSET) */
    const uint8_t *wdf, *documents, *exceptions;
    uint32_t exceptions_size;
    uint32_t count;                 /* documents in the window */
    uint8_t kind, width, base;      /* base is added to every wdf */
    uint32_t escapes, escapes_to;   /* escapes among the first escapes_to wdf: ranges are mostly asked in order */
} dense_window;

/* A sparse or short list, taken apart (codec/sparse_layout.h); short ones have no samples, stride and windows. */
typedef struct sparse_list {
    const uint8_t *upper, *lows, *wdf, *exceptions, *samples;
    uint64_t upper_bits;            /* size of upper */
    uint32_t exceptions_size;
    uint32_t count, low_bits, stride, windows;
    uint8_t width, base;
} sparse_list;

/* The part of a sparse list that is in one window. */
typedef struct sparse_span {
    uint32_t begin, count;          /* list index of its first posting, postings */
    uint32_t sample_begin, sample_escapes; /* list index and escapes at the sample before */
} sparse_span;

/* What weighing needs: total = sum over lists of factor * wdf / (wdf + norm), norm = max(norm_base + norm_slope *
 * length, norm_min). */
typedef struct weigh_input {
    uint32_t lists;
    const uint8_t *const *wdf;      /* for each list 64 bytes by document of the range; 0: not there; 255: taken as
                                       without end, since more is possible */
    const float *factor;
    const uint8_t *length[4];       /* byte planes of the lengths of the range's 64 documents */
    uint32_t planes;
    float norm_base, norm_slope, norm_min;

    const double *exact_factor;     /* for each list */
    double exact_base, exact_slope, exact_min;
} weigh_input;

/* Bounds of a window's ranges by one list: a byte for each set bit of `ranges`, one after another, and what they are in
 * units of a query, as bound_from has it. */
typedef struct bound_list {
    const uint8_t *bytes;
    uint64_t ranges;
    uint32_t base, units;
} bound_list;

/* The first `needed` of some lists must all be there; of the next `any`, where there are such, one; the `added` others
 * only add to bounds and weights. */
typedef struct bound_roles {
    uint32_t needed, any, added;
} bound_roles;

/* The wdf of a range's documents in one list. */
typedef struct weigh_list {
    dense_window *dense;            /* where they are still to be decoded; else NULL */
    const uint8_t *wdf;             /* where they stand in order, 255 at most; NULL: they are in `out` already */
    uint64_t mask;                  /* the documents */
    uint32_t before;                /* the window's documents before the range; for dense */
    uint8_t *out;                   /* 64 bytes by document; 0: not there */
} weigh_list;

typedef struct kernels {
    enum isa isa;

    /* Unpacks n <= 64 numbers of width 0 to 8 that start at bit `bit` into bytes; writes 64. */
    void (*unpack)(const uint8_t *at, uint64_t bit, uint32_t width, uint32_t n, uint8_t *out);

    /* Opens a window's payload of `size` bytes that holds `count` documents. False when it is damaged. */
    bool (*dense_open)(const uint8_t *payload, size_t size, uint32_t count, uint8_t base, dense_window *w);
    /* The bound bytes of a payload for all 64 ranges, 0 where a range is empty. False when it is damaged. */
    bool (*dense_bounds)(const uint8_t *payload, size_t size, uint8_t bounds[64]);
    /* The documents of a range, and the number of the window's documents before them. */
    uint64_t (*dense_range)(const dense_window *w, uint32_t range, uint32_t *before);
    /* The same of some ranges, a bit each, by range; others stay. */
    void (*dense_ranges)(const dense_window *w, uint64_t ranges, uint64_t words[64], uint16_t before[64]);
    /* The documents of all ranges. */
    void (*dense_all)(const dense_window *w, uint64_t words[64]);
    /* wdf (255 at most) of the documents of a range, from dense_range: 64 bytes by document, 0 where not in mask. */
    void (*dense_wdf)(dense_window *w, uint64_t mask, uint32_t before, uint8_t out[64]);

    /* The ranges that n ascending places are in. */
    uint64_t (*places_ranges)(const uint16_t *places, uint32_t n);
    /* The documents of a range among n ascending places, and the number of places before them. */
    uint64_t (*places_range)(const uint16_t *places, uint32_t n, uint32_t range, uint32_t *before);

    /* The postings of a window: places 0 to 4095 within it; writes up to 63 more than it returns in span. room of
     * places: as many as the list has, WINDOW_SIZE at most, and 64. Sampled lists only. */
    void (*sparse_window)(const sparse_list *s, uint32_t window, uint16_t *places, sparse_span *span);
    /* All documents of a sparse or short list; writes count, at most 15 more. */
    void (*sparse_all)(const sparse_list *s, uint32_t *documents);
    /* wdf (255 at most) of n postings from list index `first` on, n of any size; writes up to 63 more. sample_begin
     * and sample_escapes as in a span at or before first; 0 and 0 always do. */
    void (*sparse_wdf)(const sparse_list *s, uint32_t first, uint32_t n, uint32_t sample_begin, uint32_t sample_escapes,
                       uint8_t *wdf);

    /* wdf of a range's documents, given in order as bytes, spread to 64 bytes by document; 0 where not in mask. */
    void (*spread)(uint64_t mask, const uint8_t *in, uint8_t out[64]);

    /* Bounds, in units of a query. n is a multiple of 64. 0 says: cannot match; saturates. */
    /* base + bytes * factor / 256, rounded up; 0 where a byte is 0. base and factor up to UINT16_MAX. */
    void (*bound_from)(const uint8_t *bytes, uint32_t base, uint32_t factor, size_t n, uint16_t *out);
    void (*bound_add)(uint16_t *to, const uint16_t *other, size_t n);  /* to + other */
    void (*bound_and)(uint16_t *to, const uint16_t *other, size_t n);  /* 0 where either is, else their sum */
    void (*bound_mask)(uint16_t *to, const uint16_t *other, size_t n); /* 0 where other is 0 */
    /* A bit for each of 64 ranges whose bound is at least `least` (1 and up). */
    uint64_t (*bound_live)(const uint16_t *bounds, uint32_t least);

    /* How many of n bounds are at least `least` (1 and up). */
    size_t (*bound_count)(const uint16_t *bounds, size_t n, uint32_t least);
    /* The bounds of 64 ranges by lists in their roles, as if by the above; returns bound_live of them. */
    uint64_t (*bound_lists)(const bound_list *lists, bound_roles roles, uint32_t least, uint16_t out[64]);

    /* The wanted documents of a range (bits) whose approximate weight reaches threshold. Approximate: within a few
     * parts in a million; the caller allows for it. */
    uint64_t (*weigh)(const weigh_input *in, uint64_t wanted, float threshold);
    /* The same of lists whose wdf it puts into `out`, which is in->wdf of the same number. */
    uint64_t (*weigh_lists)(const weigh_input *in, const weigh_list *lists, uint64_t wanted, float threshold);
    /* The exact weights of the wanted documents, in their order: lists in their order, in doubles. No wdf may be 255.
     * Writes up to 7 more. */
    void (*weigh_exactly)(const weigh_input *in, uint64_t wanted, double *out);
    /* The exact weights, as from weigh_exactly, of the documents in some ranges of a dense list, where they are at
     * least `least`, and their places: `first` and the number within the window. in is of this list alone, its lengths
     * those of the window. Returns how many; *matched is how many documents there are. Writes up to 7 more. */
    size_t (*weigh_dense)(const weigh_input *in, dense_window *w, uint64_t ranges, double least, uint64_t first,
                          double *weights, uint64_t *places, uint32_t *matched);
    /* The same of n documents, in->length being that of document 0, with their wdf; places are first + document. */
    size_t (*weigh_documents)(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf, uint32_t n,
                              double least, uint64_t first, double *weights, uint64_t *places);
    /* Splits n pairs of a weight and a place: those that weigh `least` or more move to the front, the others to `rest`,
     * both in order. Returns how many are in front. Writes up to 8 more in either. */
    size_t (*split)(double *weights, uint64_t *places, size_t n, double least, double *rest, uint64_t *rest_places);
    /* Bound bytes of n postings: saturation with the input's norm, times 255, rounded up, 1 to 255. documents are
     * numbers from in->length[0] on. Writes up to 15 more. */
    void (*saturate)(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf, uint32_t n, uint8_t *out);

    /* The number of bits in the 64 words: of a & b, of a | b ... over windows. */
    uint32_t (*count_words)(const uint64_t words[64]);
    /* The bits that both have, and how many of them are before each word; returns how many there are. */
    uint32_t (*intersect)(const uint64_t a[64], const uint64_t b[64], uint64_t both[64], uint16_t before[64]);
} kernels;

/* The kernels of an instruction set; those of isa_best() when it is the best there is. Never NULL. */
const kernels *kernels_get(enum isa isa);

extern const kernels kernels_scalar;
#if ISA_X86
extern const kernels kernels_avx2, kernels_avx512;
#elif ISA_ARM64
extern const kernels kernels_neon;
#endif

#endif
