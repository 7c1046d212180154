/* Finds a document by its docid, where documents are not in the order of their docids: what is needed for that beside
 * the map from local numbers to docids, which is far less than a second map.
 *
 * Local numbers and docids less the lowest, read as one another's, make chains: from a local number to its docid, from
 * there, read as a local number, to the docid of that one. Who follows a chain from a docid finds the local number
 * before it as soon as the chain closes or a shortcut leads back behind it, and a shortcut is never far: finding takes
 * up to DOCID_INVERSE_STEP + 2 looks at the map. (J. I. Munro, R. Raman, V. Raman, S. S. Rao, Succinct representations
 * of permutations, 2003; their cycles are broken here where docids have gaps.) Docids that are no local number, as
 * there are then, are looked up in a list.
 *
 * Opening reads nothing. Whatever the bytes, finding ends, and what it finds has the docid that was asked for. */
#ifndef SEGMENT_DOCID_INVERSE_H
#define SEGMENT_DOCID_INVERSE_H

#include "segment/packed_column.h"

enum { DOCID_INVERSE_STEP = 24 /* numbers of a chain between shortcuts: under 1 bit a document, and 1 for marks */ };

/* Where the bytes are, as it stands in a segment's record. */
typedef struct docid_inverse_places {
    uint64_t marks, shortcuts, far; /* addresses in PART_DOCIDS; 0: there is no inverse, or nothing of that */
    uint32_t shortcut_count, far_count;
} docid_inverse_places;

/* Shared. */
typedef struct docid_inverse {
    const uint8_t *marks;    /* NULL: there is no inverse, docids ascend */
    uint32_t count;          /* documents */
    docid_inverse_places places;
    packed_column shortcuts; /* local numbers */
    packed_column far;       /* local numbers, by ascending docid */
} docid_inverse;

/* Writes what finds documents by `docids`, which are less the lowest and at least two. OIR_INVALID_ARGUMENT: two are
 * the same. OIR_TOO_BIG, OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status docid_inverse_write(struct container_writer *w, const uint32_t *docids, uint32_t count,
                               docid_inverse_places *places, oir_error *err);

/* For `count` documents, at least two; no inverse where places->marks is 0. OIR_CORRUPT: the bytes do not fit there. */
oir_status docid_inverse_open(docid_inverse *v, const struct container *parts, uint32_t count,
                              const docid_inverse_places *places, oir_error *err);

/* `docids` are by local number, less the lowest, as `docid` is. *found is false when there is none. Also where docids
 * ascend and there is no inverse. OIR_CORRUPT: a checksum of what was read is wrong. */
oir_status docid_inverse_find(const docid_inverse *v, const packed_column *docids, uint32_t docid, uint32_t *local,
                              bool *found, oir_error *err);

/* Whether every docid is there once, and would be found. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status docid_inverse_check(const docid_inverse *v, const packed_column *docids, oir_error *err);

#endif
