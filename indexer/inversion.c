#include "indexer/inversion.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"

enum {
    PART_LEAST = 1 << 17,  /* occurrences of a part: fewer would be too many parts for what they take, */
    PARTS = 200,           /* and so many parts are enough */
    WIDER = 2,             /* cells may be four times as wide if each document then has but one */
    OCCURRENCE_BYTES = 4,
    APART_BYTES = 4,       /* that one of another wdf than 1 takes besides */
    SLACK_SHARE = 16,      /* of the memory, since occurrences are estimated */
    PREFETCH = 8,          /* documents ahead */
    LINE = 16,             /* words of a cache line */
    CHUNK_SMALL = 4092,    /* words of the chunks of parts: most parts end within one */
    CHUNK_LARGE = 16380,   /* is quicker, where a part fills so many: */
    CHUNKS_LEAST = 16,
    TERMS_LEAST = 1 << 13, /* of a part: one of rare terms ends where it has so many, */
    TERM_PARTS = 50,       /* or more, if that would be too many such parts */
    NUMBERS = (1 << INVERSION_NUMBER_BITS) - 1,
    WDF_MOST = INT32_MAX   /* of one occurrence */
};

static oir_status no_memory(oir_error *err)
{
    return error_no_memory(err, "writing out the buffer of documents");
}

/* Words of a chunk where parts have so many occurrences. */
static uint32_t choose_chunk(uint64_t occurrences)
{
    return occurrences < CHUNKS_LEAST * CHUNK_LARGE ? CHUNK_SMALL : CHUNK_LARGE;
}

size_t inversion_get_memory(uint64_t occurrences, uint64_t apart, size_t documents, size_t terms, uint32_t rounds)
{
    size_t parts = (size_t)(occurrences / rounds / PART_LEAST) + (occurrences > 0);
    parts = parts < PARTS ? parts : PARTS;
    uint32_t chunk_words = choose_chunk(occurrences / rounds / PARTS);
    return (size_t)((occurrences * OCCURRENCE_BYTES + apart * APART_BYTES) / rounds) +
           parts * (sizeof(inversion_chunk) + chunk_words * sizeof(uint32_t)) +
           documents * (sizeof(inverters_place) + sizeof(uint32_t) + sizeof(uint64_t) * 3 / 2) +
           terms * (sizeof(term_sort_item) + 2 * sizeof(uint32_t));
}

/* ---- parts ---- */

/* About how many occurrences the items of a term have. */
static uint64_t estimate(const inversion *n, uint32_t at, uint32_t same)
{
    uint64_t sum = 1;
    for (uint32_t i = 0, owner; i < same; i++) {
        uint32_t term = inverters_get_number(n->terms, at + i, &owner);
        sum += (uint64_t)n->v->items[owner]->samples[term] * INVERTER_SAMPLE;
    }
    return sum;
}

static oir_status add_part(inversion *n, uint32_t from, uint32_t end, uint32_t term_count, uint32_t round,
                           oir_error *err)
{
    if (!memory_reserve(&n->parts, &n->part_capacity, n->part_count + 1, sizeof *n->parts))
        return no_memory(err);
    n->parts[n->part_count++] = (inversion_part){from, end, term_count, round};
    return OIR_OK;
}

/* Rounds are as few as there is memory for, and parts as few as are quick. *share: how many occurrences all rounds have
 * but the last. Where lists of terms are made, the first of two has as many as it can: of the last they are there. */
