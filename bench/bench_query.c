/* oir-bench query: answers COMMAND<TAB>query with a number a line, as the driver in macro/ asks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench_database.h"
#include "bench/bench_session.h"
#include "bench/lines.h"
#include "bench/oir_bench.h"

static void print_counters(const bench_session *s)
{
    fprintf(stderr, "%-13s %8s %9s %9s %9s %11s %11s %9s   (means of a search)\n", "class", "searches", "windows",
            "visited", "ranges", "postings", "positions", "scored");
    for (int i = 0; i < BENCH_CLASSES; i++) {
        const bench_counters *c = &s->counters[i];
        double n = (double)c->queries;
        if (c->queries > 0)
            fprintf(stderr, "%-13s %8llu %9.1f %9.1f %9.1f %11.1f %11.1f %9.1f\n",
                    bench_syntax_name((enum bench_class)i), (unsigned long long)c->queries, (double)c->sum.windows / n,
                    (double)c->sum.windows_visited / n, (double)c->sum.ranges_visited / n,
                    (double)c->sum.postings_decoded / n, (double)c->sum.positions_decoded / n,
                    (double)c->sum.documents_scored / n);
    }
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

/* Writes a number and a newline; returns how many bytes. */
static size_t write_number(oir_doccount number, char *out)
{
    char digits[10];
    size_t n = 0;
    do
        digits[n++] = (char)('0' + number % 10);
    while (number /= 10);
    for (size_t i = 0; i < n; i++)
        out[i] = digits[n - 1 - i];
    out[n] = '\n';
    return n + 1;
}

static int answer_lines(bench_session *s, lines *in)
{
    static const char unsupported[] = "UNSUPPORTED\n";
    char out[32], *line;
    size_t size;
    int more;
    oir_error err;
    while ((more = lines_next(in, &line, &size)) > 0) {
        bool supported;
        oir_doccount answer = 0;
        if (bench_session_ask(s, line, size, &supported, &answer, &err))
            return bench_fail(&err);
        if (supported)
            size = write_number(answer, out);
        if (write_all(supported ? out : unsupported, supported ? size : sizeof unsupported - 1) != 0) {
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

typedef struct options {
    const char *folders[BENCH_FOLDERS_MAX];
    size_t folder_count;
    bool count;
    unsigned threads;
} options;

static int parse_options(options *o, int argc, char **argv)
{
    *o = (options){.threads = 1};
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--counters") == 0)
            o->count = true;
        else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
            o->threads = (unsigned)strtoul(argv[++i], NULL, 10);
        else if (argv[i][0] == '-' || o->folder_count == BENCH_FOLDERS_MAX)
            return bench_misused("query wants folders, --counters and --threads N");
        else
            o->folders[o->folder_count++] = argv[i];
    }
    if (!o->threads)
        return bench_misused("--threads wants a number from 1");
    return o->folder_count ? 0 : bench_misused("query wants a folder");
}

int bench_query(int argc, char **argv)
{
    bench_session s = {0};
    oir_database *database = NULL;
    oir_error err;
    lines in = {0};
    options o;
    int code = parse_options(&o, argc, argv);
    if (code)
        return code;
    oir_status status = bench_database_open(&database, o.folders, o.folder_count, &err);
    if (!status)
        status = bench_session_open(&s, database, &err);
    s.count = o.count;
    if (!status)
        oir_enquire_set_threads(s.enquire, o.threads);
    if (status) {
        code = bench_fail(&err);
    } else if (!lines_init(&in, STDIN_FILENO, 1 << 16)) {
        fprintf(stderr, "oir-bench: no memory for the input\n");
        code = 2;
    } else {
        code = answer_lines(&s, &in);
    }
    lines_release(&in);
    bench_session_close(&s);
    oir_database_close(database);
    return code;
}
