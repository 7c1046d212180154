#include "bench/bench_size.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

size_t bench_size_parse(const char *text)
{
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    unsigned shift = 0;
    switch (*end) {
    case 'k': case 'K': shift = 10; break;
    case 'm': case 'M': shift = 20; break;
    case 'g': case 'G': shift = 30; break;
    case '\0': break;
    default: return 0;
    }
    if (errno || end == text || *text == '-' || (*end && end[1]) || n > (SIZE_MAX >> shift))
        return 0;
    return (size_t)n << shift;
}
