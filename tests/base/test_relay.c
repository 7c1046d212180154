/* Work in two steps: every piece is made once and taken once, in order, with nothing shared that must not be; what
 * fails, fails first in order, and nothing goes on behind it. */
#include "base/relay.h"

#include <stdatomic.h>
#include <string.h>

#include "harness.h"

enum { SLOTS_MOST = 16, TOOLS_MOST = 8 };

typedef struct line {
    size_t pieces, begun, taken;
    size_t slots[SLOTS_MOST];     /* the piece that is in each */
    bool made[SLOTS_MOST];
    atomic_int tools[TOOLS_MOST]; /* in use */
    atomic_int taking, wrong;
    size_t no_begin, no_make, no_take; /* the piece that this fails for */
} line;

static oir_status begin(void *context, size_t slot, bool *more, oir_error *err)
{
    line *l = context;
    if (l->begun == l->pieces) {
        *more = false;
        return OIR_OK;
    }
    if (l->begun == l->no_begin)
        return error_set(err, OIR_CANCELLED, "begin %zu", l->begun);
    l->made[slot] = false;
    l->slots[slot] = l->begun++;
    return OIR_OK;
}

static oir_status make(void *context, size_t slot, size_t tool, oir_error *err)
{
    line *l = context;
    atomic_fetch_add(&l->wrong, tool >= TOOLS_MOST || atomic_fetch_add(&l->tools[tool], 1) != 0 || l->made[slot]);
    for (volatile size_t spent = l->slots[slot] % 7 * 100; spent; spent--) /* some take longer */
        ;
    l->made[slot] = true;
    atomic_fetch_sub(&l->tools[tool], 1);
    return l->slots[slot] == l->no_make ? error_set(err, OIR_CORRUPT, "make %zu", l->slots[slot]) : OIR_OK;
}

static oir_status take(void *context, size_t slot, oir_error *err)
{
    line *l = context;
    atomic_fetch_add(&l->wrong, atomic_fetch_add(&l->taking, 1) != 0);
    atomic_fetch_add(&l->wrong, l->slots[slot] != l->taken || !l->made[slot]);
    l->taken++;
    atomic_fetch_sub(&l->taking, 1);
    return l->slots[slot] == l->no_take ? error_set(err, OIR_IO, "take %zu", l->slots[slot]) : OIR_OK;
}

static const line nothing_fails = {.no_begin = SIZE_MAX, .no_make = SIZE_MAX, .no_take = SIZE_MAX};

static oir_status run(line *l, team *t, size_t slots, oir_error *err)
{
    const relay_steps steps = {l, begin, make, take};
    oir_status status = relay_run(t, &steps, slots, err);
    EXPECT_EQ(l->wrong, 0);
    return status;
}

static void all_in_order(void)
{
    oir_error err;
    for (size_t helpers = 0; helpers <= 5; helpers++) {
        team *t = helpers ? team_new(helpers) : NULL;
        for (size_t slots = 2; slots <= SLOTS_MOST; slots += 2)
            for (size_t pieces = 0; pieces < harness_times(60); pieces++) {
                line l = nothing_fails;
                l.pieces = pieces;
                REQUIRE_OK(run(&l, t, slots, &err), err);
                EXPECT_EQ(l.begun, pieces);
                EXPECT_EQ(l.taken, pieces);
            }
        team_free(t);
    }
}

static void expect_failure(line l, team *t, size_t slots, oir_status status, const char *message)
{
    oir_error err;
    l.pieces = 40;
    EXPECT_EQ(run(&l, t, slots, &err), status);
    EXPECT_STR(err.message, message);
    EXPECT(l.begun <= 20 + slots);
    EXPECT(l.taken <= 21);
}

static void what_fails_is_told(void)
{
    line fails[3] = {nothing_fails, nothing_fails, nothing_fails};
    fails[0].no_begin = fails[1].no_make = fails[2].no_take = 20;
    for (size_t helpers = 0; helpers <= 3; helpers++) {
        team *t = helpers ? team_new(helpers) : NULL;
        for (size_t slots = 2; slots <= SLOTS_MOST; slots += 2) {
            expect_failure(fails[0], t, slots, OIR_CANCELLED, "begin 20");
            expect_failure(fails[1], t, slots, OIR_CORRUPT, "make 20");
            expect_failure(fails[2], t, slots, OIR_IO, "take 20");
        }
        team_free(t);
    }
}

/* What was made before it is taken first, and that counts which comes first in order. */
static void first_in_order(void)
{
    team *t = team_new(3);
    line both = nothing_fails;
    both.no_take = 19;
    both.no_make = 20;
    expect_failure(both, t, 2, OIR_IO, "take 19");
    team_free(t);
}

int main(void)
{
    TEST(all_in_order);
    TEST(what_fails_is_told);
    TEST(first_in_order);
    return harness_end();
}
