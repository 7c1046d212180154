/* Lists of terms by document, while the buffer is written out: made of what it says of each document, or, where there
 * was memory to build them while terms were written, which takes half as long, copied. */
#ifndef INDEXER_INVERTERS_TERMLISTS_H
#define INDEXER_INVERTERS_TERMLISTS_H

#include "indexer/inverters.h"
#include "segment/termlists_builder.h"

typedef struct inverters_termlists {
    const inverters *v;
    const inverters_place *order; /* by document of the segment */
    uint32_t document_count;
    const uint32_t *firsts;       /* as in inverters_terms */
    const uint32_t *ordinals;     /* by term: its ordinal in the segment; */
    uint32_t ordinal_count;       /* there are so many */
} inverters_termlists;

/* Writes the lists of all documents, with a team's help (NULL: without). Failures of segment_writer_add_term_list,
 * OIR_CANCELLED. */
oir_status inverters_termlists_write(const inverters_termlists *t, segment_writer *w, team *helpers, const progress *p,
                                     oir_error *err);
/* Writes those that have been built. */
oir_status inverters_termlists_copy(const termlists_builder *from, segment_writer *w, const progress *p,
                                    oir_error *err);

#endif
