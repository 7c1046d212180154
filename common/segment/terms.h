/* The dictionary of a segment: its terms in byte order, each with a term_entry.
 *
 * Blocks of up to TERMS_PER_BLOCK front-coded terms; a block starts anew wherever lists do not follow each other, so
 * that within a block addresses add up from sizes. An index of blocks' first terms, searched by 8-byte prefixes, is
 * resolved at open. Byte layouts stand in terms_writer.c. */
#ifndef SEGMENT_TERMS_H
#define SEGMENT_TERMS_H

#include "base/buffer.h"
#include "segment/frequent_terms.h"
#include "segment/postings.h"

enum { TERMS_PER_BLOCK = 32 };

/* ---- writing ---- */

/* One thread at a time. */
typedef struct terms_writer terms_writer;

oir_status terms_writer_new(terms_writer **out, struct container_writer *parts, oir_error *err);
void terms_writer_free(terms_writer *writer);
/* Terms ascending. `gap` as postings_writer_add said. entry->ordinal is the number of terms before. */
oir_status terms_writer_add(terms_writer *writer, const char *term, size_t size, const term_entry *entry, bool gap,
                            oir_error *err);
/* Writes the last block and the index, which may be read from the writer until the container is committed. */
oir_status terms_writer_end(terms_writer *writer, oir_error *err);

/* ---- reading ---- */

/* The part, opened. Shared. */
typedef struct terms {
    const struct container *parts;
    uint32_t term_count, block_count;
    uint64_t posting_count;      /* sum of termfreq */
    uint32_t termfreq_max;       /* entries with more are refused: UINT32_MAX, or what the owner of `terms` sets */
    /* the index, resolved and bounds-checked at open; layout in terms_writer.c; read with bits_load, as any address may
     * be theirs */
    const uint8_t *prefixes, *places, *ordinals, *ends, *separators;
    frequent_terms frequent;
} terms;

oir_status terms_open(terms *t, const struct container *parts, oir_error *err);
/* *found false: not there. entry->inlined points into the container. OIR_CORRUPT. */
oir_status terms_find(const terms *t, const char *term, size_t size, term_entry *entry, bool *found, oir_error *err);

/* The last block whose separator is not greater than the term, the only one that can hold it; block_count when the term
 * comes before all. */
uint32_t terms_find_block(const terms *t, const char *term, size_t size);

/* Where a term is looked for. */
typedef struct terms_place {
    uint32_t frequent; /* among the frequent terms, or 0 */
    uint32_t block;    /* if that is 0 */
} terms_place;

/* terms_find in steps, so that many look-ups wait for memory together: frequent_terms_prefetch for all, then
 * terms_locate, then terms_prefetch, then terms_find_at.
 *
 * Where a term is, whose frequent_terms_hash is `hash`; `frequent` false: wherever else it is, in the blocks. */
terms_place terms_locate(const terms *t, uint64_t hash, const char *term, size_t size, bool frequent);
/* Asks the memory for what is there. */
void terms_prefetch(const terms *t, terms_place place);
/* As terms_find, for the place that terms_locate found. */
oir_status terms_find_at(const terms *t, terms_place place, const char *term, size_t size, term_entry *entry,
                         bool *found, oir_error *err);

/* One block as it is walked, by terms_block.h. */
typedef struct terms_block {
    const uint8_t *string, *strings_end; /* the next front-coded string, and where they end */
    const uint8_t *info, *end;           /* the next info, and where the block ends */
    uint64_t postings_address, positions_address; /* of the next list that is not inlined, and of its positions */
    uint32_t ordinal;                    /* of the next info */
    uint32_t count;                      /* terms in the block */
    uint32_t termfreq_max;
} terms_block;

/* Walks terms in byte order; what it shows is strictly ascending whatever the bytes. Plain fields are refreshed by seek
 * and next. One thread at a time. */
typedef struct terms_cursor {
    const terms *terms;
    bool at_end;
    const char *term; /* valid until the next call */
    size_t term_size;
    term_entry entry;
    /* private */
    char bytes[OIR_TERM_MAX + 1];
    uint32_t block, in_block; /* the block and how many of its terms were taken */
    uint32_t unread;          /* infos of those that were not read, the last of them that of the term shown */
    bool strings_only;
    terms_block at;
} terms_cursor;

void terms_cursor_init(terms_cursor *c, const terms *t);
/* The same for who wants few of the terms that it sees, and does not look for ordinals: `entry` is that of the term
 * shown only after terms_cursor_read_entry. */
void terms_cursor_init_strings(terms_cursor *c, const terms *t);
/* OIR_CORRUPT. */
oir_status terms_cursor_read_entry(terms_cursor *c, oir_error *err);
/* To the first term not less than the given one (size 0: the first term). Sets at_end when there is none.
 * OIR_CORRUPT, and then at_end too. */
oir_status terms_cursor_seek(terms_cursor *c, const char *term, size_t size, oir_error *err);
/* To the term with this ordinal; at_end when there is none. OIR_CORRUPT. */
oir_status terms_cursor_seek_ordinal(terms_cursor *c, uint32_t ordinal, oir_error *err);
/* To the next term, or at_end. OIR_CORRUPT. */
oir_status terms_cursor_next(terms_cursor *c, oir_error *err);

/* To the first term that does not share its first `size` bytes, 1 to term_size, with the one shown; at_end when there
 * is none. OIR_CORRUPT. */
oir_status terms_cursor_skip(terms_cursor *c, size_t size, oir_error *err);

/* Structure, order and sums; used by segment_check. OIR_CORRUPT. */
oir_status terms_check(const terms *t, oir_error *err);

#endif
