#include "differential/random_query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/plain_match.h"

enum { PARTS_MAX = 40, PHRASE_MAX = 6 };

/* ---- what there is ---- */

static const exhaustive *sorted_for; /* qsort has no room for it */

static int compare_frequency(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    uint32_t left = sorted_for->terms[x].count, right = sorted_for->terms[y].count;
    return left != right ? (left > right ? -1 : 1) : (x > y) - (x < y);
}

void random_query_init(random_query_source *s, exhaustive *collection, uint64_t (*random)(void))
{
    exhaustive_settle(collection);
    *s = (random_query_source){.collection = collection, .random = random};
    s->by_frequency = calloc((size_t)collection->term_count + 1, sizeof *s->by_frequency);
    s->documents = calloc((size_t)collection->live + 1, sizeof *s->documents);
    if (!s->by_frequency || !s->documents)
        exit(1);
    for (uint32_t i = 0; i < collection->term_count; i++)
        if (collection->terms[i].count)
            s->by_frequency[s->term_count++] = i;
    for (oir_docid d = 1; d <= collection->last; d++)
        if (collection->documents[d].live)
            s->documents[s->document_count++] = d;
    sorted_for = collection;
    if (s->term_count)
        qsort(s->by_frequency, s->term_count, sizeof *s->by_frequency, compare_frequency);
}

void random_query_release(random_query_source *s)
{
    free(s->by_frequency);
    free(s->documents);
    *s = (random_query_source){0};
}

/* ---- leaves ---- */

static uint32_t below(const random_query_source *s, uint32_t bound)
{
    return (uint32_t)(s->random() % bound);
}

/* q by its address: it is read after the call that makes it. */
static oir_query *made(oir_status status, oir_query *const *q, const oir_error *err)
{
    if (status == OIR_OK)
        return *q;
    fprintf(stderr, "a random query: %s\n", err->message);
    exit(1);
}

static const exhaustive_term *any_term(const random_query_source *s)
{
    double r = (double)(s->random() >> 11) / 9007199254740992.0;
    /* As often frequent as rare, and everything between. */
    double rank = below(s, 3) ? r * r * r * r : r;
    return &s->collection->terms[s->by_frequency[(uint32_t)(rank * s->term_count)]];
}

static oir_query *new_term(const random_query_source *s, const char *name, size_t size)
{
    oir_error err;
    oir_query *q;
    oir_termcount wqf = below(s, 8) ? 1 : 1 + below(s, 5);
    return made(oir_query_new_term_at(&q, name, size, wqf, below(s, 4), &err), &q, &err);
}

static oir_query *term_query(const random_query_source *s)
{
    char absent[24];
    if (s->term_count && below(s, 25)) {
        const exhaustive_term *t = any_term(s);
        return new_term(s, t->name, t->size);
    }
    int size = snprintf(absent, sizeof absent, "absent%u", below(s, 3));
    return new_term(s, absent, (size_t)size);
}

size_t random_query_expansions(const random_query_source *s, const oir_query *leaf)
{
    size_t count = 0;
    for (uint32_t i = 0; i < s->term_count; i++) {
        const exhaustive_term *t = &s->collection->terms[s->by_frequency[i]];
        count += plain_match(leaf, t->name, t->size);
    }
    return count;
}

static oir_query *new_prefix(const char *text, size_t size, oir_termcount most)
{
    oir_error err;
    oir_query *q;
    return made(oir_query_new_prefix(&q, text, size, most, &err), &q, &err);
}

/* Stars and question marks for some of a term. */
static oir_query *new_wildcard(const random_query_source *s, const exhaustive_term *t)
{
    oir_error err;
    oir_query *q;
    char text[OIR_TERM_MAX];
    size_t size = t->size;
    memcpy(text, t->name, size);
    for (uint32_t n = 1 + below(s, 3); n > 0; n--) {
        size_t at = below(s, (uint32_t)size), gone = below(s, 3);
        gone = gone < size - at - 1 ? gone : size - at - 1;
        text[at] = below(s, 3) ? '?' : '*';
        memmove(text + at + 1, text + at + 1 + gone, size - at - 1 - gone);
        size -= gone;
    }
    return made(oir_query_new_wildcard(&q, text, size, 0, &err), &q, &err);
}

/* A term with letters that are another's. */
static oir_query *new_fuzzy(const random_query_source *s, const exhaustive_term *t)
{
    oir_error err;
    oir_query *q;
    char text[OIR_TERM_MAX];
    const exhaustive_term *other = any_term(s);
    memcpy(text, t->name, t->size);
    for (uint32_t n = below(s, 3); n > 0; n--)
        text[below(s, (uint32_t)t->size)] = other->name[below(s, (uint32_t)other->size)];
    return made(oir_query_new_fuzzy(&q, text, t->size, 1 + !below(s, 4), below(s, 3), 0, &err), &q, &err);
}

