#include "searcher/snippet_query.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "searcher/query.h"
#include "text/unicode.h"
#include "text/utf8.h"

#define WEIGHT_ONE 65536.0
/* Words in nearly all documents still count something. */
#define WEIGHT_LEAST 0.1

/* A word at one place of the query. `place` counts them in the query's order. */
typedef struct leaf {
    snippet_word word;
    uint32_t place;
} leaf;

/* A query being taken apart: groups name places first, words once all are known. */
typedef struct collection {
    snippet_query *q;
    const oir_database *database;
    leaf *leaves;
    size_t leaf_count, leaf_capacity, group_capacity;
    snippet_group *groups;
    uint32_t *first_places; /* of each group */
    size_t place_capacity;
    uint32_t group_count;
    oir_error *err;
} collection;

/* Whether a pattern has a character of its own; one of * and ? only would mark everything. */
static bool says_something(const char *pattern, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (pattern[i] != '*' && pattern[i] != '?')
            return true;
    return false;
}

/* A bared pattern or fuzzy term; those of stems do not mark. */
static bool make_pattern(const oir_query *query, leaf *out)
{
    uint32_t without = (uint32_t)query->term_size - out->word.size;
    out->word.kind = SNIPPET_PATTERN;
    out->word.distance = query->distance;
    out->word.fixed = query->fixed > without ? query->fixed - without : 0;
    return *query->term != 'Z' && says_something(out->word.bytes, out->word.size);
}

/* Bares a term or prefix of its prefix letters. False for what does not mark. */
static bool bare_term(const oir_query *query, bool boolean, leaf *out)
{
    const char *at = query->term, *end = at + query->term_size;
    bool stem = at < end && *at == 'Z', prefix = query->op == OIR_OP_PREFIX;
    at += stem;
    const char *letters = at;
    while (at < end && *at >= 'A' && *at <= 'Z')
        at++;
    if (at > letters && (boolean || *letters == 'Q'))
        return false;
    if (at > letters && at < end && *at == ':')
        at++;
    *out = (leaf){.word = {.bytes = at, .size = (uint32_t)(end - at)}};
    if (query_expands(query) && !prefix)
        return make_pattern(query, out);
    out->word.kind = stem ? (prefix ? SNIPPET_STEM_PREFIX : SNIPPET_STEM) : prefix ? SNIPPET_PREFIX : SNIPPET_WORD;
    return at < end;
}

/* The number of n-gram characters when the term is made of them only, else 0. */
static size_t count_ngrams(const oir_query *query)
{
    const uint8_t *at = (const uint8_t *)query->term, *end = at + query->term_size;
    size_t count = 0;
    if (query->op != OIR_OP_TERM)
        return 0;
    for (uint32_t step; at < end; at += step, count++) {
        if (!unicode_is_ngram(utf8_decode(at, end, &step)))
            return 0;
    }
    return count;
}

static oir_status collect_leaf(collection *c, const oir_query *query, bool boolean, bool loose, bool *marks)
{
    leaf found;
    *marks = bare_term(query, boolean, &found);
    if (!*marks)
        return OIR_OK;
    if (c->database && query->op == OIR_OP_TERM)
        ERROR_FORWARD(oir_database_get_termfreq(c->database, query->term, query->term_size, &found.word.termfreq,
                                                c->err));
    if (!memory_reserve(&c->leaves, &c->leaf_capacity, c->leaf_count + 1, sizeof *c->leaves))
        return error_no_memory(c->err, "a snippet's query");
    found.word.loose = loose;
    found.place = (uint32_t)c->leaf_count;
    c->leaves[c->leaf_count++] = found;
    if (count_ngrams(query) > 2)
        c->q->ngrams = false;
    return OIR_OK;
}

static oir_status collect_group(collection *c, const oir_query *query, bool boolean)
{
    uint32_t first = (uint32_t)c->leaf_count;
    bool marks = true;
    for (size_t i = 0; i < query->part_count && marks; i++)
        ERROR_FORWARD(collect_leaf(c, query->parts[i], boolean, false, &marks));
    if (!marks) {
        c->leaf_count = first;
        return OIR_OK;
    }
    if (!memory_reserve(&c->groups, &c->group_capacity, c->group_count + 1u, sizeof *c->groups) ||
        !memory_reserve(&c->first_places, &c->place_capacity, c->group_count + 1u, sizeof *c->first_places))
        return error_no_memory(c->err, "a snippet's query");
    c->first_places[c->group_count] = first;
    c->groups[c->group_count++] = (snippet_group){.count = (uint32_t)query->part_count, .window = query->window,
                                                  .ordered = query->op == OIR_OP_PHRASE};
    return OIR_OK;
}

