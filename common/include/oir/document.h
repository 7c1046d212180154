/* A document while it is being made or looked at: its terms with positions, its values, its data. */
#ifndef OIR_DOCUMENT_H
#define OIR_DOCUMENT_H

#include <oir/error.h>
#include <oir/iterator.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Freed with oir_document_free. Changing it changes nothing in an index until it is added or put there.
 * The terms of a large one, of more than 260,000 words or 32,000 different ones or so, go to a temporary file while it
 * is made, in the folder that the environment's TMPDIR names, else in /var/tmp: adding terms may then fail with OIR_IO
 * or OIR_NO_SPACE, and nothing has changed. So does data of more than 4 MiB. Values stay in memory; so do all terms
 * once somebody looks at them, or removes one, and data once somebody asks for it.
 * One thread at a time. */
typedef struct oir_document oir_document;

/* An empty document. OIR_NO_MEMORY. */
OIR_API oir_status oir_document_new(oir_document **out, oir_error *err);
/* NULL is accepted. */
OIR_API void oir_document_free(oir_document *document);
/* Makes it empty again, keeping its memory for the next one: quicker than free and new. */
OIR_API void oir_document_clear(oir_document *document);

/* Its number, when it came from a database; 0 otherwise. */
OIR_API oir_docid oir_document_get_docid(const oir_document *document);

/* Any bytes, kept as they are and given back with search results. The bytes are copied; more than 4 MiB of them are
 * compressed at once, into a temporary file. OIR_TOO_BIG above 1,072,693,248 of them (1 GiB less 1 MiB), OIR_NO_MEMORY;
 * where they are large OIR_IO, OIR_NO_SPACE, and then there is no data. */
OIR_API oir_status oir_document_set_data(oir_document *document, const char *data, size_t size, oir_error *err);
/* Adds bytes, which are not of the document's own data, behind the data that is there: for data that comes piece by
 * piece, and is more than should be in memory at once. Failures as above; those of reading the data of a document that
 * came from a database; after OIR_TOO_BIG nothing has changed. */
OIR_API oir_status oir_document_add_data(oir_document *document, const char *data, size_t size, oir_error *err);
/* Valid until the document is changed, cleared or freed. For a document that came from a database the first call
 * reads them: OIR_CORRUPT, OIR_NO_MEMORY. Of more than 4 MiB OIR_IO, OIR_NO_SPACE too: where what was left of them
 * could not be written they are lost, and this and adding the document fail until they are set again. */
OIR_API oir_status oir_document_get_data(oir_document *document, oir_bytes *out, oir_error *err);

/* Adds `wdf_increment` occurrences of a term of 1 to OIR_TERM_MAX bytes, without a position.
 * OIR_INVALID_ARGUMENT for a term of another size, OIR_TOO_BIG when wdf or length pass 2^32 - 1, OIR_NO_MEMORY;
 * where the document is large OIR_IO, OIR_NO_SPACE. */
OIR_API oir_status oir_document_add_term(oir_document *document, const char *term, size_t size,
                                         oir_termcount wdf_increment, oir_error *err);
/* A term that only filters: with wdf 0, so that it weighs nothing and adds nothing to the length. Failures as above. */
OIR_API oir_status oir_document_add_boolean_term(oir_document *document, const char *term, size_t size, oir_error *err);
/* Adds an occurrence at a position, and `wdf_increment` to the term's wdf (also when the position was there already).
 * Failures as oir_document_add_term; OIR_INVALID_ARGUMENT for position 2^32 - 1. */
OIR_API oir_status oir_document_add_posting(oir_document *document, const char *term, size_t size,
                                            oir_termpos position, oir_termcount wdf_increment, oir_error *err);
/* Takes a term away with all its occurrences. OIR_NOT_FOUND when it is not there; OIR_NO_MEMORY; of a large document
 * OIR_IO, OIR_TOO_BIG. */
OIR_API oir_status oir_document_remove_term(oir_document *document, const char *term, size_t size, oir_error *err);
/* Takes all terms away. */
OIR_API void oir_document_clear_terms(oir_document *document);

/* Sets the value of a slot: any bytes, to be read from documents found, without their data. No search filters, sorts or
 * groups by values yet. Empty bytes remove it. OIR_NO_MEMORY, OIR_INVALID_ARGUMENT for slot OIR_BAD_VALUENO,
 * OIR_TOO_BIG above 1 MiB. */
OIR_API oir_status oir_document_set_value(oir_document *document, oir_valueno slot, const char *data, size_t size,
                                          oir_error *err);
/* The value of a slot; size 0 when there is none. Valid until the document is changed, cleared or freed. For a
 * document that came from a database: OIR_CORRUPT, OIR_NO_MEMORY. */
OIR_API oir_status oir_document_get_value(oir_document *document, oir_valueno slot, oir_bytes *out, oir_error *err);

/* The number of different terms. For a document that came from a database the first call reads its term list:
 * OIR_CORRUPT, OIR_NO_MEMORY, OIR_UNSUPPORTED when the index keeps no term lists; of a large document OIR_IO,
 * OIR_TOO_BIG. */
OIR_API oir_status oir_document_get_term_count(oir_document *document, oir_termcount *out, oir_error *err);
/* The terms in byte order with wdf. Failures as above. The iterator must be freed before the document changes. */
OIR_API oir_status oir_document_get_terms(oir_document *document, oir_term_iterator **out, oir_error *err);

#ifdef __cplusplus
}
#endif
#endif