oir_query *random_query_leaf(const random_query_source *s, int kind)
{
    const exhaustive_term *t = any_term(s);
    if (kind == 0)
        return new_prefix(t->name, 1, 0);
    return kind == 1 ? new_wildcard(s, t) : new_fuzzy(s, t);
}

static size_t starting(const random_query_source *s, const char *text, size_t size)
{
    oir_query *q = new_prefix(text, size, 0);
    size_t count = random_query_expansions(s, q);
    oir_query_free(q);
    return count;
}

oir_query *random_query_limit(oir_query *leaf, size_t most)
{
    oir_error err;
    oir_query *q;
    oir_bytes text = oir_query_get_term(leaf);
    oir_termcount limit = (oir_termcount)most;
    oir_status status;
    if (oir_query_get_op(leaf) == OIR_OP_PREFIX)
        status = oir_query_new_prefix(&q, text.data, text.size, limit, &err);
    else if (oir_query_get_op(leaf) == OIR_OP_WILDCARD)
        status = oir_query_new_wildcard(&q, text.data, text.size, limit, &err);
    else
        status = oir_query_new_fuzzy(&q, text.data, text.size, oir_query_get_distance(leaf),
                                     oir_query_get_fixed_prefix(leaf), limit, &err);
    oir_query_free(leaf);
    return made(status, &q, &err);
}

static oir_query *prefix_query(const random_query_source *s)
{
    char prefix[OIR_TERM_MAX] = "absent";
    size_t size = 6;
    if (s->term_count) {
        const exhaustive_term *t = any_term(s);
        size = below(s, 40) ? 1 + below(s, t->size < 6 ? (uint32_t)t->size : 6) : 0;
        while (s->prefix_most && size < t->size && starting(s, t->name, size) > s->prefix_most)
            size++;
        memcpy(prefix, t->name, size);
    }
    return new_prefix(prefix, size, below(s, 3) ? 0 : (oir_termcount)starting(s, prefix, size)); /* just enough */
}

/* A leaf that stands for several terms. */
static oir_query *group_query(const random_query_source *s)
{
    uint32_t kind = below(s, 4);
    if (kind < 2 || !s->term_count)
        return prefix_query(s);
    oir_query *q = random_query_leaf(s, (int)kind - 1);
    size_t count = random_query_expansions(s, q);
    if (s->prefix_most && count > s->prefix_most) {
        oir_query_free(q);
        return prefix_query(s);
    }
    return below(s, 3) ? q : random_query_limit(q, count); /* just enough */
}

static oir_query *combine(oir_query_op op, oir_query **parts, size_t count, oir_termpos window)
{
    oir_error err;
    oir_query *q;
    return made(oir_query_new_operator(&q, op, parts, count, window, &err), &q, &err);
}

static oir_query *synonym_query(const random_query_source *s)
{
    oir_query *parts[8];
    size_t count = 1 + below(s, 7);
    for (size_t i = 0; i < count; i++)
        parts[i] = below(s, 6) ? term_query(s) : group_query(s);
    return combine(OIR_OP_SYNONYM, parts, count, 0);
}

/* ---- phrases: what stands together in a document, sometimes with a change ---- */

typedef struct word {
    uint32_t term;
    oir_termpos position;
} word;

/* The words of a document that stand in [start, start + width), in no order; no more than `most`. */
static size_t words_at(const exhaustive *c, const exhaustive_document *d, oir_termpos start, oir_termpos width,
                       word *out, size_t most)
{
    size_t count = 0;
    for (uint32_t i = 0; i < d->count; i++)
        for (uint32_t p = 0; p < d->postings[i].position_count && count < most; p++) {
            oir_termpos at = d->postings[i].positions[p];
            if (at >= start && at - start < width)
                out[count++] = (word){d->postings[i].term, at};
        }
    (void)c;
    return count;
}

static oir_termpos any_position(const random_query_source *s, const exhaustive_document *d)
{
    for (int tries = 0; d->count && tries < 10; tries++) {
        const exhaustive_posting *p = &d->postings[below(s, d->count)];
        if (p->position_count)
            return p->positions[below(s, p->position_count)];
    }
    return 0;
}

static void sort_words(word *words, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j && words[j].position < words[j - 1].position; j--) {
            word w = words[j];
            words[j] = words[j - 1];
            words[j - 1] = w;
        }
}

static void shuffle(const random_query_source *s, oir_query **parts, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = below(s, (uint32_t)i);
        oir_query *part = parts[i - 1];
        parts[i - 1] = parts[j];
        parts[j] = part;
    }
}

