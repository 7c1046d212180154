#include "segment/pairs_check.h"

#include "base/error.h"
#include "base/memory.h"
#include "segment/pairs_marks.h"
#include "segment/pairs_scan.h"

/* Of a list: documents are compared by a sum of hashes, so that not all lists need be in memory. */
typedef struct sum {
    uint64_t hashes;
    uint32_t count, last; /* last: the document found last plus 1 */
} sum;

typedef struct checking {
    const segment *segment;
    term_entry *entries;         /* of the words, by number */
    const term_entry **words;
    sum *listed, *found;         /* by pair */
    uint32_t *numbers;           /* by code: the pair's number plus 1, or 0 */
    postings_list list;
    pairs_scan scan;
    pairs_marks marks;
    arena arena, marks_arena;
} checking;

static oir_status damaged(oir_error *err, const char *what)
{
    return error_set(err, OIR_CORRUPT, "lists of pairs: %s; run oir-inspect check, then index anew", what);
}

static uint64_t hash(uint32_t document)
{
    uint64_t z = document + UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    return (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
}

/* The dictionary's entries of the words: their ordinals ascend as terms do. */
static oir_status find_words(checking *c, oir_error *err)
{
    const pairs_table *p = &c->segment->pairs;
    uint32_t n = 0;
    terms_cursor *cursor = arena_add(&c->arena, sizeof *cursor);
    if (!cursor)
        return error_no_memory(err, "checking pairs");
    terms_cursor_init(cursor, &c->segment->terms);
    ERROR_FORWARD(terms_cursor_seek(cursor, "", 0, err));
    while (!cursor->at_end && n < p->word_count) {
        uint32_t wanted = bits_load32(p->ordinals + (size_t)n * 4);
        if (cursor->entry.ordinal == wanted) {
            c->entries[n] = cursor->entry;
            c->words[n] = &c->entries[n];
            n++;
        }
        ERROR_FORWARD(terms_cursor_next(cursor, err));
    }
    if (n < p->word_count)
        return damaged(err, "a word that is not in the dictionary");
    for (uint32_t i = 0; i < n; i++)
        if (c->entries[i].form != POSTINGS_DENSE || c->entries[i].positions_form == POSITIONS_NONE)
            return damaged(err, "a word that is not frequent");
    return OIR_OK;
}

/* A document of a pair. Documents ascend. */
static void add(sum *s, uint32_t document)
{
    if (s->last == document + 1)
        return;
    s->last = document + 1;
    s->hashes += hash(document);
    s->count++;
}

static oir_status read_marks(checking *c, const term_entry *entry, uint32_t first, uint32_t second, sum *out,
                             oir_error *err)
{
    const postings_context *context = &c->segment->context;
    postings_window *a = &c->scan.words[first], *b = &c->scan.words[second];
    ERROR_FORWARD(pairs_marks_open(&c->marks, c->segment->container, context, entry, &c->marks_arena, err));
    for (uint32_t window = 0; window < postings_view_windows(context->document_count); window++) {
        postings_window_seek(a, window);
        postings_window_seek(b, window);
        pairs_marks_seek(&c->marks, a, b);
        for (uint32_t r = 0; r < RANGES; r++)
            for (uint64_t left = pairs_marks_documents(&c->marks, r); left; left &= left - 1)
                add(out, window << WINDOW_BITS | r << RANGE_BITS | bits_lowest(left));
    }
    arena_clear(&c->marks_arena);
    return b->damaged || out->count != entry->termfreq ? damaged(err, "number of a pair's marks") : OIR_OK;
}

static oir_status read_list(checking *c, const term_entry *entry, sum *out, oir_error *err)
{
    ERROR_FORWARD(postings_decode(c->segment->container, &c->segment->context, entry, &c->list, err));
    for (uint32_t d = 0; d < c->list.count; d++)
        add(out, c->list.documents[d]);
    return OIR_OK;
}

static oir_status read_lists(checking *c, oir_error *err)
{
    const pairs_table *p = &c->segment->pairs;
    uint64_t before = 0;
    for (uint32_t i = 0; i < p->pair_count; i++) {
        uint32_t first, second;
        term_entry entry, again;
        ERROR_FORWARD(pairs_get(p, i, &first, &second, &entry, err));
        if ((i && ((uint64_t)first << 32 | second) <= before) ||
            !pairs_find(p, c->entries[first].ordinal, c->entries[second].ordinal, &again))
            return damaged(err, "order of their table");
        before = (uint64_t)first << 32 | second;
        ERROR_FORWARD(entry.form == POSTINGS_MARKS ? read_marks(c, &entry, first, second, &c->listed[i], err)
                                                   : read_list(c, &entry, &c->listed[i], err));
        c->numbers[pairs_scan_code(p->word_count, first, second)] = i + 1;
    }
    return OIR_OK;
}

static oir_status read_text(checking *c, oir_error *err)
{
    pairs_scan *s = &c->scan;
    const postings_context *context = &c->segment->context;
    for (uint32_t window = 0; window < postings_view_windows(context->document_count); window++) {
        ERROR_FORWARD(pairs_scan_seek(s, window, err));
        for (uint32_t i = 0; i < s->document_count; i++) {
            uint32_t document = window << WINDOW_BITS | i;
            ERROR_FORWARD(pairs_scan_document(s, i, err));
            for (size_t p = 0; p < s->pair_count; p++) {
                uint32_t n = c->numbers[s->pairs[p]];
                if (n)
                    add(&c->found[n - 1], document);
            }
        }
    }
    return OIR_OK;
}

static oir_status check_all(checking *c, oir_error *err)
{
    const pairs_table *p = &c->segment->pairs;
    size_t words = p->word_count;
    if (!words || words > PAIRS_SCAN_WORDS_MAX || !pairs_scan_is_possible(&c->segment->context))
        return damaged(err, "number of their words");
    c->entries = arena_add(&c->arena, words * sizeof *c->entries);
    c->words = arena_add(&c->arena, words * sizeof *c->words);
    c->numbers = arena_add_zeroed(&c->arena, pairs_scan_codes((uint32_t)words), sizeof *c->numbers);
    c->listed = arena_add_zeroed(&c->arena, p->pair_count, sizeof *c->listed);
    c->found = arena_add_zeroed(&c->arena, p->pair_count, sizeof *c->found);
    if (!c->entries || !c->words || !c->numbers || !c->listed || !c->found)
        return error_no_memory(err, "checking pairs");
    ERROR_FORWARD(find_words(c, err));
    ERROR_FORWARD(pairs_scan_init(&c->scan, c->segment->container, &c->segment->context, c->words, (uint32_t)words,
                                  NULL, &c->arena, err));
    ERROR_FORWARD(read_lists(c, err));
    ERROR_FORWARD(read_text(c, err));
    for (uint32_t i = 0; i < p->pair_count; i++)
        if (c->listed[i].hashes != c->found[i].hashes || c->listed[i].count != c->found[i].count)
            return error_set(err, OIR_CORRUPT, "list of pair number %u: its documents are not those in which the two "
                             "words follow each other", i);
    return OIR_OK;
}

oir_status pairs_check(const segment *s, oir_error *err)
{
    if (!s->pairs.pair_count)
        return OIR_OK;
    checking *c = memory_new_zeroed(1, sizeof *c);
    if (!c)
        return error_no_memory(err, "checking pairs");
    c->segment = s;
    oir_status status = check_all(c, err);
    pairs_scan_release(&c->scan);
    postings_list_release(&c->list);
    arena_release(&c->arena);
    arena_release(&c->marks_arena);
    memory_free(c);
    return status;
}
