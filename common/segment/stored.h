/* The documents' data: any bytes, compressed in blocks of about 24 KiB; a large document has a block of its own. Byte
 * layouts stand in stored_writer.c. */
#ifndef SEGMENT_STORED_H
#define SEGMENT_STORED_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/team.h"
#include "codec/blob.h"
#include "segment/stored_packer.h"

struct container;
struct container_writer;

/* ---- writing ---- */

/* One thread at a time. */
typedef struct stored_writer stored_writer;

/* Writes into PART_STORED of `file`, which must outlive the writer, what a packer makes of the documents. Helpers
 * (NULL: none) compress too; the bytes are the same. OIR_NO_MEMORY. */
oir_status stored_writer_new(stored_writer **out, struct container_writer *file, team *helpers, oir_error *err);
void stored_writer_free(stored_writer *w);
/* The data of the next document; size 0 for none, which costs next to nothing. OIR_TOO_BIG: more than 1 GiB less
 * 1 MiB. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status stored_writer_add(stored_writer *w, const void *data, size_t size, oir_error *err);
/* For who has more to give than data: all documents go through it. */
stored_packer *stored_writer_get_packer(stored_writer *w);
/* Writes what is left and the root; nothing at all where all data was empty. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status stored_writer_end(stored_writer *w, oir_error *err);

/* ---- reading ---- */

/* The part, opened. Shared. */
typedef struct stored stored;

/* `file` must outlive the handle. In a file without the part all data is empty. OIR_CORRUPT (also for another number of
 * documents), OIR_NO_MEMORY. */
oir_status stored_open(stored **out, const struct container *file, uint32_t document_count, oir_error *err);
/* A block in memory. */
typedef struct stored_kept {
    const uint8_t *bytes;
    uint32_t size, first;
    stored_large large;   /* data_size 0: none; else the block is this, and `bytes` is not looked at */
} stored_kept;
/* The same of blocks that a packer handed out, ascending; they and the dictionary must outlive the handle.
 * OIR_NO_MEMORY. */
oir_status stored_open_kept(stored **out, const stored_kept *blocks, uint32_t count,
                            const stored_dictionary *dictionary, uint32_t document_count, uint64_t bytes,
                            oir_error *err);
/* NULL is accepted. */
void stored_close(stored *s);

/* Bytes of all documents' data before compression. */
uint64_t stored_get_bytes(const stored *s);

/* That of all blocks which are compressed with one. */
stored_dictionary stored_get_dictionary(const stored *s);
uint32_t stored_get_document_count(const stored *s);

/* A block as it lies there. */
typedef struct stored_block {
    uint32_t first, count;   /* documents */
    uint32_t first_size;     /* of the first one's data */
    uint64_t data_size;      /* of all */
    bool primed;             /* it needs the dictionary */
    const uint8_t *bytes;    /* NULL: it is in a file, that of a large document */
    size_t size;
} stored_block;

uint32_t stored_get_block_count(const stored *s);
/* 0 <= i < block count. OIR_CORRUPT; what is compressed is not looked at. */
oir_status stored_get_block(const stored *s, uint32_t i, stored_block *out, oir_error *err);

/* The block of document `local`, if that is a large one's and the same wherever it stands; *found. OIR_CORRUPT; what is
 * compressed is not looked at. */
oir_status stored_get_large(const stored *s, uint32_t local, stored_large *out, bool *found, oir_error *err);

/* Appends the data of document `local`, which must be below document_count, to out. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status stored_get(const stored *s, uint32_t local, buffer *out, oir_error *err);

/* Reads many documents: keeps the block last read, so that going through them in order opens each block once. One
 * thread at a time. */
typedef struct stored_cursor {
    const stored *stored;
    blob_decoder plain, primed; /* without and with the dictionary, each begun when first needed */
    uint32_t first, count;      /* the documents of the block in hand; count 0: none */
    buffer bytes;               /* their data one after another */
    buffer ends;                /* 4 bytes each: where a document's data ends in bytes */
    buffer block;               /* one that lies in a file, compressed */
} stored_cursor;

void stored_cursor_init(stored_cursor *c, const stored *s);
void stored_cursor_release(stored_cursor *c);
/* Whether document `local` is of the block in hand: then it is no large one that stored_get_large finds. */
static inline bool stored_cursor_has(const stored_cursor *c, uint32_t local)
{
    return c->count && local >= c->first && local - c->first < c->count;
}

/* The data of document `local`, valid until the next call. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status stored_cursor_get(stored_cursor *c, uint32_t local, oir_bytes *data, oir_error *err);

/* Reads every block. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status stored_check(const stored *s, oir_error *err);

#endif
