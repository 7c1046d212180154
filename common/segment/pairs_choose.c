#include "segment/pairs_choose.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/paths.h"
#include "segment/pairs_format.h"

enum {
    WINDOWS_MOST = 48,     /* in the sample: like documents lie beside each other, so that few windows say little */
    DOCUMENTS_SHARE = 10,  /* it has one of so many documents, */
    WORDS_LEAST = 6 << 20, /* or as many as have so many words, */
    TIMES_BITS = 19,       /* and its documents fit into so many bits */
    TIMES_MIN = 4,         /* in the sample: pairs that occur less are passed over */
    TOGETHER_MIN = 64      /* documents with both words: with fewer, positions are quick */
};

#define TIMES_MASK ((UINT32_C(1) << TIMES_BITS) - 1)

/* What is counted of some windows of the sample. */
typedef struct counts {
    uint32_t *times;    /* by code: documents that have the pair, and behind these TIMES_BITS which of the window's
                           documents was counted last, plus 1 */
    uint32_t documents;
} counts;

/* What the sample says: of some windows the first ranges. */
typedef struct sample {
    const pairs_source *source;
    uint32_t windows, ranges;
    double scale;       /* documents of the segment for one of the sample */
    uint64_t *has;      /* by word `row` words of bits: the documents that have it, by window and range */
    size_t row;
    counts parts[PAIRS_SHARE_MOST]; /* in the end all are in the first */
    size_t part_count;
} sample;

static size_t codes(const sample *s)
{
    return pairs_scan_codes(s->source->word_count);
}

/* The next window begins: whose documents have the same numbers. */
static void forget_last(const sample *s, uint32_t *times)
{
    for (size_t i = 0, n = codes(s); i < n; i++)
        times[i] &= TIMES_MASK;
}

static oir_status count_documents(const sample *s, counts *c, pairs_scan *scan, oir_error *err)
{
    uint32_t most = s->ranges << RANGE_BITS, n = scan->document_count < most ? scan->document_count : most;
    for (uint32_t i = 0; i < n; i++) {
        ERROR_FORWARD(pairs_scan_document(scan, i, err));
        for (size_t p = 0; p < scan->pair_count; p++) {
            uint32_t *at = &c->times[scan->pairs[p]], last = (i + 1) << TIMES_BITS;
            bool again = ((*at ^ last) >> TIMES_BITS) == 0;
            *at = ((*at & TIMES_MASK) + !again) | last;
        }
    }
    forget_last(s, c->times);
    c->documents += n;
    return OIR_OK;
}

static oir_status count_window(const sample *s, counts *c, pairs_scan *scan, uint32_t index, oir_error *err)
{
    uint32_t all = postings_view_windows(s->source->context->document_count);
    uint32_t window = (uint32_t)(((uint64_t)index * 2 + 1) * all / (2 * (uint64_t)s->windows)); /* evenly spread */
    ERROR_FORWARD(pairs_scan_seek(scan, window, err));
    ERROR_FORWARD(count_documents(s, c, scan, err));
    for (uint32_t word = 0; word < scan->word_count; word++) {
        uint64_t words[RANGES];
        postings_window_words(&scan->words[word], words);
        memcpy(s->has + word * s->row + (size_t)index * s->ranges, words, s->ranges * sizeof *words);
    }
    return OIR_OK;
}

/* A part of the sample's windows. */
static oir_status count_part(void *context, size_t part, pairs_scan_tell tell, void *tell_context, oir_error *err)
{
    sample *s = context;
    const pairs_source *from = s->source;
    counts *c = &s->parts[part];
    uint32_t first = (uint32_t)(s->windows * part / s->part_count);
    uint32_t end = (uint32_t)(s->windows * (part + 1) / s->part_count);
    oir_status status;
    arena a;
    pairs_scan *scan = memory_new_zeroed(1, sizeof *scan);
    arena_init(&a);
    c->times = memory_new_zeroed(codes(s), sizeof *c->times);
    status = scan && c->times ? OIR_OK : error_no_memory(err, "pairs of words");
    ERROR_GOTO_DONE(status);
    ERROR_GOTO_DONE(pairs_scan_init(scan, from->parts, from->context, from->words, from->word_count, NULL, &a,
                                    err));
    scan->ranges = s->ranges;
    scan->source = from->text;
    scan->tell = tell;
    scan->tell_context = tell_context;
    for (uint32_t i = first; i < end; i++)
        ERROR_GOTO_DONE(count_window(s, c, scan, i, err));
done:
    if (scan)
        pairs_scan_release(scan);
    memory_free(scan);
    arena_release(&a);
    return status;
}

/* A share of all documents, or so many words: of few windows all are looked at. */
static void choose_ranges(sample *s)
{
    const postings_context *c = s->source->context;
    uint32_t all = postings_view_windows(c->document_count);
    double words = c->average > 1 ? c->average : 1, least = WORDS_LEAST / words;
    double share = (double)c->document_count / DOCUMENTS_SHARE, documents = share > least ? share : least;
    s->windows = all < WINDOWS_MOST ? all : WINDOWS_MOST;
    double ranges = documents / RANGE_SIZE / s->windows + 1;
    s->ranges = ranges < RANGES ? (uint32_t)ranges : RANGES;
}

static void add_parts(sample *s)
{
    counts *all = &s->parts[0];
    for (size_t part = 1; part < s->part_count; part++) {
        for (size_t i = 0, n = codes(s); i < n; i++)
            all->times[i] += s->parts[part].times[i];
        all->documents += s->parts[part].documents;
    }
}

