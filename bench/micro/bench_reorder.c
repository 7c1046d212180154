/* What an order of documents costs and what it is worth: reorders one segment under given settings, and adds up what
 * lists would be like, without writing them.
 *
 *     bench_reorder SEGMENT [ITERATIONS RARE_SHARE FREQUENT_SHARE MEGABYTES]
 *
 * Printed are seconds, bits of the logarithm of gaps by posting, and postings in a range of 64 and a window of 4,096
 * documents that has any, for the order of docids and the new one, for terms in 64 documents or more. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "bench/micro/timer.h"
#include "indexer/reorder.h"

enum { COUNTED_MIN = 64 };

static oir_error err;

static void must(oir_status status)
{
    if (status == OIR_OK)
        return;
    fprintf(stderr, "bench_reorder: %s\n", err.message);
    exit(2);
}

typedef struct sums {
    double bits;
    uint64_t postings, ranges, windows;
} sums;

/* Sorts by marking: lists are long. */
static void add_list(sums *s, const postings_list *list, const uint32_t *places, uint64_t *marks, uint32_t words)
{
    uint64_t before = UINT64_MAX, window = UINT64_MAX;
    for (uint32_t i = 0; i < list->count; i++)
        marks[places[list->documents[i]] / 64] |= UINT64_C(1) << places[list->documents[i]] % 64;
    for (uint32_t w = 0; w < words; w++) {
        if (!marks[w])
            continue;
        s->ranges++;
        s->windows += w / RANGES != window;
        window = w / RANGES;
        for (uint64_t rest = marks[w]; rest; rest &= rest - 1) {
            uint64_t at = w * UINT64_C(64) + (uint64_t)__builtin_ctzll(rest);
            s->bits += log2((double)(at - before));
            before = at;
        }
        marks[w] = 0;
    }
    s->postings += list->count;
}

static void judge(const segment *s, const merge_order *order, const char *what, double seconds)
{
    sums sum = {0};
    terms_cursor cursor;
    postings_list list = {0};
    uint32_t words = order->count / 64 + 1;
    uint32_t *places = malloc(order->count * sizeof *places);
    uint64_t *marks = calloc(words, sizeof *marks);
    if (!places || !marks)
        exit(2);
    for (uint32_t i = 0; i < order->count; i++)
        places[order->locals[i]] = i;
    terms_cursor_init(&cursor, &s->terms);
    must(terms_cursor_seek(&cursor, "", 0, &err));
    for (; !cursor.at_end; must(terms_cursor_next(&cursor, &err))) {
        if (cursor.entry.termfreq < COUNTED_MIN)
            continue;
        must(postings_decode(s->container, &s->context, &cursor.entry, &list, &err));
        add_list(&sum, &list, places, marks, words);
    }
    printf("%-10s %7.2f s %7.4f bits a gap %7.3f a range %8.2f a window\n", what, seconds,
           sum.bits / (double)sum.postings, (double)sum.postings / (double)sum.ranges,
           (double)sum.postings / (double)sum.windows);
    fflush(stdout);
    postings_list_release(&list);
    free(places);
    free(marks);
}

static bool tell(const char *what, uint64_t done, uint64_t total, void *context)
{
    (void)what, (void)done, (void)total, (void)context;
    return true;
}

int main(int argc, char **argv)
{
    segment *s;
    merge_order order;
    progress p = {tell, NULL};
    if (argc != 2 && argc != 6) {
        fprintf(stderr, "bench_reorder SEGMENT [ITERATIONS RARE_SHARE FREQUENT_SHARE MEGABYTES]\n");
        return 2;
    }
    reorder_settings settings = reorder_choose(OIR_REORDER_LIGHT, (size_t)1 << 30);
    if (argc == 6) {
        settings.iterations = (uint32_t)atoi(argv[2]);
        settings.rare_share = (uint32_t)atoi(argv[3]);
        settings.frequent_share = (uint32_t)atoi(argv[4]);
        settings.memory = (size_t)atoi(argv[5]) << 20;
    }
    must(segment_open(&s, argv[1], &err));
    merge_source source = {s, NULL};
    must(merge_order_by_docid(&order, &source, 1, &err));
    must(merge_order_spread(&order, &err));
    if (argc == 2)
        judge(s, &order, "docids", 0);
    double start = timer_now();
    must(reorder_documents(&order, &source, 1, &settings, &p, &err));
    judge(s, &order, "reordered", timer_now() - start);
    merge_order_release(&order);
    segment_close(s);
    return 0;
}