static void choose_rounds(inversion *n, uint64_t *share)
{
    uint64_t all = 0;
    for (uint32_t at = 0, same; at < n->terms->count; at += same) {
        same = inverters_group_term(n->terms, at, n->terms->count);
        all += estimate(n, at, same);
    }
    uint64_t bytes = all * OCCURRENCE_BYTES;
    for (uint32_t i = 0; i < n->v->count; i++)
        bytes += n->v->items[i]->apart_count * APART_BYTES;
    /* inversion_get_memory has counted what they take in so many rounds. */
    uint32_t rounds = n->v->items[0]->rounds;
    uint64_t counted = bytes / rounds;
    for (n->round_count = 1; n->round_count < rounds && bytes / n->round_count - counted > n->memory;)
        n->round_count++;
    uint64_t room = n->memory < UINT64_MAX - counted ? n->memory + counted : UINT64_MAX;
    uint64_t each = bytes / n->round_count, most = room - room / SLACK_SHARE;
    if (n->round_count == 2 && n->v->items[0]->term_lists && most > each)
        each = most;
    uint64_t last = bytes - each * (n->round_count - 1), more = last > counted ? last - counted : 0;
    n->spare = more < n->memory ? n->memory - (size_t)more : 0;
    *share = (uint64_t)((double)all * (double)each / (double)(bytes | 1)) + 1;
}

/* A part ends where it has enough, and before a term that has enough by itself. A round ends where it has its share. */
static oir_status cut_parts(inversion *n, oir_error *err)
{
    const inverters_terms *t = n->terms;
    uint64_t share, here = 0, before = 0;
    choose_rounds(n, &share);
    uint64_t round_end = share, most = share / PARTS + 1;
    uint32_t from = 0, terms = 0, round = 0, parts = 0, terms_most = t->count / TERM_PARTS + 1;
    terms_most = terms_most > TERMS_LEAST ? terms_most : TERMS_LEAST;
    terms_most = terms_most < NUMBERS ? terms_most : NUMBERS;
    most = most > PART_LEAST ? most : PART_LEAST;
    n->chunk_words = choose_chunk(share / PARTS / n->stretch_count);
    for (uint32_t at = 0, same; at < t->count; at += same) {
        same = inverters_group_term(n->terms, at, t->count);
        uint64_t weight = estimate(n, at, same);
        bool full = terms > 0 && (here + weight > most || terms == terms_most);
        if (full) {
            ERROR_FORWARD(add_part(n, from, at, terms, round, err));
            from = at;
            terms = 0;
            here = 0;
            if (before >= round_end || ++parts == INVERSION_PARTS_MAX) {
                round++;
                parts = 0;
                round_end = before + share;
            }
        }
        terms++;
        here += weight;
        before += weight;
    }
    if (terms)
        ERROR_FORWARD(add_part(n, from, t->count, terms, round, err));
    n->round_count = round + 1;
    return OIR_OK;
}

/* Cells of so many places (as a power of two) that documents of these extents take. */
static uint64_t count_cells(const uint32_t *extents, uint32_t documents, uint32_t shift)
{
    uint64_t cells = 0;
    for (uint32_t i = 0; i < documents; i++)
        cells += ((uint64_t)extents[i] + bits_low(shift)) >> shift;
    return cells;
}

/* A width of cells with which they are few enough, wider if each document then has but one; returns how many. */
static uint64_t choose_cells(inversion *n)
{
    uint32_t documents = n->document_count, most = documents + documents / 2 + 1;
    uint32_t shift = bits_width(count_cells(n->firsts, documents, 0) / most);
    while (count_cells(n->firsts, documents, shift) > most)
        shift++;
    n->cell_shift = shift;
    while (n->cell_shift < shift + WIDER && count_cells(n->firsts, documents, n->cell_shift) > documents)
        n->cell_shift++;
    if (count_cells(n->firsts, documents, n->cell_shift) > documents)
        n->cell_shift = shift;
    return count_cells(n->firsts, documents, n->cell_shift);
}

/* Turns extents of documents into the cells that they begin with, and fills in the cells. */
static bool make_cells(inversion *n)
{
    uint64_t count = choose_cells(n);
    if (count == n->document_count) {
        for (uint32_t i = 0; i < n->document_count; i++)
            n->firsts[i] = i;
        return true;
    }
    n->cells = memory_new((size_t)count * sizeof *n->cells);
    uint32_t cell = 0;
    for (uint32_t i = 0; n->cells && i < n->document_count; i++) {
        uint64_t extent = n->firsts[i];
        n->firsts[i] = cell;
        for (uint64_t at = 0; at < extent; at += UINT64_C(1) << n->cell_shift)
            n->cells[cell++] = (uint64_t)i << 32 | at;
    }
    return n->cells != NULL;
}

