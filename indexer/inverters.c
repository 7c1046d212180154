#include "indexer/inverters.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "indexer/inverter_docids.h"

oir_status inverters_init(inverters *v, uint32_t count, size_t memory, bool term_lists, bool stored, oir_error *err)
{
    *v = (inverters){.items = memory_new_zeroed(count, sizeof *v->items)};
    oir_status status = v->items ? OIR_OK : error_no_memory(err, "the buffer of documents");
    for (; status == OIR_OK && v->count < count; v->count++)
        status = inverter_new(&v->items[v->count], memory / count, term_lists, stored, err);
    for (uint32_t i = 0; i < count && status == OIR_OK; i++)
        v->items[i]->writers = count;
    for (uint32_t i = 0; i < count && status == OIR_OK; i++)
        v->items[i]->waits = stored && count > 1;
    if (status)
        inverters_release(v);
    return status;
}

void inverters_set_unpacked(inverters *v)
{
    for (uint32_t i = 0; i < v->count; i++)
        v->items[i]->packed = v->items[i]->waits = false;
}

void inverters_set_helpers(inverters *v, team *helpers)
{
    v->items[0]->data.helpers = helpers;
}

/* The document with the lowest docid of those that wait first in each inverter; false: none waits. */
static bool find_waiting(const inverters *v, inverters_place *out)
{
    uint64_t lowest = UINT64_MAX;
    for (uint32_t i = 0; i < v->count; i++) {
        const inverter *in = v->items[i];
        oir_docid docid = 0;
        if (in->place_count < in->document_count)
            docid = inverter_get_document(in, in->place_count)->docid;
        if (docid && docid < lowest) {
            lowest = docid;
            *out = (inverters_place){i, (uint32_t)in->place_count};
        }
    }
    return lowest < UINT64_MAX;
}

/* The data of a document, which is the next that waits in its inverter. */
static oir_status pack(const inverters *v, inverters_place place, oir_error *err)
{
    inverter *in = v->items[place.inverter];
    inverter_data *to = &v->items[0]->data;
    inverter_contents *contents = inverter_get_document(in, place.number)->contents;
    oir_bytes data = contents ? contents->data : (oir_bytes){"", 0};
    const stored_large *large = contents ? contents->large : NULL;
    if (!memory_reserve(&in->places, &in->place_capacity, in->document_count, sizeof *in->places))
        return error_no_memory(err, "the data of documents");
    ERROR_FORWARD(large ? inverter_data_add_large(to, large, err)
                        : inverter_data_add(to, data.data, data.size, err));
    in->places[in->place_count++] = stored_packer_get_count(to->packer) - 1;
    if (contents)
        contents->data = (oir_bytes){"", 0};
    return OIR_OK;
}

oir_status inverters_pack(inverters *v, oir_error *err)
{
    inverters_place next;
    if (!v->items[0]->waits)
        return OIR_OK;
    while (find_waiting(v, &next))
        ERROR_FORWARD(pack(v, next, err));
    for (uint32_t i = 0; i < v->count; i++) {
        arena_clear(&v->items[i]->raw);
        v->items[i]->raw_size = 0;
    }
    return OIR_OK;
}

void inverters_set_rounds(inverters *v, uint32_t rounds)
{
    for (uint32_t i = 0; i < v->count; i++)
        v->items[i]->rounds = rounds;
}

oir_status inverters_prefer_dictionary(inverters *v, const stored_dictionary *dictionary, oir_error *err)
{
    return v->items[0]->packed ? inverter_data_prefer(&v->items[0]->data, dictionary, err) : OIR_OK;
}

void inverters_release(inverters *v)
{
    for (uint32_t i = 0; i < v->count; i++)
        inverter_free(v->items[i]);
    memory_free(v->items);
    *v = (inverters){0};
}

void inverters_clear(inverters *v)
{
    for (uint32_t i = 0; i < v->count; i++)
        inverter_clear(v->items[i]);
}

size_t inverters_get_memory(const inverters *v)
{
    size_t sum = 0;
    for (uint32_t i = 0; i < v->count; i++)
        sum += inverter_get_memory(v->items[i]);
    return sum;
}

bool inverters_are_full(const inverters *v)
{
    for (uint32_t i = 0; i < v->count; i++)
        if (inverter_is_full(v->items[i]))
            return true;
    return false;
}

bool inverters_delete(inverters *v, oir_docid docid)
{
    for (uint32_t i = 0; i < v->count; i++)
        if (inverter_delete(v->items[i], docid))
            return true;
    return false;
}

