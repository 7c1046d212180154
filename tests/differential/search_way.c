#include "differential/search_way.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "differential/differential_tally.h"

static const uint64_t of_writing = (UINT64_C(1) << PATHS_WRITTEN) - 1;

/* What the environment leaves, before anything was set. */
static search_way allowed;

static const search_way *find_allowed(void)
{
    static bool known;
    const char *threads = getenv("OIR_THREADS");
    if (!known)
        allowed = (search_way){paths_get() & paths_choose(NULL), isa_best(),
                               threads ? (unsigned)strtoul(threads, NULL, 10) : 1, OIR_DOCID_ASCENDING};
    known = true;
    return &allowed;
}

void search_way_choose(uint64_t (*random)(void), search_way out[SEARCH_WAYS])
{
    static unsigned turn;
    const search_way *most = find_allowed();
    unsigned single = PATHS_WRITTEN + turn++ % (PATHS_COUNT - PATHS_WRITTEN);
    out[0] = *most;
    out[1].paths = most->paths & ~(UINT64_C(1) << single);
    out[2].paths = most->paths & random();
    out[3].paths = random() % 4 ? most->paths & random() & random() : most->paths & of_writing;
    for (int i = 1; i < SEARCH_WAYS; i++) {
        out[i].isa = (enum isa)(random() % ((uint64_t)most->isa + 1));
        out[i].threads = random() % 4 ? most->threads : 2; /* starting them costs more than most searches */
        out[i].order = (oir_docid_order)(random() % 3);
    }
}

void search_way_use(const search_way *way)
{
    paths_set(way->paths);
    isa_set(way->isa);
}

static const char *const order_names[] = {"ascending", "descending", "in any order"};

static bool is_without(const search_way *way, unsigned number)
{
    return !(way->paths >> number & 1);
}

void search_way_describe(const search_way *way, char out[SEARCH_WAY_TEXT])
{
    size_t used = (size_t)snprintf(out, SEARCH_WAY_TEXT, "%u threads, docids %s, OIR_ISA=%s OIR_PATHS=", way->threads,
                                   order_names[way->order], isa_name(way->isa));
    for (unsigned i = PATHS_WRITTEN, n = 0; i < PATHS_COUNT; i++)
        if (is_without(way, i))
            used += (size_t)snprintf(out + used, SEARCH_WAY_TEXT - used, "%s%s", n++ ? "," : "", paths_name(i));
}

void search_way_count(const search_way *way)
{
    unsigned without = 0;
    for (unsigned i = PATHS_WRITTEN; i < PATHS_COUNT; i++) {
        if (!is_without(way, i))
            continue;
        without++;
        differential_tally_add("searches without", paths_name(i), 1);
    }
    if (!without)
        differential_tally_add("searches without", "(nothing)", 1);
    differential_tally_add("searches with kernels", isa_name(way->isa), 1);
    differential_tally_add("searches with docids", order_names[way->order], 1);
    differential_tally_add("searches in threads", way->threads > 1 ? "several" : "one", 1);
}

void search_way_write(const char *without, uint64_t (*random)(void))
{
    bool mixed = strcmp(without, "mixed") == 0;
    paths_set(find_allowed()->paths & (mixed ? random() : paths_choose(without)));
}
