/* The terms of each document: their ordinals in the segment's dictionary, ascending, with wdf. Needed to delete a
 * document with exact statistics, and to list its terms. Byte layouts stand in termlists_writer.c. */
#ifndef SEGMENT_TERMLISTS_H
#define SEGMENT_TERMLISTS_H

#include <oir/error.h>

#include "base/buffer.h"

struct container;
struct container_writer;

/* ---- writing ---- */

/* One thread at a time. */
typedef struct termlists_writer termlists_writer;

/* Writes into PART_TERMLISTS of `file`, which must outlive the writer. OIR_NO_MEMORY. */
oir_status termlists_writer_new(termlists_writer **out, struct container_writer *file, oir_error *err);
void termlists_writer_free(termlists_writer *w);
/* The next document's list: `count` ordinals ascending and the wdf of each. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status termlists_writer_add(termlists_writer *w, const uint32_t *ordinals, const uint32_t *wdf, uint32_t count,
                                oir_error *err);
/* A list as it is written, appended to a buffer, for termlists_writer_add_encoded; to->failed when out of memory. */
void termlists_encode(buffer *to, const uint32_t *ordinals, const uint32_t *wdf, uint32_t count);
/* The same term by term, of a document that has all terms of its segment: their number, then each one's wdf. */
void termlists_encode_count(buffer *to, uint32_t count);
void termlists_encode_next(buffer *to, uint32_t wdf);
/* The next document's list, encoded. Failures of termlists_writer_add. */
oir_status termlists_writer_add_encoded(termlists_writer *w, const void *list, size_t size, oir_error *err);
/* Writes the last block and the root. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status termlists_writer_end(termlists_writer *w, oir_error *err);

/* ---- reading ---- */

/* The part, opened. Shared. */
typedef struct termlists termlists;

/* A list, decoded. Keeps its memory between calls; begins as {0}. */
typedef struct termlist {
    uint32_t count;
    uint32_t *ordinals, *wdf;
    size_t capacity;
} termlist;

void termlists_release(termlist *list);

/* `file` must outlive the handle. Ordinals that are read are below term_count. OIR_CORRUPT (also when the part is
 * missing or has another number of documents), OIR_NO_MEMORY. */
oir_status termlists_open(termlists **out, const struct container *file, uint32_t document_count, uint32_t term_count,
                          oir_error *err);
/* NULL is accepted. */
void termlists_close(termlists *t);

/* The list of document `local`, which must be below document_count. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status termlists_get(const termlists *t, uint32_t local, termlist *list, oir_error *err);

/* Reads every list, and that nothing is left over between them. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status termlists_check(const termlists *t, oir_error *err);

#endif
