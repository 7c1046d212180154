#include "segment/pairs_choose.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/paths.h"
#include "segment/pairs_format.h"

enum {
    WINDOWS_LEAST = 12,  /* in the sample, where there are so many */
    WINDOWS_MOST = 48,
    WINDOWS_SHARE = 10,  /* one of so many: like documents lie beside each other, so that few windows say little */
    TIMES_BITS = 20,     /* for documents in the sample */
    TIMES_MIN = 4,      /* in the sample: pairs that occur less are passed over */
    TOGETHER_MIN = 64   /* documents with both words: with fewer, positions are quick */
};

#define TIMES_MASK ((UINT32_C(1) << TIMES_BITS) - 1)

/* What the sampled windows say. */
typedef struct sample {
    pairs_scan *scan;
    uint32_t windows;
    double scale;       /* documents of the segment for one of the sample */
    uint32_t *times;    /* by first * words + second: documents that have the pair, and behind these TIMES_BITS the last
                           bits of the one that was counted last plus 1 */
    uint32_t documents; /* in the sample so far */
    uint64_t (*has)[RANGES]; /* by word * windows + window: the documents that have the word */
} sample;

static oir_status count_window(sample *s, uint32_t index, uint32_t window, oir_error *err)
{
    pairs_scan *scan = s->scan;
    uint32_t n = scan->word_count;
    ERROR_FORWARD(pairs_scan_seek(scan, window, err));
    for (uint32_t i = 0; i < scan->document_count; i++) {
        ERROR_FORWARD(pairs_scan_document(scan, i, err));
        for (size_t p = 0; p < scan->pair_count; p++) {
            size_t at = (size_t)(scan->pairs[p] >> 16) * n + (scan->pairs[p] & UINT16_MAX);
            uint32_t times = s->times[at], document = (s->documents + i + 1) << TIMES_BITS;
            bool again = ((times ^ document) >> TIMES_BITS) == 0;
            s->times[at] = ((times & TIMES_MASK) + !again) | document;
        }
    }
    s->documents += scan->document_count;
    for (uint32_t word = 0; word < n; word++)
        postings_window_words(&scan->words[word], s->has[(size_t)word * s->windows + index]);
    return OIR_OK;
}

static oir_status take_sample(sample *s, oir_error *err)
{
    uint32_t all = postings_view_windows(s->scan->context->document_count), n = s->scan->word_count;
    s->windows = all / WINDOWS_SHARE < WINDOWS_MOST ? all / WINDOWS_SHARE : WINDOWS_MOST;
    s->windows = s->windows > WINDOWS_LEAST ? s->windows : all < WINDOWS_LEAST ? all : WINDOWS_LEAST;
    s->times = memory_new_zeroed((size_t)n * n, sizeof *s->times);
    s->has = memory_new((size_t)n * s->windows * sizeof *s->has);
    if (!s->times || !s->has)
        return error_no_memory(err, "pairs of words");
    for (uint32_t i = 0; i < s->windows; i++) { /* evenly spread */
        uint32_t window = (uint32_t)(((uint64_t)i * 2 + 1) * all / (2 * (uint64_t)s->windows));
        ERROR_FORWARD(count_window(s, i, window, err));
    }
    s->scale = (double)s->scan->context->document_count / s->documents;
    return OIR_OK;
}

static uint32_t count_together(const sample *s, const kernels *k, uint32_t first, uint32_t second)
{
    uint32_t count = 0;
    for (uint32_t w = 0; w < s->windows; w++) {
        const uint64_t *a = s->has[(size_t)first * s->windows + w], *b = s->has[(size_t)second * s->windows + w];
        uint64_t both[RANGES];
        for (uint32_t r = 0; r < RANGES; r++)
            both[r] = a[r] & b[r];
        count += k->count_words(both);
    }
    return count;
}

/* How many documents have the pair, about. */
static uint32_t about(const sample *s, uint32_t times)
{
    double count = times * s->scale, most = s->scan->context->document_count;
    return (uint32_t)(count < most ? count : most);
}

/* Whether marks take so much less than a list that they are better, though a list need not be asked about every window
 * where both words are. */
static bool choose_marks(const sample *s, double together, uint32_t list, uint32_t *size)
{
    uint32_t documents = s->scan->context->document_count, windows = postings_view_windows(documents);
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

static oir_status find_candidates(const sample *s, pairs_choice **out, size_t *count, oir_error *err)
{
    const kernels *k = kernels_get(isa_best());
    uint32_t n = s->scan->word_count;
    size_t capacity = 0;
    for (uint32_t first = 0; first < n; first++) {
        for (uint32_t second = 0; second < n; second++) {
            uint32_t times = s->times[(size_t)first * n + second] & TIMES_MASK;
            if (times < TIMES_MIN)
                continue;
            double together = count_together(s, k, first, second) * s->scale;
            uint32_t list = about(s, times);
            if (together < TOGETHER_MIN)
                continue;
            if (!memory_reserve(out, &capacity, *count + 1, sizeof **out))
                return error_no_memory(err, "pairs of words");
            pairs_choice *c = &(*out)[(*count)++];
            *c = (pairs_choice){.first = first, .second = second};
            c->marked = choose_marks(s, together, list, &c->size);
            c->worth = (float)(together * list / c->size);
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

oir_status pairs_choose(pairs_scan *scan, uint64_t budget, pairs_choice **out, size_t *count, oir_error *err)
{
    sample s = {.scan = scan};
    *out = NULL;
    *count = 0;
    oir_status status = take_sample(&s, err);
    if (status == OIR_OK)
        status = find_candidates(&s, out, count, err);
    if (status == OIR_OK && *count)
        qsort(*out, *count, sizeof **out, compare_choices);
    if (status == OIR_OK)
        cut(budget, *out, count);
    memory_free(s.times);
    memory_free(s.has);
    return status;
}
