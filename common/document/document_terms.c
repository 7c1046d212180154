#include "document/document_terms.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/paths.h"

enum {
    SLOTS_FIRST = 256,
    WORDS_KEPT = 1 << 16, /* a vocabulary is dropped when it has more words than the least of these */
    WORDS_KEPT_MAX = 1 << 21,
    WORD_BYTES = 2 * (int)sizeof(document_slot) + (int)sizeof(document_word) + 4 + 16, /* that one takes, or so */
    BYTES_SHARE = 16,     /* or so many bytes for each of them */
    WAITING_MAX = 64,
    PART_MOST = 1 << 18,  /* occurrences in the log */
    PARTS_KEPT = 1 << 20, /* bytes of parts in memory */
    FORCED_MOST = 24      /* occurrences where documents are put away as soon as can be */
};

void document_terms_init(document_terms *t)
{
    *t = (document_terms){0};
}

static void free_slots(document_terms *t)
{
    memory_free(t->slots);
    t->slots = NULL;
    t->slot_mask = 0;
}

/* Whether one document has made it far larger than it may stay. */
static bool is_oversized(const document_terms *t)
{
    return (size_t)t->slot_mask + 1 > 4 * t->words_kept || t->byte_capacity / BYTES_SHARE > 4 * t->words_kept ||
           t->word_capacity > 4 * t->words_kept;
}

static void free_words(document_terms *t)
{
    free_slots(t);
    memory_free(t->bytes);
    memory_free(t->words);
    memory_free(t->hints);
    t->bytes = NULL;
    t->words = NULL;
    t->hints = NULL;
    t->byte_capacity = t->word_capacity = t->hint_capacity = 0;
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
    free_words(t);
    free_log(t);
    token_release(t->hints_of);
    token_release(t->vocabulary);
    memory_free(t->waiting);
    *t = (document_terms){0};
}

static void drop_words(document_terms *t)
{
    if (is_oversized(t))
        free_words(t);
    else if (t->slots)
        memset(t->slots, 0, ((size_t)t->slot_mask + 1) * sizeof *t->slots);
    t->byte_count = t->word_count = t->hint_count = 0;
    t->hints_lack = false;
    token_release(t->vocabulary);
    t->vocabulary = NULL;
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
    if (!t->words_kept)
        t->words_kept = WORDS_KEPT;
    if (t->word_count > t->words_kept || t->byte_count / BYTES_SHARE > t->words_kept)
        drop_words(t);
    if (t->log_capacity > 4 * t->words_kept)
        free_log(t);
    if (t->parts)
        free_parts(t);
    t->part_most = choose_part();
    t->words_begun = t->word_count;
    t->bytes_begun = t->byte_count;
    t->log_count = t->count = 0;
    t->waiting_count = 0;
    t->length = 0;
    forget_groups(t);
}

/* ---- room ---- */

/* Slots for so many words in all: at most half of them are taken. */
static oir_status reserve_slots(document_terms *t, uint64_t words, oir_error *err)
{
    size_t count = t->slots ? (size_t)t->slot_mask + 1 : 0, wanted = count ? count : SLOTS_FIRST;
    while (wanted / 2 < words)
        wanted *= 2;
    if (wanted == count)
        return OIR_OK;
    if (wanted > UINT32_MAX / 2)
        return error_set(err, OIR_TOO_BIG, "a document has more than 2^30 different terms; split it");
    size_t bytes = wanted * sizeof *t->slots;
    document_slot *slots = memory_new(bytes);
    if (!slots)
        return error_no_memory(err, "the terms of a document");
    memset(slots, 0, bytes);
    for (uint32_t i = 0; i < t->word_count; i++) {
        uint64_t hash = hash_make_key(document_terms_get_bytes(t, &t->words[i]), t->words[i].size).hash;
        size_t at = hash & (wanted - 1);
        while (slots[at].word)
            at = (at + 1) & (wanted - 1);
        slots[at] = (document_slot){(uint32_t)(hash >> 32), i + 1};
    }
    memory_free(t->slots);
    t->slots = slots;
    t->slot_mask = (uint32_t)wanted - 1;
    return OIR_OK;
}

