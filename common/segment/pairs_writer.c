/* Part PART_PAIRS. A pair are two terms, its documents those in which the second has a position that is the first's
 * plus 1. Lists are written as those of terms are (postings_writer.c): with POSTINGS_SHORT_MOST (2,048) documents or
 * more as sparse ones, whose size follows from their count, without tops; windows' bounds only say whether there are
 * documents, 255 or 0. Others are short ones behind 2 bytes, their size. wdf, which are all 1, have no bits; the base
 * is 1. Marks: pairs_marks.c.
 * The part is there, with no words, where no pair was worth a list: nobody need look again.
 *
 * Root:
 *     0  u32          number of words      4  u32  number of pairs
 *     8  u32 x words  their ordinals in the dictionary, ascending; a word's number is its place here
 *        u32 x words + 1  the first pair of each word; at the end the number of pairs
 *        for each pair, ascending by first and then second word, 12 bytes:
 *            0  u16  the second word's number, and 1 << 15 (PAIRS_MARKED) where the pair has marks
 *            2  6 bytes  the address of its list or marks    8  u32  its documents */
#include "segment/pairs_writer.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "segment/container.h"
#include "segment/pairs_format.h"
#include "segment/pairs_gather.h"

enum {
    WORD_SHARE = 128, /* a word is frequent in at least one document of so many: the share that makes lists dense */
    SLACK = 4,        /* of the sample: a quarter more than the budget is gathered, then cut by exact sizes */
    LIMIT_MOST = 1 << 30 /* bytes that are put away together: where they end is said in 32 bits */
};

/* What a choice turned out to be worth. */
typedef struct ranked {
    float worth;
    uint32_t choice;
    uint64_t size;          /* of its object and its entry */
} ranked;

struct pairs_writer {
    struct container_writer *parts;
    const postings_context *context;
    team *helpers;          /* NULL: none */
    size_t memory;          /* that lists may take until they are written; 0: any */
    size_t limit;           /* that one part gathers before it puts lists away; 0: it never does */
    term_entry *entries;    /* of words that may be frequent */
    size_t entry_count, entry_capacity;
    const term_entry **words; /* the chosen ones, ordinals ascending */
    uint32_t word_count;
    pairs_choice *choices;
    size_t choice_count;
    pairs_numbers numbers;  /* of the choices; those that do not fit are taken out in the end */
    pairs_gather gathers[PAIRS_SHARE_MOST]; /* by part of the windows; in the end all is in the first */
    uint32_t ends[PAIRS_SHARE_MOST]; /* windows */
    size_t part_count;
    pairs_source source;    /* while lists are found */
    ranked *ranking;        /* by choice */
    uint32_t *documents;    /* of one list */
    uint8_t *zeros;         /* as many */
    buffer bytes, room, root;
};

oir_status pairs_writer_new(pairs_writer **out, struct container_writer *parts, const postings_context *context,
                            team *helpers, size_t memory, oir_error *err)
{
    pairs_writer *w = *out = memory_new_zeroed(1, sizeof *w);
    if (!w)
        return error_no_memory(err, "pairs of words");
    w->parts = parts;
    w->context = context;
    w->helpers = helpers;
    w->memory = memory;
    return OIR_OK;
}

void pairs_writer_free(pairs_writer *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < PAIRS_SHARE_MOST; i++)
        pairs_gather_release(&w->gathers[i]);
    pairs_numbers_release(&w->numbers);
    memory_free(w->ranking);
    memory_free(w->entries);
    memory_free(w->words);
    memory_free(w->choices);
    memory_free(w->documents);
    memory_free(w->zeros);
    buffer_release(&w->bytes);
    buffer_release(&w->room);
    buffer_release(&w->root);
    memory_free(w);
}

