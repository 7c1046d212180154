/* oir-bench query: answers COMMAND<TAB>query with a number a line, as the driver in macro/ asks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/oir_bench.h"
#include "bench/bench_syntax.h"
#include "bench/lines.h"

/* The searches of one class, summed up. */
typedef struct counters {
    uint64_t queries;
    oir_search_statistics sum;
} counters;

typedef struct session {
    oir_database *database;
    oir_enquire *enquire;
    bool count; /* whether to sum up */
    counters counters[BENCH_CLASSES];
} session;

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

static void add_counters(session *s, enum bench_class kind)
{
    oir_search_statistics now;
    counters *c = &s->counters[kind];
    oir_enquire_get_statistics(s->enquire, &now);
    c->queries++;
    c->sum.windows += now.windows;
    c->sum.windows_visited += now.windows_visited;
    c->sum.ranges_visited += now.ranges_visited;
    c->sum.postings_decoded += now.postings_decoded;
    c->sum.positions_decoded += now.positions_decoded;
    c->sum.documents_scored += now.documents_scored;
}

static void print_counters(const session *s)
{
    fprintf(stderr, "%-13s %8s %9s %9s %9s %11s %11s %9s   (means of a search)\n", "class", "searches", "windows",
            "visited", "ranges", "postings", "positions", "scored");
    for (int i = 0; i < BENCH_CLASSES; i++) {
        const counters *c = &s->counters[i];
        double n = (double)c->queries;
        if (c->queries > 0)
            fprintf(stderr, "%-13s %8llu %9.1f %9.1f %9.1f %11.1f %11.1f %9.1f\n",
                    bench_syntax_name((enum bench_class)i), (unsigned long long)c->queries, (double)c->sum.windows / n,
                    (double)c->sum.windows_visited / n, (double)c->sum.ranges_visited / n,
                    (double)c->sum.postings_decoded / n, (double)c->sum.positions_decoded / n,
                    (double)c->sum.documents_scored / n);
    }
}

static oir_status search(session *s, const command *c, oir_doccount *answer, oir_error *err)
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

/* Writes the answer to a line into `out`, newline included; *size is its length. */
static oir_status answer_line(session *s, const char *line, size_t line_size, char *out, size_t *size, oir_error *err)
{
    static const char unsupported[] = "UNSUPPORTED\n";
    command c;
    oir_doccount answer = 0;
    enum bench_class kind;
    oir_query *query = NULL;
    const char *tab = memchr(line, '\t', line_size);
    if (!tab || !parse_command(line, (size_t)(tab - line), &c)) {
        memcpy(out, unsupported, *size = sizeof unsupported - 1);
        return OIR_OK;
    }
    oir_status status = bench_syntax_parse(tab + 1, line_size - (size_t)(tab + 1 - line), &kind, &query, err);
    if (!status) {
        oir_enquire_set_query(s->enquire, query);
        status = search(s, &c, &answer, err);
    }
    oir_query_free(query);
    if (status)
        return status;
    if (s->count)
        add_counters(s, kind);
    char digits[10];
    size_t n = 0;
    do
        digits[n++] = (char)('0' + answer % 10);
    while (answer /= 10);
    *size = n + 1;
    for (size_t i = 0; i < n; i++)
        out[i] = digits[n - 1 - i];
    out[n] = '\n';
    return OIR_OK;
}

static int write_all(const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t done = write(STDOUT_FILENO, bytes, size);
        if (done < 0 && errno != EINTR)
            return -1;
        if (done > 0) {
            bytes += done;
            size -= (size_t)done;
        }
    }
    return 0;
}

/* Ranks as the peers do: wqf is 1 throughout, so k3 does not matter. */
static oir_status open_session(session *s, const char *folder, oir_error *err)
{
    oir_bm25 formula = OIR_BM25_INIT;
    oir_weight *weight = NULL;
    formula.k1 = 1.2;
    formula.b = 0.75;
    formula.min_normlen = 0;
    formula.idf = OIR_IDF_LUCENE;
    oir_status status = oir_database_open(&s->database, folder, err);
    if (!status)
        status = oir_weight_new_bm25(&weight, &formula, err);
    if (!status)
        status = oir_enquire_new(&s->enquire, s->database, err);
    if (!status)
        oir_enquire_set_weight(s->enquire, weight);
    oir_weight_free(weight);
    return status;
}

static int answer_lines(session *s, lines *in)
{
    char out[32], *line;
    size_t size;
    int more;
    oir_error err;
    while ((more = lines_next(in, &line, &size)) > 0) {
        if (answer_line(s, line, size, out, &size, &err))
            return bench_fail(&err);
        if (write_all(out, size) != 0) {
            perror("oir-bench: cannot write the answer");
            return 2;
        }
    }
    if (more < 0) {
        perror("oir-bench: cannot read standard input");
        return 2;
    }
    if (s->count)
        print_counters(s);
    return 0;
}

int bench_query(int argc, char **argv)
{
    session s = {0};
    oir_error err;
    lines in = {0};
    const char *folder = NULL;
    int code = 0;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--counters") == 0)
            s.count = true;
        else if (argv[i][0] == '-' || folder)
            return bench_misused("query wants one folder");
        else
            folder = argv[i];
    }
    if (!folder)
        return bench_misused("query wants a folder");
    if (open_session(&s, folder, &err)) {
        code = bench_fail(&err);
    } else if (!lines_init(&in, STDIN_FILENO, 1 << 16)) {
        fprintf(stderr, "oir-bench: no memory for the input\n");
        code = 2;
    } else {
        code = answer_lines(&s, &in);
    }
    lines_release(&in);
    oir_enquire_free(s.enquire);
    oir_database_close(s.database);
    return code;
}
