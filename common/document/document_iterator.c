#include "document/document.h"

#include "base/error.h"
#include "base/memory.h"
#include "document/iterator.h"

typedef struct document_iterator {
    oir_term_iterator base;
    const document_terms *terms;
    uint32_t at; /* the next one, in terms->order */
} document_iterator;

static oir_status iterator_next(oir_term_iterator *base, bool *found, oir_error *err)
{
    (void)err;
    document_iterator *iterator = (document_iterator *)base;
    const document_terms *terms = iterator->terms;
    *found = iterator->at < terms->count;
    if (*found) {
        const document_term *term = &terms->terms[terms->order[iterator->at++]];
        const vocabulary_word *word = document_terms_get_word(terms, term);
        base->term = (oir_bytes){document_terms_get_bytes(terms, word), word->size};
        base->wdf = term->wdf;
    }
    return OIR_OK;
}

static oir_status iterator_seek(oir_term_iterator *base, const char *target, size_t size, bool *found, oir_error *err)
{
    document_iterator *iterator = (document_iterator *)base;
    const document_terms *terms = iterator->terms;
    uint32_t low = iterator->at, high = (uint32_t)terms->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const vocabulary_word *word = document_terms_get_word(terms, &terms->terms[terms->order[middle]]);
        if (iterator_compare_terms(document_terms_get_bytes(terms, word), word->size, target, size) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    iterator->at = low;
    return iterator_next(base, found, err);
}

static void iterator_free(oir_term_iterator *base)
{
    memory_free(base);
}

static const term_iterator_ops document_iterator_ops = {iterator_next, iterator_seek, iterator_free};

oir_status document_iterator_new(oir_term_iterator **out, oir_document *document, oir_error *err)
{
    *out = NULL;
    ERROR_FORWARD(document_terms_sort(&document->terms, err));
    document_iterator *iterator = memory_new(sizeof *iterator);
    if (!iterator)
        return error_no_memory(err, "an iterator of terms");
    *iterator = (document_iterator){.base = {.ops = &document_iterator_ops}, .terms = &document->terms};
    *out = &iterator->base;
    return OIR_OK;
}
