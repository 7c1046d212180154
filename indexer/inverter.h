/* Documents that are not in a segment yet.
 *
 * What comes is only noted, document by document, by numbers of terms (inverter_stream.h), and inverted when it is
 * written out (inversion.h): then terms are sorted once, and each occurrence is moved twice, by sorting. A document is
 * addressed by the order it came in ("buffered number"); one that is deleted again is only marked, and left out when
 * the buffer is written.
 *
 * Memory is counted to the byte, with what writing out will take on top. One thread at a time; shares nothing. */
#ifndef INDEXER_INVERTER_H
#define INDEXER_INVERTER_H

#include "base/arena.h"
#include "base/token.h"
#include "document/document.h"
#include "indexer/inverter_data.h"
#include "indexer/inverter_lookup.h"
#include "indexer/inverter_stream.h"
#include "segment/segment_writer.h"
#include "segment/stored_large.h"

typedef struct inverter_term {
    uint64_t low, high;   /* hash_key */
    const uint8_t *bytes; /* in the arena */
    uint8_t size;
} inverter_term;

/* What few documents have; in the arena, with what it points to. */
typedef struct inverter_contents {
    const segment_value *values;
    uint32_t value_count;
    oir_bytes data;       /* unless the inverter packs it, */
    const stored_large *large; /* or it is this; NULL: no */
} inverter_contents;

typedef struct inverter_document {
    oir_docid docid;
    uint32_t length;
    oir_termpos position_min, position_max;
    uint32_t start;       /* place in the stream, where the document before ends */
    bool live, has_positions;
    bool descends;        /* a position comes behind a higher one, */
    bool repeats;         /* or behind an equal or higher one */
    inverter_contents *contents; /* NULL: nothing */
} inverter_document;

/* With data, of which there is much, a segment less is worth more rounds. */
enum { INVERTER_ROUNDS = 4, INVERTER_ROUNDS_STORED = 6 };
enum { INVERTER_BLOCK_BITS = 10 }; /* terms or documents in a block: tables that grow without moving */

typedef struct inverter {
    size_t memory;                /* bytes that it is meant for */
    uint32_t writers;             /* threads that write it out, each with a list at hand */
    uint32_t rounds;              /* of the inversion that memory is counted for: the more, the less, and the slower */
    bool term_lists, stored;
    bool packed;                  /* documents' data is compressed: as it comes, */
    bool waits;                   /* or when inverters_pack says so, and is in `raw` until then */
    token *token;                 /* of the terms' numbers, which documents keep as hints; NULL before the first */
    inverter_stream stream;
    inverter_lookup lookup;
    arena arena;
    inverter_data data;           /* where several have documents, all are in the first one's, */
    uint32_t *places;             /* and this is by buffered number where it is there, */
    size_t place_count, place_capacity; /* for so many documents; the others' waits */
    arena raw;
    size_t raw_size;              /* bytes of it that are taken */
    spill large;                  /* the data of large documents, as blocks */
    inverter_term **term_blocks;
    size_t term_block_count, term_block_capacity;
    uint32_t term_count;
    uint64_t *slots;              /* high half of the hash << 32 | term + 1 */
    uint32_t slot_mask;
    uint32_t *samples;            /* by term: occurrences, of which one in INVERTER_SAMPLE is counted */
    size_t sample_capacity;
    uint32_t samples_most;        /* of any term: what the longest list will take */
    uint64_t occurrence_count;    /* with those of dead documents */
    uint64_t apart_count;         /* those among them that have another wdf than 1 */
    inverter_document **document_blocks;
    size_t document_block_count, document_block_capacity;
    size_t document_count;
    bool descended;               /* some docid came that was not above all before it: only then there are */
    uint32_t *docid_slots;        /* buffered number + 1, one for each docid that was ever here */
    size_t docid_slot_mask, docid_slots_used;
    uint32_t live_count;
    uint64_t live_length;
} inverter;

enum { INVERTER_SAMPLE_BITS = 4, INVERTER_SAMPLE = 1 << INVERTER_SAMPLE_BITS };