oir_status pairs_writer_note(pairs_writer *w, const term_entry *entry, oir_error *err)
{
    if (entry->form != POSTINGS_DENSE || entry->positions_form == POSITIONS_NONE || !entry->positions_size)
        return OIR_OK;
    if ((uint64_t)entry->termfreq * WORD_SHARE < w->context->document_count)
        return OIR_OK;
    if (!memory_reserve(&w->entries, &w->entry_capacity, w->entry_count + 1, sizeof *w->entries))
        return error_no_memory(err, "pairs of words");
    w->entries[w->entry_count++] = *entry;
    return OIR_OK;
}

/* ---- which words ---- */

static int compare_frequency(const void *a, const void *b)
{
    const term_entry *x = *(const term_entry *const *)a, *y = *(const term_entry *const *)b;
    if (x->termfreq != y->termfreq)
        return x->termfreq > y->termfreq ? -1 : 1;
    return (x->ordinal > y->ordinal) - (x->ordinal < y->ordinal);
}

static int compare_ordinals(const void *a, const void *b)
{
    const term_entry *x = *(const term_entry *const *)a, *y = *(const term_entry *const *)b;
    return (x->ordinal > y->ordinal) - (x->ordinal < y->ordinal);
}

/* The most frequent ones. */
static oir_status choose_words(pairs_writer *w, oir_error *err)
{
    w->words = memory_new((w->entry_count + 1) * sizeof *w->words);
    if (!w->words)
        return error_no_memory(err, "pairs of words");
    for (size_t i = 0; i < w->entry_count; i++)
        w->words[i] = &w->entries[i];
    qsort(w->words, w->entry_count, sizeof *w->words, compare_frequency);
    w->word_count = w->entry_count < PAIRS_SCAN_WORDS_MAX ? (uint32_t)w->entry_count : PAIRS_SCAN_WORDS_MAX;
    qsort(w->words, w->word_count, sizeof *w->words, compare_ordinals);
    return OIR_OK;
}

/* ---- encoding ---- */

static const uint8_t short_wdf[POSTINGS_SHORT_MOST + 16]; /* less 1 each; some more are read */

static pairs_list *list_of(pairs_writer *w, size_t i)
{
    return &w->gathers[0].lists[i];
}

static bool is_short(pairs_writer *w, size_t i)
{
    return !w->choices[i].marked && pairs_format_form(list_of(w, i)->count) == POSTINGS_SHORT;
}

static void add_sparse(pairs_writer *w, uint32_t count)
{
    uint32_t windows = postings_view_windows(w->context->document_count);
    buffer_add_u32(&w->bytes, UINT32_MAX << 16); /* from 0 to 1 */
    uint8_t *bounds = buffer_extend(&w->bytes, windows);
    if (bounds)
        memset(bounds, 0, windows);
    for (uint32_t i = 0; bounds && i < count; i++)
        bounds[w->documents[i] >> WINDOW_BITS] = UINT8_MAX;
    sparse_layout_add(&w->bytes, w->documents, w->zeros, count, w->context->document_count);
}

/* Puts a short list into `bytes`, by way of `room`. */
static oir_status encode_short(pairs_writer *w, size_t i, buffer *room, buffer *bytes, oir_error *err)
{
    uint32_t documents[POSTINGS_SHORT_MOST];
    ERROR_FORWARD(pairs_gather_read(&w->gathers[0], i, room, documents, err));
    buffer_clear(bytes);
    buffer_add_zeros(bytes, PAIRS_SHORT_HEADER);
    sparse_layout_add_short(bytes, documents, short_wdf, list_of(w, i)->count);
    if (bytes->failed)
        return error_no_memory(err, "pairs of words");
    bits_store16(bytes->data, (uint16_t)(bytes->size - PAIRS_SHORT_HEADER));
    return OIR_OK;
}

