#include "indexer/word_adder.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "codec/word_masks.h"

enum {
    SPANS = 96,               /* words looked up together, so that their cache misses overlap */
    SPANS_LEAST = WORD_SCAN_LEAST + 1, /* that are asked for: a block's, and what is left to the rules behind them */
    SEEN_MOST = 1 << 20,      /* words after which those terms are added that were only counted */
    CONTEXTS_MAX = 255,
    LONG_SPAN = 4 << 10,      /* bytes between spaces after which words may have other numbers */
    LONG_TEXT = 64 << 10      /* bytes from which the table of words is worth while for one text */
};

/* What besides the word decides which terms it gives, and may differ from text to text. */
typedef struct word_context {
    char *prefix;
    bool positions;
} word_context;

void word_adder_init(word_adder *w)
{
    *w = (word_adder){.masks = word_masks_get(isa_best())};
    if (!w->masks)
        w->masks = word_scan_masks;
}

void word_adder_forget(word_adder *w)
{
    word_table_forget(&w->table);
    for (size_t i = 0; i < w->context_count; i++)
        memory_free(w->contexts[i].prefix);
    w->context_count = 0;
}

void word_adder_release(word_adder *w)
{
    word_adder_forget(w);
    word_table_release(&w->table);
    token_release(w->vocabulary);
    memory_free(w->contexts);
    memory_free(w->seen);
    *w = (word_adder){0};
}

static oir_status add_term(void *to, const char *term, size_t size, bool has_position, oir_termpos position,
                           oir_termcount wdf_increment, oir_error *err)
{
    return has_position ? document_terms_add_position(to, term, size, position, wdf_increment, err)
                        : document_terms_add(to, term, size, wdf_increment, err);
}

/* A text while its words go through the table. */
typedef struct adding {
    word_adder *adder;
    analyser *analyser;
    document_terms *terms;
    const word_text *text;
    const uint8_t *end;
    uint32_t context;
    uint32_t seen;        /* words since those terms were added that are only counted */
    oir_error *err;
} adding;

/* The number of the context, which is made if it is new. */
static oir_status find_context(adding *in)
{
    word_adder *w = in->adder;
    for (in->context = 0; in->context < w->context_count; in->context++)
        if (w->contexts[in->context].positions == in->text->positions &&
            strcmp(w->contexts[in->context].prefix, in->text->prefix) == 0)
            return OIR_OK;
    if (w->context_count == CONTEXTS_MAX)
        word_adder_forget(w);
    in->context = (uint32_t)w->context_count;
    char *copy = memory_copy(in->text->prefix, strlen(in->text->prefix));
    if (!copy || !memory_reserve(&w->contexts, &w->context_capacity, w->context_count + 1, sizeof *w->contexts)) {
        memory_free(copy);
        return error_no_memory(in->err, "the words of a text");
    }
    w->contexts[w->context_count++] = (word_context){copy, in->text->positions};
    return OIR_OK;
}

/* A word that was not in the table, with its terms as they came. */
typedef struct new_word {
    document_terms *terms;
    word_table_entry entry, *at;
    hash_key keys[2];
    size_t sizes[2];      /* 0: it has its number already */
    uint32_t placed, counted;
    bool fits;            /* the entry has room for all of it */
} new_word;

/* A term of the word; it gets a number with others' later, unless its key is not enough for that. */
static oir_status note_term(void *to, const char *term, size_t size, bool has_position, oir_termpos position,
                            oir_termcount wdf_increment, oir_error *err)
{
    new_word *n = to;
    uint32_t which = n->placed + n->counted;
    (void)position;
    (void)wdf_increment;
    n->fits = n->fits && which < 2 && !(has_position && n->counted);
    if (!n->fits)
        return OIR_OK;
    n->placed += has_position;
    n->counted += !has_position;
    n->keys[which] = hash_make_key(term, size);
    n->sizes[which] = size <= HASH_KEY_MAX ? size : 0;
    if (size > HASH_KEY_MAX)
        return document_terms_intern(n->terms, &n->keys[which], term, size, &n->entry.terms[which], err);
    vocabulary_fetch_slot(&n->terms->vocabulary, &n->keys[which]);
    return OIR_OK;
}

