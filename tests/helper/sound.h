/* A segment that a test has written, gone through by the check that oir-inspect does. */
#ifndef TESTS_HELPER_SOUND_H
#define TESTS_HELPER_SOUND_H

#include "base/error.h"
#include "harness.h"
#include "segment/segment.h"

static inline bool sound_report(const char *part, const char *reason, void *context)
{
    printf("%s: %s: %s\n", (const char *)context, part, reason);
    return true;
}

/* Expects that it finds nothing; what it finds is printed. */
static inline void sound_expect(char *path)
{
    segment *s;
    uint64_t findings;
    oir_error err;
    REQUIRE_OK(segment_open(&s, path, &err), err);
    REQUIRE_OK(segment_check(s, sound_report, path, &findings, &err), err);
    EXPECT_EQ(findings, 0);
    segment_close(s);
}

#endif