/* Puts a list or marks into w->bytes. */
static oir_status encode(pairs_writer *w, size_t i, oir_error *err)
{
    if (is_short(w, i))
        return encode_short(w, i, &w->room, &w->bytes, err);
    buffer_clear(&w->bytes);
    if (w->choices[i].marked) {
        ERROR_FORWARD(pairs_gather_write_marks(&w->gathers[0], i, &w->bytes, err));
    } else {
        ERROR_FORWARD(pairs_gather_read(&w->gathers[0], i, &w->room, w->documents, err));
        add_sparse(w, list_of(w, i)->count);
    }
    return w->bytes.failed ? error_no_memory(err, "pairs of words") : OIR_OK;
}

/* Puts a short list in the place of its gaps, unless some of these are away; *size: its bytes. */
static oir_status replace_short(pairs_writer *w, size_t i, buffer bytes[2], uint64_t *size, oir_error *err)
{
    buffer *gaps = &list_of(w, i)->gaps;
    ERROR_FORWARD(encode_short(w, i, &bytes[0], &bytes[1], err));
    *size = bytes[1].size;
    if (w->gathers[0].round_count)
        return OIR_OK;
    buffer_clear(gaps);
    buffer_add(gaps, bytes[1].data, bytes[1].size);
    return gaps->failed ? error_no_memory(err, "pairs of words") : OIR_OK;
}

/* ---- which pairs ---- */

static int compare_worth(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->worth != y->worth)
        return x->worth > y->worth ? -1 : 1;
    return (x->choice > y->choice) - (x->choice < y->choice);
}

/* Now that all documents were looked at. Only short lists, which are most, must be encoded for their size. */
static oir_status rank_one(pairs_writer *w, size_t i, buffer bytes[2], oir_error *err)
{
    ranked *r = &w->ranking[i];
    const pairs_choice *c = &w->choices[i];
    const pairs_marker *marks = &w->gathers[0].markers[i];
    uint32_t count = list_of(w, i)->count;
    double together = c->marked ? (double)marks->both : (double)c->together;
    r->choice = (uint32_t)i;
    if (count == 0)
        return OIR_OK; /* worth nothing */
    if (is_short(w, i))
        ERROR_FORWARD(replace_short(w, i, bytes, &r->size, err));
    else
        r->size = c->marked ? pairs_marker_size(marks) : pairs_format_size(count, w->context->document_count);
    r->size += PAIRS_ENTRY_SIZE;
    r->worth = (float)(together * count / (double)r->size);
    return OIR_OK;
}

static oir_status rank_part(void *context, size_t part, pairs_scan_tell tell, void *tell_context, oir_error *err)
{
    pairs_writer *w = context;
    buffer bytes[2] = {BUFFER_INIT, BUFFER_INIT};
    oir_status status = OIR_OK;
    (void)tell;
    (void)tell_context;
    for (size_t i = part; i < w->choice_count && status == OIR_OK; i += w->part_count)
        status = rank_one(w, i, bytes, err);
    buffer_release(&bytes[0]);
    buffer_release(&bytes[1]);
    return status;
}

static oir_status rank(pairs_writer *w, oir_error *err)
{
    const pairs_source helped = {.helpers = w->helpers}; /* it is soon done: nobody is told */
    w->ranking = memory_new_zeroed(w->choice_count + 1, sizeof *w->ranking);
    if (!w->ranking)
        return error_no_memory(err, "pairs of words");
    ERROR_FORWARD(pairs_share_run(&helped, w->part_count, 0, rank_part, w, err));
    qsort(w->ranking, w->choice_count, sizeof *w->ranking, compare_worth);
    return OIR_OK;
}

/* Leaves out the pairs that are worth least and do not fit; *kept are left. */
static void fit(pairs_writer *w, uint64_t budget, uint32_t *kept)
{
    uint64_t size = PAIRS_HEADER_SIZE + (uint64_t)w->word_count * 8;
    for (size_t i = 0; i < w->choice_count; i++) {
        const ranked *r = &w->ranking[i];
        const pairs_choice *c = &w->choices[r->choice];
        size += r->size;
        if (size > budget || !r->size)
            w->numbers.of[pairs_scan_code(w->word_count, c->first, c->second)] = 0;
        else
            (*kept)++;
    }
}