static oir_query *positional_query(const random_query_source *s, oir_query_op op)
{
    word words[PHRASE_MAX];
    oir_query *parts[PHRASE_MAX + 1];
    size_t count = 0, most = 2 + below(s, PHRASE_MAX - 2);
    if (s->document_count) {
        const exhaustive_document *d = &s->collection->documents[s->documents[below(s, s->document_count)]];
        oir_termpos width = (oir_termpos)most + (below(s, 2) ? below(s, 6) : 0);
        count = words_at(s->collection, d, any_position(s, d), width, words, most);
    }
    sort_words(words, count);
    for (size_t i = 0; i < count; i++) {
        const exhaustive_term *t = &s->collection->terms[words[i].term];
        parts[i] = new_term(s, t->name, t->size);
    }
    while (count < 2 || !below(s, 12)) {
        if (count > PHRASE_MAX)
            break;
        parts[count++] = term_query(s);
    }
    if (op == OIR_OP_NEAR || !below(s, 12))
        shuffle(s, parts, count);
    return combine(op, parts, count, below(s, 2) ? 0 : (oir_termpos)count + below(s, 6));
}

static oir_query *leaf_query(const random_query_source *s)
{
    oir_error err;
    oir_query *q;
    uint32_t r = below(s, 100);
    if (r < 66)
        return term_query(s);
    if (r < 74)
        return group_query(s);
    if (r < 79)
        return synonym_query(s);
    if (r < 89)
        return positional_query(s, OIR_OP_PHRASE);
    if (r < 95)
        return positional_query(s, OIR_OP_NEAR);
    return made(r < 99 ? oir_query_new_all(&q, &err) : oir_query_new_none(&q, &err), &q, &err);
}

/* ---- operators ---- */

/* What people write: words, some needed, some not wanted, and phrases among them. */
static oir_query *plain_query(const random_query_source *s)
{
    static const oir_query_op outer[] = {OIR_OP_AND, OIR_OP_AND_NOT, OIR_OP_AND_MAYBE, OIR_OP_FILTER, OIR_OP_OR};
    oir_query *parts[4], *words[5];
    size_t count = below(s, 3) ? 2 : 1 + below(s, 4);
    for (size_t i = 0; i < count; i++) {
        size_t n = 1 + below(s, 5);
        for (size_t j = 0; j < n; j++)
            words[j] = term_query(s);
        parts[i] = below(s, 5) ? combine(below(s, 2) ? OIR_OP_OR : OIR_OP_AND, words, n, 0) : NULL;
        for (size_t j = 0; !parts[i] && j < n; j++)
            oir_query_free(words[j]);
        if (!parts[i])
            parts[i] = positional_query(s, OIR_OP_PHRASE);
    }
    return combine(outer[below(s, 5)], parts, count, 0);
}

/* a NOT (b NOT (c NOT ...)), of anything. */
static oir_query *nested_query(const random_query_source *s)
{
    oir_query *out = leaf_query(s);
    for (uint32_t n = 2 + below(s, 6); n > 0; n--) {
        oir_query *parts[2] = {leaf_query(s), out};
        out = combine(below(s, 4) ? OIR_OP_AND_NOT : OIR_OP_XOR, parts, 2, 0);
    }
    return out;
}

oir_query *random_query_new(const random_query_source *s, int depth)
{
    static const oir_query_op ops[] = {
        OIR_OP_AND, OIR_OP_AND, OIR_OP_AND, OIR_OP_OR, OIR_OP_OR, OIR_OP_OR, OIR_OP_OR, OIR_OP_AND_NOT,
        OIR_OP_AND_NOT, OIR_OP_XOR, OIR_OP_XOR, OIR_OP_AND_MAYBE, OIR_OP_AND_MAYBE, OIR_OP_FILTER, OIR_OP_FILTER};
    static const double factors[] = {0, 0.25, 0.7, 1, 2, 31.5, 1e-9, 1e6};
    oir_query *parts[PARTS_MAX];
    oir_error err;
    if (depth <= 0 || !below(s, 4))
        return leaf_query(s);
    if (!below(s, 6))
        return plain_query(s);
    if (!below(s, 40))
        return nested_query(s);
    uint32_t r = below(s, 16);
    if (r == 15) {
        oir_query *part = random_query_new(s, depth - 1);
        return made(oir_query_new_scale(&part, part, factors[below(s, 8)], &err), &part, &err);
    }
    /* Now and then more parts than anybody writes. */
    bool many = below(s, 60) == 0;
    size_t count = many ? 30 + below(s, PARTS_MAX - 30) : 2 + below(s, 3);
    for (size_t i = 0; i < count; i++)
        parts[i] = many ? term_query(s) : random_query_new(s, depth - 1);
    if (!below(s, 10)) { /* the same again */
        oir_query_free(parts[count - 1]);
        parts[count - 1] = oir_query_copy(parts[0]);
    }
    return combine(ops[r], parts, count, 0);
}