/* For `memory` bytes or so, which is the caller's to watch; written out by one thread, unless `writers` is set to more,
 * and in up to INVERTER_ROUNDS rounds (stored: INVERTER_ROUNDS_STORED), unless `rounds` is set to fewer.
 * Data is compressed as it comes unless `packed` is cleared before the first document. OIR_NO_MEMORY. */
oir_status inverter_new(inverter **out, size_t memory, bool term_lists, bool stored, oir_error *err);
/* NULL is accepted. */
void inverter_free(inverter *v);
/* Empties it and gives the memory back. */
void inverter_clear(inverter *v);

/* Adds a document under a docid that no live one here has. Failures of document_complete, and then nothing has
 * changed; OIR_NO_MEMORY, OIR_TOO_BIG, and then only clear and free may follow. */
oir_status inverter_add(inverter *v, oir_docid docid, const oir_document *document, oir_error *err);
/* The same in steps, for a document whose terms come in parts: begin it, add what is in the log, part by part (length:
 * of that), end it. NULL as document: what follows belongs to one that is in a segment already, with its contents. One
 * that is not ended is dead. */
oir_status inverter_begin(inverter *v, oir_docid docid, const oir_document *document, oir_error *err);
oir_status inverter_add_log(inverter *v, document_terms *from, uint64_t length, oir_error *err);
void inverter_end(inverter *v);

/* Bytes taken, and to be taken by writing out. */
size_t inverter_get_memory(const inverter *v);
/* Bytes of documents' data that are read ahead when it is written out in another order than it came. */
size_t inverter_get_ahead(const inverter *v);
/* Places of the stream, or numbers of documents or terms, run low: time to write out, whatever the memory. */
bool inverter_is_full(const inverter *v);

/* Whether a live document has the docid. */
bool inverter_has_docid(const inverter *v, oir_docid docid);
/* Deletes it; false when there is none. */
bool inverter_delete(inverter *v, oir_docid docid);
/* Whether any live document has the term. OIR_NO_MEMORY. */
oir_status inverter_has_term(inverter *v, const char *term, size_t size, bool *found, oir_error *err);
/* Deletes all with the term: *count of them, *lowest the lowest of their docids (unchanged when there is none).
 * OIR_NO_MEMORY. */
oir_status inverter_delete_by_term(inverter *v, const char *term, size_t size, uint32_t *count, oir_docid *lowest,
                                   oir_error *err);

/* A term by its number. */
static inline inverter_term *inverter_get_term(const inverter *v, uint32_t number)
{
    return &v->term_blocks[number >> INVERTER_BLOCK_BITS][number & ((1u << INVERTER_BLOCK_BITS) - 1)];
}

/* A document by its buffered number. */
static inline inverter_document *inverter_get_document(const inverter *v, size_t number)
{
    return &v->document_blocks[number >> INVERTER_BLOCK_BITS][number & ((1u << INVERTER_BLOCK_BITS) - 1)];
}

/* The occurrences of a document, by its buffered number. */
static inline inverter_reader inverter_read(const inverter *v, size_t number)
{
    uint32_t end = number + 1 < v->document_count ? inverter_get_document(v, number + 1)->start
                                                  : inverter_stream_get_place(&v->stream);
    return inverter_stream_read(&v->stream, inverter_get_document(v, number)->start, end);
}

/* Fetches a document, or when that is there its first occurrences, more than most have whose reading waits. The first
 * line is loaded: only prefetched it mostly was not there in time, for pages' addresses have to be found too. */
static inline void inverter_fetch_document(const inverter *v, size_t number)
{
    (void)*(const volatile uint32_t *)&inverter_get_document(v, number)->start;
    __builtin_prefetch(inverter_get_document(v, number) + 1);
}

static inline void inverter_fetch_occurrences(const inverter *v, size_t number)
{
    enum { LINE = 32, LINES = 4 }; /* units */
    uint32_t start = inverter_get_document(v, number)->start;
    size_t chunk = start >> INVERTER_STREAM_CHUNK_BITS;
    if (chunk >= v->stream.count)
        return;
    const uint16_t *at = v->stream.chunks[chunk] + (start & (INVERTER_STREAM_CHUNK - 1));
    (void)*(const volatile uint16_t *)at;
    for (uint32_t i = 1; i < LINES; i++)
        __builtin_prefetch(at + (size_t)i * LINE);
}

#endif
