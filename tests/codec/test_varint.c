#include "codec/varint.h"

#include "base/buffer.h"
#include "harness.h"

static void there_and_back(void)
{
    buffer b = BUFFER_INIT;
    for (int i = 0; i < 20000; i++) {
        uint64_t in = harness_random() >> harness_below(64), out;
        if (i < 64)
            in = (UINT64_C(1) << i) - 1;
        else if (i < 128)
            in = UINT64_C(1) << (i - 64);
        else if (i == 128)
            in = UINT64_MAX;
        buffer_clear(&b);
        buffer_add_varint(&b, in);
        EXPECT(b.size <= VARINT_MAX);
        EXPECT(varint_get(b.data, b.data + b.size, &out) == b.data + b.size);
        EXPECT(out == in);
        for (size_t n = 0; n < b.size; n++)
            EXPECT(varint_get(b.data, b.data + n, &out) == NULL && out == 0);
        uint32_t narrow;
        const uint8_t *next = varint_get32(b.data, b.data + b.size, &narrow);
        EXPECT(in <= UINT32_MAX ? next == b.data + b.size && narrow == in : next == NULL && narrow == 0);
    }
    buffer_release(&b);
}

static void damaged(void)
{
    uint8_t bytes[16];
    uint64_t out;
    memset(bytes, 0xff, sizeof bytes);
    EXPECT(varint_get(bytes, bytes + 16, &out) == NULL);
    EXPECT(varint_get(NULL, bytes, &out) == NULL);
    EXPECT(varint_get(NULL, NULL, &out) == NULL);
    bytes[9] = 2; /* bit 64 */
    EXPECT(varint_get(bytes, bytes + 16, &out) == NULL);
    bytes[9] = 1;
    EXPECT(varint_get(bytes, bytes + 16, &out) == bytes + 10);
    EXPECT(out == UINT64_MAX);
    memset(bytes, 0x80, sizeof bytes);
    bytes[10] = 0; /* eleven bytes */
    EXPECT(varint_get(bytes, bytes + 16, &out) == NULL);
}

int main(void)
{
    harness_seed(1);
    TEST(there_and_back);
    TEST(damaged);
    return harness_end();
}
