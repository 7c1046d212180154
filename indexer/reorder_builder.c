#include "indexer/reorder_builder.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"

enum {
    RARE_MIN = 16,
    BLOCK = 1 << 14, /* documents whose lists are filled together, so that they stay in a near cache */
    PREFETCH = 8     /* terms ahead */
};

static oir_status no_memory(oir_error *err)
{
    return error_no_memory(err, "the order of documents");
}

oir_status reorder_builder_init(reorder_builder *b, uint32_t documents, size_t terms, const reorder_settings *settings,
                                oir_error *err)
{
    *b = (reorder_builder){.settings = settings, .lists = {.document_count = documents}};
    b->numbers = memory_new_zeroed(terms + 1, sizeof *b->numbers);
    b->lists.sizes = memory_new((documents + (size_t)1) * sizeof *b->lists.sizes);
    b->order = memory_new((documents + (size_t)1) * sizeof *b->order);
    b->marks = memory_new_zeroed(documents / 64 + (size_t)1, sizeof *b->marks);
    if (!b->numbers || !b->lists.sizes || !b->order || !b->marks)
        return no_memory(err);
    return OIR_OK;
}

void reorder_builder_release(reorder_builder *b)
{
    memory_free(b->numbers);
    memory_free(b->keys);
    memory_free(b->lists.sizes);
    memory_free(b->lists.terms);
    memory_free(b->lists.room);
    memory_free(b->order);
    memory_free(b->documents);
    memory_free(b->noted);
    memory_free(b->marks);
    *b = (reorder_builder){0};
}

bool reorder_builder_fits(const reorder_builder *b, uint64_t least, uint64_t most)
{
    uint32_t all = b->lists.document_count;
    return most >= RARE_MIN && most >= all / b->settings->rare_share && least <= all / b->settings->frequent_share;
}

/* Keys are (2^32 - 1 - documents) << 32 | term: sorted, the frequent ones come first, and have small numbers, whose
 * counts then lie together. */
oir_status reorder_builder_offer(reorder_builder *b, uint32_t term, uint64_t documents, oir_error *err)
{
    if (!reorder_builder_fits(b, documents, documents))
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
void reorder_builder_choose(reorder_builder *b)
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
        b->numbers[(uint32_t)b->keys[i]] = (uint16_t)++b->lists.term_count;
    memory_free(b->keys);
    b->keys = NULL;
    b->postings = postings;
}

/* Room for all lists, filled up. */
static bool make_lists(reorder_builder *b, size_t postings)
{
    size_t most = postings + b->lists.document_count * (size_t)(REORDER_STEP - 1) + 1;
    b->lists.terms = memory_new(most * sizeof *b->lists.terms);
    return b->lists.terms != NULL;
}

oir_status reorder_builder_open_lists(reorder_builder *b, oir_error *err)
{
    return make_lists(b, (size_t)b->postings) ? OIR_OK : no_memory(err);
}

oir_status reorder_builder_open_notes(reorder_builder *b, oir_error *err)
{
    b->document_capacity = (size_t)b->postings;
    b->documents = memory_new((b->document_capacity + 1) * sizeof *b->documents);
    b->noted = memory_new((b->lists.term_count + (size_t)1) * sizeof *b->noted);
    return b->documents && b->noted ? OIR_OK : no_memory(err);
}

/* Puts a long list in order by marking its documents. */
static size_t sort_marked(reorder_builder *b, uint32_t *documents, size_t count)
{
    size_t words = b->lists.document_count / 64 + (size_t)1, kept = 0;
    for (size_t i = 0; i < count; i++)
        b->marks[documents[i] / 64] |= UINT64_C(1) << documents[i] % 64;
    for (size_t w = 0; w < words; b->marks[w++] = 0)
        for (uint64_t rest = b->marks[w]; rest; rest &= rest - 1)
            documents[kept++] = (uint32_t)(w * 64 + bits_lowest(rest));
    return kept;
}

/* The documents of the last term ascend, each once: lists are filled by blocks of documents. */
static void end_term(reorder_builder *b)
{
    if (b->noted_count == 0)
        return;
    reorder_noted *last = &b->noted[b->noted_count - 1];
    uint32_t *documents = b->documents + last->start;
    size_t count = b->document_count - last->start;
    if (b->disordered)
        count = count > b->lists.document_count / 64 ? sort_marked(b, documents, count)
                                                     : sort_u32_distinct(documents, count);
    b->document_count = last->end = last->start + count;
    b->disordered = false;
}

void reorder_builder_start(reorder_builder *b, uint32_t term)
{
    end_term(b);
    b->noted[b->noted_count++] = (reorder_noted){.start = b->document_count, .number = b->numbers[term]};
}

/* How many terms each document of the block has. */
static void count_block(reorder_builder *b, uint32_t first, uint32_t end)
{
    uint32_t *sizes = b->lists.sizes;
    memset(sizes + first, 0, (end - first) * sizeof *sizes);
    for (uint32_t t = 0; t < b->noted_count; t++) {
        reorder_noted *n = &b->noted[t];
        if (t + PREFETCH < b->noted_count)
            __builtin_prefetch(b->documents + n[PREFETCH].start);
        for (n->next = n->start; n->next < n->end && b->documents[n->next] < end; n->next++)
            sizes[b->documents[n->next]]++;
    }
}

/* Puts them into the lists. */
static void fill_block(reorder_builder *b, uint32_t first, uint32_t end)
{
    reorder_lists *l = &b->lists;
    size_t places[BLOCK], place = l->posting_count;
    for (uint32_t i = first; i < end; i++) {
        places[i - first] = place;
        place += reorder_round_up(l->sizes[i]);
    }
    for (uint32_t t = 0; t < b->noted_count; t++) {
        reorder_noted *n = &b->noted[t];
        for (; n->start < n->next; n->start++)
            l->terms[places[b->documents[n->start] - first]++] = n->number;
    }
    for (uint32_t i = first; i < end; i++)
        for (; l->sizes[i] % REORDER_STEP; l->sizes[i]++)
            l->terms[places[i - first]++] = REORDER_LEFT_OUT;
    l->posting_count = place;
}

static oir_status fill_lists(reorder_builder *b, oir_error *err)
{
    reorder_lists *l = &b->lists;
    end_term(b);
    if (!make_lists(b, b->document_count))
        return no_memory(err);
    for (uint32_t first = 0; first < l->document_count; first += BLOCK) {
        uint32_t end = l->document_count - first < BLOCK ? l->document_count : first + BLOCK;
        count_block(b, first, end);
        fill_block(b, first, end);
    }
    return OIR_OK;
}

oir_status reorder_builder_end(reorder_builder *b, const progress *p, oir_error *err)
{
    if (b->noted)
        ERROR_FORWARD(fill_lists(b, err));
    /* The bisection needs room for the lists once more. */
    if (b->noted && b->document_capacity * sizeof *b->documents >= b->lists.posting_count * sizeof *b->lists.terms)
        b->lists.room = (uint16_t *)b->documents;
    else
        memory_free(b->documents);
    b->documents = NULL;
    return reorder_bisect(&b->lists, b->settings->iterations, b->settings->samples, b->settings->threads, b->order, p,
                          err);
}
