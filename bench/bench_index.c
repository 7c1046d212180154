/* oir-bench index: the build that is compared with other engines' builds. */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "bench/bench_clock.h"
#include "bench/bench_feed.h"
#include "bench/bench_size.h"
#include "bench/oir_bench.h"

/* What the engines it is compared with are given. */
#define MEMORY_DEFAULT ((size_t)1 << 30)

typedef struct options {
    const char *folder;
    bench_feed_options feed; /* commit 0: once */
    bool no_pairs, json;
    bool commits;            /* at the end, instead of optimising */
    oir_reorder reorder;
} options;

/* What a build came to. */
typedef struct result {
    unsigned long documents;
    uint64_t text; /* bytes */
    double seconds, processor;
    double ending;  /* seconds of the last commit, or of optimising */
    uint64_t index; /* bytes */
    double memory;  /* MB */
    bench_stages stages;
} result;

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

static bool parse_commit(options *o, const char *text)
{
    char *behind;
    o->commits = true;
    if (strcmp(text, "end") == 0)
        return true;
    o->feed.commit = strtoul(text, &behind, 10);
    return o->feed.commit > 0 && *behind == '\0' && isdigit((unsigned char)*text);
}

static int parse_options(options *o, int argc, char **argv)
{
    *o = (options){.feed.memory = MEMORY_DEFAULT, .feed.threads = 1, .reorder = OIR_REORDER_NONE};
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--memory") == 0) {
            if (++i == argc || !(o->feed.memory = bench_size_parse(argv[i])))
                return bench_misused("--memory wants a size, such as 256M");
        } else if (strcmp(argv[i], "--commit") == 0) {
            if (++i == argc || !parse_commit(o, argv[i]))
                return bench_misused("--commit wants a number of documents, or end");
        } else if (strcmp(argv[i], "--threads") == 0) {
            if (++i == argc || !(o->feed.threads = (unsigned)strtoul(argv[i], NULL, 10)) ||
                o->feed.threads > OIR_WRITER_THREADS_MAX)
                return bench_misused("--threads wants a number of threads, at most 256");
        } else if (strcmp(argv[i], "--no-pairs") == 0) {
            o->no_pairs = true;
        } else if (strcmp(argv[i], "--full") == 0) {
            o->feed.form = BENCH_FORM_FULL;
        } else if (strcmp(argv[i], "--json") == 0) {
            o->json = true;
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

static void say_segment(size_t number, const oir_segment_information *info)
{
    fprintf(stderr, "segment %zu: %.1f MB, %lu documents, %llu terms, %llu postings;", number,
            (double)info->bytes / 1e6, (unsigned long)info->documents, (unsigned long long)info->terms,
            (unsigned long long)info->postings);
    for (size_t p = 0; p < info->part_count; p++)
        fprintf(stderr, " %s %.1f MB%s", info->parts[p].name, (double)info->parts[p].bytes / 1e6,
                p + 1 < info->part_count ? "," : "\n");
}

static void print_segment(size_t number, const oir_segment_information *info)
{
    printf("%s{\"bytes\": %llu, \"documents\": %lu, \"terms\": %llu, \"postings\": %llu, \"parts\": {",
           number ? ", " : "", (unsigned long long)info->bytes, (unsigned long)info->documents,
           (unsigned long long)info->terms, (unsigned long long)info->postings);
    for (size_t p = 0; p < info->part_count; p++)
        printf("%s\"%s\": %llu", p ? ", " : "", info->parts[p].name, (unsigned long long)info->parts[p].bytes);
    printf("}}");
}

static int report_segments(const char *folder, bool json)
{
    oir_error err;
    oir_database *database;
    oir_segment_information info;
    if (oir_database_open(&database, folder, &err))
        return bench_fail(&err);
    int code = 0;
    for (size_t i = 0; !code && i < oir_database_get_segment_count(database); i++) {
        if (oir_database_get_segment(database, i, &info, &err))
            code = bench_fail(&err);
        else if (json)
            print_segment(i, &info);
        else
            say_segment(i, &info);
    }
    oir_database_close(database);
    return code;
}

static int say_result(const char *folder, bool commits, const result *r)
{
    double megabytes = (double)r->text / 1e6;
    fprintf(stderr,
            "%lu documents, %.1f MB of text in %.2f s (%.2f s of them %s, %.2f s of processor): %.1f MB/s, "
            "index %.1f MB, peak memory %.0f MB\n",
            r->documents, megabytes, r->seconds, r->ending, commits ? "committing" : "optimising", r->processor,
            megabytes / r->seconds, (double)r->index / 1e6, r->memory);
    return report_segments(folder, false);
}

static int print_result(const char *folder, const result *r)
{
    printf("{\"documents\": %lu, \"text\": %llu, \"seconds\": %.4f, \"processor\": %.4f, \"index\": %llu, "
           "\"stages\": {",
           r->documents, (unsigned long long)r->text, r->seconds, r->processor, (unsigned long long)r->index);
    bench_stages_print(&r->stages, stdout);
    printf("}, \"segments\": [");
    int code = report_segments(folder, true);
    printf("]}\n");
    return code;
}

static oir_status build(const options *o, result *r, oir_error *err)
{
    oir_writable_database *writer = NULL;
    oir_writer_options how = OIR_WRITER_OPTIONS_INIT;
    how.mode = OIR_CREATE_OR_OVERWRITE;
    how.no_term_lists = how.no_stored_data = o->feed.form == BENCH_FORM_WORDS;
    how.bound_k1 = 1.2;
    how.bound_b = 0.75;
    how.memory_limit = o->feed.memory;
    how.no_pairs = o->no_pairs;
    how.reorder = o->reorder;
    how.threads = o->feed.threads;
    how.progress = bench_stages_tell;
    how.progress_context = &r->stages;

    bench_stages_init(&r->stages);
    double start = bench_clock_get();
    oir_status status = oir_writable_database_open(&writer, o->folder, &how, err);
    if (!status)
        status = bench_feed(writer, &o->feed, &r->stages, &r->text, err);
    double fed = bench_clock_get();
    bench_stages_call(&r->stages);
    if (!status)
        status = o->commits ? oir_writable_database_commit(writer, err)
                            : oir_writable_database_optimise(writer, err);
    bench_stages_return(&r->stages);
    r->seconds = bench_clock_get() - start;
    r->ending = r->seconds - (fed - start);
    if (!status)
        r->documents = oir_writable_database_get_doccount(writer);
    oir_writable_database_close(writer);
    return status;
}

int bench_index(int argc, char **argv)
{
    options o;
    oir_error err = {0};
    result r = {0};
    struct rusage used;
    int misused = parse_options(&o, argc, argv);
    if (misused)
        return misused;
    if (build(&o, &r, &err))
        return bench_fail(&err);
    getrusage(RUSAGE_SELF, &used);
    r.processor = bench_clock_get_processor();
    r.memory = (double)used.ru_maxrss / 1e3;
    r.index = folder_size(o.folder);
    bench_stages_share(&r.stages, r.seconds);
    return o.json ? print_result(o.folder, &r) : say_result(o.folder, o.commits, &r);
}