static bool make_extents(inversion *n)
{
    n->firsts = memory_new((n->document_count + (size_t)1) * sizeof *n->firsts);
    for (uint32_t i = 0; n->firsts && i < n->document_count; i++) {
        if (i + PREFETCH < n->document_count)
            __builtin_prefetch(inverters_get_document(n->v, n->order[i + PREFETCH]));
        const inverter_document *d = inverters_get_document(n->v, n->order[i]);
        n->firsts[i] = d->has_positions ? d->position_max + 1 : 1;
    }
    return n->firsts != NULL;
}

oir_status inversion_init(inversion *n, const inverters *v, const inverters_place *order, uint32_t documents,
                          const inverters_terms *terms, size_t memory, team *helpers, oir_error *err)
{
    *n = (inversion){.v = v, .order = order, .document_count = documents, .terms = terms, .memory = memory,
                     .helpers = helpers};
    if (documents > INT32_MAX) /* the highest bit of theirs says INVERSION_IS_APART */
        return error_set(err, OIR_TOO_BIG, "more than 2^31 documents are buffered; commit more often");
    n->stretch_count = helpers ? team_size(helpers) : 1;
    n->stretches = memory_new_zeroed(n->stretch_count, sizeof *n->stretches);
    n->where = memory_new((terms->count + (size_t)1) * sizeof *n->where);
    if (!n->stretches || !n->where || !make_extents(n) || !make_cells(n))
        return no_memory(err);
    return cut_parts(n, err);
}

void inversion_release_chunks(inversion_head *h)
{
    for (inversion_chunk *next, *c = h->first; c; c = next) {
        next = c->next;
        memory_free(c);
    }
    h->first = h->newest = NULL;
}

void inversion_release(inversion *n)
{
    for (size_t i = 0; n->stretches && i < n->stretch_count; i++)
        for (size_t p = 0; p <= INVERSION_PARTS_MAX; p++)
            inversion_release_chunks(&n->stretches[i].heads[p]);
    memory_free(n->stretches);
    memory_free(n->where);
    memory_free(n->firsts);
    memory_free(n->cells);
    memory_free(n->parts);
    *n = (inversion){0};
}

/* ---- scattering ---- */

static bool add_chunk(inversion_head *h)
{
    if (h->forgets && h->first) {
        h->at = h->first->words;
        return true;
    }
    inversion_chunk *c = memory_new(sizeof *c + h->chunk_words * sizeof *c->words);
    if (!c)
        return false;
    c->next = NULL;
    c->count = 0;
    c->mixed = false;
    if (h->first) {
        h->newest->count = (uint16_t)(h->at - h->newest->words);
        h->newest->next = c;
    } else {
        h->first = c;
    }
    h->newest = c;
    h->at = c->words;
    h->end = c->words + h->chunk_words;
    return true;
}

/* Room for an occurrence at a place, which is told from the one before. False when out of memory. */
static inline bool go_to(inversion_head *h, uint64_t place, uint32_t shift, uint32_t *further)
{
    if (h->end - h->at < INVERSION_MOST && !add_chunk(h))
        return false;
    uint64_t distance = place - h->last;
    h->last = place;
    if (distance >> (32 - shift)) {
        *h->at++ = (uint32_t)(distance >> 32) << INVERSION_KIND_BITS | INVERSION_FURTHER;
        *h->at++ = (uint32_t)distance;
        h->newest->mixed = true;
        distance = 0;
    }
    *further = (uint32_t)distance << shift;
    return true;
}

