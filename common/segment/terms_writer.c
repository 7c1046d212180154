/* Writes the dictionary: terms of 1 to 245 bytes, ascending by bytes, and by size where one begins with the other.
 *
 * PART_TERMS holds blocks of 1 to 32 terms, each an object of its own, of less than 64 KiB (varints: codec/varint.h):
 *     varint    address of the block's first list that is not inlined
 *     varint    address of its first list of positions
 *     varint    size of the strings
 *     strings   of each term: a byte with the number of bytes shared with the term before (low 4 bits, 15: a byte
 *               with what is more follows) and the number of other bytes less 1 (high 4 bits, 15: a byte with what is
 *               more follows), then those other bytes; the first term shares 0
 *     infos     of each term:
 *               u16       bits 0-1 postings_form, 2-3 positions_form (postings.h), 4 zero_wdf: some wdf is 0; then
 *                         codes for the bytes of fields, code i the i-th of those below, from 0 on: 5-6 extra, 7-8
 *                         wdf_max, 9-10 size of the positions; if not inlined 11-12 termfreq, 13-14 size of the list;
 *                         if inlined 11 termfreq - 1, 12-15 the bytes of the list
 *               termfreq  1, 2, 3 or 4 bytes; none if inlined
 *               extra     0, 1, 3 or 8 bytes: collection_freq - termfreq, or collection_freq if zero_wdf
 *               wdf_max   0, 1, 2 or 4 bytes: the largest wdf; 0: the most that collection_freq allows, which is
 *                         collection_freq - termfreq + 1, or collection_freq if zero_wdf
 *               size      1, 2, 3 or 8 bytes: of the list; none if inlined
 *               size      1, 2, 3 or 8 bytes: of the positions; none if positions_form is POSITIONS_NONE
 *               bytes     the list if inlined
 * Lists of a block follow each other without gaps, and so do their positions; where they do not, a new block starts.
 *
 * Its root is the index over blocks; all numbers little-endian, B is the number of blocks:
 *     u32       number of terms
 *     u32       B
 *     u64       sum of termfreq
 *     u64       size of all separators
 *     u64 x B     the first 8 bytes of each separator, as a big-endian number, missing ones 0
 *     u64 x B     place of each block: address << 16 | size
 *     u32 x B+1   ordinal of each block's first term, then the number of terms
 *     u32 x B     end of each separator, from the first one's start
 *     bytes       separators: of each block the fewest first bytes of its first term that are greater than the last
 *                 term of the block before; the first block's has 1 byte */
#include <assert.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/spill.h"
#include "segment/container.h"
#include "segment/terms_block.h"

enum {
    INDEX_KEPT = 256 << 10, /* bytes of each of its parts in memory */
    ROOT_HEAD = 24          /* bytes before them in the root */
};

/* A part of the index: of very many terms the rest is in a file, if there can be one. */
typedef struct index_part {
    spill file;
    buffer bytes; /* behind those of the file */
    bool stays;   /* there can be none */
} index_part;

enum { PREFIXES, PLACES, ORDINALS, ENDS, SEPARATORS, INDEX_PARTS };

struct terms_writer {
    struct container_writer *container;
    buffer strings, infos, block; /* the open block; `block` is put together from the others */
    index_part index[INDEX_PARTS];
    uint32_t in_block, term_count, block_count;
    uint64_t posting_count;
    uint64_t block_postings, block_positions; /* where the open block's lists start */
    uint64_t next_postings, next_positions;   /* where the last lists ended */
    frequent_terms_writer frequent;
    size_t last_size;
    char last[OIR_TERM_MAX];
};

oir_status terms_writer_new(terms_writer **out, struct container_writer *parts, oir_error *err)
{
    *out = memory_new_zeroed(1, sizeof **out);
    if (!*out)
        return error_no_memory(err, "a dictionary");
    (*out)->container = parts;
    return OIR_OK;
}

void terms_writer_free(terms_writer *w)
{
    if (!w)
        return;
    buffer_release(&w->strings);
    buffer_release(&w->infos);
    buffer_release(&w->block);
    for (size_t i = 0; i < INDEX_PARTS; i++) {
        spill_release(&w->index[i].file);
        buffer_release(&w->index[i].bytes);
    }
    frequent_terms_writer_release(&w->frequent);
    memory_free(w);
}

/* ---- the index ---- */

static uint64_t get_size(const index_part *p)
{
    return p->file.size + p->bytes.size;
}

