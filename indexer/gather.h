/* One term's postings while they are brought together, for segment_writer_add_term. One thread at a time. */
#ifndef INDEXER_GATHER_H
#define INDEXER_GATHER_H

#include "segment/positions_stretches.h"
#include "segment/postings_reader.h"
#include "segment/segment.h"

typedef struct gather {
    uint32_t count;
    uint32_t *documents, *wdf, *position_counts;
    oir_termpos *positions; /* behind the last there is room for some more */
    size_t position_count;
    bool ascending;      /* documents came in order */
    bool as_wdf;         /* every document has wdf positions */
    bool as_bits;        /* positions are not decoded; set by the caller where nothing is there yet, see below */
    positions_stretches stretches; /* as_bits: they are these, and neither positions nor position_counts */
    /* private */
    size_t capacity, position_capacity;
    uint64_t *keys;      /* for sorting: document << 32 | place, and room for as many */
    size_t key_capacity;
    uint32_t highest;    /* document */
    uint32_t *sorted[3]; /* documents, wdf, counts after sorting */
    size_t sorted_capacity;
    oir_termpos *sorted_positions;
    size_t sorted_position_capacity;
} gather;

void gather_init(gather *g);
void gather_release(gather *g);
void gather_clear(gather *g);
/* Room for so many documents and positions in all. False when out of memory. */
bool gather_reserve(gather *g, size_t documents, size_t positions);

/* Adds a document; its positions, if any, are put behind position_count first, by the caller. */
static inline void gather_add(gather *g, uint32_t document, uint32_t wdf, uint32_t positions)
{
    uint32_t at = g->count++;
    g->ascending &= at == 0 || document > g->documents[at - 1];
    g->as_wdf &= positions == wdf;
    g->highest = document > g->highest ? document : g->highest;
    g->documents[at] = document;
    g->wdf[at] = wdf;
    g->position_counts[at] = positions;
    g->position_count += positions;
}

/* Adds documents that ascend, whose columns and positions stand behind what is there already, put there by the caller;
 * without positions (none at all) position_counts need not. as_bits, how many positions there are follows from wdf. */
void gather_extend(gather *g, uint32_t documents, size_t positions);

/* as_bits: only where all documents come in order, of lists with POSITIONS_WDF, and the positions of all segments, and
 * of what is written, begin at the same base and are among the same places. */

/* Decodes what a segment has of a term behind what is there, which has room for it then; the caller says with
 * gather_add or gather_extend what of it stays. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status gather_decode(gather *g, const segment *s, const term_entry *entry, postings_list *list,
                         positions_list *positions, oir_error *err);

/* Reads on in a segment's list, behind what is there: documents and, unless as_bits, positions, which are not in the
 * gather until one of the two above, gather_keep, or as_bits merge_copied_add has said so. OIR_CORRUPT,
 * OIR_NO_MEMORY. */
oir_status gather_read(gather *g, postings_reader *r, uint32_t *documents, size_t *positions, oir_error *err);
/* Adds documents that were decoded behind what is there, with so many positions in all, but for those whose number is
 * `gone`. */
void gather_keep(gather *g, uint32_t documents, size_t positions, uint32_t gone);
/* Forgets the first documents, with so many positions; as_bits, those that were taken. */
void gather_forget(gather *g, uint32_t documents, size_t positions);
/* The number of positions that documents [first, end) have. */
size_t gather_count_positions(const gather *g, uint32_t first, uint32_t end);
/* Adds documents and their positions from columns elsewhere, for which there is room. */
void gather_add_all(gather *g, const gather *from, uint32_t first, uint32_t documents, size_t first_position,
                    size_t positions);

/* The list as segment_writer wants it, sorted if need be; valid until g changes. OIR_NO_MEMORY;
 * OIR_TOO_BIG for 2^32 positions and more that would have to be sorted. */
oir_status gather_finish(gather *g, term_postings *out, oir_error *err);

#endif
