/* oir-bench index: the build that is compared with other engines' builds. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "bench/oir_bench.h"
#include "bench/lines.h"

/* What the engines it is compared with are given. */
#define MEMORY_DEFAULT ((size_t)1 << 30)

typedef struct options {
    const char *folder;
    size_t memory; /* bytes */
    unsigned long commit; /* documents; 0: all, and optimised */
    bool no_pairs;
    oir_reorder reorder;
} options;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double to_seconds(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

/* "256M" and the like; 0 for what is no size. */
static size_t parse_size(const char *text)
{
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    unsigned shift = 0;
    switch (*end) {
    case 'k': case 'K': shift = 10; break;
    case 'm': case 'M': shift = 20; break;
    case 'g': case 'G': shift = 30; break;
    case '\0': break;
    default: return 0;
    }
    if (errno || end == text || *text == '-' || (*end && end[1]) || n > (SIZE_MAX >> shift))
        return 0;
    return (size_t)n << shift;
}

/* What stands behind "--reorder". */
static bool parse_reorder(options *o, const char *text)
{
    static const struct {
        const char *text;
        oir_reorder level;
    } levels[] = {
        {"", OIR_REORDER_LIGHT},
        {"=light", OIR_REORDER_LIGHT},
        {"=none", OIR_REORDER_NONE},
        {"=full", OIR_REORDER_FULL},
    };
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (strcmp(text, levels[i].text) == 0) {
            o->reorder = levels[i].level;
            return true;
        }
    }
    return false;
}

static int parse_options(options *o, int argc, char **argv)
{
    *o = (options){.memory = MEMORY_DEFAULT, .reorder = OIR_REORDER_NONE};
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--memory") == 0) {
            if (++i == argc || !(o->memory = parse_size(argv[i])))
                return bench_misused("--memory wants a size, such as 256M");
        } else if (strcmp(argv[i], "--commit") == 0) {
            if (++i == argc || !(o->commit = strtoul(argv[i], NULL, 10)))
                return bench_misused("--commit wants a number of documents");
        } else if (strcmp(argv[i], "--no-pairs") == 0) {
            o->no_pairs = true;
        } else if (strncmp(argv[i], "--reorder", 9) == 0) {
            if (!parse_reorder(o, argv[i] + 9))
                return bench_misused("--reorder is none, light or full");
        } else if (argv[i][0] == '-' || o->folder) {
            return bench_misused("index wants one folder");
        } else {
            o->folder = argv[i];
        }
    }
    return o->folder ? 0 : bench_misused("index wants a folder");
}

/* What stands between "text": " and the line's last quote; false when there is nothing such. Escapes stay as they are:
 * the collections have words of a-z and spaces only, and the peers read them so. */
static bool find_text(const char *line, size_t size, const char **text, size_t *text_size)
{
    static const char key[] = "\"text\": \"";
    const size_t key_size = sizeof key - 1;
    const char *end = line + size, *at = line;
    while ((at = memchr(at, '"', (size_t)(end - at))) != NULL) {
        if ((size_t)(end - at) >= key_size && memcmp(at, key, key_size) == 0)
            break;
        at++;
    }
    if (!at)
        return false;
    at += key_size;
    while (end > at && end[-1] != '"')
        end--;
    if (end == at)
        return false;
    *text = at;
    *text_size = (size_t)(end - 1 - at);
    return true;
}