static void put_away(index_part *p)
{
    if (p->bytes.size < INDEX_KEPT || p->stays)
        return;
    p->stays = spill_add(&p->file, p->bytes.data, p->bytes.size, NULL) != OIR_OK;
    if (!p->stays)
        buffer_clear(&p->bytes);
}

/* Writes all of the root, which has room for it. */
static oir_status fill_root(const void *context, uint8_t *to, oir_error *err)
{
    const terms_writer *w = context;
    bits_store32(to, w->term_count);
    bits_store32(to + 4, w->block_count);
    bits_store64(to + 8, w->posting_count);
    bits_store64(to + 16, get_size(&w->index[SEPARATORS]));
    to += ROOT_HEAD;
    for (size_t i = 0; i < INDEX_PARTS; i++) {
        const index_part *p = &w->index[i];
        ERROR_FORWARD(spill_read(&p->file, 0, to, (size_t)p->file.size, err));
        to += p->file.size;
        if (p->bytes.size)
            memcpy(to, p->bytes.data, p->bytes.size);
        to += p->bytes.size;
    }
    return OIR_OK;
}

/* ---- blocks ---- */

/* Puts the open block into the container and its place into the index. */
static oir_status end_block(terms_writer *w, oir_error *err)
{
    if (w->in_block == 0)
        return OIR_OK;
    buffer *b = &w->block;
    buffer_clear(b);
    buffer_add_varint(b, w->block_postings);
    buffer_add_varint(b, w->block_positions);
    buffer_add_varint(b, w->strings.size);
    buffer_add(b, w->strings.data, w->strings.size);
    buffer_add(b, w->infos.data, w->infos.size);
    if (b->failed || w->strings.failed || w->infos.failed)
        return error_no_memory(err, "a block of terms");
    assert(b->size < 1u << TERMS_BLOCK_SIZE_BITS);

    uint64_t address;
    ERROR_FORWARD(container_writer_add(w->container, PART_TERMS, b->data, b->size, 1, &address, err));
    buffer_add_u64(&w->index[PLACES].bytes, address << TERMS_BLOCK_SIZE_BITS | b->size);
    for (size_t i = 0; i < INDEX_PARTS; i++)
        put_away(&w->index[i]);
    buffer_clear(&w->strings);
    buffer_clear(&w->infos);
    w->in_block = 0;
    w->block_count++;
    return OIR_OK;
}

/* The index's part of a block that starts with `term`, of which `shared` bytes are those of the term before. */
static void start_block(terms_writer *w, const char *term, size_t shared)
{
    size_t size = w->term_count ? shared + 1 : 1;
    buffer_add_u64(&w->index[PREFIXES].bytes, terms_make_prefix(term, size));
    buffer_add_u32(&w->index[ORDINALS].bytes, w->term_count);
    buffer_add(&w->index[SEPARATORS].bytes, term, size);
    buffer_add_u32(&w->index[ENDS].bytes, (uint32_t)get_size(&w->index[SEPARATORS]));
    w->block_postings = w->next_postings;
    w->block_positions = w->next_positions;
}

static void add_string(buffer *b, const char *term, size_t size, size_t shared)
{
    size_t rest = size - shared;
    buffer_add_byte(b, (uint8_t)((shared < 15 ? shared : 15) | (rest < 16 ? rest - 1 : 15) << 4));
    if (shared >= 15)
        buffer_add_byte(b, (uint8_t)(shared - 15));
    if (rest >= 16)
        buffer_add_byte(b, (uint8_t)(rest - 16));
    buffer_add(b, term + shared, rest);
}

/* The first code whose length holds a number. */
static uint32_t code_for(uint32_t lengths, uint64_t value)
{
    uint32_t code = 0;
    while (value > bits_low(terms_get_length(lengths, code) * 8))
        code++;
    return code;
}

static void add_field(buffer *b, uint32_t lengths, uint32_t code, uint64_t value)
{
    uint8_t bytes[8];
    bits_store64(bytes, value);
    buffer_add(b, bytes, terms_get_length(lengths, code));
}

