#include "document/document_values.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { VALUE_MAX = 1 << 20 };

void document_values_release(document_values *v)
{
    for (size_t i = 0; i < v->made; i++)
        buffer_release(&v->items[i].bytes);
    memory_free(v->items);
    *v = (document_values){0};
}

void document_values_clear(document_values *v)
{
    v->count = 0;
}

/* The first item whose slot is not less. */
static size_t find(const document_values *v, oir_valueno slot)
{
    size_t low = 0, high = v->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (v->items[middle].slot < slot)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void move(document_values *v, size_t from, size_t to)
{
    document_value moved = v->items[from];
    if (from < to)
        memmove(v->items + from, v->items + from + 1, (to - from) * sizeof moved);
    else
        memmove(v->items + to + 1, v->items + to, (from - to) * sizeof moved);
    v->items[to] = moved;
}

oir_status document_values_set(document_values *v, oir_valueno slot, const char *data, size_t size, oir_error *err)
{
    if (slot == OIR_BAD_VALUENO)
        return error_set(err, OIR_INVALID_ARGUMENT, "OIR_BAD_VALUENO is no value slot");
    if (size > VALUE_MAX)
        return error_set(err, OIR_TOO_BIG, "the value for slot %u has %zu bytes; at most 1 MiB is allowed", slot, size);
    size_t at = find(v, slot);
    bool there = at < v->count && v->items[at].slot == slot;
    if (size == 0) {
        if (there)
            move(v, at, --v->count);
        return OIR_OK;
    }
    if (!there && v->count == v->made) {
        if (!memory_reserve(&v->items, &v->capacity, v->made + 1, sizeof *v->items))
            return error_no_memory(err, "a document's values");
        buffer_init(&v->items[v->made++].bytes);
    }
    buffer *bytes = &v->items[there ? at : v->count].bytes;
    if (!memory_reserve(&bytes->data, &bytes->capacity, size, 1))
        return error_no_memory(err, "a document's values");
    memmove(bytes->data, data, size);
    bytes->size = size;
    if (!there) {
        v->items[v->count].slot = slot;
        move(v, v->count++, at);
    }
    return OIR_OK;
}

oir_bytes document_values_get(const document_values *v, oir_valueno slot)
{
    size_t at = find(v, slot);
    if (at == v->count || v->items[at].slot != slot)
        return (oir_bytes){"", 0};
    return (oir_bytes){(const char *)v->items[at].bytes.data, v->items[at].bytes.size};
}
