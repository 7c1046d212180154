#include <oir/version.h>

const char *oir_version(void)
{
    return OIR_VERSION_STRING;
}

unsigned oir_format_version(void)
{
    return 1;
}
