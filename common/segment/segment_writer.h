/* One segment, as it is written: all documents first, then all terms in byte order, then (unless left out) the term
 * lists, then commit.
 *
 *     segment_writer_open(&w, path, &options, err);
 *     for each document, local numbers 0, 1, 2...:  segment_writer_add_document(w, &document, err);
 *     for each term in byte order:                  segment_writer_add_term(w, term, size, &postings, err);
 *     for each document in the same order:          segment_writer_add_term_list(w, ordinals, wdf, count, err);
 *     segment_writer_commit(w, err);                or segment_writer_abort, which unlinks the file
 * One thread at a time. After a failure only abort may follow. */
#ifndef SEGMENT_SEGMENT_WRITER_H
#define SEGMENT_SEGMENT_WRITER_H

#include "base/team.h"
#include "segment/pairs_scan.h"
#include "segment/segment_encoder.h"
#include "segment/stored_packer.h"

typedef struct segment_writer segment_writer;

typedef struct segment_options {
    double bound_k1, bound_b;  /* the reference for bounds */
    double bound_average;      /* average length for bounds; 0: that of this segment's documents */
    bool term_lists;           /* write lists of terms by document */
    bool stored;               /* write document data */
    bool pairs;                /* find and write lists for pairs of frequent words, */
    size_t pairs_memory;       /* bytes that these may take until they are written, about; 0: any */
    pairs_scan_tell tell;      /* and say how far that is; may be NULL */
    void *tell_context;
    team *helpers;             /* that compress documents and look for pairs; NULL: none */
    bool pairs_alone;          /* pairs are looked for without them: each takes memory of its own */
    bool sync;                 /* fsync before commit returns */
    uint8_t reordered;         /* for the record, see segment.h */
} segment_options;

typedef struct segment_value {
    oir_valueno slot;
    oir_bytes value;
} segment_value;

typedef struct segment_document {
    oir_docid docid;              /* any order */
    uint32_t length;              /* sum of wdf */
    bool has_positions;           /* position_min and position_max are set */
    oir_termpos position_min, position_max;
    bool data_apart;              /* data is not here, but goes through segment_writer_get_packer */
    oir_bytes data;
    const segment_value *values;  /* slots ascending */
    size_t value_count;
} segment_document;

/* Makes the file at path, which must not exist. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status segment_writer_open(segment_writer **out, const char *path, const segment_options *options, oir_error *err);
/* May be said before the first document: how many will come. Saves memory. OIR_NO_MEMORY. */
oir_status segment_writer_reserve(segment_writer *w, uint32_t documents, oir_error *err);
/* Copies what it needs. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status segment_writer_add_document(segment_writer *w, const segment_document *document, oir_error *err);
/* What takes the data of those documents that have it apart: of all, or of none, in the order of local numbers, before
 * the first term. NULL without options.stored. */
stored_packer *segment_writer_get_packer(segment_writer *w);
/* Terms ascending by bytes; documents are local numbers. Ordinals are given out from 0 in call order. */
oir_status segment_writer_add_term(segment_writer *w, const char *term, size_t size, const term_postings *postings,
                                   oir_error *err);
/* The same for a long list in pieces: postings.h, postings_pieces_begin, has what is expected and when it is, and what
 * pieces are; a list that is not as expected is not there, and to be added as usual. */
oir_status segment_writer_begin_term(segment_writer *w, const postings_expected *expected, oir_error *err);
oir_status segment_writer_add_piece(segment_writer *w, const term_postings *piece, oir_error *err);
oir_status segment_writer_end_term(segment_writer *w, const char *term, size_t size, bool *as_expected,
                                   oir_error *err);
/* What lists are written with, once all documents are added; valid until commit. Failures of adding. */
oir_status segment_writer_get_context(segment_writer *w, const postings_context **out, oir_error *err);
/* For encoding terms in other threads, once all documents are added. The writer must outlive it. Failures of adding. */
oir_status segment_writer_open_encoder(segment_writer *w, segment_encoder *out, oir_error *err);
/* Adds term i of an encoder, as segment_writer_add_term: they must be added in their order, each once. */
oir_status segment_writer_add_encoded(segment_writer *w, const char *term, size_t size, segment_encoder *from, size_t i,
                                      oir_error *err);
/* Ordinals ascending. To be called for every document, in order, when options.term_lists; never otherwise. */
oir_status segment_writer_add_term_list(segment_writer *w, const uint32_t *ordinals, const uint32_t *wdf,
                                        uint32_t count, oir_error *err);
/* The same with the list as termlists_encode has it, which may be done in other threads. */
oir_status segment_writer_add_encoded_list(segment_writer *w, const void *list, size_t size, oir_error *err);
/* May be said before commit: the text of all documents, by local numbers, for options.pairs. It must outlive commit. */
void segment_writer_set_text(segment_writer *w, const pairs_text *text);
/* Writes what is left, syncs, closes and frees the writer; also frees it (and unlinks the file) on failure. */
oir_status segment_writer_commit(segment_writer *w, oir_error *err);
/* Unlinks the file and frees the writer. NULL is accepted. */
void segment_writer_abort(segment_writer *w);

#endif