/* An occurrence of a term that goes to `to` with wdf 1 and a position. False when out of memory. */
static inline bool put_plain(inversion_stretch *s, uint32_t to, uint64_t place)
{
    inversion_head *h = &s->heads[to >> INVERSION_NUMBER_BITS];
    uint32_t further;
    if (!go_to(h, place, h->bits + INVERSION_KIND_BITS, &further))
        return false;
    __builtin_prefetch(h->at + LINE, 1); /* each part's chunk is a stream of its own, too many to be foreseen */
    *h->at++ = further | (to & NUMBERS) << INVERSION_KIND_BITS | INVERSION_PLAIN;
    return true;
}

/* Any; wdf up to WDF_MOST. */
static inline bool put_one(inversion_stretch *s, uint32_t to, uint64_t place, uint32_t wdf, bool placed)
{
    inversion_head *h = &s->heads[to >> INVERSION_NUMBER_BITS];
    uint32_t further, kind = wdf != 1 ? INVERSION_APART : placed ? INVERSION_PLAIN : INVERSION_NOWHERE;
    if (!go_to(h, place, h->bits + INVERSION_KIND_BITS, &further))
        return false;
    *h->at++ = further | (to & NUMBERS) << INVERSION_KIND_BITS | kind;
    if (wdf != 1) {
        *h->at++ = wdf << 1 | placed;
        h->newest->mixed = true;
    }
    return true;
}

/* Any. */
static inline bool put(inversion_stretch *s, uint32_t to, uint64_t place, uint32_t wdf, bool placed)
{
    for (; wdf > WDF_MOST; wdf -= WDF_MOST)
        if (!put_one(s, to, place, WDF_MOST, placed))
            return false;
    return put_one(s, to, place, wdf, placed);
}

/* A document whose positions do not ascend, by position. */
static bool scatter_descending(const inversion *n, inversion_stretch *s, uint32_t document, inverter_reader r,
                               const uint32_t *where)
{
    size_t count = 0, capacity = 0, term_capacity = 0;
    uint64_t *keys = NULL, *terms = NULL, base = inversion_get_base(n, document);
    bool done = true;
    while (done && inverter_reader_next(&r)) {
        bool placed = r.position != INVERTER_STREAM_NOWHERE;
        done = count < UINT32_MAX && memory_reserve(&keys, &capacity, count + 1, sizeof *keys) &&
               memory_reserve(&terms, &term_capacity, count + 1, sizeof *terms);
        if (done) {
            keys[count] = (uint64_t)(placed ? r.position : 0) << 32 | count;
            terms[count++] = (uint64_t)placed << 63 | (uint64_t)r.term << 32 | r.wdf;
        }
    }
    if (done)
        sort_u64(keys, count);
    for (size_t i = 0; done && i < count; i++) {
        uint64_t term = terms[(uint32_t)keys[i]];
        done = put(s, where[term >> 32 & INT32_MAX], base + (keys[i] >> 32), (uint32_t)term, term >> 63);
    }
    memory_free(keys);
    memory_free(terms);
    return done;
}

/* Plain occurrences up to one that is not, or the end of a chunk; *last is the place of the last one. */
static inline bool scatter_plain(inversion_stretch *s, inverter_reader *r, const uint32_t *where, uint64_t base,
                                 uint64_t *last)
{
    const uint16_t *at = r->at, *end = r->end; /* copies that nothing else can see are kept in registers */
    uint64_t place = base + r->next, first = place;
    for (uint32_t term; at < end && inverter_reader_is_plain(*at); place++) {
        at = inverter_reader_get_plain(at, &term);
        if (!put_plain(s, where[term], place))
            return false;
    }
    *last = place > first ? place - 1 : *last;
    r->at = at;
    r->next = (oir_termpos)(place - base);
    return true;
}

/* The same of those without position, which go to the last place. */
static inline bool scatter_nowhere(inversion_stretch *s, inverter_reader *r, const uint32_t *where, uint64_t place)
{
    const uint16_t *at = r->at, *end = r->end;
    while (at < end) {
        uint32_t term, wdf;
        const uint16_t *next = inverter_reader_get_nowhere(at, &term, &wdf);
        if (!next)
            break;
        if (!put(s, where[term], place, wdf, false))
            return false;
        at = next;
    }
    r->at = at;
    return true;
}

