/* The dictionary of a segment: its terms in byte order, each with a term_entry.
 *
 * Blocks of up to TERMS_PER_BLOCK front-coded terms; a block starts anew wherever lists do not follow each other, so
 * that within a block addresses add up from sizes. An index of blocks' first terms, searched by 8-byte prefixes, is
 * resolved at open. Byte layouts stand in terms_writer.c. */
#ifndef SEGMENT_TERMS_H
#define SEGMENT_TERMS_H

#include "base/buffer.h"
#include "segment/postings.h"

enum { TERMS_PER_BLOCK = 32 };

/* ---- writing ---- */
typedef struct terms_writer terms_writer;

oir_status terms_writer_new(terms_writer **out, struct container_writer *container, oir_error *err);
void terms_writer_free(terms_writer *writer);
/* Terms ascending. `gap` as postings_writer_add said. entry->ordinal is the number of terms before. */
oir_status terms_writer_add(terms_writer *writer, const char *term, size_t size, const term_entry *entry, bool gap,
                            oir_error *err);
/* Writes the last block and the index. */
oir_status terms_writer_end(terms_writer *writer, oir_error *err);

/* ---- reading ---- */
typedef struct terms {
    const struct container *container;
    uint32_t term_count, block_count;
    uint64_t posting_count;      /* sum of termfreq */
    const uint8_t *index;        /* layout in terms_writer.c; resolved and bounds-checked at open */
    size_t index_size;
} terms;

oir_status terms_open(terms *t, const struct container *container, oir_error *err);
/* *found false: not there. OIR_CORRUPT. */
oir_status terms_find(const terms *t, const char *term, size_t size, term_entry *entry, bool *found, oir_error *err);

/* Walks terms in byte order. Plain fields are refreshed by seek and next. */
typedef struct terms_cursor {
    const terms *terms;
    bool at_end;
    const char *term;            /* valid until the next call */
    size_t term_size;
    term_entry entry;
    /* private */
    char bytes[OIR_TERM_MAX + 1];
    uint32_t block, in_block;
    const uint8_t *next_term, *next_entry, *block_end;
    uint64_t postings_address, positions_address;
    uint32_t block_terms;
} terms_cursor;

void terms_cursor_init(terms_cursor *c, const terms *t);
/* To the first term not less than the given one (size 0: the first term). Sets at_end when there is none. */
oir_status terms_cursor_seek(terms_cursor *c, const char *term, size_t size, oir_error *err);
/* To the next term, or at_end. */
oir_status terms_cursor_next(terms_cursor *c, oir_error *err);

/* Structure, order and sums; used by segment_check. */
oir_status terms_check(const terms *t, oir_error *err);

#endif
