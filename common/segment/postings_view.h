/* Which form a list has, and the list's bytes taken apart: shared by all that read postings. */
#ifndef SEGMENT_POSTINGS_VIEW_H
#define SEGMENT_POSTINGS_VIEW_H

#include "base/bits.h"
#include "base/paths.h"
#include "codec/kernels.h"
#include "codec/positions.h"
#include "segment/postings.h"

enum {
    POSTINGS_INLINED_COUNT = 2,     /* documents of an inlined list */
    POSTINGS_SHORT_MOST = 2048,   /* documents: a short list has fewer, and is decoded whole. A sparse one has a byte */
    POSTINGS_SHORT_LEAST = 256,   /* for each window, so that it is worth more where these are few: fewer documents, */
    POSTINGS_SHORT_SHARE = 8,     /* or than so many for each window, are short all the same */
    POSTINGS_DENSE_MIN = 64,
    POSTINGS_DENSE_SHARE = 256,   /* dense: in at least one document of so many */
    POSTINGS_TOPS = 6,
    POSTINGS_TOPS_MOST = 1000
};

/* What so many of a list's documents reach is stored. */
extern const uint16_t postings_top_counts[POSTINGS_TOPS];

static inline uint32_t postings_view_windows(uint32_t document_count)
{
    return (uint32_t)(((uint64_t)document_count + WINDOW_SIZE - 1) >> WINDOW_BITS);
}

static inline bool postings_view_is_short(uint32_t count, uint32_t document_count)
{
    uint64_t most = (uint64_t)postings_view_windows(document_count) * POSTINGS_SHORT_SHARE;
    return count < POSTINGS_SHORT_LEAST || count < (most < POSTINGS_SHORT_MOST ? most : POSTINGS_SHORT_MOST);
}

/* paths: those that may be gone. A form that is not to be written gives way to the next that is. */
static inline uint8_t postings_view_choose(uint32_t count, uint32_t document_count, uint32_t wdf_max, uint64_t paths)
{
    bool is_dense = count >= POSTINGS_DENSE_MIN && (uint64_t)count * POSTINGS_DENSE_SHARE >= document_count;
    if (count <= POSTINGS_INLINED_COUNT && wdf_max < 255 && paths & PATHS_INLINED)
        return POSTINGS_INLINED;
    if (is_dense && paths & PATHS_DENSE)
        return POSTINGS_DENSE;
    if (!is_dense && postings_view_is_short(count, document_count) && paths & PATHS_SHORT)
        return POSTINGS_SHORT;
    if (paths & PATHS_SPARSE)
        return POSTINGS_SPARSE;
    return paths & PATHS_DENSE ? POSTINGS_DENSE : POSTINGS_SHORT;
}

/* A list taken apart: pointers into the segment, sizes checked. */
typedef struct postings_view {
    uint8_t form, base;
    uint32_t count, windows;
    uint32_t large_count;
    const uint8_t *large;         /* large_count times document, wdf */
    float low, step;              /* dense and sparse: bound byte b says low + b * step at most */
    const uint8_t *window_bounds; /* dense and sparse: a byte by window */
    const uint8_t *tops;          /* the same, of terms: byte b says that postings_top_counts documents have low +
                                     (b - 1) * step at least, 0 nothing; NULL: none */
    const uint8_t *counts;        /* dense: documents by window, 2 bytes each */
    const uint8_t *places;        /* dense: where payloads begin, windows + 1, see postings_view_place */
    const uint8_t *payload;       /* dense */
    size_t payload_size;
    sparse_list list;             /* sparse and short */
    const uint8_t *positions;     /* NULL: none; read by postings_view_positions */
    size_t positions_size;
    uint8_t positions_form;
    const term_entry *entry;
} postings_view;

/* The saturations between which a list's bounds are, as they are stored: UINT16_MAX is 1. */
static inline float postings_view_low(uint32_t stored)
{
    return (float)stored * (1.0f / UINT16_MAX);
}

static inline float postings_view_step(uint32_t stored_low, uint32_t stored_high)
{
    return (float)(stored_high - stored_low) * (1.0f / (UINT16_MAX * 255.0f));
}

/* Takes a list apart. entry must live as long as *v. OIR_CORRUPT. */
oir_status postings_view_open(postings_view *v, const struct container *parts, const postings_context *context,
                              const term_entry *entry, oir_error *err);
