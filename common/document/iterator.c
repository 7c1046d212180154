#include "document/iterator.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

int iterator_compare_terms(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t common = a_size < b_size ? a_size : b_size;
    int order = common ? memcmp(a, b, common) : 0;
    return order ? order : (a_size > b_size) - (a_size < b_size);
}

/* The state after a move; an iterator whose move failed has ended, so that no getter shows half an answer. */
static enum iterator_state moved(oir_status status, bool found)
{
    return status == OIR_OK && found ? ITERATOR_STANDING : ITERATOR_ENDED;
}

/* ---- terms ---- */

oir_status oir_term_iterator_next(oir_term_iterator *iterator, bool *found, oir_error *err)
{
    *found = false;
    if (iterator->state == ITERATOR_ENDED)
        return OIR_OK;
    oir_status status = iterator->ops->next(iterator, found, err);
    iterator->state = moved(status, *found);
    return status;
}

oir_status oir_term_iterator_seek(oir_term_iterator *iterator, const char *term, size_t size, bool *found,
                                  oir_error *err)
{
    term = size > 0 ? term : ""; /* no bytes may be at NULL, which memcmp does not take */
    *found = iterator->state == ITERATOR_STANDING &&
             iterator_compare_terms(iterator->term.data, iterator->term.size, term, size) >= 0;
    if (*found || iterator->state == ITERATOR_ENDED)
        return OIR_OK;
    oir_status status = iterator->ops->seek(iterator, term, size, found, err);
    iterator->state = moved(status, *found);
    return status;
}

oir_bytes oir_term_iterator_get_term(const oir_term_iterator *iterator)
{
    return iterator->term;
}

oir_termcount oir_term_iterator_get_wdf(const oir_term_iterator *iterator)
{
    return iterator->wdf;
}

oir_doccount oir_term_iterator_get_termfreq(const oir_term_iterator *iterator)
{
    return iterator->termfreq;
}

void oir_term_iterator_free(oir_term_iterator *iterator)
{
    if (iterator)
        iterator->ops->free(iterator);
}

/* ---- postings ---- */

oir_status oir_posting_iterator_next(oir_posting_iterator *iterator, bool *found, oir_error *err)
{
    *found = false;
    if (iterator->state == ITERATOR_ENDED)
        return OIR_OK;
    oir_status status = iterator->ops->next(iterator, found, err);
    iterator->state = moved(status, *found);
    return status;
}

oir_status oir_posting_iterator_seek(oir_posting_iterator *iterator, oir_docid docid, bool *found, oir_error *err)
{
    *found = iterator->state == ITERATOR_STANDING && iterator->docid >= docid;
    if (*found || iterator->state == ITERATOR_ENDED)
        return OIR_OK;
    oir_status status = iterator->ops->seek(iterator, docid, found, err);
    iterator->state = moved(status, *found);
    return status;
}

oir_docid oir_posting_iterator_get_docid(const oir_posting_iterator *iterator)
{
    return iterator->docid;
}

oir_termcount oir_posting_iterator_get_wdf(const oir_posting_iterator *iterator)
{
    return iterator->wdf;
}

oir_termcount oir_posting_iterator_get_doclength(const oir_posting_iterator *iterator)
{
    return iterator->doclength;
}

void oir_posting_iterator_free(oir_posting_iterator *iterator)
{
    if (iterator)
        iterator->ops->free(iterator);
}

/* ---- positions ---- */

oir_status oir_position_iterator_next(oir_position_iterator *iterator, bool *found, oir_error *err)
{
    *found = false;
    if (iterator->state == ITERATOR_ENDED)
        return OIR_OK;
    oir_status status = iterator->ops->next(iterator, found, err);
    iterator->state = moved(status, *found);
    return status;
}

oir_status oir_position_iterator_seek(oir_position_iterator *iterator, oir_termpos position, bool *found,
                                      oir_error *err)
{
    *found = iterator->state == ITERATOR_STANDING && iterator->position >= position;
    if (*found || iterator->state == ITERATOR_ENDED)
        return OIR_OK;
    oir_status status = iterator->ops->seek(iterator, position, found, err);
    iterator->state = moved(status, *found);
    return status;
}

oir_termpos oir_position_iterator_get_position(const oir_position_iterator *iterator)
{
    return iterator->position;
}

void oir_position_iterator_free(oir_position_iterator *iterator)
{
    if (iterator)
        iterator->ops->free(iterator);
}

/* ---- positions in an array ---- */

typedef struct array_iterator {
    oir_position_iterator base;
    size_t count, at; /* at: the next one */
    oir_termpos positions[];
} array_iterator;

static oir_status array_next(oir_position_iterator *iterator, bool *found, oir_error *err)
{
    (void)err;
    array_iterator *array = (array_iterator *)iterator;
    *found = array->at < array->count;
    if (*found)
        array->base.position = array->positions[array->at++];
    return OIR_OK;
}

static oir_status array_seek(oir_position_iterator *iterator, oir_termpos position, bool *found, oir_error *err)
{
    array_iterator *array = (array_iterator *)iterator;
    size_t low = array->at, high = array->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (array->positions[middle] < position)
            low = middle + 1;
        else
            high = middle;
    }
    array->at = low;
    return array_next(iterator, found, err);
}

static void array_free(oir_position_iterator *iterator)
{
    memory_free(iterator);
}

static const position_iterator_ops array_ops = {array_next, array_seek, array_free};

oir_status iterator_new_positions(oir_position_iterator **out, const oir_termpos *positions, size_t count,
                                  oir_error *err)
{
    *out = NULL;
    array_iterator *array = memory_new(sizeof *array + count * sizeof *positions);
    if (!array)
        return error_no_memory(err, "an iterator of positions");
    *array = (array_iterator){.base = {.ops = &array_ops}, .count = count};
    if (count)
        memcpy(array->positions, positions, count * sizeof *positions);
    *out = &array->base;
    return OIR_OK;
}
