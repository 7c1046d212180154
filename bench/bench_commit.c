/* oir-bench commit: how long it takes until some documents more are in an index and on the disk. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/bench_clock.h"
#include "bench/bench_field.h"
#include "bench/bench_size.h"
#include "bench/lines.h"
#include "bench/oir_bench.h"

enum { DOCUMENTS = 10 };

typedef struct committing {
    oir_writable_database *writer;
    oir_term_generator *generator;
    oir_document *document;
    unsigned long documents; /* of each commit */
    double *times;           /* of commits, in milliseconds */
    size_t count, capacity;
    double slowest_commit, slowest_document, settling; /* milliseconds of the calls alone */
} committing;

static oir_status open_all(committing *c, const char *folder, const oir_writer_options *how, oir_error *err)
{
    oir_status status = oir_writable_database_open(&c->writer, folder, how, err);
    if (!status)
        status = oir_document_new(&c->document, err);
    if (!status)
        status = oir_term_generator_new(&c->generator, err);
    if (status)
        return status;
    oir_term_generator_set_max_word_length(c->generator, OIR_TERM_MAX);
    oir_term_generator_set_document(c->generator, c->document);
    return OIR_OK;
}

static void close_all(committing *c)
{
    oir_term_generator_free(c->generator);
    oir_document_free(c->document);
    oir_writable_database_close(c->writer);
    free(c->times);
}

static void keep_slowest(double *slowest, double start)
{
    double milliseconds = 1e3 * (bench_clock_get() - start);
    *slowest = milliseconds > *slowest ? milliseconds : *slowest;
}

static oir_status add_line(committing *c, uint64_t number, const char *line, size_t size, oir_error *err)
{
    oir_bytes text;
    if (!bench_field_find_text(line, size, &text)) {
        snprintf(err->message, sizeof err->message, "line %llu of the input has no \"text\": \"...\"",
                 (unsigned long long)number);
        return OIR_INVALID_ARGUMENT;
    }
    oir_document_clear(c->document);
    oir_term_generator_set_document(c->generator, c->document);
    oir_status status = oir_term_generator_index_text(c->generator, text.data, text.size, 1, "", err);
    double start = bench_clock_get();
    if (!status)
        status = oir_writable_database_add_document(c->writer, c->document, NULL, err);
    keep_slowest(&c->slowest_document, start);
    return status;
}

static bool keep_time(committing *c, double milliseconds)
{
    if (c->count == c->capacity) {
        size_t capacity = c->capacity * 2 + 64;
        double *times = realloc(c->times, capacity * sizeof *times);
        if (!times)
            return false;
        c->times = times;
        c->capacity = capacity;
    }
    c->times[c->count++] = milliseconds;
    return true;
}

static oir_status run(committing *c, lines *in, oir_error *err)
{
    double start = bench_clock_get();
    char *line;
    size_t size;
    int more;
    for (uint64_t n = 1; (more = lines_next(in, &line, &size)) > 0; n++) {
        oir_status status = add_line(c, n, line, size, err);
        if (!status && n % c->documents == 0) {
            double before = bench_clock_get();
            status = oir_writable_database_commit(c->writer, err);
            keep_slowest(&c->slowest_commit, before);
            double now = bench_clock_get();
            if (!status && !keep_time(c, 1e3 * (now - start)))
                return OIR_NO_MEMORY;
            start = bench_clock_get();
        }
        if (status)
            return status;
    }
    if (more == 0) {
        start = bench_clock_get();
        oir_status status = oir_writable_database_settle(c->writer, err);
        keep_slowest(&c->settling, start);
        return status;
    }
    snprintf(err->message, sizeof err->message, "cannot read standard input: %s", strerror(errno));
    return OIR_IO;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int print(const committing *c, unsigned long before)
{
    if (!c->count)
        return bench_misused("commit wants at least as many lines as a commit has documents");
    qsort(c->times, c->count, sizeof *c->times, compare);
    printf("%zu commits of %lu documents into %lu: median %.2f ms, 99th percentile %.2f, slowest %.2f\n", c->count,
           c->documents, before, c->times[c->count / 2], c->times[c->count * 99 / 100], c->times[c->count - 1]);
    double sum = c->settling / 1e3;
    for (size_t i = 0; i < c->count; i++)
        sum += c->times[i] / 1e3;
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("slowest call of a commit %.2f ms, of a document %.2f; settled in %.2f; in all %.2f s, %.2f of processor, "
           "peak memory %.0f MB\n", c->slowest_commit, c->slowest_document, c->settling, sum,
           bench_clock_get_processor(), (double)used.ru_maxrss / 1e3);
    return 0;
}

int bench_commit(int argc, char **argv)
{
    committing c = {.documents = DOCUMENTS};
    const char *folder = NULL;
    oir_error err = {.message = "out of memory"};
    lines in;
    oir_writer_options how = OIR_WRITER_OPTIONS_INIT;
    how.mode = OIR_OPEN;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--documents") == 0 && i + 1 < argc)
            c.documents = strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
            how.threads = (unsigned)strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--memory") == 0 && i + 1 < argc)
            how.memory_limit = bench_size_parse(argv[++i]);
        else if (argv[i][0] == '-' || folder)
            return bench_misused("commit wants one folder, and --documents N, --threads N, --memory SIZE");
        else
            folder = argv[i];
    }
    if (!folder || !c.documents)
        return bench_misused("commit wants a folder, and documents by commit above 0");
    if (!lines_init(&in, STDIN_FILENO, 1 << 20))
        return bench_fail(&err);
    oir_status status = open_all(&c, folder, &how, &err);
    unsigned long before = status ? 0 : oir_writable_database_get_doccount(c.writer);
    if (!status)
        status = run(&c, &in, &err);
    int code = status ? bench_fail(&err) : print(&c, before);
    lines_release(&in);
    close_all(&c);
    return code;
}