static inline bool scatter_document(const inversion *n, inversion_stretch *s, uint32_t document)
{
    inverters_place place = n->order[document];
    const inverter *v = n->v->items[place.inverter];
    const uint32_t *where = n->where + n->terms->firsts[place.inverter];
    inverter_reader r = inverter_read(v, place.number);
    if (inverter_get_document(v, place.number)->descends)
        return scatter_descending(n, s, document, r, where);
    uint64_t base = inversion_get_base(n, document), last = base;
    for (;;) {
        if (!scatter_plain(s, &r, where, base, &last) || !scatter_nowhere(s, &r, where, last))
            return false;
        if (inverter_reader_next(&r) == INVERTER_READER_END)
            return true;
        bool placed = r.position != INVERTER_STREAM_NOWHERE;
        last = placed ? base + r.position : last;
        if (!put(s, where[r.term], last, r.wdf, placed))
            return false;
    }
}

static void scatter(void *context, size_t part, bool owner)
{
    const inversion *n = context;
    inversion_stretch *s = &n->stretches[part];
    (void)owner;
    for (uint32_t d = s->from; d < s->end && !s->failed; d++) {
        inverters_fetch(n->v, n->order, d, n->document_count);
        s->failed = !scatter_document(n, s, d);
    }
    for (size_t p = 0; p < INVERSION_PARTS_MAX; p++)
        if (s->heads[p].first)
            s->heads[p].newest->count = (uint16_t)(s->heads[p].at - s->heads[p].newest->words);
}

/* Where occurrences go in this round. */
static void make_where(inversion *n, uint32_t round)
{
    /* What is of other rounds goes to the head behind those of all parts. */
    memset(n->where, 0xff, n->terms->count * sizeof *n->where);
    for (n->part_first = 0; n->part_first < n->part_count && n->parts[n->part_first].round < round;)
        n->part_first++;
    for (n->part_end = n->part_first; n->part_end < n->part_count && n->parts[n->part_end].round == round;
         n->part_end++) {
        const inversion_part *p = &n->parts[n->part_end];
        uint32_t part = (uint32_t)(n->part_end - n->part_first), number = 0;
        for (uint32_t at = p->from, same; at < p->end; at += same, number++) {
            same = inverters_group_term(n->terms, at, p->end);
            for (uint32_t i = 0; i < same; i++)
                n->where[n->terms->items[at + i].term] = part << INVERSION_NUMBER_BITS | number;
        }
    }
}

oir_status inversion_scatter(inversion *n, uint32_t round, oir_error *err)
{
    make_where(n, round);
    for (size_t i = 0; i < n->stretch_count; i++) {
        inversion_stretch *s = &n->stretches[i];
        s->from = (uint32_t)((uint64_t)n->document_count * i / n->stretch_count);
        s->end = (uint32_t)((uint64_t)n->document_count * (i + 1) / n->stretch_count);
        s->failed = false;
        for (size_t p = n->part_first; p < n->part_end; p++)
            s->heads[p - n->part_first] = (inversion_head){.bits = bits_width(n->parts[p].term_count - 1),
                                                               .chunk_words = n->chunk_words};
        inversion_head *others = &s->heads[INVERSION_PARTS_MAX];
        inversion_release_chunks(others);
        *others = (inversion_head){.bits = INVERSION_NUMBER_BITS, .chunk_words = n->chunk_words, .forgets = true};
    }
    if (n->helpers)
        team_run(n->helpers, n->stretch_count, scatter, n, NULL);
    else
        scatter(n, 0, true);
    for (size_t i = 0; i < n->stretch_count; i++)
        if (n->stretches[i].failed)
            return no_memory(err);
    return OIR_OK;
}
