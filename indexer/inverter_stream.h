/* What buffered documents say, one after another, as they came: a stream of occurrences, most of them in two bytes. It
 * is inverted when the buffer is written (inversion.h), so that adding a document waits for no memory.
 *
 * The stream is units of 16 bits, in chunks; an occurrence lies in one chunk. It is a term, a position and a wdf. The
 * next position of a document is 1, and then one more than that of its last plain occurrence. A unit is, from its
 * highest digit on:
 *     0 to 7   plain: this term, wdf 1, at the next position
 *     8 to B   this term, of 14 bits, wdf 1, without position
 *     C        plain, and D without position: a term of 28 bits, whose lower 16 are the next unit
 *     E        such a term, and two units each for wdf and position, or INVERTER_STREAM_NOWHERE
 *     F        F000 and two units: this is the next position; F100 to F1FF: it is 0 to 255 further; F200: one less;
 *              F300 to F3FF: what follows is without position and has wdf 0 to 255 instead of 1; FFFF: nothing more in
 *              this chunk
 * Numbers of two units have their lower half first. One thread at a time. */
#ifndef INDEXER_INVERTER_STREAM_H
#define INDEXER_INVERTER_STREAM_H

#include <oir/types.h>

enum {
    INVERTER_STREAM_CHUNK_BITS = 15,
    INVERTER_STREAM_CHUNK = 1 << INVERTER_STREAM_CHUNK_BITS,
    INVERTER_STREAM_TERM_BITS = 28,
    INVERTER_STREAM_MOST = 8 /* units of an occurrence, and one for the end of a chunk */
};

#define INVERTER_STREAM_NOWHERE UINT32_MAX

typedef struct inverter_stream {
    uint16_t **chunks;
    size_t count, capacity;
    uint16_t *at, *end;    /* what is free in the last chunk */
    oir_termpos next;      /* position, of the document that is being added */
} inverter_stream;

/* All zero: empty. */
void inverter_stream_release(inverter_stream *s);

static inline size_t inverter_stream_get_memory(const inverter_stream *s)
{
    return s->count * INVERTER_STREAM_CHUNK * sizeof(uint16_t) + s->capacity * sizeof *s->chunks;
}

/* The place of what comes next: units from the first chunk on. */
static inline uint32_t inverter_stream_get_place(const inverter_stream *s)
{
    return s->count ? (uint32_t)((s->count << INVERTER_STREAM_CHUNK_BITS) - (size_t)(s->end - s->at)) : 0;
}

/* Few places are left. */
bool inverter_stream_is_full(const inverter_stream *s);

static inline void inverter_stream_begin_document(inverter_stream *s)
{
    s->next = 1;
}

/* False when out of memory. */
bool inverter_stream_add_chunk(inverter_stream *s);

/* Any occurrence. There is room. */
void inverter_stream_add_other(inverter_stream *s, uint32_t term, oir_termpos position, uint32_t wdf);

/* Writes the units of a plain occurrence, and returns what is behind them. Nothing is guessed. */
static inline uint16_t *inverter_stream_put_plain(uint16_t *at, uint32_t term)
{
    bool large = term >= 0x8000;
    at[0] = (uint16_t)(large ? 0xC000 | term >> 16 : term);
    at[1] = (uint16_t)term;
    return at + 1 + large;
}

/* Adds an occurrence. False when out of memory. */
static inline bool inverter_stream_add(inverter_stream *s, uint32_t term, oir_termpos position, uint32_t wdf)
{
    if (s->end - s->at < INVERTER_STREAM_MOST && !inverter_stream_add_chunk(s))
        return false;
    inverter_stream_add_other(s, term, position, wdf);
    return true;
}

/* The occurrences of one document. */
typedef struct inverter_reader {
    const uint16_t *at, *end; /* in this chunk; */
    uint16_t *const *chunk;   /* which is here among the others, */
    size_t behind;            /* and so many units are in those behind it */
    oir_termpos next;
    uint32_t term, wdf;       /* of the occurrence at hand */
    oir_termpos position;     /* or INVERTER_STREAM_NOWHERE */
} inverter_reader;

/* Of the document from one place to another. */
inverter_reader inverter_stream_read(const inverter_stream *s, uint32_t from, uint32_t to);
/* What inverter_reader_next has found. */
enum inverter_reader_found { INVERTER_READER_END, INVERTER_READER_PLAIN, INVERTER_READER_OTHER };

/* For inverter_reader_next: false at the end. */
bool inverter_reader_next_chunk(inverter_reader *r);
/* For inverter_reader_next: an occurrence that is not plain, or no occurrence. */
enum inverter_reader_found inverter_reader_next_other(inverter_reader *r);

/* Whether a unit begins a plain occurrence. */
static inline bool inverter_reader_is_plain(uint32_t unit)
{
    return unit < 0x8000 || unit >> 12 == 0xC;
}

/* The term of a plain occurrence; returns what is behind it. */
static inline const uint16_t *inverter_reader_get_plain(const uint16_t *at, uint32_t *term)
{
    bool large = *at >= 0x8000;
    *term = large ? (*at & 0xFFFu) << 16 | at[1] : *at;
    return at + 1 + large;
}

/* An occurrence without position, unless its wdf is above a byte; returns what is behind it, or NULL: it is another
 * one, or none. */
static inline const uint16_t *inverter_reader_get_nowhere(const uint16_t *at, uint32_t *term, uint32_t *wdf)
{
    bool counted = *at >> 8 == 0xF3;
    uint32_t unit = at[counted], kind = unit >> 12;
    if (kind != 0xD && kind >> 2 != 2)
        return NULL;
    *wdf = counted ? *at & 0xFFu : 1;
    *term = kind == 0xD ? (unit & 0xFFF) << 16 | at[counted + 1] : unit & 0x3FFF;
    return at + 1 + counted + (kind == 0xD);
}

static inline enum inverter_reader_found inverter_reader_next(inverter_reader *r)
{
    if (r->at == r->end && !inverter_reader_next_chunk(r))
        return INVERTER_READER_END;
    if (!inverter_reader_is_plain(*r->at))
        return inverter_reader_next_other(r);
    r->at = inverter_reader_get_plain(r->at, &r->term);
    r->position = r->next++;
    r->wdf = 1;
    return INVERTER_READER_PLAIN;
}

#endif
