/* The docids of an inverter: found by halving as long as they ascend, in a table once they do not. */
#ifndef INDEXER_INVERTER_DOCIDS_H
#define INDEXER_INVERTER_DOCIDS_H

#include "indexer/inverter.h"

/* The newest document that has the docid, live or not. False when there is none. */
bool inverter_docids_find(const inverter *v, oir_docid docid, size_t *number);
/* Room for the docid of the document that comes next, in a table that is made when docids first descend.
 * OIR_NO_MEMORY. */
oir_status inverter_docids_reserve(inverter *v, oir_docid docid, oir_error *err);
/* Notes a document's docid in that table, which there is (v->descended), with room. */
void inverter_docids_note(inverter *v, uint32_t number);
/* Buffered numbers of the live documents by ascending docid, freed by the caller with memory_free. False when out of
 * memory. There must be one at least. */
bool inverter_docids_order(const inverter *v, uint32_t **out);

#endif
