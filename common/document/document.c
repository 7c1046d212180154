#include "document/document.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { DATA_KEPT = 256 << 10 /* room for data, from one document to the next */ };

oir_status document_new_from(oir_document **out, oir_docid docid, const document_source *source, void *context,
                             oir_error *err)
{
    *out = NULL;
    oir_document *document = memory_new_apart(sizeof *document);
    if (!document)
        return error_no_memory(err, "a document");
    document->docid = docid;
    document->source = source;
    document->context = context;
    document->has_data = document->has_values = document->has_terms = !source;
    *out = document;
    return OIR_OK;
}

oir_status oir_document_new(oir_document **out, oir_error *err)
{
    return document_new_from(out, 0, NULL, NULL, err);
}

static void drop_source(oir_document *document)
{
    if (document->source && document->source->release)
        document->source->release(document->context);
    document->source = NULL;
    document->context = NULL;
    document->has_data = document->has_values = document->has_terms = true;
}

void oir_document_free(oir_document *document)
{
    if (!document)
        return;
    drop_source(document);
    buffer_release(&document->data);
    pressed_data_release(&document->pressed);
    document_terms_release(&document->terms);
    document_values_release(&document->values);
    memory_free(document);
}

static void drop_data(oir_document *document)
{
    if (document->data.capacity > DATA_KEPT)
        buffer_release(&document->data);
    buffer_clear(&document->data);
    pressed_data_release(&document->pressed);
}

void oir_document_clear(oir_document *document)
{
    drop_source(document);
    drop_data(document);
    document_terms_clear(&document->terms);
    document_values_clear(&document->values);
    document->docid = 0;
}

oir_docid oir_document_get_docid(const oir_document *document)
{
    return document->docid;
}

/* ---- loading ---- */

static oir_status load_data(oir_document *document, oir_error *err)
{
    if (document->has_data)
        return OIR_OK;
    buffer_clear(&document->data);
    ERROR_FORWARD(document->source->load_data(document->context, &document->data, err));
    document->has_data = true;
    return OIR_OK;
}

/* Large data, from what is in memory; that stays, since somebody may look at it. After a failure it is all there is;
 * without it the data is lost. */
static oir_status press_data(oir_document *document, oir_error *err)
{
    pressed_data *p = &document->pressed;
    oir_status status = OIR_OK;
    if (!document_has_large_data(document) && document->data.size > PRESSED_DATA_LEAST)
        status = pressed_data_add(p, document->data.data, document->data.size, err);
    if (status == OIR_OK)
        status = pressed_data_end(p, err);
    if (status && document->data.size)
        pressed_data_release(p);
    return status;
}

/* Brings large data into memory. */
static oir_status bring_data(oir_document *document, oir_error *err)
{
    if (!document_has_large_data(document) || document->data.size)
        return OIR_OK;
    ERROR_FORWARD(press_data(document, err));
    return pressed_data_read(&document->pressed, &document->data, err);
}

/* Adds to data that is large by then. On failure there is none. */
static oir_status add_large(oir_document *document, const char *data, size_t size, oir_error *err)
{
    pressed_data *p = &document->pressed;
    oir_status status = OIR_OK;
    if (document_has_large_data(document) && !p->stream) { /* it had an end */
        status = bring_data(document, err);
        pressed_data_release(p);
    }
    if (status == OIR_OK && document->data.size)
        status = pressed_data_add(p, document->data.data, document->data.size, err);
    if (status == OIR_OK)
        status = pressed_data_add(p, data, size, err);
    buffer_release(&document->data);
    if (status)
        drop_data(document);
    return status;
}

static oir_status load_values(oir_document *document, oir_error *err)
{
    if (document->has_values)
        return OIR_OK;
    oir_status status = document->source->load_values(document->context, &document->values, err);
    if (status)
        document_values_clear(&document->values);
    document->has_values = status == OIR_OK;
    return status;
}

static oir_status load_terms_now(oir_document *document, oir_error *err)
{
    oir_status status = document->source->load_terms(document->context, &document->terms, err);
    if (status)
        document_terms_clear(&document->terms);
    document->has_terms = status == OIR_OK;
    return status;
}

static inline oir_status load_terms(oir_document *document, oir_error *err)
{
    return document->has_terms ? OIR_OK : load_terms_now(document, err);
}

oir_status document_complete(const oir_document *document, oir_error *err)
{
    /* Every document is made by memory_new, so the object itself is not const; see the header for why it may change. */
    oir_document *inside = (oir_document *)(uintptr_t)document;
    ERROR_FORWARD(load_data(inside, err));
    ERROR_FORWARD(press_data(inside, err));
    ERROR_FORWARD(load_values(inside, err));
    ERROR_FORWARD(load_terms(inside, err));
    document_terms_settle(&inside->terms);
    return OIR_OK;
}

