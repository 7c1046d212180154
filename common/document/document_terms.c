#include "document/document_terms.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/paths.h"

enum {
    WAITING_MAX = 64,
    LOG_KEPT = 4,         /* occurrences for each word that is kept */
    PART_MOST = 1 << 18,  /* occurrences in the log */
    PARTS_KEPT = 1 << 20, /* bytes of parts in memory */
    FORCED_MOST = 24      /* occurrences where documents are put away as soon as can be */
};

void document_terms_init(document_terms *t)
{
    *t = (document_terms){0};
}

static void free_log(document_terms *t)
{
    memory_free(t->log);
    memory_free(t->terms);
    memory_free(t->positions);
    memory_free(t->order);
    t->log = NULL;
    t->terms = NULL;
    t->positions = NULL;
    t->order = NULL;
    t->log_capacity = t->capacity = t->position_capacity = t->order_capacity = 0;
}

static void free_parts(document_terms *t)
{
    if (t->parts)
        document_parts_release(t->parts);
    memory_free(t->parts);
    t->parts = NULL;
}

void document_terms_release(document_terms *t)
{
    free_parts(t);
    free_log(t);
    vocabulary_release(&t->vocabulary);
    memory_free(t->waiting);
    *t = (document_terms){0};
}

/* What is known of the document as a whole no longer holds. */
static inline void forget_groups(document_terms *t)
{
    t->grouped = t->sorted = false;
}

static size_t choose_part(void)
{
    return paths_use(PATHS_INTACT) ? PART_MOST : FORCED_MOST;
}

void document_terms_clear(document_terms *t)
{
    size_t kept = vocabulary_get_kept(&t->vocabulary);
    if (vocabulary_exceeds(&t->vocabulary, kept))
        vocabulary_forget(&t->vocabulary);
    if (t->log_capacity > LOG_KEPT * kept)
        free_log(t);
    if (t->parts)
        free_parts(t);
    t->part_most = choose_part();
    t->words_begun = t->vocabulary.count;
    t->bytes_begun = t->vocabulary.byte_count;
    t->log_count = t->count = 0;
    t->waiting_count = 0;
    t->length = 0;
    forget_groups(t);
}

/* ---- room ---- */

/* Room for so many more words, with so many bytes together, and as many occurrences: then adding them cannot fail. */
static oir_status reserve(document_terms *t, uint32_t words, size_t bytes, oir_error *err)
{
    if (t->log_count >= UINT32_MAX - words)
        return error_set(err, OIR_TOO_BIG, "a document has 2^32 positions; split it");
    if (!memory_reserve(&t->log, &t->log_capacity, t->log_count + words, sizeof *t->log))
        return error_no_memory(err, "the terms of a document");
    return vocabulary_reserve(&t->vocabulary, words, bytes, err);
}

static oir_status reserve_waiting(document_terms *t, oir_error *err)
{
    if (document_terms_is_large(t))
        ERROR_FORWARD(document_terms_put_away(t, err));
    if (!t->waiting)
        t->waiting = memory_new(WAITING_MAX * sizeof *t->waiting);
    if (!t->waiting)
        return error_no_memory(err, "the terms of a document");
    return reserve(t, WAITING_MAX, (size_t)WAITING_MAX * HASH_KEY_MAX, err);
}

/* ---- looking up ---- */

void document_terms_settle(document_terms *t)
{
    document_occurrence *to = t->log + t->log_count;
    vocabulary *v = &t->vocabulary;
    for (uint32_t i = 0; i < t->waiting_count; i++)
        vocabulary_fetch_word(v, t->waiting[i].hash);
    for (uint32_t i = 0; i < t->waiting_count; i++)
        vocabulary_fetch_bytes(v, t->waiting[i].hash);
    for (uint32_t i = 0; i < t->waiting_count; i++) {
        const document_waiting *w = &t->waiting[i];
        const hash_key k = {w->low, w->high, w->hash};
        to[i] = (document_occurrence){vocabulary_get(v, &k, w->size, (const char *)&w->low), w->position, w->wdf};
    }
    t->log_count += t->waiting_count;
    t->waiting_count = 0;
}

/* ---- adding ---- */

/* A word whose bytes must be at hand to look it up does not wait. */
static oir_status add_long(document_terms *t, const char *term, size_t size, oir_termpos position, oir_termcount wdf,
                           oir_error *err)
{
    document_terms_settle(t);
    if (document_terms_is_large(t))
        ERROR_FORWARD(document_terms_put_away(t, err));
    ERROR_FORWARD(reserve(t, 1, size, err));
    hash_key k = hash_make_key(term, size);
    t->log[t->log_count++] = (document_occurrence){vocabulary_get(&t->vocabulary, &k, size, term), position, wdf};
    t->length += wdf;
    forget_groups(t);
    return OIR_OK;
}

static inline oir_status add(document_terms *t, const char *term, size_t size, oir_termpos position,
                             oir_termcount wdf, oir_error *err)
{
    if (size == 0 || size > OIR_TERM_MAX)
        return error_set(err, OIR_INVALID_ARGUMENT, "a term has %zu bytes; 1 to %d are allowed", size, OIR_TERM_MAX);
    if (t->length + wdf > UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "a document is longer than 2^32 - 1 words; split it");
    if (size > HASH_KEY_MAX)
        return add_long(t, term, size, position, wdf, err);
    if (t->waiting_count == WAITING_MAX)
        document_terms_settle(t);
    if (t->waiting_count == 0)
        ERROR_FORWARD(reserve_waiting(t, err));
    hash_key k = hash_make_key(term, size);
    vocabulary_fetch_slot(&t->vocabulary, &k);
    t->waiting[t->waiting_count++] =
        (document_waiting){k.low, k.high, k.hash, wdf, position, (uint32_t)size};
    t->length += wdf;
    forget_groups(t);
    return OIR_OK;
}

