/* One term's postings in one segment as a search looks at them: a window at a time, in any order, decoding no more than
 * is asked for.
 *
 *     postings_window_open(&p, ...);                      short lists are decoded here
 *     postings_window_seek(&p, window);                   nothing is decoded
 *     postings_window_bounds(&p, LEVEL_STORED, bounds);   bounds of the window's 64 ranges, as exactly as asked
 *     documents = postings_window_documents(&p, range);
 *     postings_window_wdf(&p, range, wdf);
 * One thread at a time. Damaged bytes give answers that are wrong but safe, and set `damaged`. */
#ifndef SEGMENT_POSTINGS_WINDOW_H
#define SEGMENT_POSTINGS_WINDOW_H

#include "base/arena.h"
#include "codec/positions.h"
#include "segment/postings_group.h"
#include "segment/postings_view.h"

/* Bytes, or numbers, behind a list that wide loads take along and mask off; zeroed, since valgrind cannot see through
 * the masking. */
enum { POSTINGS_WINDOW_SPILL = 64 };

/* How exactly the bounds of ranges are wanted where they are not stored. */
enum bound_level {
    LEVEL_STORED,  /* what is there without decoding: for lists without range bounds the window's, for every range */
    LEVEL_PLACED,  /* the window's bound for ranges that have documents, 0 for others */
    LEVEL_EXACT    /* made from the range's wdf and lengths */
};

/* A run of groups of positions whose places have been added up: phrases ask for neighbours one after another. */
typedef struct position_block {
    bool known;
    uint32_t unit;             /* dense: window * 64 + block of 64 groups; sparse: sample; short: 0 */
    uint32_t first, count;     /* list index (dense: index within the window) of the first group, groups */
    uint32_t capacity;
    uint32_t *wdf;             /* positions of each group: the document's wdf, exact, or a count of their own */
    uint32_t *places;          /* among how many */
    uint64_t *ends;            /* bits of low parts of each group and those before it */
    uint64_t *highs;           /* where its high parts start, where counts stand between them */
    position_run run;
    uint64_t *marks;           /* where wdf are the counts: where high parts of some groups start, */
    uint32_t marks_known;      /* as many as that */
    uint32_t passed;           /* the last group that was asked for, */
    uint64_t passed_highs;     /* and where its high parts start */

    /* Even extents: of a block, wdf are enough. */
    bool even_known;
    uint32_t even_unit;
    uint32_t even_extent;      /* that `sizes` are for */
    position_run even_run;     /* of the block, */
    uint16_t even_before[RANGE_SIZE]; /* and how many bits of low parts are before each group, */
    uint16_t even_ones[RANGE_SIZE];   /* and how many high parts: of as many groups as even_count */
    uint32_t even_count;
    uint8_t even_wdf[RANGE_SIZE];
    uint8_t sizes[POSITIONS_SIZES];
} position_block;

typedef struct postings_window {
    alignas(64) dense_window dense;
    const kernels *kernels;
    const struct container *parts;
    const postings_context *context;
    const weigh_input *norms;      /* the query's, length planes at document 0 */
    arena *arena;
    term_entry entry;
    postings_view view;
    const uint8_t *bounds;         /* by window; 0: nothing there; 64 bytes more are readable */
    bool damaged;
    uint64_t decoded;              /* postings whose documents were decoded */

    uint32_t window;
    bool opened;                   /* the window's documents are at hand */
    bool ranged;                   /* bounds of ranges are in the segment */

    /* dense */
    const uint8_t *payload;
    size_t payload_size;
    uint32_t window_count;

    /* groups: evaluated there */
    postings_group *group;
    group_room *room;

    /* others: the whole list (short, inlined) or the window's part of it (sparse) */
    const uint32_t *documents;     /* whole lists */
    const uint8_t *all_wdf;        /* whole lists, 255 at most */
    uint32_t count;                /* whole lists */
    uint16_t *places;              /* the window's documents */
    const uint8_t *wdf;            /* their wdf, once asked for */
    uint8_t *own_wdf;
    sparse_span span;
    uint64_t present;              /* ranges with documents */

    /* dense and others: ranges of the window that were asked for */
    uint64_t known;                /* which */
    uint32_t asked;                /* dense: how many were decoded one by one */
    uint32_t few_ranges;           /* dense: with more the window is decoded whole */
    uint16_t first[RANGES];        /* by known range: the window's documents before it */
    uint64_t masks[RANGES];        /* by known range: its documents */

    uint64_t paths;                /* that may be gone */
    position_block block;          /* once phrases ask */
} postings_window;