oir_status inverters_has_term(inverters *v, const char *term, size_t size, bool *found, oir_error *err)
{
    *found = false;
    for (uint32_t i = 0; i < v->count && !*found; i++)
        ERROR_FORWARD(inverter_has_term(v->items[i], term, size, found, err));
    return OIR_OK;
}

oir_status inverters_delete_by_term(inverters *v, const char *term, size_t size, uint32_t *count, oir_docid *lowest,
                                    oir_error *err)
{
    *count = 0;
    for (uint32_t i = 0; i < v->count; i++) {
        uint32_t here;
        oir_docid lowest_here = 0;
        ERROR_FORWARD(inverter_delete_by_term(v->items[i], term, size, &here, &lowest_here, err));
        if (here && (*count == 0 || lowest_here < *lowest))
            *lowest = lowest_here;
        *count += here;
    }
    return OIR_OK;
}

uint32_t inverters_get_live_count(const inverters *v)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < v->count; i++)
        sum += v->items[i]->live_count;
    return sum;
}

uint64_t inverters_get_live_length(const inverters *v)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < v->count; i++)
        sum += v->items[i]->live_length;
    return sum;
}

/* ---- documents ---- */

/* The live documents of each by docid. */
static bool order_each(const inverters *v, uint32_t **orders)
{
    for (uint32_t i = 0; i < v->count; i++)
        if (v->items[i]->live_count > 0 && !inverter_docids_order(v->items[i], &orders[i]))
            return false;
    return true;
}

/* Takes from each inverter in turn as long as its docids are the lowest: they come in runs. */
static void merge_orders(const inverters *v, uint32_t *const *orders, inverters_place *out)
{
    uint32_t at[UINT8_MAX + 1] = {0}, total = inverters_get_live_count(v), done = 0;
    while (done < total) {
        uint32_t best = 0;
        uint64_t lowest = UINT64_MAX, next = UINT64_MAX; /* docids: where each stands; the second lowest */
        for (uint32_t i = 0; i < v->count; i++) {
            if (at[i] == v->items[i]->live_count)
                continue;
            uint64_t docid = inverter_get_document(v->items[i], orders[i][at[i]])->docid;
            if (docid < lowest) {
                next = lowest;
                lowest = docid;
                best = i;
            } else if (docid < next) {
                next = docid;
            }
        }
        const inverter *from = v->items[best];
        for (; at[best] < from->live_count &&
               inverter_get_document(from, orders[best][at[best]])->docid < next; at[best]++)
            out[done++] = (inverters_place){best, orders[best][at[best]]};
    }
}

inverters_place *inverters_order(const inverters *v)
{
    uint32_t *orders[UINT8_MAX + 1] = {0};
    inverters_place *out = memory_new(inverters_get_live_count(v) * sizeof *out);
    if (out && order_each(v, orders)) {
        merge_orders(v, orders, out);
    } else {
        memory_free(out);
        out = NULL;
    }
    for (uint32_t i = 0; i < v->count; i++)
        memory_free(orders[i]);
    return out;
}

/* ---- terms ---- */

oir_status inverters_sort_terms(const inverters *v, inverters_terms *out, oir_error *err)
{
    uint64_t total = 0;
    *out = (inverters_terms){.firsts = memory_new((v->count + (size_t)1) * sizeof *out->firsts)};
    for (uint32_t i = 0; i < v->count; i++)
        total += v->items[i]->term_count;
    if (total > UINT32_MAX - 1)
        return error_set(err, OIR_TOO_BIG, "more than 2^32 different terms are buffered; commit more often");
    out->items = memory_new((total + 1) * sizeof *out->items);
    if (!out->firsts || !out->items)
        return error_no_memory(err, "the terms of the buffer");
    for (uint32_t i = 0; i < v->count; i++) {
        const inverter *from = v->items[i];
        out->firsts[i] = out->count;
        for (uint32_t t = 0; t < from->term_count; t++, out->count++) {
            const inverter_term *term = inverter_get_term(from, t);
            out->items[out->count] = (term_sort_item){.key = term_sort_key(term->bytes, term->size),
                                                      .bytes = term->bytes, .size = term->size, .term = out->count};
        }
    }
    out->firsts[v->count] = out->count;
    term_sort(out->items, out->count);
    return OIR_OK;
}

void inverters_release_terms(inverters_terms *t)
{
    memory_free(t->items);
    memory_free(t->firsts);
    *t = (inverters_terms){0};
}
