#include "searcher/plan_terms.h"

#include "base/error.h"
#include "base/paths.h"
#include "segment/container.h"

enum { LIST_AHEAD = 192 }; /* bytes of a list that are asked for ahead */

/* A word in one unit. */
typedef struct word_place {
    terms_place place;
    bool found;
    term_entry entry;
} word_place;

/* In the plan's arena. */
struct plan_word {
    struct plan_word *next;   /* in the order in which they stand in the query */
    const oir_query *query;
    uint64_t hash;
    word_place places[];      /* by unit */
};

static const terms *terms_of(const plan *p, size_t unit)
{
    return &p->units[unit].segment->segment->terms;
}

static oir_status begin(plan *p, const oir_query *q, struct plan_word ***end, oir_error *err)
{
    if (q->op == OIR_OP_PREFIX || q->op == OIR_OP_SYNONYM)
        return OIR_OK;
    for (size_t i = 0; i < plan_part_count(p, q); i++)
        ERROR_FORWARD(begin(p, q->parts[i], end, err));
    if (q->op != OIR_OP_TERM)
        return OIR_OK;
    struct plan_word *word = arena_add(p->arena, sizeof *word + p->unit_count * sizeof *word->places);
    if (!word)
        return error_no_memory(err, "a search");
    word->next = NULL;
    word->query = q;
    word->hash = frequent_terms_hash(q->term, q->term_size);
    for (size_t u = 0; u < p->unit_count; u++)
        frequent_terms_prefetch(&terms_of(p, u)->frequent, word->hash);
    **end = word;
    *end = &word->next;
    return OIR_OK;
}

/* Where a word is in each unit; `frequent`: among the frequent ones, if it is there. */
static void locate(const plan *p, struct plan_word *word, bool frequent)
{
    const oir_query *q = word->query;
    for (size_t u = 0; u < p->unit_count; u++)
        word->places[u].place = terms_locate(terms_of(p, u), word->hash, q->term, q->term_size, frequent);
}

static void prefetch_blocks(const plan *p, const struct plan_word *word)
{
    for (size_t u = 0; u < p->unit_count; u++)
        terms_prefetch(terms_of(p, u), word->places[u].place);
}

static oir_status find(const plan *p, struct plan_word *word, oir_error *err)
{
    const oir_query *q = word->query;
    for (size_t u = 0; u < p->unit_count; u++) {
        word_place *at = &word->places[u];
        ERROR_FORWARD(terms_find_at(terms_of(p, u), at->place, q->term, q->term_size, &at->entry, &at->found, err));
    }
    return OIR_OK;
}

static void prefetch_lists(const plan *p, const struct plan_word *word)
{
    for (size_t u = 0; u < p->unit_count; u++) {
        const word_place *at = &word->places[u];
        if (at->found && at->entry.form != POSTINGS_INLINED)
            container_prefetch(terms_of(p, u)->parts, PART_POSTINGS, at->entry.postings_address,
                               at->entry.postings_size < LIST_AHEAD ? at->entry.postings_size : LIST_AHEAD);
    }
}

oir_status plan_terms_find(plan *p, const oir_query *query, oir_error *err)
{
    struct plan_word **end = &p->words;
    bool frequent = paths_use(PATHS_FREQUENT);
    ERROR_FORWARD(begin(p, query, &end, err));
    p->next_word = p->words;
    for (struct plan_word *word = p->words; word; word = word->next)
        locate(p, word, frequent);
    for (const struct plan_word *word = p->words; word; word = word->next)
        prefetch_blocks(p, word);
    for (struct plan_word *word = p->words; word; word = word->next)
        ERROR_FORWARD(find(p, word, err));
    for (const struct plan_word *word = p->words; word; word = word->next)
        prefetch_lists(p, word);
    return OIR_OK;
}

void plan_terms_fill(plan *p, plan_leaf *leaf, const oir_query *term)
{
    const struct plan_word *word = p->next_word;
    uint64_t total = 0;
    while (word->query != term) /* parts of a query that cannot match are left out when a plan is made */
        word = word->next;
    p->next_word = word->next;
    for (size_t u = 0; u < p->unit_count; u++) {
        plan_postings *at = &leaf->postings[u];
        uint32_t termfreq = 0;
        if (word->places[u].found) {
            at->entry = word->places[u].entry;
            snapshot_correct(p->units[u].segment, &at->entry, &termfreq, NULL);
        }
        at->found = termfreq > 0;
        total += termfreq;
    }
    leaf->termfreq = (uint32_t)total;
}