/* Opens a term's list. The arena must outlive it; so must context and norms, which may be NULL where LEVEL_EXACT will
 * not be asked for and bounds need not say more than where the list is. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status postings_window_open(postings_window *p, const kernels *k, const struct container *parts,
                                const postings_context *context, const term_entry *entry, const weigh_input *norms,
                                arena *a, oir_error *err);
/* The same over a group, which, with its room, must outlive it and be the only thread's. */
void postings_window_open_group(postings_window *p, postings_group *group, group_room *room, const weigh_input *norms);

static inline void postings_window_seek(postings_window *p, uint32_t window)
{
    p->window = window;
    p->opened = false;
}

/* Asks the memory for what bounds of a window will be read from: first for where that is, later for the bytes. */
static inline void postings_window_prefetch_place(const postings_window *p, uint32_t window)
{
    if (p->view.form == POSTINGS_DENSE)
        __builtin_prefetch(p->view.places + (size_t)(window / POSTINGS_PLACES_GROUP) * POSTINGS_PLACES_BYTES);
    else if (p->view.form == POSTINGS_SPARSE)
        __builtin_prefetch(p->view.list.samples + (size_t)(window / p->view.list.stride) * 8);
}

void postings_window_prefetch(const postings_window *p, uint32_t window);

static inline bool postings_window_is_dense(const postings_window *p)
{
    return p->view.form == POSTINGS_DENSE;
}

/* True when LEVEL_STORED already is exact. */
static inline bool postings_window_has_bounds(const postings_window *p)
{
    return p->ranged || (p->group && p->group->range_bounds);
}

/* Whether bounds of a level come from the segment, made with its reference norm; others are made with the query's. */
static inline bool postings_window_is_stored(const postings_window *p, enum bound_level level)
{
    return !p->documents && !p->group && (level != LEVEL_EXACT || p->ranged);
}

/* What bound bytes say: b from 1 up, that no saturation is above low + b * step; 0, that there are no documents. Stored
 * ones have the list's scale, those made here go from 0 to 1. */
static inline void postings_window_scale(const postings_window *p, enum bound_level level, double *low, double *step)
{
    bool stored = postings_window_is_stored(p, level);
    *low = stored ? p->view.low : 0;
    *step = stored ? p->view.step : 1.0 / 255;
}

/* A saturation with the segment's reference norm that postings_top_counts[top] documents reach; 0: none is known. */
static inline double postings_window_top(const postings_window *p, size_t top)
{
    uint32_t byte = !p->group && p->view.tops ? p->view.tops[top] : 0;
    return byte ? p->view.low + p->view.step * (double)(byte - 1) : 0;
}

/* Bounds of the window's ranges. */
void postings_window_bounds(postings_window *p, enum bound_level level, uint8_t out[RANGES]);
/* The ranges of the window that have documents. */
uint64_t postings_window_present(postings_window *p);
/* The number of documents in the window. */
uint32_t postings_window_count(postings_window *p);
/* Says that about so many of the window's ranges will be asked for. */
void postings_window_expect(postings_window *p, uint32_t ranges);
/* Asks the memory for the window's documents and wdf, or the most likely part of them. */
void postings_window_prefetch_rest(const postings_window *p);
/* The same of any window of a dense list. */
void postings_window_prefetch_payload(const postings_window *p, uint32_t window);
/* The documents of a range. */
uint64_t postings_window_documents(postings_window *p, uint32_t range);
/* The documents of all ranges. */
void postings_window_words(postings_window *p, uint64_t words[RANGES]);
/* The window's documents of a list that is neither dense nor a group: places within the window, and wdf of 255 at most;
 * how many. */
