/* Documents' data put together in blocks, and compressed, as it comes: for a segment's file, and for the buffer of
 * documents that are in none yet.
 *
 * Which blocks there are follows from the documents alone, from the first on: blocks made before, of the same documents
 * with the same dictionary, are taken as they are (stored_packer_add_block), and the outcome is the same. The layout of
 * a block stands in stored_writer.c. One thread at a time. */
#ifndef SEGMENT_STORED_PACKER_H
#define SEGMENT_STORED_PACKER_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/team.h"
#include "segment/stored_format.h"
#include "segment/stored_large.h"

typedef struct stored_packer stored_packer;

/* Takes a block that is done, valid during the call; its first document is `first`. block NULL: it is that of a large
 * document, which is valid as long as its bytes are where they were given from, or as the packer. */
typedef oir_status (*stored_packer_sink)(void *context, uint32_t first, const buffer *block, const stored_large *large,
                                         oir_error *err);

/* What documents have in common. */
typedef struct stored_dictionary {
    const uint8_t *bytes;
    size_t size;      /* 0: there is none, since it would not pay */
    uint32_t learned; /* it follows from so many of the first documents; 0: it was taken over from others */
} stored_dictionary;

/* Holds up to 512 KiB of the first documents back, to learn the dictionary from them. Helpers (NULL: none) compress
 * too; the blocks are the same. OIR_NO_MEMORY. */
oir_status stored_packer_new(stored_packer **out, stored_packer_sink sink, void *context, team *helpers,
                             oir_error *err);
/* NULL is accepted. */
void stored_packer_free(stored_packer *p);

/* Before the first document: this dictionary, and nothing is learned. Copied. OIR_NO_MEMORY. */
oir_status stored_packer_set_dictionary(stored_packer *p, const stored_dictionary *dictionary, oir_error *err);
/* Before the first document: this one, as taken over, once there is enough to learn another from; little data does
 * better with its own, or with none. Copied. OIR_NO_MEMORY. */
oir_status stored_packer_prefer_dictionary(stored_packer *p, const stored_dictionary *dictionary, oir_error *err);

/* The data of the next document; size 0 for none, which costs next to nothing. OIR_TOO_BIG: more than 1 GiB less
 * 1 MiB. Failures of the sink, OIR_NO_MEMORY; OIR_IO and OIR_NO_SPACE for a large one. */
oir_status stored_packer_add(stored_packer *p, const void *data, size_t size, oir_error *err);
/* The next document, a large one, as the block that it has wherever it stands. Failures of the sink, OIR_NO_MEMORY. */
oir_status stored_packer_add_large(stored_packer *p, const stored_large *large, oir_error *err);
/* Whether the next document that has data begins a block, under a dictionary that is known. */
bool stored_packer_is_between(const stored_packer *p);
/* The next `count` documents as one block that a packer made, and that would come of them again; is_between must hold.
 * Failures of the sink, OIR_NO_MEMORY. */
oir_status stored_packer_add_block(stored_packer *p, const buffer *bytes, uint32_t count, uint64_t data_size,
                                   oir_error *err);
/* Hands out what is left. Failures of the sink, OIR_NO_MEMORY. */
oir_status stored_packer_end(stored_packer *p, oir_error *err);

/* Hands out all full blocks, unless a dictionary is still being learned. Failures of the sink, OIR_NO_MEMORY. */
oir_status stored_packer_settle(stored_packer *p, oir_error *err);
/* What is not handed out yet, as blocks that are not compressed; the packer is unchanged. Failures of the sink,
 * OIR_NO_MEMORY. */
oir_status stored_packer_read_rest(const stored_packer *p, stored_packer_sink sink, void *context, oir_error *err);

/* The dictionary of all blocks that were handed out; false while it is not known. */
bool stored_packer_get_dictionary(const stored_packer *p, stored_dictionary *out);
/* Documents added. */
uint32_t stored_packer_get_count(const stored_packer *p);
/* Bytes of all data, before compression. */
uint64_t stored_packer_get_bytes(const stored_packer *p);
/* Bytes that it takes. */
size_t stored_packer_get_memory(const stored_packer *p);

#endif