static void add_info(buffer *b, const term_entry *e)
{
    bool inlined = e->form == POSTINGS_INLINED, positions = e->positions_form != POSITIONS_NONE;
    uint64_t extra = e->zero_wdf ? e->collection_freq : e->collection_freq - e->termfreq;
    uint32_t termfreq_code = code_for(TERMS_TERMFREQ_LENGTHS, e->termfreq);
    uint32_t extra_code = code_for(TERMS_EXTRA_LENGTHS, extra);
    uint32_t wdf_max_code = 0;
    uint32_t postings_code = code_for(TERMS_SIZE_LENGTHS, e->postings_size);
    uint32_t positions_code = positions ? code_for(TERMS_SIZE_LENGTHS, e->positions_size) : 0;
    if (e->wdf_max != terms_wdf_max_implied(e))
        wdf_max_code = e->wdf_max ? code_for(TERMS_WDF_MAX_LENGTHS, e->wdf_max) : 1;

    uint32_t head = e->form | (uint32_t)e->positions_form << TERMS_POSITIONS_FORM_SHIFT;
    head |= e->zero_wdf ? TERMS_ZERO_WDF : 0;
    head |= extra_code << TERMS_EXTRA_SHIFT | wdf_max_code << TERMS_WDF_MAX_SHIFT;
    head |= positions_code << TERMS_POSITIONS_SIZE_SHIFT;
    if (inlined)
        head |= (e->termfreq - 1) << TERMS_TERMFREQ_SHIFT | e->inlined_size << TERMS_INLINED_SIZE_SHIFT;
    else
        head |= termfreq_code << TERMS_TERMFREQ_SHIFT | postings_code << TERMS_POSTINGS_SIZE_SHIFT;

    buffer_add_u16(b, (uint16_t)head);
    if (!inlined)
        add_field(b, TERMS_TERMFREQ_LENGTHS, termfreq_code, e->termfreq);
    add_field(b, TERMS_EXTRA_LENGTHS, extra_code, extra);
    add_field(b, TERMS_WDF_MAX_LENGTHS, wdf_max_code, e->wdf_max);
    if (!inlined)
        add_field(b, TERMS_SIZE_LENGTHS, postings_code, e->postings_size);
    if (positions)
        add_field(b, TERMS_SIZE_LENGTHS, positions_code, e->positions_size);
    if (inlined)
        buffer_add(b, e->inlined, e->inlined_size);
}

oir_status terms_writer_add(terms_writer *w, const char *term, size_t size, const term_entry *e, bool gap,
                            oir_error *err)
{
    bool listed = e->form != POSTINGS_INLINED, positions = e->positions_size > 0;
    assert(size >= 1 && size <= OIR_TERM_MAX);
    assert(w->term_count == 0 || terms_compare(w->last, w->last_size, term, size) < 0);
    assert(e->termfreq >= 1 && (e->zero_wdf || e->collection_freq >= e->termfreq));
    assert(listed || (e->termfreq <= 2 && e->inlined_size <= POSTINGS_INLINED_MAX));
    if (w->term_count == UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "more than 4294967295 terms in one segment");

    /* `gap` may be late by some inlined terms: what counts is where this one's lists are. */
    if (listed && e->postings_address != w->next_postings) {
        w->next_postings = e->postings_address;
        gap = true;
    }
    if (positions && e->positions_address != w->next_positions) {
        w->next_positions = e->positions_address;
        gap = true;
    }
    if (gap || w->in_block == TERMS_PER_BLOCK)
        ERROR_FORWARD(end_block(w, err));

    size_t shared = 0, most = size < w->last_size ? size : w->last_size;
    while (shared < most && term[shared] == w->last[shared])
        shared++;
    if (w->in_block == 0)
        start_block(w, term, shared);
    add_string(&w->strings, term, size, w->in_block ? shared : 0);
    size_t info = w->infos.size;
    add_info(&w->infos, e);
    if (!w->infos.failed)
        ERROR_FORWARD(frequent_terms_writer_add(&w->frequent, term, size, e, w->term_count, w->infos.data + info,
                                                w->infos.size - info, err));

    w->next_postings += listed ? e->postings_size : 0;
    w->next_positions += positions ? e->positions_size : 0;
    memcpy(w->last, term, size);
    w->last_size = size;
    w->in_block++;
    w->term_count++;
    w->posting_count += e->termfreq;
    return OIR_OK;
}

oir_status terms_writer_end(terms_writer *w, oir_error *err)
{
    uint64_t size = ROOT_HEAD;
    ERROR_FORWARD(end_block(w, err));
    if (get_size(&w->index[SEPARATORS]) > UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "the index over the dictionary is larger than 4 GB");
    buffer_add_u32(&w->index[ORDINALS].bytes, w->term_count);
    for (size_t i = 0; i < INDEX_PARTS; i++) {
        if (w->index[i].bytes.failed)
            return error_no_memory(err, "the index over the dictionary");
        size += get_size(&w->index[i]);
    }
    ERROR_FORWARD(container_writer_add_root_later(w->container, PART_TERMS, size, 8, fill_root, w, err));
    return frequent_terms_writer_end(&w->frequent, w->term_count, w->container, err);
}