/* ---- writing ---- */

/* Room for the longest list that is still to be encoded. */
static oir_status reserve_list(pairs_writer *w, oir_error *err)
{
    size_t most = 16;
    for (size_t i = 0; i < w->choice_count; i++)
        if (!w->choices[i].marked && list_of(w, i)->count + 16u > most)
            most = list_of(w, i)->count + 16u;
    w->documents = memory_new(most * sizeof *w->documents);
    w->zeros = memory_new_zeroed(most, 1);
    return w->documents && w->zeros ? OIR_OK : error_no_memory(err, "pairs of words");
}

static oir_status write_object(pairs_writer *w, size_t i, uint64_t *address, oir_error *err)
{
    bool is_there = is_short(w, i) && !w->gathers[0].round_count;
    const buffer *bytes = is_there ? &list_of(w, i)->gaps : &w->bytes;
    if (!is_there)
        ERROR_FORWARD(encode(w, i, err));
    return container_writer_add(w->parts, PART_PAIRS, bytes->data, bytes->size, 1, address, err);
}

static oir_status write_all(pairs_writer *w, uint32_t kept, oir_error *err)
{
    uint32_t n = w->word_count, pair = 0;
    size_t starts = PAIRS_HEADER_SIZE + (size_t)n * 4, entries = starts + ((size_t)n + 1) * 4;
    uint8_t *root = buffer_extend(&w->root, entries + (size_t)kept * PAIRS_ENTRY_SIZE);
    if (!root)
        return error_no_memory(err, "pairs of words");
    bits_store32(root, n);
    bits_store32(root + 4, kept);
    for (uint32_t first = 0; first < n; first++) {
        bits_store32(root + PAIRS_HEADER_SIZE + (size_t)first * 4, w->words[first]->ordinal);
        bits_store32(root + starts + (size_t)first * 4, pair);
        for (uint32_t second = 0; second < n; second++) {
            uint16_t number = w->numbers.of[pairs_scan_code(n, first, second)];
            uint64_t address;
            if (!number)
                continue;
            ERROR_FORWARD(write_object(w, number - 1u, &address, err));
            uint8_t *at = root + entries + (size_t)pair++ * PAIRS_ENTRY_SIZE;
            bits_store64(at, address << 16 | second | (w->choices[number - 1].marked ? PAIRS_MARKED : 0));
            bits_store32(at + 8, list_of(w, number - 1u)->count);
        }
    }
    bits_store32(root + starts + (size_t)n * 4, pair);
    return container_writer_add_root(w->parts, PART_PAIRS, w->root.data, w->root.size, 8, err);
}

/* ---- all ---- */

static uint64_t find_budget(const pairs_writer *w)
{
    static const enum part_kind counted[] = {PART_TERMS, PART_POSTINGS, PART_POSITIONS, PART_LENGTHS};
    uint64_t bytes = 0;
    for (size_t i = 0; i < sizeof counted / sizeof *counted; i++)
        bytes += container_writer_get_bytes(w->parts, counted[i]);
    return bytes / 100 * PAIRS_PERCENT;
}

/* Where each part ends: after about as much text. */
static void cut_windows(pairs_writer *w)
{
    size_t parts = w->part_count;
    uint32_t windows = postings_view_windows(w->context->document_count), window = 0;
    uint64_t all = pairs_scan_count(w->context, 0, windows), places = 0;
    for (size_t i = 0; i + 1 < parts; i++) {
        for (; window < windows && places * parts < all * (i + 1); window++)
            places += pairs_scan_count(w->context, window, window + 1);
        w->ends[i] = window;
    }
    w->ends[parts - 1] = windows;
}

