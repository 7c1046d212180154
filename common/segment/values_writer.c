#include "segment/values.h"

#include <assert.h>
#include <string.h>

#include "base/bits.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "segment/block_index.h"
#include "segment/values_format.h"

/* Part PART_VALUES.
 *
 * A block has a column's values for the documents 4096 b to 4096 b + 4095; there is none where none has one:
 *     0 2  number of values less 1          2 1  form of presence (values_format.h)
 *     3 1  width of an offset, 0, 1, 2 or 4 bytes
 *     4 4  width 0: the size that all values have; else the size of all values together
 *     presence, by its form; documents less 4096 b, ascending
 *     unless the width is 0: for each value the offset of its end from the first one's start, `width` bytes
 *     the values
 * Its number in the table of blocks (block_index.h) is b.
 *
 * Root:  0 4 number of columns   4 4 zero;  then for each column, slots ascending, 40 bytes:
 *     0 4  slot                            4 4  number of values
 *     8 4  number of blocks               12 4  size of the lowest value
 *    16 4  size of the highest value      20 4  zero
 *    24 8  address of the table           32 8  address of the lowest value, followed by the highest */

typedef struct column {
    oir_valueno slot;
    uint32_t block, in_block, count; /* block: the number of the one being filled */
    uint16_t documents[VALUES_BLOCK_DOCUMENTS];
    uint32_t ends[VALUES_BLOCK_DOCUMENTS];
    buffer bytes, index, lower, upper;
} column;

struct values_writer {
    container_writer *file;
    column **columns; /* slots ascending */
    size_t count, capacity;
    buffer block; /* scratch */
};

oir_status values_writer_new(values_writer **out, struct container_writer *file, oir_error *err)
{
    values_writer *w = *out = memory_new_zeroed(1, sizeof *w);
    if (!w)
        return error_no_memory(err, "the values of a segment");
    w->file = file;
    return OIR_OK;
}

void values_writer_free(values_writer *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->count; i++) {
        column *c = w->columns[i];
        buffer_release(&c->bytes);
        buffer_release(&c->index);
        buffer_release(&c->lower);
        buffer_release(&c->upper);
        memory_free(c);
    }
    memory_free(w->columns);
    buffer_release(&w->block);
    memory_free(w);
}