/* Adds all lines of standard input, and commits after each `commit` of them; counts the bytes of their texts. */
static oir_status feed(oir_writable_database *writer, unsigned long commit, uint64_t *bytes, oir_error *err)
{
    oir_status status = OIR_NO_MEMORY;
    oir_document *document = NULL;
    oir_term_generator *generator = NULL;
    const char *text;
    char *line;
    size_t size;
    int more;
    lines in;
    snprintf(err->message, sizeof err->message, "no memory for the input");
    if (!lines_init(&in, STDIN_FILENO, 1 << 20))
        return status;
    status = oir_document_new(&document, err);
    if (!status)
        status = oir_term_generator_new(&generator, err);
    if (!status)
        oir_term_generator_set_max_word_length(generator, OIR_TERM_MAX);
    for (uint64_t n = 1; !status && (more = lines_next(&in, &line, &size)) != 0; n++) {
        if (more < 0) {
            snprintf(err->message, sizeof err->message, "cannot read standard input: %s", strerror(errno));
            status = OIR_IO;
        } else if (size > 0 && !find_text(line, size, &text, &size)) {
            snprintf(err->message, sizeof err->message, "line %llu of the input has no \"text\": \"...\"",
                     (unsigned long long)n);
            status = OIR_INVALID_ARGUMENT;
        } else if (size > 0) {
            oir_document_clear(document);
            *bytes += size;
            oir_term_generator_set_document(generator, document);
            status = oir_term_generator_index_text(generator, text, size, 1, "", err);
            if (!status)
                status = oir_writable_database_add_document(writer, document, NULL, err);
            if (!status && commit && n % commit == 0)
                status = oir_writable_database_commit(writer, err);
        }
    }
    oir_term_generator_free(generator);
    oir_document_free(document);
    lines_release(&in);
    return status;
}

static uint64_t folder_size(const char *folder)
{
    uint64_t sum = 0;
    DIR *d = opendir(folder);
    struct dirent *entry;
    struct stat s;
    while (d && (entry = readdir(d)) != NULL)
        if (fstatat(dirfd(d), entry->d_name, &s, 0) == 0 && S_ISREG(s.st_mode))
            sum += (uint64_t)s.st_size;
    if (d)
        closedir(d);
    return sum;
}

static void report_parts(const char *folder)
{
    oir_error err;
    oir_database *database;
    oir_segment_information info;
    if (oir_database_open(&database, folder, &err)) {
        bench_fail(&err);
        return;
    }
    for (size_t i = 0; i < oir_database_get_segment_count(database); i++) {
        if (oir_database_get_segment(database, i, &info, &err)) {
            bench_fail(&err);
            break;
        }
        fprintf(stderr, "segment %zu: %.1f MB, %lu documents, %llu terms, %llu postings;", i, (double)info.bytes / 1e6,
                (unsigned long)info.documents, (unsigned long long)info.terms, (unsigned long long)info.postings);
        for (size_t p = 0; p < info.part_count; p++)
            fprintf(stderr, " %s %.1f MB%s", info.parts[p].name, (double)info.parts[p].bytes / 1e6,
                    p + 1 < info.part_count ? "," : "\n");
    }
    oir_database_close(database);
}

int bench_index(int argc, char **argv)
{
    options o;
    oir_error err = {0};
    oir_writable_database *writer = NULL;
    oir_writer_options how = OIR_WRITER_OPTIONS_INIT;
    uint64_t bytes = 0;
    int misused = parse_options(&o, argc, argv);
    if (misused)
        return misused;
    how.mode = OIR_CREATE_OR_OVERWRITE;
    how.no_term_lists = how.no_stored_data = true;
    how.bound_k1 = 1.2;
    how.bound_b = 0.75;
    how.memory_limit = o.memory;
    how.no_pairs = o.no_pairs;
    how.reorder = o.reorder;

    double start = now(), fed = start;
    oir_status status = oir_writable_database_open(&writer, o.folder, &how, &err);
    if (!status)
        status = feed(writer, o.commit, &bytes, &err);
    fed = now();
    if (!status)
        status = o.commit ? oir_writable_database_commit(writer, &err) : oir_writable_database_optimise(writer, &err);
    double seconds = now() - start, megabytes = (double)bytes / 1e6;
    if (!status) {
        struct rusage used;
        getrusage(RUSAGE_SELF, &used);
        fprintf(stderr,
                "%lu documents, %.1f MB of text in %.2f s (%.2f s of them optimising, %.2f s of processor): %.1f MB/s, "
                "index %.1f MB, peak memory %.0f MB\n",
                (unsigned long)oir_writable_database_get_doccount(writer), megabytes, seconds, seconds - (fed - start),
                to_seconds(used.ru_utime) + to_seconds(used.ru_stime), megabytes / seconds,
                (double)folder_size(o.folder) / 1e6, (double)used.ru_maxrss / 1e3);
    }
    oir_writable_database_close(writer);
    if (status)
        return bench_fail(&err);
    report_parts(o.folder);
    return 0;
}
