/* Value slots as columns: for each slot the bytes that documents have in it.
 *
 * Columns are cut into blocks of 4,096 documents, the windows of the search. An empty value is none. Byte layouts stand
 * in values_writer.c. */
#ifndef SEGMENT_VALUES_H
#define SEGMENT_VALUES_H

#include <oir/error.h>

struct container;
struct container_writer;

/* ---- writing ---- */

/* One thread at a time. */
typedef struct values_writer values_writer;

/* Writes into PART_VALUES of `file`, which must outlive the writer. OIR_NO_MEMORY. */
oir_status values_writer_new(values_writer **out, struct container_writer *file, oir_error *err);
void values_writer_free(values_writer *w);
/* A value of document `local`: documents ascending, slots ascending within a document. Copies the bytes.
 * OIR_TOO_BIG: more than 1 GiB in one block of a column. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status values_writer_add(values_writer *w, oir_valueno slot, uint32_t local, oir_bytes value, oir_error *err);
/* Writes what is left and the root; nothing at all where no value was added. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status values_writer_end(values_writer *w, oir_error *err);

/* ---- reading ---- */

/* The part, opened. Shared. */
typedef struct values values;

/* One column. Bytes live as long as the container. */
typedef struct values_column {
    oir_valueno slot;
    uint32_t count;         /* documents with a value, deleted ones included */
    oir_bytes lower, upper; /* the lowest and the highest value */
    /* private */
    uint64_t table_address;
    uint32_t block_count;
} values_column;

/* `file` must outlive the handle. A file without the part has no columns. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status values_open(values **out, const struct container *file, oir_error *err);
/* NULL is accepted. */
void values_close(values *v);

/* Columns, slots ascending. */
uint32_t values_get_column_count(const values *v);
/* Column 0 <= i < count. */
const values_column *values_get_column(const values *v, uint32_t i);
/* NULL when no document has a value in the slot. */
const values_column *values_find_column(const values *v, oir_valueno slot);

/* A document's value; size 0 when there is none, also for documents that the segment does not have. The bytes live as
 * long as the container and may stand at any address. OIR_CORRUPT. */
oir_status values_get(const values *v, oir_valueno slot, uint32_t local, oir_bytes *value, oir_error *err);
/* The same with the column in hand. */
oir_status values_get_in(const values *v, const values_column *column, uint32_t local, oir_bytes *value,
                         oir_error *err);

/* Reads every value; counts and bounds must be exact, and no document may be out of range. OIR_CORRUPT. */
oir_status values_check(const values *v, uint32_t document_count, oir_error *err);

#endif
