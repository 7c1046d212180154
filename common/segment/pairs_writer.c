/* Part PART_PAIRS. Lists are written as those of terms are (postings_writer.c): with POSTINGS_SHORT_MOST documents or
 * more as sparse ones, whose size follows from their count, without tops; windows' bounds only say whether there are
 * documents, 255 or 0. Others are short ones behind 2 bytes, their size. wdf, which are all 1, have no bits. Marks:
 * pairs_marks.c.
 * The part is there, with no words, where no pair was worth a list: nobody need look again.
 *
 * Root:
 *     0  u32          number of words      4  u32  number of pairs
 *     8  u32 x words  their ordinals, ascending
 *        u32 x words + 1  the first pair of each word; at the end the number of pairs
 *        for each pair, ascending by first and then second word, 12 bytes:
 *            0  u16  the second word's number, and PAIRS_MARKED where the pair has marks
 *            2  6 bytes  the address of its list or marks    8  u32  its documents */
#include "segment/pairs_writer.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "codec/varint.h"
#include "segment/container.h"
#include "segment/pairs_choose.h"
#include "segment/pairs_format.h"
#include "segment/pairs_marks.h"

enum {
    WORD_SHARE = 128, /* a word is frequent in at least one document of so many: the share that makes lists dense */
    SLACK = 4         /* of the sample: a quarter more than the budget is gathered, then cut by exact sizes */
};

/* A list while it grows. One line of memory has all that a document more needs. */
typedef struct growing {
    buffer gaps;      /* as varints; of marks, places in the window at hand, 16 bits each */
    uint32_t count;
    uint32_t last;    /* the last document plus 1 */
    bool marked;
} growing;

struct pairs_writer {
    struct container_writer *parts;
    const postings_context *context;
    term_entry *entries;    /* of words that may be frequent */
    size_t entry_count, entry_capacity;
    const term_entry **words; /* the chosen ones, ordinals ascending */
    uint32_t word_count;
    pairs_choice *choices;
    size_t choice_count;
    uint16_t *numbers;      /* by first * words + second: number of its choice plus 1, or 0 */
    uint64_t *chosen;       /* the same as bits: most pairs are not chosen, and these stay in the cache */
    bool *wanted;           /* by word: it is in one of them */
    growing *lists;         /* by choice */
    pairs_marker *markers;  /* by choice, of those that are marked */
    uint64_t (*has)[RANGES];/* by word: the documents of the window at hand that have it */
    bool *has_marks;        /* by word: it is in a pair that is marked */
    uint32_t *documents;    /* of one list */
    uint8_t *zeros;         /* as many */
    buffer bytes, root;
};

oir_status pairs_writer_new(pairs_writer **out, struct container_writer *parts, const postings_context *context,
                            oir_error *err)
{
    pairs_writer *w = *out = memory_new_zeroed(1, sizeof *w);
    if (!w)
        return error_no_memory(err, "pairs of words");
    w->parts = parts;
    w->context = context;
    return OIR_OK;
}