/* Room for so many more words, with so many bytes together, and as many occurrences: then adding them cannot fail. */
static oir_status reserve(document_terms *t, uint32_t words, size_t bytes, oir_error *err)
{
    if (t->log_count >= UINT32_MAX - words)
        return error_set(err, OIR_TOO_BIG, "a document has 2^32 positions; split it");
    if (t->byte_count + bytes > UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "a document's terms take more than 4 GiB; split it");
    if (!memory_reserve(&t->bytes, &t->byte_capacity, t->byte_count + bytes + HASH_KEY_MAX, 1) ||
        !memory_reserve(&t->words, &t->word_capacity, t->word_count + words, sizeof *t->words) ||
        !memory_reserve(&t->hints, &t->hint_capacity, t->word_count + words, sizeof *t->hints) ||
        !memory_reserve(&t->log, &t->log_capacity, t->log_count + words, sizeof *t->log))
        return error_no_memory(err, "the terms of a document");
    return reserve_slots(t, (uint64_t)t->word_count + words, err);
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

static inline bool is_word(const document_terms *t, const document_word *word, uint64_t low, uint64_t high,
                           size_t size, const char *bytes)
{
    uint64_t its_low, its_high;
    if (word->size != size)
        return false;
    if (size > HASH_KEY_MAX)
        return memcmp(t->bytes + word->at, bytes, size) == 0;
    hash_load_wide(t->bytes + word->at, size, &its_low, &its_high); /* there is room behind the last word's */
    return its_low == low && its_high == high;
}

/* The word's slot, or the free one where it belongs; bytes are those of a word that its key does not tell apart. There
 * must be slots. */
static inline document_slot *find_slot(const document_terms *t, const hash_key *k, size_t size, const char *bytes)
{
    for (uint32_t at = (uint32_t)k->hash & t->slot_mask;; at = (at + 1) & t->slot_mask) {
        document_slot *s = &t->slots[at];
        if (s->word == 0 ||
            (s->tag == k->hash >> 32 && is_word(t, &t->words[s->word - 1], k->low, k->high, size, bytes)))
            return s;
    }
}

/* Makes a word in a free slot. There is room. */
static void make_word(document_terms *t, document_slot *slot, const hash_key *k, size_t size, const char *bytes)
{
    uint8_t *to = t->bytes + t->byte_count;
    if (size <= HASH_KEY_MAX) { /* there is room for more, which the next word overwrites */
        bits_store64(to, k->low);
        bits_store64(to + 8, k->high);
    } else {
        memcpy(to, bytes, size);
    }
    t->hints[t->word_count] = 0;
    t->words[t->word_count++] = (document_word){.at = (uint32_t)t->byte_count, .size = (uint16_t)size};
    *slot = (document_slot){(uint32_t)(k->hash >> 32), (uint32_t)t->word_count};
    t->byte_count += size;
}

/* A word's number, made if it is not there. There is room. */
static inline uint32_t get_word(document_terms *t, const hash_key *k, size_t size, const char *bytes)
{
    document_slot *slot = find_slot(t, k, size, bytes);
    if (slot->word == 0)
        make_word(t, slot, k, size, bytes);
    return slot->word - 1;
}

/* What those that wait will look at, one thing after another, so that their cache misses overlap. */
static void prefetch_words(const document_terms *t)
{
    for (uint32_t i = 0; i < t->waiting_count; i++) {
        uint32_t word = t->slots[(uint32_t)t->waiting[i].hash & t->slot_mask].word;
        if (word)
            __builtin_prefetch(&t->words[word - 1]);
    }
    for (uint32_t i = 0; i < t->waiting_count; i++) {
        uint32_t word = t->slots[(uint32_t)t->waiting[i].hash & t->slot_mask].word;
        if (word)
            __builtin_prefetch(t->bytes + t->words[word - 1].at);
    }
}

void document_terms_settle(document_terms *t)
{
    document_occurrence *to = t->log + t->log_count;
    prefetch_words(t);
    for (uint32_t i = 0; i < t->waiting_count; i++) {
        const document_waiting *w = &t->waiting[i];
        const hash_key k = {w->low, w->high, w->hash};
        to[i] = (document_occurrence){get_word(t, &k, w->size, (const char *)&w->low), w->position, w->wdf};
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
    t->log[t->log_count++] = (document_occurrence){get_word(t, &k, size, term), position, wdf};
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
    __builtin_prefetch(&t->slots[(uint32_t)k.hash & t->slot_mask]);
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
    size_t kept = t->words_kept > WORDS_KEPT ? t->words_kept : WORDS_KEPT;
    kept = t->part_most == FORCED_MOST ? FORCED_MOST : kept;
    t->log_count = 0;
    if (!t->pinned && !t->grouped && (t->word_count > kept || t->byte_count / BYTES_SHARE > kept))
        drop_words(t);
    t->words_begun = t->word_count;
    t->bytes_begun = t->byte_count;
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
    drop_words(t);
    free_words(t);
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
    document_terms_settle(t);
    ERROR_FORWARD(document_terms_read_parts(t, &own, err));
    free_parts(t);
    const document_slot *slot = NULL;
    if (t->word_count)
        ERROR_FORWARD(reserve_slots(t, t->word_count, err));
    if (t->slots && size > 0 && size <= OIR_TERM_MAX) {
        hash_key k = hash_make_key(term, size);
        slot = find_slot(t, &k, size, term);
    }
    if (!slot || slot->word == 0 || !take_out(t, slot->word - 1))
        return error_set(err, OIR_NOT_FOUND, "the document has no term '%.*s'", (int)(size < 64 ? size : 64), term);
    forget_groups(t);
    return OIR_OK;
}

void document_terms_lend_hints(document_terms *t, token *owner, size_t memory)
{
    size_t words = memory / WORD_BYTES;
    t->words_kept = words < WORDS_KEPT ? WORDS_KEPT : words < WORDS_KEPT_MAX ? words : WORDS_KEPT_MAX;
    if (is_oversized(t)) /* it will be dropped, and who takes documents looks up numbers */
        free_slots(t);
    if (t->hints_of == owner)
        return;
    token_release(t->hints_of);
    t->hints_of = token_share(owner);
    if (t->word_count)
        memset(t->hints, 0, t->word_count * sizeof *t->hints);
    t->hints_lack = t->hint_count > 0;
}

/* ---- words by number ---- */

token *document_terms_get_vocabulary(document_terms *t)
{
    if (!t->vocabulary)
        t->vocabulary = token_new();
    return t->vocabulary;
}

void document_terms_fetch_slot(const document_terms *t, const hash_key *k)
{
    if (t->slots)
        __builtin_prefetch(&t->slots[(uint32_t)k->hash & t->slot_mask], 1);
}

void document_terms_fetch_word(const document_terms *t, const hash_key *k)
{
    uint32_t word = t->slots ? t->slots[(uint32_t)k->hash & t->slot_mask].word : 0;
    if (word)
        __builtin_prefetch(&t->words[word - 1]);
}

oir_status document_terms_intern(document_terms *t, const hash_key *k, const char *term, size_t size, uint32_t *word,
                                 oir_error *err)
{
    document_terms_settle(t);
    ERROR_FORWARD(reserve(t, 1, size, err));
    *word = get_word(t, k, size, term);
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