uint32_t postings_window_get_places(postings_window *p, const uint16_t **places, const uint8_t **wdf);
/* The window of a dense list; NULL when it has no documents. */
dense_window *postings_window_get_dense(postings_window *p);
/* Finds the documents of some ranges, a bit each, for the two below. */
void postings_window_find(postings_window *p, uint64_t ranges);
/* The documents of a range that was found, and the number of the window's documents before them (not of groups). */
static inline uint64_t postings_window_found(const postings_window *p, uint32_t range)
{
    return p->masks[range];
}
static inline uint32_t postings_window_before(const postings_window *p, uint32_t range)
{
    return p->first[range];
}
/* The wdf of the same range's documents in order, 255 at most; not of dense lists and groups. */
const uint8_t *postings_window_places_wdf(postings_window *p, uint32_t range);
/* wdf by document of a range, 255 at most, 0 where the term is not. */
void postings_window_wdf(postings_window *p, uint32_t range, uint8_t out[RANGE_SIZE]);
/* The exact wdf of a document whose byte says 255. */
uint32_t postings_window_large(const postings_window *p, uint32_t document);

/* Positions as they were asked for last. Begins as {0}; grows in the arena of whose positions it holds. */
typedef struct position_room {
    uint32_t *positions;
    uint32_t count;
    uint32_t capacity;
} position_room;

/* Where the positions of the term in one document are: `count` of them among `places`. */
typedef struct position_group {
    positions_place place;
    uint32_t count, places;
} position_group;

/* The groups of some of a range's documents that have the term, in order; of count 0 where the term has no positions.
 * OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status postings_window_groups(postings_window *p, uint32_t range, uint64_t documents, position_group *out,
                                  oir_error *err);
/* The positions of a group, ascending. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status postings_window_read_group(postings_window *p, const position_group *group, position_room *room,
                                      oir_error *err);
/* The position of a group that has one. */
static inline uint32_t postings_window_single(const postings_window *p, const position_group *group)
{
    uint64_t bits = bits_load64(p->view.positions + group->place.lows / 8) >> (group->place.lows & 7);
    return p->context->position_base + (uint32_t)(bits & bits_low(group->places ? bits_width(group->places - 1) : 0));
}

/* A group that positions_fit_mask as bits: place p, less the least position of all, is bit p. */
static inline uint64_t postings_window_mask(const postings_window *p, const position_group *group)
{
    return positions_mask(p->view.positions, group->place, group->count, group->places);
}

/* All positions of a dense list, window by window: where those of the next document are. */
typedef struct position_stream {
    uint32_t next;              /* of the window's documents; each 64th begins a run */
    uint64_t lows, highs;       /* where its low parts end, and its high parts, or their count, start */
    uint64_t end;               /* of the run */
    uint8_t counts[RANGE_SIZE]; /* wdf of the 64 around it, 255 at most */
} position_stream;

/* Positions as they lie, of `count` documents one after another that are not beyond their 64 and whose wdf are below
 * 255 and say how many positions there are. */
typedef struct position_groups {
    uint32_t count;
    uint32_t counts[RANGE_SIZE + 16]; /* of positions */
    uint32_t places[RANGE_SIZE + 16]; /* among how many: for the caller to fill in */
    uint64_t lows[RANGE_SIZE + 16];   /* where low parts start, */
    uint64_t highs[RANGE_SIZE + 16];  /* and high parts, of two or more */
} position_groups;

/* Begins what belongs to 64 documents, when s->next is the first of them. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status postings_window_read_block(postings_window *p, position_stream *s, oir_error *err);
/* Whether the next n documents, of the same 64, are as position_groups wants them. */
static inline bool postings_window_is_plain(const postings_window *p, const position_stream *s, uint32_t n)
{
    bool large = false;
    for (uint32_t i = 0; p->view.large_count && i < n; i++)
        large |= s->counts[s->next % RANGE_SIZE + i] == UINT8_MAX;
    return p->view.positions_form == POSITIONS_WDF && !large;
}
/* Finds groups->count of these; s is moved behind them. OIR_CORRUPT. */
oir_status postings_window_next_groups(postings_window *p, position_stream *s, position_groups *groups,
                                       oir_error *err);
/* The next document, `document` of the segment, of any list. OIR_CORRUPT. */
oir_status postings_window_next_group(postings_window *p, position_stream *s, uint32_t document, uint32_t places,
                                      position_group *out, oir_error *err);

/* The positions, ascending, of the term in a document that has it; none where the term has none. OIR_CORRUPT,
 * OIR_NO_MEMORY. */
oir_status postings_window_positions(postings_window *p, uint32_t range, uint32_t place, position_room *room,
                                     oir_error *err);

#endif
