#include "indexer/merge_terms.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "document/iterator.h"
#include "indexer/term_sort.h"

typedef struct merge_terms_input {
    terms_cursor cursor;
    uint64_t key; /* of the cursor's term */
} merge_terms_input;

static bool comes_before(const merge_terms *t, uint32_t a, uint32_t b)
{
    const merge_terms_input *left = &t->inputs[a], *right = &t->inputs[b];
    if (left->key != right->key)
        return left->key < right->key;
    int order = iterator_compare_terms(left->cursor.term, left->cursor.term_size, right->cursor.term,
                                       right->cursor.term_size);
    return order < 0 || (order == 0 && a < b);
}

static void sift_down(merge_terms *t)
{
    uint32_t sifted = t->heap[0];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < t->heap_count; at = child) {
        if (child + 1 < t->heap_count && comes_before(t, t->heap[child + 1], t->heap[child]))
            child++;
        if (!comes_before(t, t->heap[child], sifted))
            break;
        t->heap[at] = t->heap[child];
    }
    t->heap[at] = sifted;
}

static void pop(merge_terms *t)
{
    t->heap[0] = t->heap[--t->heap_count];
    if (t->heap_count > 0)
        sift_down(t);
}

/* Puts an input where the term it stands at belongs, unless it is at its end. */
static oir_status push(merge_terms *t, uint32_t i, oir_error *err)
{
    merge_terms_input *in = &t->inputs[i];
    if (in->cursor.at_end)
        return OIR_OK;
    if (in->cursor.term_size > OIR_TERM_MAX)
        return error_set(err, OIR_CORRUPT, "a term is too long");
    in->key = term_sort_key((const uint8_t *)in->cursor.term, in->cursor.term_size);
    size_t at = t->heap_count++;
    for (; at > 0 && comes_before(t, i, t->heap[(at - 1) / 2]); at = (at - 1) / 2)
        t->heap[at] = t->heap[(at - 1) / 2];
    t->heap[at] = i;
    return OIR_OK;
}

oir_status merge_terms_init(merge_terms *t, const merge_source *sources, size_t count, oir_error *err)
{
    *t = (merge_terms){
        .having = memory_new(count * sizeof *t->having),
        .heap = memory_new(count * sizeof *t->heap),
        .inputs = memory_new(count * sizeof *t->inputs),
    };
    if (count && (!t->having || !t->heap || !t->inputs))
        return error_no_memory(err, "the terms of a merge");
    for (uint32_t i = 0; i < count; i++) {
        merge_terms_input *in = &t->inputs[i];
        terms_cursor_init(&in->cursor, &sources[i].segment->terms);
        if (sources[i].segment->terms.term_count == 0)
            continue;
        ERROR_FORWARD(terms_cursor_seek(&in->cursor, "", 0, err));
        ERROR_FORWARD(push(t, i, err));
    }
    return OIR_OK;
}

void merge_terms_release(merge_terms *t)
{
    memory_free(t->having);
    memory_free(t->heap);
    memory_free(t->inputs);
    *t = (merge_terms){0};
}

oir_status merge_terms_next(merge_terms *t, bool *found, oir_error *err)
{
    for (size_t i = 0; i < t->having_count; i++) {
        ERROR_FORWARD(terms_cursor_next(&t->inputs[t->having[i]].cursor, err));
        ERROR_FORWARD(push(t, t->having[i], err));
    }
    t->having_count = 0;
    *found = t->heap_count > 0;
    if (!*found)
        return OIR_OK;
    t->term = t->inputs[t->heap[0]].cursor.term;
    t->term_size = t->inputs[t->heap[0]].cursor.term_size;
    do {
        t->having[t->having_count++] = t->heap[0];
        pop(t);
    } while (t->heap_count > 0 && t->inputs[t->heap[0]].cursor.term_size == t->term_size &&
             memcmp(t->inputs[t->heap[0]].cursor.term, t->term, t->term_size) == 0);
    return OIR_OK;
}

const term_entry *merge_terms_get(const merge_terms *t, size_t i)
{
    return &t->inputs[t->having[i]].cursor.entry;
}