static oir_status gather_part(void *context, size_t part, pairs_scan_tell tell, void *tell_context, oir_error *err)
{
    pairs_writer *w = context;
    pairs_gather *g = &w->gathers[part];
    uint32_t from = part ? w->ends[part - 1] : 0;
    ERROR_FORWARD(pairs_gather_init(g, &w->numbers, &w->source, from, w->ends[part], err));
    g->scan.tell = tell;
    g->scan.tell_context = tell_context;
    g->limit = w->limit;
    return pairs_gather_run(g, err);
}

/* Lists that are put away are gathered by one thread. */
static oir_status gather(pairs_writer *w, uint64_t budget, oir_error *err)
{
    uint32_t windows = postings_view_windows(w->context->document_count);
    if (w->memory && budget + budget / SLACK > w->memory) /* half of it, since buffers have room to grow */
        w->limit = w->memory / 2 < LIMIT_MOST ? w->memory / 2 + 1 : LIMIT_MOST;
    size_t parts = w->part_count = w->limit ? 1 : pairs_share_count(&w->source, windows);
    ERROR_FORWARD(pairs_numbers_init(&w->numbers, w->choices, w->choice_count, w->word_count, err));
    cut_windows(w);
    ERROR_FORWARD(pairs_share_run(&w->source, parts, windows, gather_part, w, err));
    if (parts > 1) /* lists get longer while those of other parts are still there */
        memory_give_back();
    for (size_t i = 1; i < parts; i++) {
        ERROR_FORWARD(pairs_gather_append(&w->gathers[0], &w->gathers[i], err));
        pairs_gather_release(&w->gathers[i]);
    }
    return OIR_OK;
}

static oir_status choose_text(pairs_writer *w, const pairs_text *text, oir_error *err)
{
    uint32_t *ordinals = memory_new((w->word_count + (size_t)1) * sizeof *ordinals);
    if (!ordinals)
        return error_no_memory(err, "pairs of words");
    for (uint32_t i = 0; i < w->word_count; i++)
        ordinals[i] = w->words[i]->ordinal;
    oir_status status = text->choose(text->context, ordinals, w->word_count, err);
    memory_free(ordinals);
    return status;
}

/* Reads what was written: nothing may be added to the container meanwhile. */
static oir_status find_lists(pairs_writer *w, uint64_t budget, const pairs_text *text, pairs_scan_tell tell,
                             void *context, oir_error *err)
{
    oir_status status;
    if (text)
        ERROR_FORWARD(choose_text(w, text, err));
    w->source = (pairs_source){.context = w->context, .words = w->words, .word_count = w->word_count, .text = text,
                               .helpers = w->helpers, .tell = tell, .tell_context = context};
    ERROR_GOTO_DONE(container_writer_read(w->parts, &w->source.parts, err));
    ERROR_GOTO_DONE(pairs_choose(&w->source, budget + budget / SLACK, &w->choices, &w->choice_count, err));
    memory_give_back(); /* what choosing took, too */
    if (w->choice_count)
        ERROR_GOTO_DONE(gather(w, budget, err));
done:
    container_writer_end_read(w->parts);
    return status;
}

oir_status pairs_writer_end(pairs_writer *w, const pairs_text *text, pairs_scan_tell tell, void *context,
                            oir_error *err)
{
    uint64_t budget = find_budget(w);
    uint32_t kept = 0;
    if (w->context->document_count >= PAIRS_DOCUMENTS_MIN && w->entry_count && pairs_scan_is_possible(w->context)) {
        ERROR_FORWARD(choose_words(w, err));
        memory_give_back(); /* what lists took is free by now */
        ERROR_FORWARD(find_lists(w, budget, text, tell, context, err));
    }
    ERROR_FORWARD(rank(w, err));
    fit(w, budget, &kept);
    ERROR_FORWARD(reserve_list(w, err));
    w->word_count = kept ? w->word_count : 0;
    ERROR_FORWARD(write_all(w, kept, err));
    return OIR_OK;
}
