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

/* Where the pairs of a document go as its words come. */
typedef struct listing {
    const uint64_t *chosen;
    uint32_t word_count;
    uint32_t before;       /* the word that came last, or 0; */
    oir_termpos next;      /* and the position behind it */
    uint32_t *to;
} listing;

static inline void list_word(listing *l, uint32_t word, oir_termpos position)
{
    l->to = pairs_scan_add(l->chosen, l->word_count, position == l->next ? l->before : 0, word, l->to);
    l->before = word;
    l->next = position + 1;
}

/* A document whose positions ascend. */
static uint32_t *list_pairs(const pairs_scan *s, inverter_reader *r, const uint16_t *numbers)
{
    listing l = {.chosen = s->chosen, .word_count = s->word_count, .to = s->pairs};
    for (;;) {
        const uint16_t *at = r->at, *end = r->end, *behind; /* copies that nothing else sees are kept in registers */
        oir_termpos position = r->next;
        for (uint32_t term; at < end && inverter_reader_is_plain(*at); position++) {
            at = inverter_reader_get_plain(at, &term);
            list_word(&l, numbers[term], position);
        }
        for (uint32_t term, wdf; at < end && (behind = inverter_reader_get_nowhere(at, &term, &wdf)) != NULL;)
            at = behind;
        r->at = at;
        r->next = position;
        if (inverter_reader_next(r) == INVERTER_READER_END)
            return l.to;
        if (r->position != INVERTER_STREAM_NOWHERE)
            list_word(&l, numbers[r->term], r->position);
    }
}

static uint32_t *list(const void *context, const pairs_scan *s, uint32_t document)
{
    const inverters_text *t = context;
    inverters_place place = t->order[document];
    const inverter_document *d = inverters_get_document(t->v, place);
    inverters_fetch(t->v, t->order, document, t->document_count);
    if (d->repeats)
        return NULL;
    inverter_reader r = inverter_read(t->v->items[place.inverter], place.number);
    return list_pairs(s, &r, t->numbers + t->firsts[place.inverter]);
}

static void read(const void *context, pairs_scan *s, uint32_t document, uint32_t i)
{
    const inverters_text *t = context;
    inverters_place place = t->order[document];
    const uint16_t *numbers = t->numbers + t->firsts[place.inverter];
    inverter_reader r = inverter_read(t->v->items[place.inverter], place.number);
    while (inverter_reader_next(&r))
        if (r.position != INVERTER_STREAM_NOWHERE && numbers[r.term])
            pairs_scan_put(s, i, numbers[r.term] - 1u, r.position);
}

void inverters_text_init(inverters_text *t, const inverters *v, inverters_place *order, uint32_t *firsts,
                         uint32_t *ordinals)
{
    *t = (inverters_text){.text = {t, choose, list, read}, .v = v, .order = order,
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
