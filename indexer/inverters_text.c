#include "indexer/inverters_text.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static oir_status choose(void *context, const uint32_t *ordinals, uint32_t count, oir_error *err)
{
    inverters_text *t = context;
    uint32_t terms = t->firsts[t->v->count], most = count ? ordinals[count - 1] : 0;
    uint16_t *numbers = memory_new_zeroed(most + (size_t)1, sizeof *numbers); /* by ordinal */
    t->numbers = memory_new((terms + (size_t)1) * sizeof *t->numbers);
    if (!numbers || !t->numbers) {
        memory_free(numbers);
        return error_no_memory(err, "pairs of words");
    }
    for (uint32_t i = 0; i < count; i++)
        numbers[ordinals[i]] = (uint16_t)(i + 1);
    for (uint32_t i = 0; i < terms; i++)
        t->numbers[i] = t->ordinals[i] <= most ? numbers[t->ordinals[i]] : 0;
    memory_free(numbers);
    return OIR_OK;
}

/* Where no place has two words, all are written, those too that are none of the chosen: nothing is to be guessed. */
static void read_text(pairs_scan *s, inverter_reader *r, const uint16_t *numbers, uint32_t i)
{
    for (;;) {
        const uint16_t *at = r->at, *end = r->end, *next; /* copies that nothing else sees are kept in registers */
        uint16_t *to = pairs_scan_text(s, i, r->next), *first = to;
        for (uint32_t term; at < end && inverter_reader_is_plain(*at); to++) {
            at = inverter_reader_get_plain(at, &term);
            *to = numbers[term];
        }
        for (uint32_t term, wdf; at < end && (next = inverter_reader_get_nowhere(at, &term, &wdf)) != NULL;)
            at = next;
        r->at = at;
        r->next += (oir_termpos)(to - first);
        if (inverter_reader_next(r) == INVERTER_READER_END)
            return;
        if (r->position != INVERTER_STREAM_NOWHERE)
            *pairs_scan_text(s, i, r->position) = numbers[r->term];
    }
}

static void read(const void *context, pairs_scan *s, uint32_t document, uint32_t i)
{
    const inverters_text *t = context;
    inverters_place place = t->order[document];
    inverters_fetch(t->v, t->order, document, t->document_count);
    const inverter *v = t->v->items[place.inverter];
    const uint16_t *numbers = t->numbers + t->firsts[place.inverter];
    inverter_reader r = inverter_read(v, place.number);
    if (!inverter_get_document(v, place.number)->repeats) {
        read_text(s, &r, numbers, i);
        return;
    }
    while (inverter_reader_next(&r))
        if (r.position != INVERTER_STREAM_NOWHERE && numbers[r.term])
            pairs_scan_put(s, i, numbers[r.term] - 1u, r.position);
}

void inverters_text_init(inverters_text *t, const inverters *v, inverters_place *order, uint32_t *firsts,
                         uint32_t *ordinals)
{
    *t = (inverters_text){.text = {t, choose, read}, .v = v, .order = order,
                          .document_count = inverters_get_live_count(v), .firsts = firsts, .ordinals = ordinals};
}

void inverters_text_release(inverters_text *t)
{
    memory_free(t->order);
    memory_free(t->firsts);
    memory_free(t->ordinals);
    memory_free(t->numbers);
    *t = (inverters_text){0};
}
