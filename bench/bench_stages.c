#include "bench/bench_stages.h"

#include <string.h>

#include "bench/bench_clock.h"

enum { SAMPLE = 16, LONG = 4096 /* bytes a document, on average */ };

static const struct {
    const char *start; /* of what the writer tells */
    bench_stage stage;
} told_stages[] = {
    {"writing", BENCH_FLUSH}, {"merging", BENCH_MERGE},           {"reading lists", BENCH_REORDER},
    {"reordering", BENCH_REORDER}, {"finding pairs", BENCH_PAIRS}, {"syncing", BENCH_SYNC},
};

static const char *const names[BENCH_STAGES] = {"read",    "break", "invert", "flush", "merge",
                                                "reorder", "pairs", "sync",   "finish"};

void bench_stages_init(bench_stages *s)
{
    *s = (bench_stages){.told = BENCH_STAGES, .owner = pthread_self()};
}

void bench_stages_start(bench_stages *s, uint64_t bytes)
{
    bool all = bytes >= LONG * s->documents;
    s->weight = all ? 1 : s->documents % SAMPLE == 0 ? SAMPLE : 0;
    s->documents++;
    if (s->weight > 0)
        s->mark = bench_clock_get();
}

void bench_stages_end(bench_stages *s, bench_stage step)
{
    if (s->weight <= 0)
        return;
    double t = bench_clock_get();
    s->sampled[step] += s->weight * (t - s->mark);
    s->mark = t;
}

void bench_stages_add(bench_stages *s)
{
    if (s->told == BENCH_STAGES) {
        bench_stages_end(s, BENCH_INVERT);
        return;
    }
    s->seconds[s->told] += bench_clock_get() - s->told_at;
    s->told = BENCH_STAGES;
}

void bench_stages_call(bench_stages *s)
{
    s->told_at = bench_clock_get();
    s->called = true;
}

void bench_stages_return(bench_stages *s)
{
    s->seconds[s->told == BENCH_SYNC ? BENCH_SYNC : BENCH_FINISH] += bench_clock_get() - s->told_at;
    s->told = BENCH_STAGES;
    s->called = false;
}

static bench_stage find_stage(const char *what)
{
    for (size_t i = 0; i < sizeof told_stages / sizeof *told_stages; i++)
        if (strncmp(what, told_stages[i].start, strlen(told_stages[i].start)) == 0)
            return told_stages[i].stage;
    return BENCH_FINISH;
}

bool bench_stages_tell(const char *what, uint64_t done, uint64_t total, void *stages)
{
    bench_stages *s = stages;
    (void)done;
    (void)total;
    if (!pthread_equal(pthread_self(), s->owner))
        return true;
    double t = bench_clock_get();
    bench_stage stage = find_stage(what);
    if (s->told != BENCH_STAGES || s->called) /* what a call does before its first report belongs to that */
        s->seconds[s->told != BENCH_STAGES ? s->told : stage] += t - s->told_at;
    s->told = stage;
    s->told_at = t;
    return true;
}

void bench_stages_share(bench_stages *s, double seconds)
{
    double sampled = 0;
    for (int i = BENCH_FLUSH; i < BENCH_STAGES; i++)
        seconds -= s->seconds[i];
    for (int i = 0; i < BENCH_FLUSH; i++)
        sampled += s->sampled[i];
    for (int i = 0; i < BENCH_FLUSH; i++)
        s->seconds[i] = sampled > 0 && seconds > 0 ? seconds * s->sampled[i] / sampled : 0;
}

void bench_stages_print(const bench_stages *s, FILE *to)
{
    for (int i = 0; i < BENCH_STAGES; i++)
        fprintf(to, "%s\"%s\": %.4f", i ? ", " : "", names[i], s->seconds[i]);
}