/* Decodes an inlined list that postings_view_open found possible: POSTINGS_INLINED_COUNT documents at most. False when
 * it is damaged; whether the segment has the documents is for the caller to see. */
bool postings_view_inlined(const term_entry *entry, uint32_t *documents, uint32_t *wdf);
/* Finds the term's positions, once they are needed: checksums are verified then. OIR_CORRUPT. */
oir_status postings_view_positions(postings_view *v, const struct container *parts, oir_error *err);

/* Places of windows: of each eighth, from the first on, 4 bytes; of the others 2, how much further than the eighth
 * before. */
enum {
    POSTINGS_PLACES_GROUP = 8,
    POSTINGS_PLACES_BYTES = 4 + (POSTINGS_PLACES_GROUP - 1) * 2, /* of a group */
    POSTINGS_PLACES_NARROW = 8 /* of positions, beside the size of block offsets: so; else 4 bytes each */
};

static inline size_t postings_view_places_size(size_t windows)
{
    return (windows + (windows + POSTINGS_PLACES_GROUP - 1) / POSTINGS_PLACES_GROUP) * 2;
}

static inline uint32_t postings_view_place(const uint8_t *places, uint32_t window)
{
    const uint8_t *group = places + (size_t)(window / POSTINGS_PLACES_GROUP) * POSTINGS_PLACES_BYTES;
    uint32_t other = window % POSTINGS_PLACES_GROUP; /* without a branch: the first reads its own bytes, for nothing */
    return bits_load32(group) + (bits_load16(group + 2 + (size_t)other * 2) & (0 - (uint32_t)(other > 0)));
}

/* The bytes of an offset of a block of positions in a dense list. */
static inline uint32_t postings_view_block_offset(const postings_view *v)
{
    return v->positions[0] & ~(uint32_t)POSTINGS_PLACES_NARROW;
}

/* Where a window's positions start in a dense list; v->positions are there. */
static inline uint32_t postings_view_positions_place(const postings_view *v, uint32_t window)
{
    return v->positions[0] & POSTINGS_PLACES_NARROW ? postings_view_place(v->positions + 1, window)
                                                    : bits_load32(v->positions + 1 + (size_t)window * 4);
}

/* Where groups of positions lie that were written together (codec/positions.h), in bits of v->positions. */
typedef struct position_run {
    uint64_t begin, end;
} position_run;

/* Whether a group can lie where it is said to, before the bit `end`: so there are no more positions than bits. */
static inline bool postings_view_fits(positions_place place, uint32_t count, uint32_t places, uint64_t end)
{
    uint32_t highs = positions_highs(count, places);
    return place.lows <= end && positions_lows(count, places) <= end - place.lows &&
           (!highs || (place.highs <= end && highs <= end - place.highs));
}

/* The run of a block of 64 documents of a dense list's window, which has `count` documents; v->positions are there.
 * False when damaged. */
bool postings_view_dense_run(const postings_view *v, uint32_t window, uint32_t count, uint32_t block,
                             position_run *out);
/* The run from a sample of a sparse list to the next. False when damaged. */
bool postings_view_sparse_run(const postings_view *v, uint32_t sample, position_run *out);

/* The payload of a window of a dense list: *count documents, in at most *size bytes, which go on behind it. False when
 * damaged. */
static inline bool postings_view_window(const postings_view *v, uint32_t window, const uint8_t **payload, size_t *size,
                                        uint32_t *count)
{
    uint32_t from = postings_view_place(v->places, window);
    *count = bits_load16(v->counts + (size_t)window * 2);
    *payload = v->payload + from;
    *size = v->payload_size - from;
    return from <= v->payload_size && *count <= WINDOW_SIZE;
}

/* Where it ends; anything when damaged. */
static inline uint32_t postings_view_window_end(const postings_view *v, uint32_t window)
{
    return postings_view_place(v->places, window + 1);
}

/* The first of the large wdf whose document is not less than one; large_count if there is none. */
uint32_t postings_view_find_large(const postings_view *v, uint64_t document);
/* The exact wdf of a document whose byte says 255; 255 when the list does not have it. */
uint32_t postings_view_large(const postings_view *v, uint32_t document);

#endif
