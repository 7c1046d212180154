/* Postings of one term in one segment: which documents, how often (wdf), where (positions), and score bounds.
 *
 * Documents are local numbers, 0 to N - 1. They are looked at in windows of 4,096 aligned documents, each of 64 ranges
 * of 64 documents. A list has one of four forms, by how many of the segment's documents it has:
 *     inlined   1 or 2 documents, within the dictionary entry
 *     short     decoded whole when it is opened; no bounds kept
 *     sparse    an Elias-Fano list with samples, and a bound byte for each window
 *     dense     a directory of windows; in each a bound byte and a count for each range that is not empty, so that
 *               any range is decoded alone
 * A bound byte is the largest saturation wdf / (wdf + norm) in its window or range, times 255, rounded up, at least 1;
 * 0 says that the term is not there. norm is k1 (1 - b + b length / average) with the segment's reference k1, b and
 * average length. Byte layouts stand in postings_writer.c. */
#ifndef SEGMENT_POSTINGS_H
#define SEGMENT_POSTINGS_H

#include <oir/error.h>

struct container;
struct container_writer;
struct positions_stretches; /* segment/positions_stretches.h */

enum {
    WINDOW_BITS = 12,
    WINDOW_SIZE = 1 << WINDOW_BITS, /* documents in a window */
    RANGE_BITS = 6,
    RANGE_SIZE = 1 << RANGE_BITS,   /* documents in a range */
    RANGES = WINDOW_SIZE / RANGE_SIZE
};

/* What the dictionary keeps of a term. The numbers, 0 and up, are in the files. */
enum postings_form {
    POSTINGS_INLINED, POSTINGS_SHORT, POSTINGS_SPARSE, POSTINGS_DENSE,
    POSTINGS_MARKS /* no list: a pair's, see pairs_marks.h */
};
enum positions_form {
    POSITIONS_NONE,   /* no document has positions of the term */
    POSITIONS_WDF,    /* every document has wdf of them */
    POSITIONS_COUNTED /* groups say how many they are */
};

typedef struct term_entry {
    uint32_t ordinal;          /* the term's place in byte order, from 0 */
    uint32_t termfreq;         /* documents with the term, deleted ones included */
    uint64_t collection_freq;  /* sum of wdf */
    uint32_t wdf_max;
    uint8_t form;              /* enum postings_form */
    uint8_t positions_form;    /* enum positions_form */
    bool zero_wdf;             /* some wdf is 0 */
    bool pair;                 /* a list of PART_PAIRS, see pairs.h */
    uint64_t postings_address; /* in PART_POSTINGS or PART_PAIRS; 0 when inlined */
    uint64_t postings_size;    /* bytes there */
    uint64_t positions_address;/* in PART_POSITIONS; 0 when there are none */
    uint64_t positions_size;   /* bytes there */
    const uint8_t *inlined;    /* the list itself when inlined */
    uint32_t inlined_size;     /* at most POSTINGS_INLINED_MAX */
} term_entry;

enum { POSTINGS_INLINED_MAX = 15 }; /* what the dictionary has room to say */

/* One term's postings as they are written: documents ascending. */
typedef struct term_postings {
    uint32_t count;
    const uint32_t *documents;
    const uint32_t *wdf;
    const uint32_t *position_counts; /* NULL: each document has wdf positions, or none if positions is NULL */
    const oir_termpos *positions;    /* the documents' positions one after another, ascending in each; NULL for none */
    struct positions_stretches *stretches; /* not NULL: they come as bits instead, wdf for each document, written among
                                              the same places; what is written of them is taken */
} term_postings;

/* The lengths and extents that norms and position codes follow from: byte planes, plane i has bits 8 i to 8 i + 7;
 * each plane is padded with at least WINDOW_SIZE zero bytes. */
typedef struct length_planes {
    const uint8_t *plane[4];
    uint32_t count; /* planes, 1 to 4 */
} length_planes;

static inline uint32_t length_get(const length_planes *l, uint32_t document)
{
    uint32_t v = l->plane[0][document];
    for (uint32_t i = 1; i < l->count; i++)
        v |= (uint32_t)l->plane[i][document] << (8 * i);
    return v;
}

/* What all lists of a segment share. */
typedef struct postings_context {
    uint32_t document_count;  /* N */
    length_planes lengths;    /* sum of wdf */
    length_planes extents;    /* number of places a position can have: highest position + 1 - position_base; without
                                 positions what documents.h says */
    const uint32_t *even_extents; /* by window: the largest of its documents, which position codes take for all of
                                     them where they are nearly alike; NULL: each its own */
    uint32_t position_base;   /* 1, or 0 when some position of the segment is 0 */
    double k1, b, average;    /* the reference for bounds */
    uint32_t length_min, length_max;
} postings_context;

/* The number of places that position codes of a document count with. */
static inline uint32_t postings_extent(const postings_context *c, uint32_t document)
{
    return c->even_extents ? c->even_extents[document / WINDOW_SIZE] : length_get(&c->extents, document);
}

/* ---- writing ---- */

typedef struct postings_writer postings_writer;

/* Writes into parts PART_POSTINGS and PART_POSITIONS of `container`. context and what it points to must outlive the
 * writer. OIR_NO_MEMORY. */
