#include "indexer/reorder_builder.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"

enum { RARE_MIN = 16 };

static oir_status no_memory(oir_error *err)
{
    return error_no_memory(err, "the order of documents");
}

oir_status reorder_builder_init(reorder_builder *b, uint32_t documents, size_t terms, const reorder_settings *settings,
                                oir_error *err)
{
    *b = (reorder_builder){.settings = settings, .lists = {.document_count = documents}};
    b->numbers = memory_new((terms + 1) * sizeof *b->numbers);
    b->lists.sizes = memory_new_zeroed(documents + (size_t)1, sizeof *b->lists.sizes);
    b->order = memory_new((documents + (size_t)1) * sizeof *b->order);
    if (!b->numbers || !b->lists.sizes || !b->order)
        return no_memory(err);
    memset(b->numbers, 0xff, terms * sizeof *b->numbers);
    return OIR_OK;
}

void reorder_builder_release(reorder_builder *b)
{
    memory_free(b->numbers);
    memory_free(b->keys);
    memory_free(b->lists.sizes);
    memory_free(b->lists.terms);
    memory_free(b->order);
    memory_free(b->documents);
    memory_free(b->starts);
    memory_free(b->noted);
    *b = (reorder_builder){0};
}

bool reorder_builder_fits(const reorder_builder *b, uint64_t documents)
{
    uint32_t all = b->lists.document_count;
    return documents >= RARE_MIN && documents >= all / b->settings->rare_share &&
           documents <= all / b->settings->frequent_share;
}

/* Keys are (2^32 - 1 - documents) << 32 | term: sorted, the frequent ones come first, and have small numbers, whose
 * counts then lie together. */
oir_status reorder_builder_offer(reorder_builder *b, uint32_t term, uint64_t documents, oir_error *err)
{
    if (!reorder_builder_fits(b, documents))
        return OIR_OK;
    if (!memory_reserve(&b->keys, &b->key_capacity, b->key_count + 1, sizeof *b->keys))
        return no_memory(err);
    b->keys[b->key_count++] = (UINT32_MAX - documents) << 32 | term;
    return OIR_OK;
}

static uint32_t documents_of(uint64_t key)
{
    return UINT32_MAX - (uint32_t)(key >> 32);
}

/* While lists are made, a posting takes 4 bytes in `documents` and 2 in the lists. */
oir_status reorder_builder_choose(reorder_builder *b, oir_error *err)
{
    uint64_t budget = b->settings->memory / 6, postings = 0;
    uint64_t filling = (uint64_t)b->lists.document_count * (REORDER_STEP - 1);
    size_t first = 0, end = b->key_count < REORDER_TERMS_MAX ? b->key_count : REORDER_TERMS_MAX;
    budget = budget < UINT32_MAX ? budget : UINT32_MAX;
    budget -= filling < budget ? filling : budget;
    sort_u64(b->keys, b->key_count);
    for (size_t i = 0; i < end; i++)
        postings += documents_of(b->keys[i]);
    for (; postings > budget; first++)
        postings -= documents_of(b->keys[first]);
    for (size_t i = first; i < end; i++)
        b->numbers[(uint32_t)b->keys[i]] = (uint16_t)b->lists.term_count++;
    memory_free(b->keys);
    b->keys = NULL;
    b->document_capacity = (size_t)postings;
    b->documents = memory_new((b->document_capacity + 1) * sizeof *b->documents);
    b->starts = memory_new((b->lists.term_count + (size_t)1) * sizeof *b->starts);
    b->noted = memory_new((b->lists.term_count + (size_t)1) * sizeof *b->noted);
    return b->documents && b->starts && b->noted ? OIR_OK : no_memory(err);
}

static oir_status start_lists(reorder_builder *b, oir_error *err)
{
    reorder_lists *l = &b->lists;
    for (uint32_t i = 0; i < l->document_count; i++) {
        b->order[i] = (uint32_t)l->posting_count;
        l->sizes[i] = reorder_round_up(l->sizes[i]);
        l->posting_count += l->sizes[i];
    }
    l->terms = memory_new((l->posting_count + 1) * sizeof *l->terms);
    if (!l->terms)
        return no_memory(err);
    for (size_t i = 0; i < l->posting_count; i++)
        l->terms[i] = (uint16_t)l->term_count;
    return OIR_OK;
}

static void fill_lists(reorder_builder *b)
{
    b->starts[b->noted_count] = b->document_count;
    for (uint32_t t = 0; t < b->noted_count; t++)
        for (size_t i = b->starts[t]; i < b->starts[t + 1]; i++)
            b->lists.terms[b->order[b->documents[i]]++] = b->noted[t];
    memory_free(b->documents);
    b->documents = NULL;
}

oir_status reorder_builder_end(reorder_builder *b, const progress *p, oir_error *err)
{
    ERROR_FORWARD(start_lists(b, err));
    fill_lists(b);
    return reorder_bisect(&b->lists, b->settings->iterations, b->order, p, err);
}
