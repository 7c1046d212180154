#include "codec/bitpack.h"

#include <assert.h>

#include "base/bits.h"

const struct bitpack *bitpack_get(enum isa isa)
{
#if ISA_X86
    if (isa == ISA_AVX512)
        return &bitpack_avx512;
    if (isa == ISA_AVX2)
        return &bitpack_avx2;
#endif
    (void)isa;
    return &bitpack_scalar;
}

unsigned bitpack_width(const uint32_t *in, size_t n)
{
    uint32_t all = 0;
    for (size_t i = 0; i < n; i++)
        all |= in[i];
    return bits_width(all);
}

/* `fill` low bits of `word` wait to be written, fill < 64. */
struct packer {
    uint64_t word;
    unsigned fill;
    uint8_t *out;
};

/* 1 to 64 bits. */
static inline void put(struct packer *p, uint64_t bits, unsigned count)
{
    p->word |= bits << p->fill;
    p->fill += count;
    if (p->fill >= 64) {
        bits_store64(p->out, p->word);
        p->out += 8;
        p->fill -= 64;
        /* In two steps, since a shift by 64 means nothing. */
        p->word = bits >> 1 >> (count - 1 - p->fill);
    }
}

/* Two, four or eight values joined before they go to the packer, whose every step waits for the one before. */
static inline uint64_t join2(const uint32_t *in, unsigned width)
{
    return in[0] | (uint64_t)in[1] << width;
}

static inline uint64_t join4(const uint32_t *in, unsigned width)
{
    return join2(in, width) | join2(in + 2, width) << 2 * width;
}

static inline uint64_t join8(const uint32_t *in, unsigned width)
{
    return join4(in, width) | join4(in + 4, width) << 4 * width;
}

static size_t put_joined(struct packer *p, const uint32_t *in, size_t n, unsigned width)
{
    size_t i = 0;
    if (width <= 8)
        for (; i + 8 <= n; i += 8)
            put(p, join8(in + i, width), 8 * width);
    else if (width <= 16)
        for (; i + 4 <= n; i += 4)
            put(p, join4(in + i, width), 4 * width);
    else
        for (; i + 2 <= n; i += 2)
            put(p, join2(in + i, width), 2 * width);
    return i;
}

void bitpack_pack(const uint32_t *in, size_t n, unsigned width, uint8_t *out)
{
    assert(width <= 32 && bitpack_width(in, n) <= width);
    if (width == 0)
        return;
    struct packer p = {0, 0, out};
    for (size_t i = put_joined(&p, in, n, width); i < n; i++)
        put(&p, in[i], width);
    for (; p.fill > 0; p.fill = p.fill > 8 ? p.fill - 8 : 0, p.word >>= 8)
        *p.out++ = (uint8_t)p.word;
}
