/* Lists of terms by document, made of what the buffer says of each document, while it is written out. */
#ifndef INDEXER_INVERTERS_TERMLISTS_H
#define INDEXER_INVERTERS_TERMLISTS_H

#include "indexer/inverters.h"

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

#endif
