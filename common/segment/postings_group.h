/* The union of many terms' lists in one segment, evaluated by windows: of a window that is asked for the lists that
 * are there are decoded into one word of bits for each range and, when weights are wanted, one sum of wdf for each
 * document.
 *
 *     postings_group_builder b = {...};               which lists
 *     postings_group_add(&b, &entry, &err);           any number of them
 *     postings_group_end(&b, arena, &group, &err);
 *     documents = postings_group_documents(group, room, window, range);
 *     postings_group_wdf(group, room, window, range, wdf);
 * Short lists are decoded when they are added, and kept by window: 3 bytes for each posting, or less where lists share
 * documents. Of the others a window costs no more than a few of their postings.
 * One thread at a time. Damaged bytes give answers that are wrong but safe, and set `damaged`. */
#ifndef SEGMENT_POSTINGS_GROUP_H
#define SEGMENT_POSTINGS_GROUP_H

#include "base/arena.h"
#include "base/paths.h"
#include "segment/postings_run.h"
#include "segment/postings_view.h"

/* What a group has in a window. */
typedef struct group_window {
    uint64_t known;           /* ranges whose words are there; other words are 0 */
    uint64_t summed;          /* ranges whose sums are there; other sums are 0 */
    uint64_t words[RANGES];
    uint32_t *sums;           /* WINDOW_SIZE of them, for groups that weigh */
} group_window;

typedef struct postings_group {
    const kernels *kernels;
    const postings_context *context;
    postings_view *lists;     /* dense and sparse ones */
    uint32_t list_count;
    postings_run run;         /* all others */
    uint8_t *bounds;          /* by window; 0: nothing there; 64 bytes more are readable */
    uint8_t *range_bounds;    /* RANGES for each window, for who has made them; else NULL */
    group_window **kept;      /* by window, for who wants some to stay once they are evaluated; else NULL */
    uint64_t paths;           /* that may be gone */
    bool weighs;              /* sums can be asked for */
    bool capped;              /* sums could be more than documents' lengths, which a term's wdf never is */
    bool damaged;
    uint64_t decoded;         /* postings whose documents were decoded */
} postings_group;

/* ---- making ---- */

typedef struct postings_group_builder {
    const kernels *kernels;
    const struct container *parts;
    const postings_context *context;
    bool weighs;
    /* private, zeroed */
    postings_view *lists;
    size_t list_count, list_capacity;
    postings_heap heap;       /* short lists that were added last */
    postings_run run;         /* and those before them */
    postings_list whole;      /* room */
    bool started, capped;
    uint32_t last;            /* ordinal of the list added last */
    uint64_t decoded;
} postings_group_builder;

/* Adds a term's list; one that was added before counts twice. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status postings_group_add(postings_group_builder *b, const term_entry *entry, oir_error *err);
/* Makes the group, which must be released; its bounds are the most there is where it has documents (1 when it does not
 * weigh). NULL when it has none. The builder is as before the first list. OIR_NO_MEMORY. */
oir_status postings_group_end(postings_group_builder *b, arena *a, postings_group **out, oir_error *err);
void postings_group_release_builder(postings_group_builder *b);
void postings_group_release(postings_group *g);

/* ---- a window ---- */

/* Room for decoding, which any number of groups may share. Begins zeroed. */
typedef struct group_scratch {
    uint16_t places[WINDOW_SIZE + 64];
    uint8_t wdf[WINDOW_SIZE + 64];
} group_scratch;

/* A group's window that is looked at: groups of one leaf in several segments share it, and leaves that are the same
 * group. Begins as {0} but for scratch and zeroed sums. */
typedef struct group_room {
    const postings_group *owner;
    uint32_t window;
    bool many;                /* of the window before many ranges were asked for */
    uint64_t asked;           /* ranges that were asked for */
    group_window *at;         /* own, or one that is kept */
    group_window own;
    group_scratch *scratch;
} group_room;

/* The documents of a range. */
uint64_t postings_group_documents(postings_group *g, group_room *room, uint32_t window, uint32_t range);
/* The documents of a window, by range. */
const uint64_t *postings_group_words(postings_group *g, group_room *room, uint32_t window);
/* wdf by document of a range, 255 at most, 0 where no term is. */
void postings_group_wdf(postings_group *g, group_room *room, uint32_t window, uint32_t range, uint8_t out[RANGE_SIZE]);
/* All sums of a window. */
const group_window *postings_group_sums(postings_group *g, group_room *room, uint32_t window);
/* Bounds of a window's ranges, exact. norms: with length planes at document 0. */
void postings_group_bounds(postings_group *g, group_room *room, const weigh_input *norms, uint32_t window,
                           uint8_t out[RANGES]);
/* The exact wdf of a document. */
uint32_t postings_group_large(postings_group *g, group_room *room, uint32_t document);

/* Ranges that are summed and have documents: of all others sums are 0. */
static inline uint64_t postings_group_filled(const group_window *w)
{
    uint64_t filled = 0;
    for (uint32_t r = 0; r < RANGES; r++)
        filled |= (uint64_t)(w->words[r] != 0) << r;
    return filled & w->summed;
}

/* Sums as bytes. */
static inline void postings_group_clip(const uint32_t sums[RANGE_SIZE], uint8_t out[RANGE_SIZE])
{
    for (uint32_t d = 0; d < RANGE_SIZE; d++)
        out[d] = (uint8_t)(sums[d] < 255 ? sums[d] : 255);
}

#endif
