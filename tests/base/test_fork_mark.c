#include "base/fork_mark.h"

#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static bool in_child(bool (*question)(const fork_mark *), const fork_mark *mark)
{
    int status = 0;
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0)
        _exit(question(mark));
    REQUIRE(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status) != 0;
}

static bool in_grandchild(const fork_mark *mark)
{
    return in_child(fork_mark_is_owner, mark);
}

/* A child's own mark is its own, beside what it has copies of. */
static bool makes_own(const fork_mark *mark)
{
    fork_mark own, copy = *mark;
    fork_mark_init(&own);
    bool good = fork_mark_is_owner(&own) && !fork_mark_is_owner(&copy) && !in_child(fork_mark_is_owner, &own);
    fork_mark_release(&copy);
    fork_mark_release(&own);
    return good;
}

static void check(const fork_mark *mark)
{
    for (int i = 0; i < 2; i++) {
        EXPECT(fork_mark_is_owner(mark));
        EXPECT(!in_child(fork_mark_is_owner, mark));
        EXPECT(!in_child(in_grandchild, mark));
        EXPECT(in_child(makes_own, mark));
    }
    EXPECT(fork_mark_is_owner(mark));
}

static void as_the_system_can(void)
{
    fork_mark mark;
    fork_mark_init(&mark);
    printf("the page is %s\n", mark.page ? "cleared in children" : "not used");
    check(&mark);
    fork_mark_release(&mark);
}

static void by_number(void)
{
    fork_mark mark = {.owner = getpid()};
    check(&mark);
    fork_mark_release(&mark);
}

int main(void)
{
    TEST(as_the_system_can);
    TEST(by_number);
    return harness_end();
}
