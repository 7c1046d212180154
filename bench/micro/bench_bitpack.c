/* Packing and unpacking in blocks of 128 values, by instruction set and width; all in the first-level cache, so what is
 * seen is the kernels. Arguments: the widths to show (default 1 3 7 8 12 16 20 29 32). */
#include "bench/micro/timer.h"
#include "codec/bitpack.h"

enum { BLOCK = 128, REPEAT = 20000 };

static uint32_t values[BLOCK], out[BLOCK];
static uint8_t packed[BLOCK * 4 + BITPACK_PADDING];

#define SHOW(what, isa, call)                                        \
    do {                                                             \
        timer t;                                                     \
        char name[64];                                               \
        TIMER_RUN(t, (double)BLOCK * REPEAT,                         \
                  for (int i = 0; i < REPEAT; i++) {                 \
                      call;                                          \
                      timer_keep(out);                               \
                      timer_keep(packed);                            \
                  });                                                \
        snprintf(name, sizeof name, "%s, width %u", what, width);    \
        timer_print(&t, name, isa_name(isa));                        \
    } while (0)

static void show(unsigned width)
{
    uint64_t state = 1;
    for (int i = 0; i < BLOCK; i++) {
        state = state * UINT64_C(6364136223846793005) + 1;
        values[i] = width ? (uint32_t)(state >> 32) >> (32 - width) : 0;
    }
    for (enum isa isa = ISA_SCALAR; isa <= isa_of_machine(); isa++) {
        const struct bitpack *b = bitpack_get(isa);
        if (isa == ISA_SCALAR)
            SHOW("pack", isa, b->pack(values, BLOCK, width, packed));
        SHOW("unpack", isa, b->unpack(packed, BLOCK, width, out));
        SHOW("unpack_delta", isa, b->unpack_delta(packed, BLOCK, width, 0, out));
        SHOW("unpack_ascending", isa, b->unpack_ascending(packed, BLOCK, width, 0, out));
        if (width <= 8)
            SHOW("unpack8, bit 3", isa, b->unpack8(packed, 3, BLOCK, width, (uint8_t *)out));
        if (width <= 16)
            SHOW("unpack16, bit 3", isa, b->unpack16(packed, 3, BLOCK, width, (uint16_t *)(void *)out));
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    static const unsigned usual[] = {1, 3, 7, 8, 12, 16, 20, 29, 32};
    if (argc > 1)
        for (int i = 1; i < argc; i++)
            show((unsigned)atoi(argv[i]) % 33);
    else
        for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
            show(usual[i]);
    return 0;
}
