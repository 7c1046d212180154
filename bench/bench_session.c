#include "bench/bench_session.h"

#include <string.h>

/* What a line asks for. */
typedef struct command {
    oir_doccount best; /* how many; 0: none, count only */
    bool exact;        /* the number of matches is the answer, not that of the hits */
} command;

/* COUNT, TOP_k, TOP_k_COUNT with k from 1; false for others. */
static bool parse_command(const char *text, size_t size, command *c)
{
    *c = (command){.exact = true};
    if (size == 5 && memcmp(text, "COUNT", 5) == 0)
        return true;
    if (size < 5 || memcmp(text, "TOP_", 4) != 0)
        return false;
    size_t i = 4;
    for (; i < size && text[i] >= '0' && text[i] <= '9' && c->best < 100000000; i++)
        c->best = c->best * 10 + (oir_doccount)(text[i] - '0');
    c->exact = i < size;
    return c->best > 0 && (i == size || (size - i == 6 && memcmp(text + i, "_COUNT", 6) == 0));
}

static void add_counters(bench_session *s, enum bench_class kind)
{
    oir_search_statistics now;
    bench_counters *c = &s->counters[kind];
    oir_enquire_get_statistics(s->enquire, &now);
    c->queries++;
    c->sum.windows += now.windows;
    c->sum.windows_visited += now.windows_visited;
    c->sum.ranges_visited += now.ranges_visited;
    c->sum.postings_decoded += now.postings_decoded;
    c->sum.positions_decoded += now.positions_decoded;
    c->sum.documents_scored += now.documents_scored;
}

static oir_status search(bench_session *s, const command *c, oir_doccount *answer, oir_error *err)
{
    oir_mset *mset;
    if (c->best == 0)
        return oir_enquire_get_count(s->enquire, answer, err);
    oir_status status = oir_enquire_get_mset(s->enquire, 0, c->best, c->exact ? UINT32_MAX : 0, &mset, err);
    if (status)
        return status;
    *answer = c->exact ? oir_mset_get_matches_lower_bound(mset) : oir_mset_get_size(mset);
    oir_mset_free(mset);
    return OIR_OK;
}

oir_status bench_session_ask(bench_session *s, const char *line, size_t size, bool *supported, oir_doccount *answer,
                             oir_error *err)
{
    command c;
    enum bench_class kind;
    oir_query *query = NULL;
    const char *tab = memchr(line, '\t', size);
    *supported = tab && parse_command(line, (size_t)(tab - line), &c);
    if (!*supported)
        return OIR_OK;
    oir_status status = bench_syntax_parse(tab + 1, size - (size_t)(tab + 1 - line), &kind, &query, err);
    if (!status) {
        oir_enquire_set_query(s->enquire, query);
        status = search(s, &c, answer, err);
    }
    oir_query_free(query);
    if (!status && s->count)
        add_counters(s, kind);
    return status;
}

/* wqf is 1 throughout, so k3 does not matter. */
oir_status bench_session_open(bench_session *s, const oir_database *database, oir_error *err)
{
    oir_bm25 formula = OIR_BM25_INIT;
    oir_weight *weight = NULL;
    *s = (bench_session){0};
    formula.k1 = 1.2;
    formula.b = 0.75;
    formula.min_normlen = 0;
    formula.idf = OIR_IDF_LUCENE;
    oir_status status = oir_weight_new_bm25(&weight, &formula, err);
    if (!status)
        status = oir_enquire_new(&s->enquire, database, err);
    if (!status) {
        oir_enquire_set_weight(s->enquire, weight);
        oir_enquire_set_docid_order(s->enquire, OIR_DOCID_DONT_CARE); /* as peers do: theirs are internal numbers */
    }
    oir_weight_free(weight);
    return status;
}

void bench_session_close(bench_session *s)
{
    oir_enquire_free(s->enquire);
    s->enquire = NULL;
}