void pairs_writer_free(pairs_writer *w)
{
    if (!w)
        return;
    for (size_t i = 0; w->lists && i < w->choice_count; i++)
        buffer_release(&w->lists[i].gaps);
    for (size_t i = 0; w->markers && i < w->choice_count; i++)
        pairs_marker_release(&w->markers[i]);
    memory_free(w->markers);
    memory_free(w->has);
    memory_free(w->has_marks);
    memory_free(w->entries);
    memory_free(w->words);
    memory_free(w->choices);
    memory_free(w->numbers);
    memory_free(w->chosen);
    memory_free(w->lists);
    memory_free(w->wanted);
    memory_free(w->documents);
    memory_free(w->zeros);
    buffer_release(&w->bytes);
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

/* ---- gathering ---- */

static oir_status number_choices(pairs_writer *w, oir_error *err)
{
    size_t codes = (size_t)w->word_count * w->word_count;
    w->numbers = memory_new_zeroed(codes, sizeof *w->numbers);
    w->chosen = memory_new_zeroed(codes / 64 + 1, sizeof *w->chosen);
    w->lists = memory_new_zeroed(w->choice_count + 1, sizeof *w->lists);
    w->wanted = memory_new_zeroed(w->word_count, sizeof *w->wanted);
    w->markers = memory_new_zeroed(w->choice_count + 1, sizeof *w->markers);
    w->has = memory_new(w->word_count * sizeof *w->has);
    w->has_marks = memory_new_zeroed(w->word_count, sizeof *w->has_marks);
    if (!w->numbers || !w->chosen || !w->lists || !w->wanted || !w->markers || !w->has || !w->has_marks)
        return error_no_memory(err, "pairs of words");
    for (size_t i = 0; i < w->choice_count; i++) {
        if (w->choices[i].marked) {
            uint32_t windows = postings_view_windows(w->context->document_count);
            ERROR_FORWARD(pairs_marker_init(&w->markers[i], windows, err));
            w->lists[i].marked = true;
            w->has_marks[w->choices[i].first] = w->has_marks[w->choices[i].second] = true;
        }
        size_t code = (size_t)w->choices[i].first * w->word_count + w->choices[i].second;
        w->numbers[code] = (uint16_t)(i + 1);
        w->chosen[code / 64] |= UINT64_C(1) << code % 64;
        w->wanted[w->choices[i].first] = w->wanted[w->choices[i].second] = true;
    }
    return OIR_OK;
}

/* Most gaps take one byte or two: which is hard to guess. */
static void add_document(growing *list, uint32_t document)
{
    uint32_t gap = document - list->last;
    buffer *to = &list->gaps;
    if (list->last == document + 1) /* it has the pair more than once */
        return;
    list->count++;
    list->last = document + 1;
    if (list->marked)
        buffer_add_u16(to, document % WINDOW_SIZE);
    else if (gap < 1 << 14 && buffer_reserve(to, 2)) {
        uint32_t more = gap >= 0x80;
        bits_store16(to->data + to->size, (uint16_t)((gap & 0x7f) | more << 7 | gap >> 7 << 8));
        to->size += 1 + more;
    } else {
        buffer_add_varint(to, gap);
    }
}

/* Ends a window: what was found in it of pairs that are marked becomes marks. */
static void mark_window(pairs_writer *w, pairs_scan *s, uint32_t window)
{
    const kernels *k = kernels_get(isa_best());
    for (uint32_t word = 0; word < w->word_count; word++)
        if (w->has_marks[word])
            postings_window_words(&s->words[word], w->has[word]);
    for (size_t i = 0; i < w->choice_count; i++) {
        buffer *places = &w->lists[i].gaps;
        uint64_t both[RANGES];
        uint16_t before[RANGES];
        if (!w->lists[i].marked)
            continue;
        uint32_t total = k->intersect(w->has[w->choices[i].first], w->has[w->choices[i].second], both, before);
        pairs_marker_add(&w->markers[i], window, total, both, before, places);
        buffer_clear(places);
    }
}

/* Keeps the codes of chosen ones; returns how many. */
static size_t keep_chosen(const pairs_writer *w, uint32_t *pairs, size_t count)
{
    const uint64_t *chosen = w->chosen;
    uint32_t words = w->word_count;
    size_t kept = 0;
    for (size_t p = 0; p < count; p++) {
        uint32_t code = (pairs[p] >> 16) * words + (pairs[p] & UINT16_MAX);
        pairs[kept] = code;
        kept += chosen[code / 64] >> code % 64 & 1;
    }
    return kept;
}

static oir_status gather(pairs_writer *w, pairs_scan *s, oir_error *err)
{
    growing *lists = w->lists;
    s->wanted = w->wanted;
    for (uint32_t window = 0; window < postings_view_windows(w->context->document_count); window++) {
        ERROR_FORWARD(pairs_scan_seek(s, window, err));
        for (uint32_t i = 0; i < s->document_count; i++) {
            ERROR_FORWARD(pairs_scan_document(s, i, err));
            size_t kept = keep_chosen(w, s->pairs, s->pair_count);
            for (size_t p = 0; p < kept; p++)
                add_document(&lists[w->numbers[s->pairs[p]] - 1u], window << WINDOW_BITS | i);
        }
        mark_window(w, s, window);
    }
    for (size_t i = 0; i < w->choice_count; i++)
        if (w->lists[i].gaps.failed || w->markers[i].bits.failed)
            return error_no_memory(err, "pairs of words");
    return OIR_OK;
}

/* ---- writing ---- */

static void read_gaps(pairs_writer *w, const growing *list)
{
    const uint8_t *at = list->gaps.data, *end = at + list->gaps.size;
    uint32_t next = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        uint64_t gap = 0;
        at = varint_get(at, end, &gap);
        w->documents[i] = next + (uint32_t)gap;
        next = w->documents[i] + 1;
    }
}

static void add_sparse(pairs_writer *w, const growing *list)
{
    uint32_t windows = postings_view_windows(w->context->document_count);
    buffer_add_u32(&w->bytes, UINT32_MAX << 16); /* from 0 to 1 */
    uint8_t *bounds = buffer_extend(&w->bytes, windows);
    if (bounds)
        memset(bounds, 0, windows);
    for (uint32_t i = 0; bounds && i < list->count; i++)
        bounds[w->documents[i] >> WINDOW_BITS] = UINT8_MAX;
    sparse_layout_add(&w->bytes, w->documents, w->zeros, list->count, w->context->document_count);
}