oir_status document_terms_add(document_terms *t, const char *term, size_t size, oir_termcount wdf, oir_error *err)
{
    return add(t, term, size, DOCUMENT_NO_POSITION, wdf, err);
}

oir_status document_terms_add_position(document_terms *t, const char *term, size_t size, oir_termpos position,
                                       oir_termcount wdf, oir_error *err)
{
    if (position == DOCUMENT_NO_POSITION)
        return error_set(err, OIR_INVALID_ARGUMENT, "position 2^32 - 1 is not allowed");
    return add(t, term, size, position, wdf, err);
}

/* ---- parts ---- */

/* The log is empty. */
static void begin_part(document_terms *t)
{
    size_t kept = t->part_most == FORCED_MOST ? FORCED_MOST : vocabulary_get_kept(&t->vocabulary);
    t->log_count = 0;
    if (!t->pinned && !t->grouped && vocabulary_exceeds(&t->vocabulary, kept))
        vocabulary_forget(&t->vocabulary);
    t->words_begun = t->vocabulary.count;
    t->bytes_begun = t->vocabulary.byte_count;
}

static oir_status add_part(document_terms *t, oir_error *err)
{
    if (!t->parts)
        t->parts = memory_new_zeroed(1, sizeof *t->parts);
    if (!t->parts)
        return error_no_memory(err, "the terms of a document");
    ERROR_FORWARD(document_parts_add(t->parts, t, t->part_most == FORCED_MOST ? 0 : PARTS_KEPT, err));
    begin_part(t);
    return OIR_OK;
}

oir_status document_terms_put_away(document_terms *t, oir_error *err)
{
    document_terms_settle(t);
    if (!t->part_most)
        t->part_most = choose_part();
    return t->log_count && document_terms_is_large(t) ? add_part(t, err) : OIR_OK;
}

oir_status document_terms_count_parts(document_terms *t, size_t *parts, oir_error *err)
{
    *parts = 0;
    document_terms_settle(t);
    if (!t->parts)
        return OIR_OK;
    if (t->log_count)
        ERROR_FORWARD(add_part(t, err));
    *parts = t->parts->count;
    return OIR_OK;
}

oir_status document_terms_take_part(document_terms *t, size_t part, uint64_t *length, oir_error *err)
{
    bool grouped = t->grouped, sorted = t->sorted;
    begin_part(t);
    *length = t->parts->items[part].length;
    oir_status status = document_parts_read(t->parts, part, t, err);
    t->grouped = grouped; /* nothing was added */
    t->sorted = sorted;
    return status;
}

void document_terms_end_parts(document_terms *t)
{
    begin_part(t);
}

void document_terms_give_back(document_terms *t)
{
    if (!t->parts || t->grouped || t->log_count)
        return;
    vocabulary_give_back(&t->vocabulary);
    free_log(t);
    t->words_begun = t->bytes_begun = 0;
}

oir_status document_terms_read_parts(document_terms *t, size_t *own, oir_error *err)
{
    size_t behind = 0, count = t->parts ? t->parts->count : 0;
    oir_status status = OIR_OK;
    *own = t->log_count;
    for (size_t i = 0; i < count; i++)
        behind += t->parts->items[i].occurrences;
    if (!count)
        return OIR_OK;
    ERROR_FORWARD(document_terms_extend(t, behind, err));
    memmove(t->log + behind, t->log, *own * sizeof *t->log);
    t->log_count = 0;
    for (size_t i = 0; i < count && !status; i++)
        status = document_parts_read(t->parts, i, t, err);
    if (status)
        memmove(t->log, t->log + behind, *own * sizeof *t->log);
    t->log_count = status ? *own : behind + *own;
    return status;
}

/* Takes a word's occurrences out of the log; false when there are none. */
static bool take_out(document_terms *t, uint32_t word)
{
    size_t kept = 0, count = t->log_count;
    for (size_t i = 0; i < count; i++) {
        if (t->log[i].word == word)
            t->length -= t->log[i].wdf;
        else
            t->log[kept++] = t->log[i];
    }
    t->log_count = kept;
    return kept < count;
}

oir_status document_terms_remove(document_terms *t, const char *term, size_t size, oir_error *err)
{
    size_t own;
    uint32_t word;
    bool found = false;
    document_terms_settle(t);
    ERROR_FORWARD(document_terms_read_parts(t, &own, err));
    free_parts(t);
    if (size > 0 && size <= OIR_TERM_MAX)
        ERROR_FORWARD(vocabulary_find(&t->vocabulary, term, size, &found, &word, err));
    if (!found || !take_out(t, word))
        return error_set(err, OIR_NOT_FOUND, "the document has no term '%.*s'", (int)(size < 64 ? size : 64), term);
    forget_groups(t);
    return OIR_OK;
}

/* ---- for who knows words by number ---- */

oir_status document_terms_intern(document_terms *t, const hash_key *k, const char *term, size_t size, uint32_t *word,
                                 oir_error *err)
{
    document_terms_settle(t);
    ERROR_FORWARD(vocabulary_reserve(&t->vocabulary, 1, size, err));
    *word = vocabulary_get(&t->vocabulary, k, size, term);
    return OIR_OK;
}

oir_status document_terms_extend(document_terms *t, size_t occurrences, oir_error *err)
{
    document_terms_settle(t);
    if (t->log_count + occurrences > UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "a document has 2^32 positions; split it");
    if (!memory_reserve(&t->log, &t->log_capacity, t->log_count + occurrences, sizeof *t->log))
        return error_no_memory(err, "the terms of a document");
    forget_groups(t);
    return OIR_OK;
}
