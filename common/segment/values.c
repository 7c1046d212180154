#include "segment/values.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "segment/block_index.h"
#include "segment/values_format.h"

struct values {
    const container *file;
    values_column *columns; /* slots ascending */
    uint32_t count;
};

/* A block, bounds-checked: its tables lie within it, what they say is checked when it is used. */
typedef struct block {
    uint32_t first; /* document */
    uint32_t count, form, width;
    uint32_t value_size; /* of all when width is 0 */
    const uint8_t *presence, *ends, *bytes;
    uint32_t bytes_size;
} block;

static oir_status damaged(const values *v, oir_valueno slot, const char *reason, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "%s is damaged: part values, slot %u: %s; "
                     "restore it from a copy or index again", v->file->path, slot, reason);
}

/* ---- opening ---- */

static oir_status read_column(values *v, uint32_t i, const uint8_t *entry, oir_error *err)
{
    values_column *c = v->columns + i;
    uint64_t lower_size = bits_load32(entry + 12), upper_size = bits_load32(entry + 16);
    const uint8_t *bounds;
    c->slot = bits_load32(entry);
    c->count = bits_load32(entry + 4);
    c->block_count = bits_load32(entry + 8);
    c->table_address = bits_load64(entry + 24);
    if (i > 0 && v->columns[i - 1].slot >= c->slot)
        return damaged(v, c->slot, "slots do not ascend", err);
    ERROR_FORWARD(
        container_get(v->file, PART_VALUES, bits_load64(entry + 32), lower_size + upper_size, &bounds, err));
    c->lower = (oir_bytes){(const char *)bounds, (size_t)lower_size};
    c->upper = (oir_bytes){(const char *)bounds + lower_size, (size_t)upper_size};
    return OIR_OK;
}

static oir_status read_columns(values *v, oir_error *err)
{
    const uint8_t *root;
    uint64_t size;
    if (!container_has_part(v->file, PART_VALUES))
        return OIR_OK;
    ERROR_FORWARD(container_get_root(v->file, PART_VALUES, &root, &size, err));
    if (size < VALUES_ROOT_SIZE ||
        size != VALUES_ROOT_SIZE + (uint64_t)bits_load32(root) * VALUES_COLUMN_SIZE)
        return error_set(err, OIR_CORRUPT, "%s is damaged: root of part values; restore it from a copy or index again",
                         v->file->path);
    v->count = bits_load32(root);
    v->columns = memory_new_zeroed((size_t)v->count + 1, sizeof *v->columns);
    if (!v->columns)
        return error_no_memory(err, "the values of a segment");
    for (uint32_t i = 0; i < v->count; i++)
        ERROR_FORWARD(read_column(v, i, root + VALUES_ROOT_SIZE + (size_t)i * VALUES_COLUMN_SIZE, err));
    return OIR_OK;
}

oir_status values_open(values **out, const struct container *file, oir_error *err)
{
    *out = NULL;
    values *v = memory_new_zeroed(1, sizeof *v);
    if (!v)
        return error_no_memory(err, "the values of a segment");
    v->file = file;
    oir_status status = read_columns(v, err);
    if (status == OIR_OK)
        *out = v;
    else
        values_close(v);
    return status;
}

void values_close(values *v)
{
    if (!v)
        return;
    memory_free(v->columns);
    memory_free(v);
}

/* ---- columns ---- */

uint32_t values_get_column_count(const values *v)
{
    return v->count;
}

const values_column *values_get_column(const values *v, uint32_t i)
{
    return v->columns + i;
}

const values_column *values_find_column(const values *v, oir_valueno slot)
{
    uint32_t low = 0, high = v->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (v->columns[middle].slot < slot)
            low = middle + 1;
        else
            high = middle;
    }
    return low < v->count && v->columns[low].slot == slot ? v->columns + low : NULL;
}

/* ---- blocks ---- */

static oir_status open_block(const values *v, const values_column *c, const block_entry *entry, block *b,
                             oir_error *err)
{
    const uint8_t *at;
    ERROR_FORWARD(container_get(v->file, PART_VALUES, entry->address, entry->size, &at, err));
    if (entry->size < VALUES_HEADER_SIZE || entry->first > UINT32_MAX >> VALUES_BLOCK_BITS)
        return damaged(v, c->slot, "a block is too small", err);
    *b = (block){.count = bits_load16(at) + 1u, .form = at[2], .width = at[3]};
    b->first = entry->first << VALUES_BLOCK_BITS;
    uint64_t number = bits_load32(at + 4), sum = b->width ? number : number * b->count;
    uint64_t presence = b->form == VALUES_FIRST ? 0 : b->form == VALUES_SPARSE ? 2u * b->count : VALUES_BITMAP_SIZE;
    uint64_t ends = (uint64_t)b->width * b->count;
    if (b->form > VALUES_BITMAP || b->width > 4 || b->width == 3 || b->count > VALUES_BLOCK_DOCUMENTS ||
        VALUES_HEADER_SIZE + presence + ends + sum != entry->size)
        return damaged(v, c->slot, "a block has not the size that it should have", err);
    b->value_size = (uint32_t)number;
    b->bytes_size = (uint32_t)sum;
    b->presence = at + VALUES_HEADER_SIZE;
    b->ends = b->presence + presence;
    b->bytes = b->ends + ends;
    return OIR_OK;
}

