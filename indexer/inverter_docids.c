#include "indexer/inverter_docids.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/sort.h"

enum { SLOTS_FIRST = 1 << 10 };

/* The docid's slot, or the free one where it belongs. */
static bool find_slot(const inverter *v, oir_docid docid, size_t *slot)
{
    size_t at = hash_u64(docid) & v->docid_slot_mask;
    for (; v->docid_slots[at]; at = (at + 1) & v->docid_slot_mask)
        if (inverter_get_document(v, v->docid_slots[at] - 1)->docid == docid)
            break;
    *slot = at;
    return v->docid_slots[at] != 0;
}

bool inverter_docids_find(const inverter *v, oir_docid docid, size_t *number)
{
    if (v->descended) {
        size_t slot;
        bool found = find_slot(v, docid, &slot);
        *number = v->docid_slots[slot] - (size_t)found;
        return found;
    }
    size_t low = 0, high = v->document_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (inverter_get_document(v, middle)->docid < docid)
            low = middle + 1;
        else
            high = middle;
    }
    *number = low;
    return low < v->document_count && inverter_get_document(v, low)->docid == docid;
}

void inverter_docids_note(inverter *v, uint32_t number)
{
    size_t slot;
    if (!find_slot(v, inverter_get_document(v, number)->docid, &slot))
        v->docid_slots_used++;
    v->docid_slots[slot] = number + 1;
}

oir_status inverter_docids_reserve(inverter *v, oir_docid docid, oir_error *err)
{
    bool descends = v->document_count > 0 && docid <= inverter_get_document(v, v->document_count - 1)->docid;
    if (!v->descended && !descends)
        return OIR_OK;
    size_t count = v->docid_slots ? v->docid_slot_mask + 1 : SLOTS_FIRST;
    while ((v->descended ? v->docid_slots_used : v->document_count) * 2 >= count - 1)
        count *= 2;
    if (v->docid_slots && count == v->docid_slot_mask + 1)
        return OIR_OK;
    uint32_t *slots = memory_new_zeroed(count, sizeof *slots);
    if (!slots)
        return error_no_memory(err, "the table of buffered documents");
    memory_free(v->docid_slots);
    v->docid_slots = slots;
    v->docid_slot_mask = count - 1;
    v->docid_slots_used = 0;
    v->descended = true;
    for (uint32_t i = 0; i < v->document_count; i++)
        inverter_docids_note(v, i);
    return OIR_OK;
}

/* Live documents by docid, from the order they came in. */
static bool sort_documents(const inverter *v, uint32_t *order)
{
    uint64_t *keys = memory_new(v->live_count * sizeof *keys);
    if (!keys)
        return false;
    for (uint32_t i = 0; i < v->live_count; i++)
        keys[i] = (uint64_t)inverter_get_document(v, order[i])->docid << 32 | order[i];
    sort_u64(keys, v->live_count);
    for (uint32_t i = 0; i < v->live_count; i++)
        order[i] = (uint32_t)keys[i];
    memory_free(keys);
    return true;
}

bool inverter_docids_order(const inverter *v, uint32_t **out)
{
    uint32_t count = 0, *order = memory_new(v->live_count * sizeof *order);
    *out = order;
    for (size_t i = 0; order && i < v->document_count; i++)
        if (inverter_get_document(v, i)->live)
            order[count++] = (uint32_t)i;
    return order && (!v->descended || sort_documents(v, order));
}