/* Adds the terms of a word that were only counted. There is room for two. */
static void add_counted(const adding *in, word_table_entry *e)
{
    uint32_t seen = word_table_take_seen(e), placed = (uint32_t)e->tag >> WORD_TABLE_PLACED_SHIFT & 3;
    uint32_t counted = seen ? (uint32_t)(e->tag & WORD_TABLE_COUNTED) >> WORD_TABLE_COUNTED_SHIFT : 0;
    document_occurrence *to = in->terms->log + in->terms->log_count;
    for (uint32_t i = 0; i < counted; i++)
        to[i] = (document_occurrence){e->terms[placed + i], DOCUMENT_NO_POSITION, seen * in->text->wdf};
    in->terms->log_count += counted;
}

static oir_status add_all_counted(adding *in)
{
    word_adder *w = in->adder;
    ERROR_FORWARD(document_terms_extend(in->terms, 2 * w->seen_count, in->err));
    for (size_t i = 0; i < w->seen_count; i++)
        add_counted(in, w->seen[i]);
    w->seen_count = 0;
    in->seen = 0;
    return OIR_OK;
}

/* A word while it is looked up. */
typedef struct wanted_word {
    uint64_t low, high;
    word_table_entry *at; /* NULL: it is too long for the table */
} wanted_word;

static inline word_table_entry *find_word(const wanted_word *w, uint64_t tag)
{
    return word_table_find(w->at, w->low, w->high, tag);
}

/* Finds out what a word gives, by the rules. */
static oir_status find_out(const adding *in, const word_span *span, new_word *n)
{
    analyser *a = in->analyser;
    oir_termpos before = a->termpos;
    ERROR_FORWARD(analyser_text(a, (const char *)span->at, span->size, in->text->wdf, in->text->prefix,
                                in->text->positions, note_term, n, in->err));
    oir_termpos taken = a->termpos - before;
    a->termpos = before;
    if (n->fits && taken <= 1)
        n->entry.tag |= taken | n->placed << WORD_TABLE_PLACED_SHIFT | n->counted << WORD_TABLE_COUNTED_SHIFT;
    else
        n->entry.tag |= WORD_TABLE_RULES;
    return OIR_OK;
}

/* Numbers its terms, and puts it into the table, where it may have come already. */
static oir_status note_word(const adding *in, new_word *n)
{
    word_table_entry *e = &n->entry;
    if (word_table_find(n->at, e->low, e->high, e->tag))
        return OIR_OK;
    for (uint32_t i = 0; i < 2; i++)
        if (n->sizes[i])
            ERROR_FORWARD(document_terms_intern(in->terms, &n->keys[i], NULL, n->sizes[i], &e->terms[i], in->err));
    ERROR_FORWARD(document_terms_extend(in->terms, 4, in->err));
    add_counted(in, &n->at[0]); /* it moves, */
    add_counted(in, &n->at[1]); /* and it goes */
    word_table_put(n->at, e);
    return OIR_OK;
}

/* Those words that the table does not have are found out, one step after the other, so that their cache misses
 * overlap, and put into it. */
static oir_status note_words(const adding *in, const wanted_word *words, const word_span *spans, uint32_t count)
{
    new_word found[SPANS];
    uint32_t found_count = 0;
    uint64_t tag = word_table_tag(&in->adder->table, in->context);
    for (uint32_t i = 0; i < count; i++) {
        if (!words[i].at || find_word(&words[i], tag))
            continue;
        new_word *n = &found[found_count++];
        *n = (new_word){.terms = in->terms, .at = words[i].at, .fits = true,
                        .entry = {.low = words[i].low, .high = words[i].high, .tag = tag}};
        ERROR_FORWARD(find_out(in, &spans[i], n));
    }
    for (uint32_t i = 0; i < 2 * found_count; i++)
        if (found[i / 2].sizes[i % 2])
            vocabulary_fetch_word(&in->terms->vocabulary, found[i / 2].keys[i % 2].hash);
    for (uint32_t i = 0; i < found_count; i++)
        ERROR_FORWARD(note_word(in, &found[i]));
    return OIR_OK;
}

static oir_status add_by_rules(const adding *in, const word_span *span)
{
    return analyser_text(in->analyser, (const char *)span->at, span->size, in->text->wdf, in->text->prefix,
                         in->text->positions, add_term, in->terms, in->err);
}

/* ---- a document that becomes large meanwhile: what was counted is added while numbers are the same ---- */