/* Whether part i is one character of a pair beside it: a run of a script without spaces is asked for by both, and its
 * characters mean little alone. */
static bool in_pair(const oir_query *query, size_t i)
{
    const oir_query *part = query->parts[i];
    if (count_ngrams(part) != 1)
        return false;
    if (i > 0 && count_ngrams(query->parts[i - 1]) == 2) {
        const oir_query *pair = query->parts[i - 1];
        if (pair->term_size > part->term_size &&
            memcmp(pair->term + pair->term_size - part->term_size, part->term, part->term_size) == 0)
            return true;
    }
    return i + 1 < query->part_count && count_ngrams(query->parts[i + 1]) == 2 &&
           query->parts[i + 1]->term_size > part->term_size &&
           memcmp(query->parts[i + 1]->term, part->term, part->term_size) == 0;
}

static oir_status collect(collection *c, const oir_query *query, bool boolean)
{
    bool marks;
    size_t count = query->part_count;
    switch (query->op) {
    case OIR_OP_MATCH_ALL:
    case OIR_OP_MATCH_NONE:
        return OIR_OK;
    case OIR_OP_TERM:
    case OIR_OP_PREFIX:
    case OIR_OP_WILDCARD:
    case OIR_OP_FUZZY:
        return collect_leaf(c, query, boolean, true, &marks);
    case OIR_OP_PHRASE:
    case OIR_OP_NEAR:
        return collect_group(c, query, boolean);
    case OIR_OP_AND_NOT:
    case OIR_OP_FILTER:
        count = count ? 1 : 0;
        break;
    case OIR_OP_SCALE:
        boolean = boolean || query->factor <= 0;
        break;
    default:
        break;
    }
    for (size_t i = 0; i < count; i++) {
        if (!in_pair(query, i))
            ERROR_FORWARD(collect(c, query->parts[i], boolean));
    }
    return OIR_OK;
}

static int compare_words(const snippet_word *a, const snippet_word *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    int order = memcmp(a->bytes, b->bytes, a->size < b->size ? a->size : b->size);
    if (order || a->size != b->size)
        return order ? order : (a->size > b->size) - (a->size < b->size);
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    return (a->fixed > b->fixed) - (a->fixed < b->fixed);
}

static int compare_leaves(const void *a, const void *b)
{
    return compare_words(&((const leaf *)a)->word, &((const leaf *)b)->word);
}

static bool is_prefix_kind(snippet_kind kind)
{
    return kind == SNIPPET_PREFIX || kind == SNIPPET_STEM_PREFIX;
}

static bool is_group_kind(snippet_kind kind)
{
    return is_prefix_kind(kind) || kind == SNIPPET_PATTERN;
}

/* Whether what `next` finds is all found by `word`. */
static bool covers(const snippet_word *word, const snippet_word *next)
{
    if (word->kind != next->kind || word->size > next->size || memcmp(word->bytes, next->bytes, word->size) != 0)
        return false;
    bool same = word->size == next->size && word->distance == next->distance && word->fixed == next->fixed;
    return same || is_prefix_kind(word->kind);
}

/* Makes words of the sorted leaves, and writes for each place its word. */
static oir_status join_words(collection *c, uint32_t *word_of)
{
    snippet_query *q = c->q;
    q->words = arena_add(&q->memory, c->leaf_count * sizeof *q->words);
    if (!q->words)
        return error_no_memory(c->err, "a snippet's query");
    for (size_t i = 0; i < c->leaf_count; i++) {
        snippet_word *leaf_word = &c->leaves[i].word, *last = q->word_count ? &q->words[q->word_count - 1] : NULL;
        if (!last || !covers(last, leaf_word)) {
            last = &q->words[q->word_count++];
            *last = *leaf_word;
            last->bytes = arena_copy(&q->memory, leaf_word->bytes, leaf_word->size);
            if (!last->bytes)
                return error_no_memory(c->err, "a snippet's query");
        }
        last->loose = last->loose || leaf_word->loose;
        last->termfreq = last->termfreq > leaf_word->termfreq ? last->termfreq : leaf_word->termfreq;
        word_of[c->leaves[i].place] = q->word_count - 1;
    }
    for (uint32_t i = 0, kind = 0; kind <= SNIPPET_KINDS; kind++) {
        while (i < q->word_count && (uint32_t)q->words[i].kind < kind)
            i++;
        q->kind_begin[kind] = i;
    }
    return OIR_OK;
}

