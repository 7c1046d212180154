/* Lists decoded whole, for merges, iterators and checks. */
#include "segment/postings.h"

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "codec/sparse_layout.h"
#include "segment/container.h"
#include "segment/postings_reader.h"

enum { SPILL = POSTINGS_SPILL / 2 };

void postings_list_release(postings_list *list)
{
    memory_free(list->documents);
    memory_free(list->wdf);
    *list = (postings_list){0};
}

static oir_status damaged(oir_error *err, const postings_view *v, const char *what)
{
    return error_set(err, OIR_CORRUPT, "damaged %s of term number %u; run oir-inspect check, then index anew", what,
                     v->entry->ordinal);
}

static bool list_reserve(postings_list *list, size_t count)
{
    size_t documents = list->capacity, wdf = list->capacity;
    if (!memory_reserve(&list->documents, &documents, count, sizeof *list->documents) ||
        !memory_reserve(&list->wdf, &wdf, count, sizeof *list->wdf))
        return false; /* capacity stays what both have */
    list->capacity = wdf;
    return true;
}

static oir_status decode_dense(const kernels *k, const postings_view *v, postings_list *list, oir_error *err)
{
    for (uint32_t window = 0; window < v->windows; window++)
        ERROR_FORWARD(postings_reader_add_window(k, v, window, list, err));
    return list->count == v->count ? OIR_OK : damaged(err, v, "list");
}

static void decode_sparse(const kernels *k, const postings_view *v, postings_list *list)
{
    k->sparse_all(&v->list, list->documents);
    /* The bytes go to the upper quarter of where the numbers will be, so that widening from the front is safe. */
    uint8_t *bytes = (uint8_t *)(list->wdf + list->capacity) - v->count - SPILL;
    k->sparse_wdf(&v->list, 0, v->count, 0, 0, bytes);
    for (uint32_t i = 0; i < v->count; i++)
        list->wdf[i] = bytes[i];
}

static oir_status finish(const postings_view *v, uint32_t document_count, postings_list *list, oir_error *err)
{
    for (uint32_t i = 0; i < v->count; i++) {
        if (list->documents[i] >= document_count || (i && list->documents[i] <= list->documents[i - 1]))
            return damaged(err, v, "order of documents");
        if (list->wdf[i] == 255 && v->large_count)
            list->wdf[i] = postings_view_large(v, list->documents[i]);
    }
    return OIR_OK;
}

static oir_status decode(const postings_view *v, uint32_t document_count, postings_list *list, oir_error *err)
{
    const kernels *k = kernels_get(isa_best());
    if (v->form == POSTINGS_INLINED && !postings_view_inlined(v->entry, list->documents, list->wdf))
        return damaged(err, v, "inlined list");
    if (v->form == POSTINGS_DENSE)
        ERROR_FORWARD(decode_dense(k, v, list, err));
    else if (v->form != POSTINGS_INLINED)
        decode_sparse(k, v, list);
    return finish(v, document_count, list, err);
}

oir_status postings_reader_decode(const postings_view *v, const postings_context *context, postings_list *list,
                                  oir_error *err)
{
    list->count = 0;
    if (!list_reserve(list, (size_t)v->count + 2 * SPILL))
        return error_no_memory(err, "a list of postings");
    oir_status status = decode(v, context->document_count, list, err);
    list->count = status == OIR_OK ? v->count : 0;
    return status;
}

oir_status postings_decode(const struct container *parts, const postings_context *context, const term_entry *entry,
                           postings_list *list, oir_error *err)
{
    postings_view v;
    list->count = 0;
    ERROR_FORWARD(postings_view_open(&v, parts, context, entry, err));
    return postings_reader_decode(&v, context, list, err);
}
