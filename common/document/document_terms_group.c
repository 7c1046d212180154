#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "document/document_terms.h"
#include "document/iterator.h"

static void forget_numbers(document_terms *t)
{
    for (size_t i = 0; i < t->count; i++)
        t->vocabulary.words[t->terms[i].word].group = 0;
}

/* The different words of the log as terms, each with its wdf and how many positions it has. */
static oir_status find_terms(document_terms *t, oir_error *err)
{
    t->count = 0;
    for (size_t i = 0; i < t->log_count; i++) {
        const document_occurrence *o = &t->log[i];
        vocabulary_word *word = &t->vocabulary.words[o->word];
        if (!word->group) {
            if (!memory_reserve(&t->terms, &t->capacity, t->count + 1, sizeof *t->terms)) {
                forget_numbers(t);
                return error_no_memory(err, "the terms of a document");
            }
            t->terms[t->count++] = (document_term){.word = o->word};
            word->group = (uint32_t)t->count;
        }
        document_term *term = &t->terms[word->group - 1];
        term->wdf += o->wdf;
        term->positions += o->position != DOCUMENT_NO_POSITION;
    }
    return OIR_OK;
}

static oir_status group_log(document_terms *t, oir_error *err)
{
    if (!memory_reserve(&t->positions, &t->position_capacity, t->log_count, sizeof *t->positions))
        return error_no_memory(err, "the positions of a document");
    ERROR_FORWARD(find_terms(t, err));
    uint32_t sum = 0;
    for (size_t i = 0; i < t->count; i++) {
        document_term *term = &t->terms[i];
        term->first = sum;
        sum += term->positions;
        term->positions = 0;
    }
    for (size_t i = 0; i < t->log_count; i++) {
        const document_occurrence *o = &t->log[i];
        document_term *term = &t->terms[t->vocabulary.words[o->word].group - 1];
        if (o->position != DOCUMENT_NO_POSITION)
            t->positions[term->first + term->positions++] = o->position;
    }
    forget_numbers(t);
    for (size_t i = 0; i < t->count; i++) {
        document_term *term = &t->terms[i];
        term->positions = (uint32_t)sort_u32_distinct(t->positions + term->first, term->positions);
    }
    t->grouped = true;
    return OIR_OK;
}

oir_status document_terms_group(document_terms *t, oir_error *err)
{
    document_terms_settle(t);
    if (t->grouped)
        return OIR_OK;
    size_t own;
    ERROR_FORWARD(document_terms_read_parts(t, &own, err));
    oir_status status = group_log(t, err);
    if (own < t->log_count) { /* parts stay where they are */
        memmove(t->log, t->log + (t->log_count - own), own * sizeof *t->log);
        t->log_count = own;
    }
    return status;
}

static bool less(const document_terms *t, uint32_t a, uint32_t b)
{
    const vocabulary_word *left = document_terms_get_word(t, &t->terms[a]);
    const vocabulary_word *right = document_terms_get_word(t, &t->terms[b]);
    return iterator_compare_terms(document_terms_get_bytes(t, left), left->size, document_terms_get_bytes(t, right),
                                  right->size) < 0;
}

static void sift(const document_terms *t, uint32_t *heap, size_t at, size_t count)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && less(t, heap[child], heap[child + 1]))
            child++;
        if (!less(t, heap[at], heap[child]))
            return;
        uint32_t swapped = heap[at];
        heap[at] = heap[child];
        heap[child] = swapped;
    }
}

/* Heap sort: qsort has no room for a context in portable C, and this needs no memory. */
oir_status document_terms_sort(document_terms *t, oir_error *err)
{
    ERROR_FORWARD(document_terms_group(t, err));
    if (t->sorted)
        return OIR_OK;
    if (!memory_reserve(&t->order, &t->order_capacity, t->count, sizeof *t->order))
        return error_no_memory(err, "the order of a document's terms");
    for (uint32_t i = 0; i < t->count; i++)
        t->order[i] = i;
    for (size_t i = t->count / 2; i-- > 0;)
        sift(t, t->order, i, t->count);
    for (size_t i = t->count; i-- > 1;) {
        uint32_t largest = t->order[0];
        t->order[0] = t->order[i];
        t->order[i] = largest;
        sift(t, t->order, 0, i);
    }
    t->sorted = true;
    return OIR_OK;
}
