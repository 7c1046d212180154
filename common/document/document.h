/* A document, as both sides see it from inside: the indexer reads it, the searcher hands out ones that fill themselves
 * from an index when they are asked. */
#ifndef DOCUMENT_DOCUMENT_H
#define DOCUMENT_DOCUMENT_H

#include <oir/document.h>

#include "base/buffer.h"
#include "document/document_terms.h"
#include "document/document_values.h"
#include "document/pressed_data.h"

/* Where a document that came from a database takes its contents from, each at most once and only when needed. */
typedef struct document_source {
    /* Appends the data to `out`. OIR_CORRUPT, OIR_NO_MEMORY. */
    oir_status (*load_data)(void *context, buffer *out, oir_error *err);
    /* One value; size 0 when there is none; must stay valid while the document lives. OIR_CORRUPT, OIR_NO_MEMORY. */
    oir_status (*load_value)(void *context, oir_valueno slot, oir_bytes *out, oir_error *err);
    /* Calls document_values_set for each value. */
    oir_status (*load_values)(void *context, document_values *values, oir_error *err);
    /* Calls document_terms_add or document_terms_add_position for each term. OIR_UNSUPPORTED without term lists. */
    oir_status (*load_terms)(void *context, document_terms *terms, oir_error *err);
    /* Called once, when the document is cleared or freed; may be NULL. */
    void (*release)(void *context);
} document_source;

/* Invariant: what a source has not loaded yet (has_*) is empty here. */
struct oir_document {
    buffer data;            /* or, if it is large, nothing until somebody asks for it, */
    pressed_data pressed; /* and all of it here */
    document_terms terms;
    document_values values;
    bool has_data, has_values, has_terms;
    oir_docid docid;
    const document_source *source; /* NULL: everything is here */
    void *context;
};

/* Whether the data is in `pressed`, whether or not it is in `data` too. */
static inline bool document_has_large_data(const oir_document *document)
{
    return document->pressed.size > 0;
}

/* A document that reads itself from `source`. On failure `context` is not released. OIR_NO_MEMORY. */
oir_status document_new_from(oir_document **out, oir_docid docid, const document_source *source, void *context,
                             oir_error *err);

/* Makes sure that everything is here, terms are settled, and large data is pressed, all of it: what the indexer calls
 * before it reads the fields. It changes no answer of the document, so it takes a const one. Failures of the source,
 * OIR_NO_MEMORY; where data is large OIR_IO, OIR_NO_SPACE. */
oir_status document_complete(const oir_document *document, oir_error *err);

/* The terms, loaded, for somebody who adds to them. Failures of the source. */
oir_status document_open_terms(oir_document *document, document_terms **out, oir_error *err);

/* The terms with wdf, in byte order; the document's terms must be loaded. OIR_NO_MEMORY. */
oir_status document_iterator_new(oir_term_iterator **out, oir_document *document, oir_error *err);

#endif
