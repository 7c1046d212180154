/* A test program is a list of functions; a failed expectation names file, line and values, and the program exits 1.
 *
 *     static void add_one(void) { EXPECT_EQ(add(1, 1), 2); }
 *     int main(void) { TEST(add_one); return harness_end(); }
 */
#ifndef TESTS_HARNESS_H
#define TESTS_HARNESS_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int harness_failed, harness_run;
static const char *harness_name = "";

static inline void harness_fail(const char *file, int line, const char *what)
{
    harness_failed++;
    fprintf(stderr, "%s:%d: %s: %s\n", file, line, harness_name, what);
    if (harness_failed >= 20) {
        fprintf(stderr, "too many failures\n");
        exit(1);
    }
}

#define EXPECT(condition)                                             \
    do {                                                              \
        if (!(condition))                                             \
            harness_fail(__FILE__, __LINE__, "not true: " #condition); \
    } while (0)

/* Goes no further in this process when what follows would make no sense. */
#define REQUIRE(condition)                                            \
    do {                                                              \
        if (!(condition)) {                                           \
            harness_fail(__FILE__, __LINE__, "required: " #condition); \
            exit(1);                                                  \
        }                                                             \
    } while (0)

#define EXPECT_EQ(got, expected)                                                                            \
    do {                                                                                                    \
        long long harness_a = (long long)(got), harness_b = (long long)(expected);                          \
        if (harness_a != harness_b) {                                                                       \
            char harness_text[256];                                                                         \
            snprintf(harness_text, sizeof harness_text, "%s is %lld, expected %lld", #got, harness_a, harness_b); \
            harness_fail(__FILE__, __LINE__, harness_text);                                                 \
        }                                                                                                   \
    } while (0)

#define EXPECT_STR(got, expected)                                                                           \
    do {                                                                                                    \
        const char *harness_a = (got), *harness_b = (expected);                                             \
        if (!harness_a || strcmp(harness_a, harness_b) != 0) {                                              \
            char harness_text[1200];                                                                        \
            snprintf(harness_text, sizeof harness_text, "%s is \"%.500s\", expected \"%.500s\"", #got,       \
                     harness_a ? harness_a : "(null)", harness_b);                                          \
            harness_fail(__FILE__, __LINE__, harness_text);                                                 \
        }                                                                                                   \
    } while (0)

/* Fails with the library's own message. `error` is an oir_error. */
#define REQUIRE_OK(call, error)                                                          \
    do {                                                                                 \
        if ((call) != 0) {                                                               \
            char harness_text[1200];                                                     \
            snprintf(harness_text, sizeof harness_text, "%s: %s", #call, (error).message); \
            harness_fail(__FILE__, __LINE__, harness_text);                              \
            exit(1);                                                                     \
        }                                                                                \
    } while (0)

#define TEST(function)             \
    do {                           \
        harness_name = #function;  \
        harness_run++;             \
        function();                \
    } while (0)

/* Whether this runs under the thread sanitizer, which looks for races and nothing else. */
static inline bool harness_sees_races_only(void)
{
#ifdef __SANITIZE_THREAD__
    return true;
#else
    return false;
#endif
}

/* Of what has one thread only: a thread sanitizer finds nothing in it, so there it is left to the other runs. */
#define TEST_ALONE(function)            \
    do {                                \
        if (!harness_sees_races_only()) \
            TEST(function);             \
    } while (0)

/* A small deterministic generator (splitmix64); seed from OIR_SEED or the default given. */
static uint64_t harness_state;

static inline void harness_seed(uint64_t otherwise)
{
    const char *given = getenv("OIR_SEED");
    harness_state = given ? strtoull(given, NULL, 10) : otherwise;
    printf("seed %" PRIu64 "\n", harness_state);
}

static inline uint64_t harness_random(void)
{
    uint64_t z = harness_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 <= result < bound; bound must not be 0. */
static inline uint32_t harness_below(uint32_t bound)
{
    return (uint32_t)(harness_random() % bound);
}

/* The environment's OIR_EFFORT, in percent: under sanitizers and valgrind ./check asks for less than all. */
static inline uint32_t harness_effort(void)
{
    const char *effort = getenv("OIR_EFFORT");
    uint64_t percent = effort ? strtoull(effort, NULL, 10) : 100;
    return percent < 100 ? (uint32_t)percent : 100;
}

/* How often to do what is done `times` times: fewer with less effort. */
static inline uint32_t harness_times(uint32_t times)
{
    return (uint32_t)(((uint64_t)times * harness_effort() + 99) / 100);
}

/* Whether everything takes long here, as under valgrind, which looks for bytes that nobody has set: each piece of code
 * is to run there, but in few ways, on little. */
static inline bool harness_is_slow(void)
{
    return harness_effort() < 25;
}

/* Of what takes long there and runs no code that others do not. */
#define TEST_UNLESS_SLOW(function) \
    do {                           \
        if (!harness_is_slow())    \
            TEST(function);        \
    } while (0)

static inline int harness_end(void)
{
    printf("%d tests, %d failures\n", harness_run, harness_failed);
    return harness_failed ? 1 : 0;
}

#endif