/* The table is for the numbers of the document's vocabulary; forgotten if it was for others'. */
static bool follow_vocabulary(word_adder *w, document_terms *terms, bool *known)
{
    token *now = vocabulary_get_token(&terms->vocabulary);
    *known = now && now == w->vocabulary;
    if (*known)
        return true;
    word_table_forget(&w->table);
    token_release(w->vocabulary);
    w->vocabulary = token_share(now);
    return now != NULL;
}

/* From here on words may have other numbers, */
static oir_status unpin(adding *in)
{
    ERROR_FORWARD(add_all_counted(in));
    in->terms->pinned = false;
    return OIR_OK;
}

/* and from here on not. */
static oir_status pin(adding *in)
{
    const vocabulary *words = &in->terms->vocabulary;
    bool known;
    in->terms->pinned = true;
    if (follow_vocabulary(in->adder, in->terms, &known) && word_table_open(&in->adder->table, words->count))
        return OIR_OK;
    return error_no_memory(in->err, "the words of a text");
}

static oir_status put_away(adding *in)
{
    ERROR_FORWARD(unpin(in));
    ERROR_FORWARD(document_terms_put_away(in->terms, in->err));
    return pin(in);
}

/* ---- words, one after another ---- */

/* Words that the table has, up to the first that it has not; returns how many. There is room for all they give, and in
 * `seen`. */
static uint32_t add_known(const adding *in, const wanted_word *words, uint32_t count)
{
    document_terms *terms = in->terms;
    word_adder *w = in->adder;
    uint64_t counted = 0, table_tag = word_table_tag(&w->table, in->context);
    document_occurrence *log = terms->log + terms->log_count, *to = log;
    word_table_entry **seen = w->seen + w->seen_count;
    oir_termpos position = in->analyser->termpos;
    uint32_t i, wdf = in->text->wdf;
    for (i = 0; i < count && words[i].at; i++) {
        word_table_entry *e = find_word(&words[i], table_tag);
        if (!e || e->tag & WORD_TABLE_RULES)
            break;
        uint64_t tag = e->tag;
        position += tag & WORD_TABLE_TAKES;
        /* Both, whatever there is: the next word goes over what is too much. */
        to[0] = (document_occurrence){e->terms[0], position, wdf};
        to[1] = (document_occurrence){e->terms[1], position, wdf};
        to += tag >> WORD_TABLE_PLACED_SHIFT & 3;
        if (tag & WORD_TABLE_COUNTED) {
            counted += tag >> WORD_TABLE_COUNTED_SHIFT & 3;
            *seen = e;
            seen += (uint32_t)tag >> WORD_TABLE_SEEN_SHIFT == 0;
            e->tag = tag + (1u << WORD_TABLE_SEEN_SHIFT);
        }
    }
    terms->log_count += (size_t)(to - log);
    terms->length += ((uint64_t)(to - log) + counted) * wdf;
    w->seen_count = (size_t)(seen - w->seen);
    in->analyser->termpos = position;
    return i;
}

/* Where a word is looked up. */
static inline wanted_word want(const word_table *table, uint64_t tag, uint64_t low, uint64_t high, size_t size)
{
    word_table_entry *at = word_table_at(table, low, high, tag);
    __builtin_prefetch(at);
    return (wanted_word){low, high, size > HASH_KEY_MAX ? NULL : at};
}

static void prepare(const adding *in, const word_span *spans, uint32_t count, wanted_word *words)
{
    const word_table *table = &in->adder->table;
    uint64_t low, high, tag = word_table_tag(table, in->context);
    uint32_t i = 0, wide = count;
    while (wide > 0 && in->end - spans[wide - 1].at < HASH_KEY_MAX)
        wide--;
    for (; i < wide; i++) {
        size_t size = spans[i].size;
        hash_load_wide(spans[i].at, size < HASH_KEY_MAX ? size : HASH_KEY_MAX, &low, &high);
        words[i] = want(table, tag, low, high, size);
    }
    for (; i < count; i++) {
        size_t size = spans[i].size;
        hash_load_short(spans[i].at, size < HASH_KEY_MAX ? size : HASH_KEY_MAX, &low, &high);
        words[i] = want(table, tag, low, high, size);
    }
}

/* Room for what so many known words give, and two occurrences more, which may be written and not meant. */
static oir_status make_room(const adding *in, size_t words)
{
    word_adder *w = in->adder;
    if (!memory_reserve(&w->seen, &w->seen_capacity, w->seen_count + words + 1, sizeof *w->seen))
        return error_no_memory(in->err, "the words of a text");
    return document_terms_extend(in->terms, 2 * words + 2, in->err);
}

