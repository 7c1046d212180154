#include "segment/packed_column.h"

#include <assert.h>

#include "base/error.h"
#include "codec/bitpack.h"

oir_status packed_column_write(container_writer *w, enum part_kind kind, const uint32_t *numbers, uint32_t count,
                               uint32_t most, uint64_t *address, oir_error *err)
{
    uint32_t width = bits_width(most);
    uint8_t *bytes;
    ERROR_FORWARD(container_writer_reserve(w, kind, bitpack_bytes(count, width), 64, &bytes, address, err));
    bitpack_get(ISA_SCALAR)->pack(numbers, count, width, bytes);
    return OIR_OK;
}

/* So many take whole bytes, whatever their width. */
enum { TOGETHER = 4096 };

static oir_status fill(const void *context, uint8_t *to, oir_error *err)
{
    const packed_column_source *s = context;
    uint32_t numbers[TOGETHER], width = bits_width(s->most);
    (void)err;
    for (uint32_t i = 0, n; i < s->count; i += n) {
        n = s->count - i < TOGETHER ? s->count - i : TOGETHER;
        s->read(s->context, i, n, numbers);
        bitpack_get(ISA_SCALAR)->pack(numbers, n, width, to);
        to += bitpack_bytes(n, width);
    }
    return OIR_OK;
}

oir_status packed_column_write_later(container_writer *w, enum part_kind kind, const packed_column_source *source,
                                     uint64_t *address, oir_error *err)
{
    size_t size = bitpack_bytes(source->count, bits_width(source->most));
    return container_writer_add_later(w, kind, size, 64, fill, source, address, err);
}

oir_status packed_column_open(packed_column *c, const container *parts, enum part_kind kind, uint64_t address,
                              uint32_t count, uint32_t most, oir_error *err)
{
    assert(most);
    uint32_t width = bits_width(most);
    *c = (packed_column){.width = width, .mask = (uint32_t)bits_low(width), .most = most, .kind = kind};
    c->address = address;
    c->parts = parts;
    return address ? container_locate(parts, kind, address, bitpack_bytes(count, width), &c->bytes, err) : OIR_OK;
}

oir_status packed_column_verify(const packed_column *c, uint32_t from, uint32_t count, oir_error *err)
{
    uint64_t bit = (uint64_t)from * c->width, end = bit + (uint64_t)count * c->width;
    const uint8_t *bytes;
    if (!c->bytes || !c->parts)
        return OIR_OK;
    return container_get(c->parts, c->kind, c->address + (bit >> 3), (end + 7) / 8 - (bit >> 3), &bytes, err);
}