static oir_status take_sample(sample *s, oir_error *err)
{
    choose_ranges(s);
    s->row = ((size_t)s->windows * s->ranges + 63) / 64 * 64;
    s->has = memory_new_zeroed(s->source->word_count * s->row, sizeof *s->has);
    if (!s->has)
        return error_no_memory(err, "pairs of words");
    s->part_count = pairs_share_count(s->source, s->windows);
    ERROR_FORWARD(pairs_share_run(s->source, s->part_count, s->windows, count_part, s, err));
    add_parts(s);
    s->scale = (double)s->source->context->document_count / s->parts[0].documents;
    return OIR_OK;
}

static uint32_t count_together(const sample *s, const kernels *k, uint32_t first, uint32_t second)
{
    uint32_t count = 0;
    const uint64_t *a = s->has + first * s->row, *b = s->has + second * s->row;
    for (size_t w = 0; w < s->row; w += 64) {
        uint64_t both[64];
        for (uint32_t r = 0; r < 64; r++)
            both[r] = a[w + r] & b[w + r];
        count += k->count_words(both);
    }
    return count;
}

/* How many documents have the pair, about. */
static uint32_t about(const sample *s, uint32_t times)
{
    double count = times * s->scale, most = s->source->context->document_count;
    return (uint32_t)(count < most ? count : most);
}

/* Whether marks take so much less than a list that they are better, though a list need not be asked about every window
 * where both words are. */
static bool choose_marks(const sample *s, double together, uint32_t list, uint32_t *size)
{
    uint32_t documents = s->source->context->document_count, windows = postings_view_windows(documents);
    uint32_t both = together < documents ? (uint32_t)together : documents;
    uint32_t width = bits_width(2 * both / windows + 1); /* in some windows there are more than in others */
    uint64_t marks = pairs_format_marks_size(windows, width, both), postings = pairs_format_size(list, documents);
    bool better = marks * 5 < postings * 4 && paths_use(PATHS_MARKED);
    *size = (uint32_t)(better ? marks : postings) + PAIRS_ENTRY_SIZE;
    return better;
}

static int compare_choices(const void *a, const void *b)
{
    const pairs_choice *x = a, *y = b;
    if (x->worth != y->worth)
        return x->worth > y->worth ? -1 : 1;
    uint64_t left = (uint64_t)x->first << 32 | x->second, right = (uint64_t)y->first << 32 | y->second;
    return (left > right) - (left < right);
}

typedef struct candidates {
    pairs_choice *items;
    size_t count, capacity;
} candidates;

/* A pair that `times` documents of the sample have. */
static oir_status add_candidate(candidates *c, const sample *s, uint32_t first, uint32_t second, uint32_t times,
                                double together, oir_error *err)
{
    uint32_t list = about(s, times);
    pairs_choice choice = {.first = first, .second = second, .together = (float)together};
    if (times < TIMES_MIN)
        return OIR_OK;
    if (!memory_reserve(&c->items, &c->capacity, c->count + 1, sizeof *c->items))
        return error_no_memory(err, "pairs of words");
    choice.marked = choose_marks(s, together, list, &choice.size);
    choice.worth = (float)(together * list / choice.size);
    c->items[c->count++] = choice;
    return OIR_OK;
}

static uint32_t get_times(const sample *s, uint32_t first, uint32_t second)
{
    return s->parts[0].times[pairs_scan_code(s->source->word_count, first, second)];
}

/* Documents that two words are in together are as many in either order. */
static oir_status find_candidates(candidates *c, const sample *s, oir_error *err)
{
    const kernels *k = kernels_get(isa_best());
    for (uint32_t a = 0; a < s->source->word_count; a++) {
        for (uint32_t b = a; b < s->source->word_count; b++) {
            uint32_t forth = get_times(s, a, b), back = get_times(s, b, a);
            if (forth < TIMES_MIN && back < TIMES_MIN)
                continue;
            double together = count_together(s, k, a, b) * s->scale;
            if (together < TOGETHER_MIN)
                continue;
            ERROR_FORWARD(add_candidate(c, s, a, b, forth, together, err));
            if (a != b)
                ERROR_FORWARD(add_candidate(c, s, b, a, back, together, err));
        }
    }
    return OIR_OK;
}

static void cut(uint64_t budget, const pairs_choice *choices, size_t *count)
{
    uint64_t size = 0;
    size_t i = 0;
    for (; i < *count && i < PAIRS_CHOOSE_MAX && size < budget; i++)
        size += choices[i].size;
    *count = i;
}

oir_status pairs_choose(const pairs_source *source, uint64_t budget, pairs_choice **out, size_t *count, oir_error *err)
{
    sample s = {.source = source};
    candidates found = {0};
    oir_status status = take_sample(&s, err);
    if (status == OIR_OK)
        status = find_candidates(&found, &s, err);
    if (status == OIR_OK && found.count)
        qsort(found.items, found.count, sizeof *found.items, compare_choices);
    if (status == OIR_OK)
        cut(budget, found.items, &found.count);
    if (status == OIR_OK && found.count) { /* of all candidates: what is left of them is there for long */
        pairs_choice *fitting = memory_resize(found.items, found.count * sizeof *fitting);
        found.items = fitting ? fitting : found.items;
    }
    *out = found.items;
    *count = found.count;
    for (size_t i = 0; i < PAIRS_SHARE_MOST; i++)
        memory_free(s.parts[i].times);
    memory_free(s.has);
    return status;
}