oir_status postings_writer_new(postings_writer **out, struct container_writer *parts,
                               const postings_context *context, oir_error *err);
void postings_writer_free(postings_writer *writer);
/* Gives back the memory that lists took, after a long one; what the last call handed out is gone. */
void postings_writer_give_back(postings_writer *writer);

/* Writes one term's list and fills all of entry but `ordinal`. entry->inlined is valid until the next call.
 * `*gap` is set when the list or its positions do not start where the last one ended, so that the dictionary must say
 * the addresses anew. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status postings_writer_add(postings_writer *writer, const term_postings *postings, term_entry *entry, bool *gap,
                               oir_error *err);

/* A long list in pieces, so that it is not in memory as numbers: one that will be dense, and is written as it would be
 * in one piece. What must be known of it before is what its sources say, and hardly ever wrong: but of deleted
 * documents it may have been true only of these.
 *     postings_pieces_begin(writer, &expected, err);
 *     for each piece:  postings_pieces_add(writer, &piece, err);
 *     postings_pieces_end(writer, &entry, &as_expected, &gap, err);     else it is to be written in one piece */
typedef struct postings_expected {
    bool zero_wdf;          /* some wdf is 0 */
    uint8_t positions_form; /* enum positions_form */
    size_t list_size, positions_size; /* bytes that it may have; 0: not known */
} postings_expected;

/* OIR_NO_MEMORY, OIR_TOO_BIG. */
oir_status postings_pieces_begin(postings_writer *writer, const postings_expected *expected, oir_error *err);
/* Pieces come in order, with all that the list has in their windows of documents; counts of positions and positions
 * are there (unless there are none in all of the list). OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY, OIR_TOO_BIG. */
oir_status postings_pieces_add(postings_writer *writer, const term_postings *piece, oir_error *err);
/* Writes it, and fills all of entry but `ordinal`; or does nothing but say that it is not as expected. `*gap` as
 * postings_writer_add. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY, OIR_TOO_BIG. */
oir_status postings_pieces_end(postings_writer *writer, term_entry *entry, bool *as_expected, bool *gap,
                               oir_error *err);

/* One term's list in two steps, so that several threads can take the first: bytes without a place, and a place for
 * them. */
typedef struct postings_encoded {
    const uint8_t *list, *positions;
    size_t list_size, positions_size; /* 0: none */
} postings_encoded;

/* A writer for another thread, which can only encode. It reads tables of `of`, which must outlive it. OIR_NO_MEMORY. */
oir_status postings_writer_new_encoder(postings_writer **out, const postings_writer *of, oir_error *err);
/* Fills all of entry but `ordinal`, addresses and sizes. What *out and entry->inlined point to is valid until the next
 * call. OIR_NO_MEMORY, OIR_TOO_BIG. */
oir_status postings_writer_encode(postings_writer *writer, const term_postings *postings, term_entry *entry,
                                  postings_encoded *out, oir_error *err);
/* Fills the rest of entry; `*gap` as postings_writer_add. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status postings_writer_put(postings_writer *writer, const postings_encoded *encoded, term_entry *entry, bool *gap,
                               oir_error *err);

/* ---- reading whole lists, for merges and iterators; the search reads windows through postings_window.h ---- */

enum { POSTINGS_SPILL = 128 };

/* A list decoded: `count` documents ascending with their wdf. */
typedef struct postings_list {
    uint32_t count;
    uint32_t *documents, *wdf;
    size_t capacity;
} postings_list;

void postings_list_release(postings_list *list);

/* Decodes all documents and wdf. `container` is NULL-free; lists keep their memory between calls, and do not move where
 * they have room for POSTINGS_SPILL more than there are documents: kernels write a little more than asked. OIR_CORRUPT,
 * OIR_NO_MEMORY. */
oir_status postings_decode(const struct container *parts, const postings_context *context,
                           const term_entry *entry, postings_list *list, oir_error *err);

/* All positions of a list that was decoded: counts[i] positions of document i, one after another. Arrays grow as
 * needed and belong to the caller (memory_free). OIR_CORRUPT, OIR_NO_MEMORY. */
typedef struct positions_list {
    uint32_t *counts;       /* one for each document of the list */
    oir_termpos *positions; /* all of them, one after another */
    uint64_t total;
    size_t counts_capacity, positions_capacity;
} positions_list;

void postings_release_positions(positions_list *list);

oir_status postings_decode_positions(const struct container *parts, const postings_context *context,
                            const term_entry *entry, const postings_list *list, positions_list *out, oir_error *err);

/* How many positions a list that was decoded has: arrays with room for them, and for a count and POSITIONS_SPILL
 * positions more, do not move. OIR_CORRUPT. */
enum { POSITIONS_SPILL = 16 };
oir_status postings_count_positions(const struct container *parts, const postings_context *context,
                                    const term_entry *entry, const postings_list *list, uint64_t *total,
                                    oir_error *err);

/* The positions of the one document that is number `index` of the list (so list->documents[index]). */
oir_status postings_decode_positions_one(const struct container *parts, const postings_context *context,
                                const term_entry *entry, const postings_list *list, uint32_t index,
                                positions_list *out, oir_error *err);

#endif
