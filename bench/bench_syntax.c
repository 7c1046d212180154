#include "bench/bench_syntax.h"

#include <stdio.h>
#include <string.h>

/* Far above what the game asks. */
enum { PARTS_MAX = 256 };

enum clause { SHOULD, MUST, MUST_NOT, CLAUSES };

typedef struct parts {
    oir_query *query[CLAUSES][PARTS_MAX];
    size_t count[CLAUSES];
    size_t phrases;
} parts;

const char *bench_syntax_name(enum bench_class kind)
{
    static const char *const names[] = {"term", "intersection", "union", "phrase", "negated", "mixed"};
    return names[kind];
}

static oir_status too_long(oir_error *err)
{
    if (err) {
        err->status = OIR_LIMIT;
        snprintf(err->message, sizeof err->message, "a query of more than %d words; ask for fewer", PARTS_MAX);
    }
    return OIR_LIMIT;
}

/* The words between spaces, ANDed in their order within neighbouring positions. */
static oir_status make_phrase(const char *text, size_t size, oir_query **out, oir_error *err)
{
    oir_query *words[PARTS_MAX];
    size_t count = 0;
    oir_status status = OIR_OK;
    for (const char *end = text + size; !status;) {
        while (text < end && *text == ' ')
            text++;
        if (text == end)
            break;
        const char *space = memchr(text, ' ', (size_t)(end - text));
        size_t length = (size_t)((space ? space : end) - text);
        status = count < PARTS_MAX ? oir_query_new_term(&words[count], text, length, err) : too_long(err);
        count += !status;
        text += length;
    }
    if (!status)
        return oir_query_new_operator(out, OIR_OP_PHRASE, words, count, 0, err);
    while (count > 0)
        oir_query_free(words[--count]);
    return status;
}

/* Reads one clause at *at and moves behind it. */
static oir_status add_clause(parts *p, const char **at, const char *end, oir_error *err)
{
    enum clause clause = **at == '+' ? MUST : **at == '-' ? MUST_NOT : SHOULD;
    const char *text = *at + (clause != SHOULD);
    bool quoted = text < end && *text == '"';
    text += quoted;
    const char *stop = memchr(text, quoted ? '"' : ' ', (size_t)(end - text));
    if (!stop)
        stop = end;
    *at = stop + (stop < end);
    if (stop == text)
        return OIR_OK;
    if (p->count[clause] == PARTS_MAX)
        return too_long(err);
    oir_query **out = &p->query[clause][p->count[clause]];
    oir_status status = quoted ? make_phrase(text, (size_t)(stop - text), out, err)
                               : oir_query_new_term(out, text, (size_t)(stop - text), err);
    p->count[clause] += !status;
    p->phrases += quoted;
    return status;
}

static enum bench_class classify(const parts *p)
{
    size_t all = p->count[SHOULD] + p->count[MUST] + p->count[MUST_NOT];
    if (p->count[MUST_NOT] > 0)
        return BENCH_NEGATED;
    if (all == 1)
        return p->phrases > 0 ? BENCH_PHRASE : BENCH_TERM;
    if (p->count[MUST] > 0)
        return p->count[SHOULD] > 0 ? BENCH_MIXED : BENCH_INTERSECTION;
    return BENCH_UNION;
}

/* Puts `first` in front of the clauses of a kind, and combines them. */
static oir_status join(parts *p, enum clause clause, oir_query_op op, oir_query **first, oir_error *err)
{
    oir_query *all[PARTS_MAX + 1];
    size_t count = 0;
    if (*first)
        all[count++] = *first;
    memcpy(all + count, p->query[clause], p->count[clause] * sizeof *all);
    count += p->count[clause];
    p->count[clause] = 0;
    return oir_query_new_operator(first, op, all, count, 0, err);
}

/* Takes the clauses over: what must match, AND_MAYBE what may, AND_NOT what must not. */
static oir_status combine(parts *p, oir_query **out, oir_error *err)
{
    oir_status status = OIR_OK;
    *out = NULL;
    bool must = p->count[MUST] > 0;
    if (must)
        status = join(p, MUST, OIR_OP_AND, out, err);
    if (!status && p->count[SHOULD] > 0)
        status = join(p, SHOULD, must ? OIR_OP_AND_MAYBE : OIR_OP_OR, out, err);
    if (!status && !*out)
        return oir_query_new_none(out, err);
    if (!status && p->count[MUST_NOT] > 0)
        status = join(p, MUST_NOT, OIR_OP_AND_NOT, out, err);
    return status;
}

oir_status bench_syntax_parse(const char *text, size_t size, enum bench_class *kind, oir_query **out, oir_error *err)
{
    parts p;
    oir_status status = OIR_OK;
    const char *end = text + size;
    memset(p.count, 0, sizeof p.count);
    p.phrases = 0;
    *out = NULL;
    while (!status && text < end) {
        if (*text == ' ')
            text++;
        else
            status = add_clause(&p, &text, end, err);
    }
    *kind = classify(&p);
    if (!status)
        status = combine(&p, out, err);
    for (int c = 0; c < CLAUSES; c++)
        while (p.count[c] > 0)
            oir_query_free(p.query[c][--p.count[c]]);
    return status;
}