/* Whether a word that add_known leaves is not one for the table: too long, or its entry says that it gives too much. */
static bool is_by_rules(const adding *in, const wanted_word *word)
{
    return !word->at || find_word(word, word_table_tag(&in->adder->table, in->context));
}

static bool is_known(const adding *in, const wanted_word *word)
{
    const word_table_entry *e = word->at ? find_word(word, word_table_tag(&in->adder->table, in->context)) : NULL;
    return e && !(e->tag & WORD_TABLE_RULES);
}

/* A word of the spans that the table has not. What is long may be any number of words: those behind it are looked up
 * anew then. */
static oir_status add_other(adding *in, const word_span *spans, uint32_t i, uint32_t count, wanted_word *words)
{
    if (spans[i].size <= LONG_SPAN)
        return add_by_rules(in, &spans[i]);
    ERROR_FORWARD(unpin(in));
    ERROR_FORWARD(add_by_rules(in, &spans[i]));
    ERROR_FORWARD(pin(in));
    prepare(in, spans + i + 1, count - i - 1, words + i + 1);
    return OIR_OK;
}

static oir_status add_spans(adding *in, const word_span *spans, uint32_t count)
{
    wanted_word words[SPANS];
    prepare(in, spans, count, words);
    for (uint32_t i = 0; i < count;) {
        ERROR_FORWARD(make_room(in, count - i));
        if (in->terms->length + 2 * (uint64_t)(count - i) * in->text->wdf > UINT32_MAX) {
            ERROR_FORWARD(add_other(in, spans, i++, count, words));
            continue;
        }
        i += add_known(in, words + i, count - i);
        if (i == count)
            break;
        if (!is_by_rules(in, &words[i]))
            ERROR_FORWARD(note_words(in, words + i, spans + i, count - i));
        if (!is_known(in, &words[i])) /* nor, perhaps, what was just noted: others of the same places push it out */
            ERROR_FORWARD(add_other(in, spans, i++, count, words));
    }
    in->seen += count;
    return in->seen < SEEN_MOST ? OIR_OK : add_all_counted(in);
}

/* What is no simple word, up to the next space, may be in the table too, if it is short. */
static oir_status add_words(adding *in)
{
    word_span spans[SPANS], rest;
    word_scan scan = word_scan_begin(in->text->text, in->text->size, in->adder->masks);
    uint32_t count = 0;
    for (bool ended = false; !ended;) {
        uint32_t more = word_scan_next(&scan, spans + count, SPANS - 1 - count, &rest);
        count += more;
        if (rest.size)
            spans[count++] = rest;
        ended = more == 0 && rest.size == 0;
        if (!ended && count <= SPANS - SPANS_LEAST)
            continue;
        ERROR_FORWARD(add_spans(in, spans, count));
        if (document_terms_is_large(in->terms))
            ERROR_FORWARD(put_away(in));
        count = 0;
    }
    return add_all_counted(in);
}

/* Whether the table is worth while, and ready: not for a document that is new each time, whose words have other
 * numbers, unless it is large. */
static bool open_table(word_adder *w, const analyser *a, document_terms *terms, size_t size)
{
    bool known, followed = follow_vocabulary(w, terms, &known);
    /* Where positions could run out each is looked at. */
    return followed && (known || size >= LONG_TEXT) && size < UINT32_MAX / 2 - a->termpos / 2 &&
           word_table_open(&w->table, terms->vocabulary.count);
}

oir_status word_adder_add(word_adder *w, analyser *a, document_terms *terms, const word_text *text, oir_error *err)
{
    if (!open_table(w, a, terms, text->size))
        return analyser_text(a, text->text, text->size, text->wdf, text->prefix, text->positions, add_term, terms, err);
    adding in = {.adder = w, .analyser = a, .terms = terms, .text = text, .err = err,
                 .end = (const uint8_t *)(text->size ? text->text + text->size : text->text)};
    oir_status status = find_context(&in);
    terms->pinned = true;
    if (!status)
        status = add_words(&in);
    terms->pinned = false;
    for (size_t i = 0; i < w->seen_count; i++) /* after a failure */
        word_table_take_seen(w->seen[i]);
    w->seen_count = 0;
    return status;
}
