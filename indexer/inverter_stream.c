#include "indexer/inverter_stream.h"

#include "base/memory.h"

enum {
    SMALL_TERMS = 1 << 14, /* those that fit into a unit without position */
    CHUNKS_MOST = 1 << (32 - INVERTER_STREAM_CHUNK_BITS),
    CHUNKS_FULL = CHUNKS_MOST / 4 * 3, /* the rest is for the one document that comes next */
    NOWHERE = 0x8000, LARGE = 0xC000, LARGE_NOWHERE = 0xD000, ANY = 0xE000,
    AT = 0xF000, FURTHER = 0xF100, BACK = 0xF200, COUNTED = 0xF300, LAST = 0xFFFF,
    BYTE_MAX = 255        /* what the lower half of these holds */
};

void inverter_stream_release(inverter_stream *s)
{
    for (size_t i = 0; i < s->count; i++)
        memory_free(s->chunks[i]);
    memory_free(s->chunks);
    *s = (inverter_stream){0};
}

bool inverter_stream_is_full(const inverter_stream *s)
{
    return s->count >= CHUNKS_FULL;
}

bool inverter_stream_add_chunk(inverter_stream *s)
{
    if (s->count == CHUNKS_MOST - 1 ||
        !memory_reserve(&s->chunks, &s->capacity, s->count + 1, sizeof *s->chunks))
        return false;
    uint16_t *chunk = memory_new(INVERTER_STREAM_CHUNK * sizeof *chunk);
    if (!chunk)
        return false;
    if (s->at < s->end)
        *s->at = LAST;
    s->chunks[s->count++] = s->at = chunk;
    s->end = chunk + INVERTER_STREAM_CHUNK;
    return true;
}

static inline void add_two(inverter_stream *s, uint32_t number)
{
    *s->at++ = (uint16_t)number;
    *s->at++ = (uint16_t)(number >> 16);
}

static void add_large(inverter_stream *s, uint32_t kind, uint32_t term)
{
    *s->at++ = (uint16_t)(kind | term >> 16);
    *s->at++ = (uint16_t)term;
}

/* Makes a position the next. */
static void go_to(inverter_stream *s, oir_termpos position)
{
    uint32_t further = position - s->next;
    if (position == s->next)
        return;
    if (position > s->next && further <= BYTE_MAX) {
        *s->at++ = (uint16_t)(FURTHER | further);
    } else if (position + 1 == s->next) {
        *s->at++ = BACK;
    } else {
        *s->at++ = AT;
        add_two(s, position);
    }
    s->next = position;
}

void inverter_stream_add_other(inverter_stream *s, uint32_t term, oir_termpos position, uint32_t wdf)
{
    bool nowhere = position == INVERTER_STREAM_NOWHERE;
    if (wdf > BYTE_MAX || (wdf != 1 && !nowhere)) {
        add_large(s, ANY, term);
        add_two(s, wdf);
        add_two(s, position);
    } else if (nowhere) {
        if (wdf != 1)
            *s->at++ = (uint16_t)(COUNTED | wdf);
        if (term < SMALL_TERMS)
            *s->at++ = (uint16_t)(NOWHERE | term);
        else
            add_large(s, LARGE_NOWHERE, term);
    } else {
        go_to(s, position);
        s->at = inverter_stream_put_plain(s->at, term);
        s->next++;
    }
}

/* ---- reading ---- */

inverter_reader inverter_stream_read(const inverter_stream *s, uint32_t from, uint32_t to)
{
    inverter_reader r = {.next = 1, .behind = to - from};
    if (from == to)
        return r;
    size_t at = from & (INVERTER_STREAM_CHUNK - 1), here = INVERTER_STREAM_CHUNK - at;
    here = here < r.behind ? here : r.behind;
    r.chunk = s->chunks + (from >> INVERTER_STREAM_CHUNK_BITS);
    r.at = *r.chunk + at;
    r.end = r.at + here;
    r.behind -= here;
    return r;
}

bool inverter_reader_next_chunk(inverter_reader *r)
{
    size_t here = r->behind < INVERTER_STREAM_CHUNK ? r->behind : INVERTER_STREAM_CHUNK;
    if (here == 0)
        return false;
    r->at = *++r->chunk;
    r->end = r->at + here;
    r->behind -= here;
    return true;
}

static inline uint32_t read_two(inverter_reader *r)
{
    uint32_t number = r->at[0] | (uint32_t)r->at[1] << 16;
    r->at += 2;
    return number;
}

/* What stands between occurrences. */
static enum inverter_reader_found pass(inverter_reader *r, uint32_t unit)
{
    if (unit == LAST)
        r->at = r->end;
    else if (unit == AT)
        r->next = read_two(r);
    else if (unit == BACK)
        r->next--;
    else
        r->next += unit & BYTE_MAX;
    return inverter_reader_next(r);
}

enum inverter_reader_found inverter_reader_next_other(inverter_reader *r)
{
    uint32_t unit = *r->at++, wdf = 1;
    if ((unit & ~(uint32_t)BYTE_MAX) == COUNTED) {
        wdf = unit & BYTE_MAX;
        unit = *r->at++;
    }
    uint32_t kind = unit & 0xF000;
    if (kind >= AT)
        return pass(r, unit);
    bool small = kind < LARGE;
    r->term = small ? unit & (SMALL_TERMS - 1) : (unit & 0xFFF) << 16 | *r->at++;
    r->wdf = kind == ANY ? read_two(r) : wdf;
    r->position = kind == ANY ? read_two(r) : INVERTER_STREAM_NOWHERE;
    return INVERTER_READER_OTHER;
}