/* Puts a pair's list or marks into w->bytes. */
static oir_status encode(pairs_writer *w, size_t i, oir_error *err)
{
    const growing *list = &w->lists[i];
    buffer_clear(&w->bytes);
    if (list->marked) {
        pairs_marker_write(&w->markers[i], postings_view_windows(w->context->document_count), &w->bytes);
    } else {
        read_gaps(w, list);
        if (pairs_format_form(list->count) == POSTINGS_SPARSE) {
            add_sparse(w, list);
        } else {
            buffer_add_zeros(&w->bytes, PAIRS_SHORT_HEADER);
            sparse_layout_add_short(&w->bytes, w->documents, w->zeros, list->count);
            if (!w->bytes.failed)
                bits_store16(w->bytes.data, (uint16_t)(w->bytes.size - PAIRS_SHORT_HEADER));
        }
    }
    return w->bytes.failed ? error_no_memory(err, "pairs of words") : OIR_OK;
}

/* Leaves out the pairs that are worth least and do not fit; *kept are left. */
static oir_status fit(pairs_writer *w, uint64_t budget, uint32_t *kept, oir_error *err)
{
    uint64_t size = PAIRS_HEADER_SIZE + (uint64_t)w->word_count * 8;
    for (size_t i = 0; i < w->choice_count; i++) {
        const pairs_choice *c = &w->choices[i];
        bool found = w->lists[i].count;
        if (found && size <= budget) {
            ERROR_FORWARD(encode(w, i, err));
            size += w->bytes.size + PAIRS_ENTRY_SIZE;
        }
        if (!found || size > budget)
            w->numbers[(size_t)c->first * w->word_count + c->second] = 0;
        else
            (*kept)++;
    }
    return OIR_OK;
}

static uint32_t longest_list(const pairs_writer *w)
{
    uint32_t most = 0;
    for (size_t i = 0; w->lists && i < w->choice_count; i++)
        if (!w->lists[i].marked)
            most = w->lists[i].count > most ? w->lists[i].count : most;
    return most;
}

static oir_status reserve_list(pairs_writer *w, oir_error *err)
{
    size_t most = (size_t)longest_list(w) + 16;
    w->documents = memory_new(most * sizeof *w->documents);
    w->zeros = memory_new_zeroed(most, 1);
    return w->documents && w->zeros ? OIR_OK : error_no_memory(err, "pairs of words");
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
            uint16_t number = w->numbers[(size_t)first * n + second];
            uint64_t address;
            if (!number)
                continue;
            const growing *list = &w->lists[number - 1];
            ERROR_FORWARD(encode(w, number - 1u, err));
            ERROR_FORWARD(container_writer_add(w->parts, PART_PAIRS, w->bytes.data, w->bytes.size, 1, &address, err));
            uint8_t *at = root + entries + (size_t)pair++ * PAIRS_ENTRY_SIZE;
            bits_store64(at, address << 16 | second | (list->marked ? PAIRS_MARKED : 0));
            bits_store32(at + 8, list->count);
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

/* Reads what was written: nothing may be added to the container meanwhile. */
static oir_status find_lists(pairs_writer *w, uint64_t budget, pairs_scan_tell tell, void *context, oir_error *err)
{
    oir_status status;
    arena a;
    pairs_scan *s = memory_new_zeroed(1, sizeof *s);
    const container *parts;
    if (!s)
        return error_no_memory(err, "pairs of words");
    arena_init(&a);
    ERROR_GOTO_DONE(container_writer_read(w->parts, &parts, err));
    ERROR_GOTO_DONE(pairs_scan_init(s, parts, w->context, w->words, w->word_count, &a, err));
    s->tell = tell;
    s->tell_context = context;
    ERROR_GOTO_DONE(pairs_choose(s, budget + budget / SLACK, &w->choices, &w->choice_count, err));
    ERROR_GOTO_DONE(number_choices(w, err));
    if (w->choice_count)
        ERROR_GOTO_DONE(gather(w, s, err));
done:
    container_writer_end_read(w->parts);
    pairs_scan_release(s);
    memory_free(s);
    arena_release(&a);
    return status;
}

oir_status pairs_writer_end(pairs_writer *w, pairs_scan_tell tell, void *context, oir_error *err)
{
    uint64_t budget = find_budget(w);
    if (w->context->document_count >= PAIRS_DOCUMENTS_MIN && w->entry_count && pairs_scan_is_possible(w->context)) {
        ERROR_FORWARD(choose_words(w, err));
        memory_give_back(); /* what lists took is free by now */
        ERROR_FORWARD(find_lists(w, budget, tell, context, err));
    }
    uint32_t kept = 0;
    ERROR_FORWARD(reserve_list(w, err));
    ERROR_FORWARD(fit(w, budget, &kept, err));
    w->word_count = kept ? w->word_count : 0;
    return write_all(w, kept, err);
}