/* The number of the column of a slot, or of the one before which it belongs. */
static size_t place_of(const values_writer *w, oir_valueno slot)
{
    size_t low = 0, high = w->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (w->columns[middle]->slot < slot)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static oir_status find_column(values_writer *w, oir_valueno slot, column **out, oir_error *err)
{
    size_t at = place_of(w, slot);
    if (at == w->count || w->columns[at]->slot != slot) {
        column *made = memory_new_zeroed(1, sizeof *made);
        if (!made || !memory_reserve(&w->columns, &w->capacity, w->count + 1, sizeof(column *))) {
            memory_free(made);
            return error_no_memory(err, "the values of a segment");
        }
        made->slot = slot;
        memmove(w->columns + at + 1, w->columns + at, (w->count - at) * sizeof(column *));
        w->columns[at] = made;
        w->count++;
    }
    *out = w->columns[at];
    return OIR_OK;
}

static void add_presence(buffer *to, const column *c, uint32_t form)
{
    uint64_t words[VALUES_BITMAP_WORDS] = {0};
    if (form == VALUES_SPARSE) {
        buffer_add(to, c->documents, c->in_block * sizeof *c->documents);
    } else if (form == VALUES_BITMAP) {
        uint32_t before = 0;
        for (uint32_t i = 0; i < c->in_block; i++)
            words[c->documents[i] >> 6] |= UINT64_C(1) << (c->documents[i] & 63);
        buffer_add(to, words, sizeof words);
        for (uint32_t i = 0; i < VALUES_BITMAP_WORDS; i++) {
            buffer_add_u16(to, (uint16_t)before);
            before += bits_count(words[i]);
        }
    }
}

static uint32_t offset_width(const column *c)
{
    uint32_t size = c->ends[0], total = c->ends[c->in_block - 1];
    bool same = true;
    for (uint32_t i = 1; same && i < c->in_block; i++)
        same = c->ends[i] - c->ends[i - 1] == size;
    if (same)
        return 0;
    return total <= UINT8_MAX ? 1 : total <= UINT16_MAX ? 2 : 4;
}

static oir_status write_block(values_writer *w, column *c, oir_error *err)
{
    if (c->in_block == 0)
        return OIR_OK;
    buffer *b = &w->block;
    uint32_t width = offset_width(c), form = VALUES_SPARSE;
    if (c->documents[c->in_block - 1] == c->in_block - 1)
        form = VALUES_FIRST;
    else if (c->in_block * sizeof *c->documents > VALUES_BITMAP_SIZE)
        form = VALUES_BITMAP;
    buffer_clear(b);
    buffer_add_u16(b, (uint16_t)(c->in_block - 1));
    buffer_add_byte(b, (uint8_t)form);
    buffer_add_byte(b, (uint8_t)width);
    buffer_add_u32(b, width ? c->ends[c->in_block - 1] : c->ends[0]);
    add_presence(b, c, form);
    for (uint32_t i = 0; width && i < c->in_block; i++)
        buffer_add(b, &c->ends[i], width); /* the low bytes: all machines that we run on are little-endian */
    buffer_add(b, c->bytes.data, c->bytes.size);
    ERROR_FORWARD(block_index_write(&c->index, w->file, PART_VALUES, c->block, b, err));
    c->in_block = 0;
    buffer_clear(&c->bytes);
    return OIR_OK;
}

static int compare(oir_bytes a, const buffer *b)
{
    size_t size = a.size < b->size ? a.size : b->size;
    int order = size ? memcmp(a.data, b->data, size) : 0;
    return order ? order : (a.size > b->size) - (a.size < b->size);
}

static void widen_bounds(column *c, oir_bytes value)
{
    if (c->count == 0 || compare(value, &c->lower) < 0) {
        buffer_clear(&c->lower);
        buffer_add(&c->lower, value.data, value.size);
    }
    if (c->count == 0 || compare(value, &c->upper) > 0) {
        buffer_clear(&c->upper);
        buffer_add(&c->upper, value.data, value.size);
    }
}

oir_status values_writer_add(values_writer *w, oir_valueno slot, uint32_t local, oir_bytes value, oir_error *err)
{
    column *c = NULL;
    if (value.size == 0)
        return OIR_OK;
    ERROR_FORWARD(find_column(w, slot, &c, err));
    uint32_t block = local >> VALUES_BLOCK_BITS, in_block = local & (VALUES_BLOCK_DOCUMENTS - 1);
    if (block != c->block)
        ERROR_FORWARD(write_block(w, c, err));
    /* Room for header, presence and offsets stays below the largest object. */
    if (value.size > CONTAINER_OBJECT_MAX - (64 << 10) - c->bytes.size)
        return error_set(err, OIR_TOO_BIG, "more than 1 GB of values in slot %u of 4,096 documents", slot);
    assert(c->in_block == 0 || c->documents[c->in_block - 1] < in_block);
    c->block = block;
    widen_bounds(c, value);
    buffer_add(&c->bytes, value.data, value.size);
    c->documents[c->in_block] = (uint16_t)in_block;
    c->ends[c->in_block++] = (uint32_t)c->bytes.size;
    c->count++;
    if (c->bytes.failed || c->lower.failed || c->upper.failed)
        return error_no_memory(err, "the values of a segment");
    return OIR_OK;
}

static oir_status write_column(values_writer *w, column *c, buffer *root, oir_error *err)
{
    uint64_t table, bounds;
    buffer *both = &w->block;
    ERROR_FORWARD(write_block(w, c, err));
    ERROR_FORWARD(container_writer_add(w->file, PART_VALUES, c->index.data, c->index.size, 8, &table, err));
    buffer_clear(both);
    buffer_add(both, c->lower.data, c->lower.size);
    buffer_add(both, c->upper.data, c->upper.size);
    if (both->failed)
        return error_no_memory(err, "the values of a segment");
    ERROR_FORWARD(container_writer_add(w->file, PART_VALUES, both->data, both->size, 1, &bounds, err));
    buffer_add_u32(root, c->slot);
    buffer_add_u32(root, c->count);
    buffer_add_u32(root, (uint32_t)(c->index.size / BLOCK_INDEX_ENTRY));
    buffer_add_u32(root, (uint32_t)c->lower.size);
    buffer_add_u32(root, (uint32_t)c->upper.size);
    buffer_add_u32(root, 0);
    buffer_add_u64(root, table);
    buffer_add_u64(root, bounds);
    return OIR_OK;
}

oir_status values_writer_end(values_writer *w, oir_error *err)
{
    buffer root = BUFFER_INIT;
    oir_status status = OIR_OK;
    if (w->count == 0)
        return OIR_OK;
    buffer_add_u32(&root, (uint32_t)w->count);
    buffer_add_u32(&root, 0);
    for (size_t i = 0; i < w->count; i++)
        ERROR_GOTO_DONE(write_column(w, w->columns[i], &root, err));
    if (root.failed)
        status = error_no_memory(err, "the values of a segment");
    else
        status = container_writer_add_root(w->file, PART_VALUES, root.data, root.size, 8, err);
done:
    buffer_release(&root);
    return status;
}
