#include "catalog/generation_bytes.h"

#include <math.h>
#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "codec/varint.h"

/* Numbers are little-endian, f64 those of IEEE 754, v is a varint (codec/varint.h). They are the root of
 * PART_GENERATION, the only part of a file as segment/container_writer.c has it.
 *
 *     u32  flags: 1 term lists, 2 stored documents; others are of a later format
 *     u32  last docid
 *     u64  revision
 *     u64  number of the next segment
 *     f64  k1 of the reference for bounds
 *     f64  b of it
 *     36   uuid, its letters
 *     u32  count of segments, oldest first; for each:
 *         u64  number
 *         u32  documents            u32  deleted ones of these
 *         u64  their total length   u64  that of the deleted ones
 *         u64  size of the file
 *         u32  count of corrections
 *         u64 * ceil(documents / 64): deleted documents, a bit for each local number, lowest first; left out when none
 *             is deleted
 *         for each correction, ordinals ascending: v ordinals between it and the one before (the first: the ordinal
 *             itself), v termfreq, v collection frequency: how much of these is deleted
 *     u32  count of settings, by name ascending; for each:
 *         u32  size of the name, the name, without zero bytes
 *         u32  size of the value, the value */
enum { FLAG_TERM_LISTS = 1, FLAG_STORED = 2, FLAGS_KNOWN = 3 };
enum { UUID_SIZE = 36, SEGMENT_SIZE_MIN = 44, SETTING_SIZE_MIN = 8, CORRECTION_SIZE_MIN = 3 };

static size_t bitmap_words(uint32_t document_count)
{
    return ((size_t)document_count + 63) / 64;
}

static void add_double(buffer *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    buffer_add_u64(out, bits);
}

static void add_segment(buffer *out, const catalog_segment *s)
{
    buffer_add_u64(out, s->number);
    buffer_add_u32(out, s->document_count);
    buffer_add_u32(out, s->deleted_count);
    buffer_add_u64(out, s->total_length);
    buffer_add_u64(out, s->deleted_length);
    buffer_add_u64(out, s->bytes);
    buffer_add_u32(out, s->correction_count);
    if (s->deleted_count) /* the machine is little-endian, base/bits.h sees to it */
        buffer_add(out, s->deleted, bitmap_words(s->document_count) * sizeof *s->deleted);
    uint32_t next = 0;
    for (uint32_t i = 0; i < s->correction_count; i++) {
        buffer_add_varint(out, s->corrections[i].ordinal - next);
        buffer_add_varint(out, s->corrections[i].termfreq);
        buffer_add_varint(out, s->corrections[i].collection_freq);
        next = s->corrections[i].ordinal + 1;
    }
}

static void add_sized(buffer *out, const char *bytes, size_t size)
{
    buffer_add_u32(out, (uint32_t)size);
    buffer_add(out, bytes, size);
}

oir_status generation_bytes_add(buffer *out, const generation *g, oir_error *err)
{
    buffer_add_u32(out, (g->term_lists ? FLAG_TERM_LISTS : 0u) | (g->stored ? FLAG_STORED : 0u));
    buffer_add_u32(out, g->last_docid);
    buffer_add_u64(out, g->revision);
    buffer_add_u64(out, g->next_segment);
    add_double(out, g->bound_k1);
    add_double(out, g->bound_b);
    buffer_add(out, g->uuid, UUID_SIZE);
    buffer_add_u32(out, (uint32_t)g->segment_count);
    for (size_t i = 0; i < g->segment_count; i++)
        add_segment(out, &g->segments[i]);
    buffer_add_u32(out, (uint32_t)g->setting_count);
    for (size_t i = 0; i < g->setting_count; i++) {
        add_sized(out, g->settings[i].name, strlen(g->settings[i].name));
        add_sized(out, g->settings[i].value, g->settings[i].size);
    }
    return out->failed ? error_no_memory(err, "the index's catalog") : OIR_OK;
}

/* ---- back ---- */

/* Takes bytes from the front. Once it has run out, everything taken is zeros, so that one look at `failed` after a run
 * of takes is enough. */
typedef struct taker {
    const uint8_t *at, *end;
    bool failed;
} taker;

