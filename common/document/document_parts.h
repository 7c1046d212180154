/* The terms of a large document, put away in parts as it grows: each is what was in the log, with the bytes of its
 * words, two or three bytes an occurrence; where that is much it goes to a file (base/spill.h). So what a document
 * takes in memory does not follow from how long it is. One thread at a time. */
#ifndef DOCUMENT_DOCUMENT_PARTS_H
#define DOCUMENT_DOCUMENT_PARTS_H

#include "base/buffer.h"
#include "base/spill.h"

struct document_terms;

typedef struct document_part {
    uint64_t at;          /* of its bytes: in the file, and what is beyond it in `bytes` */
    size_t size;
    size_t occurrences;
    uint32_t words;       /* different ones */
    uint64_t length;      /* sum of wdf */
} document_part;

/* All zero: none. */
typedef struct document_parts {
    document_part *items;
    size_t count, capacity;
    spill file;
    buffer bytes;         /* behind those of the file */
} document_parts;

void document_parts_release(document_parts *p);
/* Adds the log of some terms as a part; these are unchanged. `kept`: more bytes than that go to the file. On failure
 * nothing has changed. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status document_parts_add(document_parts *p, struct document_terms *from, size_t kept, oir_error *err);
/* Appends a part's occurrences to the log, words to the vocabulary where they are not there. On failure the log is as
 * it was. OIR_IO, OIR_TOO_BIG, OIR_NO_MEMORY. */
oir_status document_parts_read(const document_parts *p, size_t part, struct document_terms *to, oir_error *err);

#endif