/* BM25's idf, ln(1 + (N - n + 1/2) / (n + 1/2)). How many documents a prefix or pattern finds is not looked up: it
 * counts as the most frequent of the words. */
static void weigh_words(snippet_query *q, const oir_database *database)
{
    double total = database ? oir_database_get_doccount(database) : 0, least = 0;
    for (uint32_t i = 0; i < q->word_count; i++) {
        double n = q->words[i].termfreq, weight = 1;
        if (database && !is_group_kind(q->words[i].kind)) {
            n = n < total ? n : total;
            weight = log1p((total - n + 0.5) / (n + 0.5));
            weight = weight > WEIGHT_LEAST ? weight : WEIGHT_LEAST;
            least = least == 0 || weight < least ? weight : least;
        }
        q->words[i].weight = (uint32_t)(weight * WEIGHT_ONE);
    }
    for (uint32_t i = 0; i < q->word_count; i++) {
        if (least > 0 && is_group_kind(q->words[i].kind))
            q->words[i].weight = (uint32_t)(least * WEIGHT_ONE);
    }
}

/* Groups get their words' numbers; a phrase counts a little more than its words apart. */
static void join_groups(collection *c, const uint32_t *word_of)
{
    snippet_query *q = c->q;
    for (uint32_t i = 0; i < q->group_count; i++) {
        snippet_group *group = &q->groups[i];
        uint64_t weight = 0;
        group->words = word_of + c->first_places[i];
        for (uint32_t k = 0; k < group->count; k++)
            weight += q->words[group->words[k]].weight;
        weight += weight / 4;
        group->weight = weight < UINT32_MAX ? (uint32_t)weight : UINT32_MAX;
        q->group_longest = group->count > q->group_longest ? group->count : q->group_longest;
    }
}

oir_status snippet_query_init(snippet_query *q, const oir_query *query, const oir_database *database, oir_error *err)
{
    collection c = {.q = q, .database = database, .err = err};
    *q = (snippet_query){.ngrams = true};
    arena_init(&q->memory);
    oir_status status;
    ERROR_GOTO_DONE(query ? collect(&c, query, false) : OIR_OK);
    if (c.leaf_count == 0)
        goto done;
    qsort(c.leaves, c.leaf_count, sizeof *c.leaves, compare_leaves);
    uint32_t *word_of = arena_add(&q->memory, c.leaf_count * sizeof *word_of);
    q->groups = arena_copy(&q->memory, c.groups, c.group_count * sizeof *c.groups);
    q->group_count = c.group_count;
    if (!word_of || !q->groups)
        ERROR_GOTO_DONE(error_no_memory(err, "a snippet's query"));
    ERROR_GOTO_DONE(join_words(&c, word_of));
    weigh_words(q, database);
    join_groups(&c, word_of);
done:
    memory_free(c.leaves);
    memory_free(c.groups);
    memory_free(c.first_places);
    if (status != OIR_OK)
        snippet_query_release(q);
    return status;
}

void snippet_query_release(snippet_query *q)
{
    arena_release(&q->memory);
    q->word_count = q->group_count = 0;
}

/* The last word that is not behind the bytes is the only one that can be them or begin them. */
uint32_t snippet_query_find(const snippet_query *q, snippet_kind kind, const char *bytes, size_t size)
{
    snippet_word sought = {.bytes = bytes, .size = (uint32_t)size, .kind = kind};
    uint32_t low = q->kind_begin[kind], high = q->kind_begin[kind + 1], begin = low;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_words(&q->words[middle], &sought) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low > begin && covers(&q->words[low - 1], &sought) ? low - 1 : SNIPPET_NONE;
}
