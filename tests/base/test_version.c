#include <oir/version.h>

#include "harness.h"

static void same_as_headers(void)
{
    char text[64];
    snprintf(text, sizeof text, "%d.%d.%d", OIR_VERSION_MAJOR, OIR_VERSION_MINOR, OIR_VERSION_PATCH);
    EXPECT_STR(OIR_VERSION_STRING, text);
    EXPECT_STR(oir_version(), text);
    EXPECT_EQ(oir_format_version(), 1);
}

int main(void)
{
    TEST(same_as_headers);
    return harness_end();
}