static size_t left(const taker *t)
{
    return (size_t)(t->end - t->at);
}

/* NULL when there are not so many. */
static const uint8_t *take(taker *t, size_t size)
{
    if (t->failed || size > left(t)) {
        t->failed = true;
        return NULL;
    }
    const uint8_t *at = t->at;
    t->at += size;
    return at;
}

static uint32_t take_u32(taker *t)
{
    const uint8_t *at = take(t, sizeof(uint32_t));
    return at ? bits_load32(at) : 0;
}

static uint64_t take_u64(taker *t)
{
    const uint8_t *at = take(t, sizeof(uint64_t));
    return at ? bits_load64(at) : 0;
}

static uint64_t take_varint(taker *t)
{
    uint64_t value = 0;
    const uint8_t *at = t->failed ? NULL : varint_get(t->at, t->end, &value);
    if (!at) {
        t->failed = true;
        return 0;
    }
    t->at = at;
    return value;
}

static double take_double(taker *t)
{
    uint64_t bits = take_u64(t);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static oir_status damaged(oir_error *err, const char *what)
{
    return error_set(err, OIR_CORRUPT, "%s", what);
}

static oir_status short_of_memory(oir_error *err)
{
    return error_no_memory(err, "the index's catalog");
}

/* A count of things of at least `size_min` bytes each; as bytes bound it, it bounds what is allocated. */
static uint32_t take_count(taker *t, size_t size_min)
{
    uint32_t count = take_u32(t);
    if (count > left(t) / size_min)
        t->failed = true;
    return t->failed ? 0 : count;
}

static oir_status get_deleted(taker *t, catalog_segment *s, oir_error *err)
{
    if (!s->deleted_count)
        return s->deleted_length ? damaged(err, "a length is deleted, but no document") : OIR_OK;
    size_t words = bitmap_words(s->document_count);
    const uint8_t *bytes = take(t, words * sizeof *s->deleted);
    if (!bytes || !words)
        return damaged(err, "a bitmap of deleted documents is cut short");
    s->deleted = memory_new(words * sizeof *s->deleted);
    if (!s->deleted)
        return short_of_memory(err);
    memcpy(s->deleted, bytes, words * sizeof *s->deleted);
    uint64_t count = 0;
    for (size_t i = 0; i < words; i++)
        count += bits_count(s->deleted[i]);
    uint32_t last_bits = s->document_count % 64;
    if (last_bits && s->deleted[words - 1] & ~bits_low(last_bits))
        return damaged(err, "a document is deleted that does not exist");
    return count == s->deleted_count ? OIR_OK : damaged(err, "a bitmap of deleted documents has not as many as said");
}

static oir_status get_corrections(taker *t, catalog_segment *s, oir_error *err)
{
    if (!s->correction_count)
        return OIR_OK;
    s->corrections = memory_new_zeroed(s->correction_count, sizeof *s->corrections);
    if (!s->corrections)
        return short_of_memory(err);
    uint64_t next = 0;
    for (uint32_t i = 0; i < s->correction_count; i++) {
        uint64_t gap = take_varint(t);
        uint64_t termfreq = take_varint(t);
        uint64_t collection_freq = take_varint(t);
        if (t->failed || gap > UINT32_MAX - next || termfreq < 1 || termfreq > s->deleted_count ||
            collection_freq > s->deleted_length)
            return damaged(err, "corrections for deleted documents are damaged");
        s->corrections[i] = (term_correction){(uint32_t)(next + gap), (uint32_t)termfreq, collection_freq};
        next += gap + 1;
    }
    return OIR_OK;
}

/* On failure the caller releases what was made of the segment. */
static oir_status get_segment(taker *t, const generation *g, catalog_segment *s, oir_error *err)
{
    s->number = take_u64(t);
    s->document_count = take_u32(t);
    s->deleted_count = take_u32(t);
    s->total_length = take_u64(t);
    s->deleted_length = take_u64(t);
    s->bytes = take_u64(t);
    s->correction_count = take_u32(t);
    if (t->failed || s->correction_count > left(t) / CORRECTION_SIZE_MIN)
        return damaged(err, "a segment's entry is cut short");
    if (s->number >= g->next_segment)
        return damaged(err, "a segment's number has not been given out yet");
    if (s->deleted_count > s->document_count || s->deleted_length > s->total_length)
        return damaged(err, "more is deleted in a segment than there is");
    ERROR_FORWARD(get_deleted(t, s, err));
    return get_corrections(t, s, err);
}

static oir_status get_segments(taker *t, generation *g, oir_error *err)
{
    uint32_t count = take_count(t, SEGMENT_SIZE_MIN);
    if (t->failed)
        return damaged(err, "there are fewer segments than said");
    if (!count)
        return OIR_OK;
    g->segments = memory_new_zeroed(count, sizeof *g->segments);
    if (!g->segments)
        return short_of_memory(err);
    uint64_t documents = 0;
    while (g->segment_count < count) {
        catalog_segment *s = &g->segments[g->segment_count++];
        ERROR_FORWARD(get_segment(t, g, s, err));
        for (size_t i = 0; i + 1 < g->segment_count; i++)
            if (g->segments[i].number == s->number)
                return damaged(err, "a segment is named twice");
        documents += s->document_count - s->deleted_count;
    }
    /* Each live document has a docid of its own. */
    return documents <= g->last_docid ? OIR_OK : damaged(err, "there are more documents than docids were given out");
}

static oir_status get_setting(taker *t, catalog_setting *setting, oir_error *err)
{
    size_t name_size = take_u32(t);
    const uint8_t *name = take(t, name_size);
    size_t size = take_u32(t);
    const uint8_t *value = take(t, size);
    if (t->failed || memchr(name, 0, name_size))
        return damaged(err, "a setting is damaged");
    setting->name = memory_copy(name, name_size);
    setting->value = memory_copy(value, size);
    setting->size = size;
    return setting->name && setting->value ? OIR_OK : short_of_memory(err);
}

static oir_status get_settings(taker *t, generation *g, oir_error *err)
{
    uint32_t count = take_count(t, SETTING_SIZE_MIN);
    if (t->failed)
        return damaged(err, "there are fewer settings than said");
    if (!count)
        return OIR_OK;
    g->settings = memory_new_zeroed(count, sizeof *g->settings);
    if (!g->settings)
        return short_of_memory(err);
    while (g->setting_count < count) {
        catalog_setting *setting = &g->settings[g->setting_count++];
        ERROR_FORWARD(get_setting(t, setting, err));
        if (g->setting_count > 1 && strcmp(setting[-1].name, setting->name) >= 0)
            return damaged(err, "settings are out of order");
    }
    return OIR_OK;
}

static oir_status get_head(taker *t, generation *g, oir_error *err)
{
    uint32_t flags = take_u32(t);
    g->term_lists = flags & FLAG_TERM_LISTS;
    g->stored = flags & FLAG_STORED;
    g->last_docid = take_u32(t);
    g->revision = take_u64(t);
    g->next_segment = take_u64(t);
    g->bound_k1 = take_double(t);
    g->bound_b = take_double(t);
    const uint8_t *uuid = take(t, UUID_SIZE);
    if (!uuid)
        return damaged(err, "it is cut short");
    memcpy(g->uuid, uuid, UUID_SIZE);
    if (flags & ~(uint32_t)FLAGS_KNOWN)
        return error_set(err, OIR_VERSION, "it was made by a newer oir; update oir");
    if (!isfinite(g->bound_k1) || g->bound_k1 < 0 || !(g->bound_b >= 0 && g->bound_b <= 1))
        return damaged(err, "the reference for bounds is no possible one");
    return memchr(g->uuid, 0, UUID_SIZE) ? damaged(err, "the uuid is damaged") : OIR_OK;
}

oir_status generation_bytes_get(generation *out, const uint8_t *bytes, size_t size, oir_error *err)
{
    oir_status status;
    taker t = {bytes, bytes + size, false};
    generation_init(out);
    ERROR_GOTO_DONE(get_head(&t, out, err));
    ERROR_GOTO_DONE(get_segments(&t, out, err));
    ERROR_GOTO_DONE(get_settings(&t, out, err));
    if (left(&t))
        status = damaged(err, "there are bytes after its end");
done:
    if (status != OIR_OK)
        generation_release(out);
    return status;
}