/* Which of the block's values is document in_block's; count when it has none. */
static uint32_t find_value(const block *b, uint32_t in_block)
{
    if (b->form == VALUES_FIRST)
        return in_block < b->count ? in_block : b->count;
    if (b->form == VALUES_BITMAP) {
        uint64_t word = bits_load64(b->presence + 8 * (in_block >> 6));
        uint32_t before = bits_load16(b->presence + 8 * VALUES_BITMAP_WORDS + 2 * (in_block >> 6));
        if (!(word >> (in_block & 63) & 1))
            return b->count;
        return before + bits_count(word & bits_low(in_block & 63));
    }
    uint32_t low = 0, high = b->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (bits_load16(b->presence + 2 * (size_t)middle) < in_block)
            low = middle + 1;
        else
            high = middle;
    }
    return low < b->count && bits_load16(b->presence + 2 * (size_t)low) == in_block ? low : b->count;
}

static uint32_t end_of(const block *b, uint32_t i)
{
    switch (b->width) {
    case 0:
        return (i + 1) * b->value_size;
    case 1:
        return b->ends[i];
    case 2:
        return bits_load16(b->ends + 2 * (size_t)i);
    default:
        return bits_load32(b->ends + 4 * (size_t)i);
    }
}

/* Value i < count; false when its offsets are impossible. */
static bool get_value(const block *b, uint32_t i, oir_bytes *value)
{
    uint32_t start = i ? end_of(b, i - 1) : 0, end = end_of(b, i);
    if (start >= end || end > b->bytes_size)
        return false;
    *value = (oir_bytes){(const char *)b->bytes + start, end - start};
    return true;
}

oir_status values_get_in(const values *v, const values_column *column, uint32_t local, oir_bytes *value,
                         oir_error *err)
{
    block_index table = {column->table_address, column->block_count};
    block_entry entry;
    block b;
    bool found;
    *value = (oir_bytes){NULL, 0};
    ERROR_FORWARD(block_index_find(v->file, PART_VALUES, &table, local >> VALUES_BLOCK_BITS, &entry, &found, err));
    if (!found || entry.first != local >> VALUES_BLOCK_BITS)
        return OIR_OK;
    ERROR_FORWARD(open_block(v, column, &entry, &b, err));
    uint32_t i = find_value(&b, local & (VALUES_BLOCK_DOCUMENTS - 1));
    if (i == b.count)
        return OIR_OK;
    return i < b.count && get_value(&b, i, value) ? OIR_OK : damaged(v, column->slot, "offsets of a block", err);
}

oir_status values_get(const values *v, oir_valueno slot, uint32_t local, oir_bytes *value, oir_error *err)
{
    const values_column *column = values_find_column(v, slot);
    *value = (oir_bytes){NULL, 0};
    return column ? values_get_in(v, column, local, value, err) : OIR_OK;
}

/* ---- check ---- */

static int compare(oir_bytes a, oir_bytes b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size ? memcmp(a.data, b.data, size) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

/* Presence must name exactly the values that the block has, in order. */
static bool presence_is_right(const block *b, uint32_t document_count)
{
    uint32_t next = 0;
    for (uint32_t i = 0; i < VALUES_BLOCK_DOCUMENTS; i++) {
        uint32_t found = find_value(b, i);
        if (found == b->count)
            continue;
        if (found != next++ || (uint64_t)b->first + i >= document_count)
            return false;
    }
    return next == b->count;
}

typedef struct extremes {
    oir_bytes lower, upper;
} extremes;

static oir_status check_block(const values *v, const values_column *c, const block *b, uint32_t document_count,
                              extremes *found, oir_error *err)
{
    if (!presence_is_right(b, document_count))
        return damaged(v, c->slot, "documents of a block", err);
    for (uint32_t i = 0; i < b->count; i++) {
        oir_bytes value;
        if (!get_value(b, i, &value))
            return damaged(v, c->slot, "offsets of a block", err);
        if (!found->lower.data || compare(value, found->lower) < 0)
            found->lower = value;
        if (!found->upper.data || compare(value, found->upper) > 0)
            found->upper = value;
    }
    if (end_of(b, b->count - 1) != b->bytes_size)
        return damaged(v, c->slot, "bytes behind the last value of a block", err);
    return OIR_OK;
}

static oir_status check_column(const values *v, const values_column *c, uint32_t document_count, oir_error *err)
{
    block_index table = {c->table_address, c->block_count};
    extremes found = {{NULL, 0}, {NULL, 0}};
    uint64_t count = 0, next = 0;
    for (uint32_t i = 0; i < c->block_count; i++) {
        block_entry entry;
        block b;
        ERROR_FORWARD(block_index_get(v->file, PART_VALUES, &table, i, &entry, err));
        if (entry.first < next)
            return damaged(v, c->slot, "blocks do not ascend", err);
        next = (uint64_t)entry.first + 1;
        ERROR_FORWARD(open_block(v, c, &entry, &b, err));
        ERROR_FORWARD(check_block(v, c, &b, document_count, &found, err));
        count += b.count;
    }
    if (count != c->count)
        return damaged(v, c->slot, "number of values", err);
    if (compare(found.lower, c->lower) != 0 || compare(found.upper, c->upper) != 0)
        return damaged(v, c->slot, "lowest or highest value", err);
    return OIR_OK;
}

oir_status values_check(const values *v, uint32_t document_count, oir_error *err)
{
    for (uint32_t i = 0; i < v->count; i++)
        ERROR_FORWARD(check_column(v, v->columns + i, document_count, err));
    return OIR_OK;
}
