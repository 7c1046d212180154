/* How a search in several threads ends where its shares end in different ways: what says most is told. */
#include "searcher/search_share.h"

#include "base/error.h"
#include "base/team.h"
#include "harness.h"

enum { SHARES = 3 };

/* How each share is to end; told: OIR_CANCELLED since another one failed. */
typedef struct ending {
    oir_status status[SHARES];
    bool told[SHARES];
} ending;

static oir_status end_share(search_share *share, void *context, oir_error *err)
{
    const ending *e = context;
    oir_status status = e->status[share->number];
    share->control->told = e->told[share->number];
    return status == OIR_OK ? OIR_OK : error_set(err, status, "share %zu", share->number);
}

static oir_status run(ending e, oir_error *err)
{
    search_share each[SHARES] = {0};
    oir_search_statistics statistics = {0};
    search_control control = {.statistics = &statistics, .team = team_new(1)};
    search_shares s = {.control = &control, .count = SHARES, .each = each};
    REQUIRE(control.team);
    for (size_t i = 0; i < SHARES; i++) {
        each[i].number = i;
        each[i].own_control.statistics = &each[i].statistics;
        each[i].control = &each[i].own_control;
    }
    oir_status status = search_shares_run(&s, end_share, &e, err);
    EXPECT_EQ(atomic_load(&s.stop), status != OIR_OK);
    team_free(control.team);
    return status;
}

static void all_good(void)
{
    oir_error err;
    EXPECT_EQ(run((ending){.status = {OIR_OK, OIR_OK, OIR_OK}}, &err), OIR_OK);
}

static void who_was_told_is_not_asked(void)
{
    oir_error err;
    ending e = {.status = {OIR_CANCELLED, OIR_CANCELLED, OIR_NO_MEMORY}, .told = {true, true, false}};
    EXPECT_EQ(run(e, &err), OIR_NO_MEMORY);
    EXPECT_STR(err.message, "share 2");
}

static void lateness_says_less_than_damage(void)
{
    oir_error err;
    EXPECT_EQ(run((ending){.status = {OIR_LIMIT, OIR_CORRUPT, OIR_LIMIT}}, &err), OIR_CORRUPT);
    EXPECT_EQ(run((ending){.status = {OIR_LIMIT, OIR_LIMIT, OIR_CANCELLED}}, &err), OIR_CANCELLED);
    EXPECT_EQ(run((ending){.status = {OIR_CANCELLED, OIR_LIMIT, OIR_OK}, .told = {true}}, &err), OIR_LIMIT);
    EXPECT_STR(err.message, "share 1");
}

int main(void)
{
    TEST(all_good);
    TEST(who_was_told_is_not_asked);
    TEST(lateness_says_less_than_damage);
    return harness_end();
}