oir_status document_open_terms(oir_document *document, document_terms **out, oir_error *err)
{
    *out = &document->terms;
    return load_terms(document, err);
}

/* ---- data ---- */

static oir_status check_size(uint64_t size, oir_error *err)
{
    if (size > PRESSED_DATA_MAX)
        return error_set(err, OIR_TOO_BIG, "a document's data has %" PRIu64 " bytes; at most %" PRIu64 " are allowed",
                         size, PRESSED_DATA_MAX);
    return OIR_OK;
}

/* It may be set to some of itself, which add_large gives up when it has taken that. */
static oir_status set_large(oir_document *document, const char *data, size_t size, oir_error *err)
{
    buffer_clear(&document->data);
    pressed_data_release(&document->pressed);
    return add_large(document, data, size, err);
}

oir_status oir_document_set_data(oir_document *document, const char *data, size_t size, oir_error *err)
{
    ERROR_FORWARD(check_size(size, err));
    document->has_data = true;
    if (size > PRESSED_DATA_LEAST)
        return set_large(document, data, size, err);
    if (!memory_reserve(&document->data.data, &document->data.capacity, size, 1))
        return error_no_memory(err, "a document's data");
    if (size)
        memmove(document->data.data, data, size);
    document->data.size = size;
    document->data.failed = false;
    pressed_data_release(&document->pressed);
    return OIR_OK;
}

oir_status oir_document_add_data(oir_document *document, const char *data, size_t size, oir_error *err)
{
    ERROR_FORWARD(check_size(size, err)); /* so that the sum below is one */
    ERROR_FORWARD(load_data(document, err));
    uint64_t before = document_has_large_data(document) ? document->pressed.size : document->data.size;
    ERROR_FORWARD(check_size(before + size, err));
    if (before + size > PRESSED_DATA_LEAST)
        return add_large(document, data, size, err);
    buffer_add(&document->data, data, size);
    if (!document->data.failed)
        return OIR_OK;
    document->data.failed = false;
    return error_no_memory(err, "a document's data");
}

oir_status oir_document_get_data(oir_document *document, oir_bytes *out, oir_error *err)
{
    *out = (oir_bytes){"", 0};
    ERROR_FORWARD(load_data(document, err));
    ERROR_FORWARD(bring_data(document, err));
    if (document->data.size)
        *out = (oir_bytes){(const char *)document->data.data, document->data.size};
    return OIR_OK;
}

/* ---- terms ---- */

oir_status oir_document_add_term(oir_document *document, const char *term, size_t size, oir_termcount wdf_increment,
                                 oir_error *err)
{
    ERROR_FORWARD(load_terms(document, err));
    return document_terms_add(&document->terms, term, size, wdf_increment, err);
}

oir_status oir_document_add_boolean_term(oir_document *document, const char *term, size_t size, oir_error *err)
{
    return oir_document_add_term(document, term, size, 0, err);
}

oir_status oir_document_add_posting(oir_document *document, const char *term, size_t size, oir_termpos position,
                                    oir_termcount wdf_increment, oir_error *err)
{
    ERROR_FORWARD(load_terms(document, err));
    return document_terms_add_position(&document->terms, term, size, position, wdf_increment, err);
}

oir_status oir_document_remove_term(oir_document *document, const char *term, size_t size, oir_error *err)
{
    ERROR_FORWARD(load_terms(document, err));
    return document_terms_remove(&document->terms, term, size, err);
}

void oir_document_clear_terms(oir_document *document)
{
    document_terms_clear(&document->terms);
    document->has_terms = true;
}

oir_status oir_document_get_term_count(oir_document *document, oir_termcount *out, oir_error *err)
{
    *out = 0;
    ERROR_FORWARD(load_terms(document, err));
    ERROR_FORWARD(document_terms_group(&document->terms, err));
    *out = (oir_termcount)document->terms.count;
    return OIR_OK;
}

oir_status oir_document_get_terms(oir_document *document, oir_term_iterator **out, oir_error *err)
{
    *out = NULL;
    ERROR_FORWARD(load_terms(document, err));
    return document_iterator_new(out, document, err);
}

/* ---- values ---- */

oir_status oir_document_set_value(oir_document *document, oir_valueno slot, const char *data, size_t size,
                                  oir_error *err)
{
    ERROR_FORWARD(load_values(document, err));
    return document_values_set(&document->values, slot, data, size, err);
}

oir_status oir_document_get_value(oir_document *document, oir_valueno slot, oir_bytes *out, oir_error *err)
{
    *out = (oir_bytes){"", 0};
    if (!document->has_values)
        return document->source->load_value(document->context, slot, out, err);
    *out = document_values_get(&document->values, slot);
    return OIR_OK;
}
