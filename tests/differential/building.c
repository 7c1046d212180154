#include "differential/building.h"

/* By threads, tiny or not, reordered or not, pairs or not. */
enum { THREADS = 3, WAYS = THREADS * 2 * 2, TINY_LEAST = 16 /* segments written */ };

static const uint32_t threads[THREADS] = {1, 2, 8};
static uint32_t counts[THREADS][2][2][2];
static uint32_t turns[2], waiting_turns;

building building_choose(const made_up *m)
{
    if (harness_is_slow()) /* under valgrind, what is asked matters, and few indexes are made */
        return (building){0};
    if (m->waiting) /* for which there must be memory */
        return (building){.threads = waiting_turns++ % THREADS};
    /* Those with tiny memory come first: of reordered collections there are few. */
    uint32_t turn = turns[m->reordered]++ % WAYS;
    /* Optimised ones are there for the sake of pairs. */
    return (building){.threads = turn % THREADS, .no_pairs = turn / THREADS % 2 && !m->optimised,
                      .tiny = turn < WAYS / 2};
}

uint32_t building_threads(const building *b)
{
    return threads[b->threads];
}

void building_count(const building *b, const made_up *m, const made_up_outcome *outcome)
{
    EXPECT(!outcome->reordered || m->reordered);
    EXPECT(!outcome->pairs || !b->no_pairs);
    /* Small collections are too small for it. */
    bool tiny = b->tiny && outcome->written >= TINY_LEAST;
    if (tiny || !b->tiny)
        counts[b->threads][tiny][outcome->reordered][outcome->pairs]++;
}

static bool has_tiny(size_t i)
{
    return counts[i][1][0][0] && counts[i][1][0][1] && counts[i][1][1][0] && counts[i][1][1][1];
}

void building_check(bool whole)
{
    printf("\nindexes built            memory tiny                                  memory enough\n"
           "             as they came      reordered         as they came      reordered\n"
           "             no pairs   pairs  no pairs   pairs  no pairs   pairs  no pairs   pairs\n");
    for (size_t i = 0; i < THREADS; i++) {
        printf("%u threads   ", threads[i]);
        for (size_t j = 0; j < 8; j++)
            printf("%9u%s", counts[i][j < 4][j / 2 % 2][j % 2], j % 2 ? "  " : "");
        printf("\n");
        EXPECT(!whole || has_tiny(i));
    }
    fflush(stdout);
}
