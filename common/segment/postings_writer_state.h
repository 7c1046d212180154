/* The inside of a writer of postings, for the files that it consists of. One thread at a time. */
#ifndef SEGMENT_POSTINGS_WRITER_STATE_H
#define SEGMENT_POSTINGS_WRITER_STATE_H

#include "segment/positions_writer.h"
#include "segment/postings_dense.h"

enum { POSTINGS_CLIPPED_SLACK = 8 /* bytes behind those of documents, which codecs read */ };

/* What the dictionary says of documents and their wdf. */
typedef struct postings_summary {
    uint32_t count;
    uint64_t collection_freq;
    uint32_t wdf_max;
    bool zero_wdf;
} postings_summary;

/* A list that comes in pieces. */
typedef struct postings_writer_pieces {
    postings_expected expected;
    postings_summary all;
    buffer large;            /* document and wdf of those with 255 and more */
    uint64_t position_count;
    bool not_as_wdf;         /* some document has not as many positions as wdf */
    bool made_way;           /* what the container had waiting is in the file */
    positions_windows positions;
} postings_writer_pieces;

struct postings_writer {
    bool encodes_only;   /* norm and saturations are another writer's */
    struct container_writer *container;
    const postings_context *context;
    uint32_t windows;
    uint32_t norm_count;
    float *norm;         /* by length, of norm_count of them: wdf / (wdf + norm) is the saturation that bounds are made
                            of */
    uint32_t *saturations; /* by wdf * SHORT_LENGTHS + length */
    uint32_t *most;      /* by window: the highest saturation of a list */
    uint8_t *clipped;    /* wdf of the list at hand, less the base */
    uint32_t *reached;   /* saturations of its documents, see postings_saturation */
    size_t clipped_capacity, reached_capacity;
    postings_dense dense;
    buffer list, positions;
    postings_writer_pieces pieces;
    uint64_t postings_end, positions_end; /* where the last list ended */
    uint8_t inlined[POSTINGS_INLINED_MAX];
};

/* Fills w->clipped and adds up what is known of wdf. False when out of memory. */
bool postings_writer_clip(postings_writer *w, const term_postings *p, postings_summary *all);
void postings_writer_fill_entry(const postings_summary *all, term_entry *entry);
/* One less for each of w->clipped. */
void postings_writer_lower(postings_writer *w, uint32_t count);
/* Fills w->reached. False when out of memory. */
bool postings_writer_find_saturations(postings_writer *w, const term_postings *p);
/* Appends document and wdf of those with 255 and more; returns how many. A failure to allocate shows in to->failed. */
uint32_t postings_writer_put_large(const term_postings *p, buffer *to);
bool postings_writer_counts_are_wdf(const term_postings *p);
/* Puts what is in w->list and w->positions into the container, which may take these as they are; as
 * postings_writer_put. */
oir_status postings_writer_put_buffers(postings_writer *w, term_entry *entry, bool *gap, oir_error *err);

#endif
