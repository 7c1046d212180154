#include <oir/term_generator.h>

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "codec/word_masks.h"
#include "document/document.h"
#include "indexer/word_table.h"
#include "text/analyser.h"
#include "text/word_scan.h"

enum {
    SPANS = 96,               /* words looked up together, so that their cache misses overlap */
    CONTEXTS_MAX = 255,
    LONG_TEXT = 64 << 10      /* bytes from which the table of words is worth while for one text */
};

/* What besides the word decides which terms it gives, and may differ from text to text. */
typedef struct word_context {
    char *prefix;
    bool positions;
} word_context;

struct oir_term_generator {
    analyser analyser;
    oir_document *document;   /* not owned; NULL until set */
    word_masks_kernel masks;
    word_table table;
    token *vocabulary;        /* that the table's terms are numbers of */
    word_context *contexts;   /* numbered as in the table */
    size_t context_count, context_capacity;
};

oir_status oir_term_generator_new(oir_term_generator **out, oir_error *err)
{
    *out = memory_new_zeroed(1, sizeof **out);
    if (!*out)
        return error_no_memory(err, "a term generator");
    analyser_init(&(*out)->analyser);
    (*out)->masks = word_masks_get(isa_best());
    if (!(*out)->masks)
        (*out)->masks = word_scan_masks;
    return OIR_OK;
}

/* No word gives any longer what it gave. */
static void forget(oir_term_generator *generator)
{
    word_table_forget(&generator->table);
    for (size_t i = 0; i < generator->context_count; i++)
        memory_free(generator->contexts[i].prefix);
    generator->context_count = 0;
}

void oir_term_generator_free(oir_term_generator *generator)
{
    if (!generator)
        return;
    forget(generator);
    analyser_release(&generator->analyser);
    word_table_release(&generator->table);
    token_release(generator->vocabulary);
    memory_free(generator->contexts);
    memory_free(generator);
}

oir_status oir_term_generator_set_stemmer(oir_term_generator *generator, const char *language, oir_error *err)
{
    forget(generator);
    return analyser_set_stemmer(&generator->analyser, language, err);
}

void oir_term_generator_set_stem_strategy(oir_term_generator *generator, oir_stem_strategy strategy)
{
    forget(generator);
    generator->analyser.stem_strategy = strategy;
}

void oir_term_generator_set_stopper(oir_term_generator *generator, const oir_stopper *stopper)
{
    forget(generator);
    generator->analyser.stopper = stopper;
}

void oir_term_generator_set_stop_strategy(oir_term_generator *generator, oir_stop_strategy strategy)
{
    forget(generator);
    generator->analyser.stop_strategy = strategy;
}

void oir_term_generator_set_max_word_length(oir_term_generator *generator, size_t bytes)
{
    forget(generator);
    generator->analyser.max_word_length = bytes;
}

void oir_term_generator_set_ngrams(oir_term_generator *generator, bool on)
{
    forget(generator);
    generator->analyser.ngrams = on;
}

void oir_term_generator_set_document(oir_term_generator *generator, oir_document *document)
{
    generator->document = document;
    generator->analyser.termpos = 0;
}

static oir_status add_to_document(void *context, const char *term, size_t size, bool has_position,
                                  oir_termpos position, oir_termcount wdf_increment, oir_error *err)
{
    oir_document *document = context;
    if (has_position)
        return oir_document_add_posting(document, term, size, position, wdf_increment, err);
    return oir_document_add_term(document, term, size, wdf_increment, err);
}

/* ---- many words at once ---- */

/* A text while its simple words go through the table. */
typedef struct indexing {
    oir_term_generator *generator;
    document_terms *terms;
    const uint8_t *end;
    oir_termcount wdf;
    const char *prefix;
    bool positions;
    uint32_t context;
    oir_error *err;
} indexing;

/* The number of the context, which is made if it is new. */
static oir_status find_context(indexing *in)
{
    oir_term_generator *g = in->generator;
    for (in->context = 0; in->context < g->context_count; in->context++)
        if (g->contexts[in->context].positions == in->positions &&
            strcmp(g->contexts[in->context].prefix, in->prefix) == 0)
            return OIR_OK;
    if (g->context_count == CONTEXTS_MAX)
        forget(g);
    in->context = (uint32_t)g->context_count;
    char *copy = memory_copy(in->prefix, strlen(in->prefix));
    if (!copy || !memory_reserve(&g->contexts, &g->context_capacity, g->context_count + 1, sizeof *g->contexts)) {
        memory_free(copy);
        return error_no_memory(in->err, "a term generator");
    }
    g->contexts[g->context_count++] = (word_context){copy, in->positions};
    return OIR_OK;
}

/* The terms of one word, as they come. */
typedef struct noting {
    document_terms *terms;
    word_table_entry *entry;
    uint32_t count;
} noting;

static oir_status note_term(void *to, const char *term, size_t size, bool has_position, oir_termpos position,
                            oir_termcount wdf_increment, oir_error *err)
{
    noting *n = to;
    (void)position;
    (void)wdf_increment;
    ERROR_FORWARD(document_terms_intern(n->terms, term, size, &n->entry->terms[n->count], err));
    if (!has_position)
        n->entry->tag |= n->count ? WORD_TABLE_SECOND_NOT : WORD_TABLE_FIRST_NOT;
    n->count++;
    return OIR_OK;
}

/* A word of the text that is not in the table: finds out what it gives, by the rules, and puts it there. */
static oir_status note_word(const indexing *in, const word_span *span, word_table_entry *at, word_table_entry *out)
{
    analyser *a = &in->generator->analyser;
    oir_termpos before = a->termpos;
    noting n = {in->terms, out, 0};
    ERROR_FORWARD(analyser_text(a, (const char *)span->at, span->size, in->wdf, in->prefix, in->positions, note_term,
                                &n, in->err));
    out->tag |= (uint64_t)n.count << WORD_TABLE_COUNT_SHIFT | (a->termpos != before ? WORD_TABLE_TAKES : 0);
    a->termpos = before;
    word_table_put(at, out);
    return OIR_OK;
}

static oir_status add_by_rules(const indexing *in, const word_span *span)
{
    return analyser_text(&in->generator->analyser, (const char *)span->at, span->size, in->wdf, in->prefix,
                         in->positions, add_to_document, in->generator->document, in->err);
}

/* A word while it is looked up. */
typedef struct wanted_word {
    uint64_t low, high;
    word_table_entry *at;
} wanted_word;

/* A position, or none. */
static inline oir_termpos place(oir_termpos position, uint64_t tag, uint32_t flag)
{
    return position | (oir_termpos)-(int32_t)((tag & flag) != 0);
}

/* Words that the table has, up to the first that it has not; returns how many. There is room in the log. */
static uint32_t add_known(const indexing *in, const wanted_word *words, const word_span *spans, uint32_t count)
{
    document_terms *terms = in->terms;
    uint64_t tag = word_table_tag(&in->generator->table, in->context, 0);
    document_occurrence *to = terms->log + terms->log_count;
    oir_termpos position = in->generator->analyser.termpos;
    uint32_t i, wdf = in->wdf;
    for (i = 0; i < count && spans[i].size <= HASH_KEY_MAX; i++) {
        const wanted_word *w = &words[i];
        const word_table_entry *e =
            word_table_find(w->at, w->low, w->high, tag | (uint64_t)spans[i].size << WORD_TABLE_KEY_SHIFT);
        if (!e)
            break;
        position += e->tag & WORD_TABLE_TAKES;
        /* Both, whatever the count: the next word goes over what is too much. */
        to[0] = (document_occurrence){e->terms[0], place(position, e->tag, WORD_TABLE_FIRST_NOT), wdf};
        to[1] = (document_occurrence){e->terms[1], place(position, e->tag, WORD_TABLE_SECOND_NOT), wdf};
        to += e->tag >> WORD_TABLE_COUNT_SHIFT & 3;
    }
    size_t added = (size_t)(to - terms->log) - terms->log_count;
    terms->log_count += added;
    terms->length += added * (uint64_t)wdf;
    in->generator->analyser.termpos = position;
    return i;
}

static void prepare(const indexing *in, const word_span *spans, uint32_t count, wanted_word *words)
{
    const word_table *table = &in->generator->table;
    for (uint32_t i = 0; i < count; i++) {
        size_t size = spans[i].size;
        wanted_word *w = &words[i];
        if (size > HASH_KEY_MAX)
            continue;
        if (in->end - spans[i].at >= HASH_KEY_MAX)
            hash_load_wide(spans[i].at, size, &w->low, &w->high);
        else
            hash_load_short(spans[i].at, size, &w->low, &w->high);
        w->at = word_table_at(table, w->low, w->high);
        __builtin_prefetch(w->at);
    }
}

static oir_status add_spans(const indexing *in, const word_span *spans, uint32_t count)
{
    wanted_word words[SPANS];
    prepare(in, spans, count, words);
    for (uint32_t i = 0; i < count; i++) {
        /* And two more, which may be written and not meant. */
        size_t most = 2 * (size_t)(count - i) + 2;
        bool fits = in->terms->length + (uint64_t)most * in->wdf <= UINT32_MAX;
        ERROR_FORWARD(document_terms_extend(in->terms, most, in->err));
        if (fits)
            i += add_known(in, words + i, spans + i, count - i);
        if (i == count)
            break;
        if (!fits || spans[i].size > HASH_KEY_MAX) {
            ERROR_FORWARD(add_by_rules(in, &spans[i]));
            continue;
        }
        word_table_entry entry = {.low = words[i].low, .high = words[i].high,
                                  .tag = word_table_tag(&in->generator->table, in->context, spans[i].size)};
        ERROR_FORWARD(note_word(in, &spans[i], words[i].at, &entry));
        i--; /* now it is known */
    }
    return OIR_OK;
}

static oir_status index_words(indexing *in, const char *text, size_t size)
{
    word_span spans[SPANS], rest;
    word_scan scan = word_scan_begin(text, size, in->generator->masks);
    ERROR_FORWARD(find_context(in));
    for (;;) {
        uint32_t count = word_scan_next(&scan, spans, SPANS, &rest);
        ERROR_FORWARD(add_spans(in, spans, count));
        if (rest.size)
            ERROR_FORWARD(add_by_rules(in, &rest));
        else if (count == 0)
            return OIR_OK;
    }
}

/* Whether the table is worth while, and ready: not for a document that is new each time, whose words have other
 * numbers, unless it is large. */
static bool open_table(oir_term_generator *g, document_terms *terms, size_t size)
{
    token *vocabulary = document_terms_get_vocabulary(terms);
    bool known = vocabulary && vocabulary == g->vocabulary;
    if (!known) {
        word_table_forget(&g->table);
        token_release(g->vocabulary);
        g->vocabulary = token_share(vocabulary);
    }
    /* Where positions could run out each is looked at. */
    return vocabulary && (known || size >= LONG_TEXT) && size < UINT32_MAX / 2 - g->analyser.termpos / 2 &&
           word_table_open(&g->table);
}

/* ---- */

static oir_status index_text(oir_term_generator *generator, const char *text, size_t size, oir_termcount wdf_increment,
                             const char *prefix, bool positions, oir_error *err)
{
    if (!generator->document)
        return error_set(err, OIR_INVALID_OPERATION,
                         "no document to add words to; call oir_term_generator_set_document first");
    document_terms *terms;
    ERROR_FORWARD(document_open_terms(generator->document, &terms, err));
    if (!open_table(generator, terms, size))
        return analyser_text(&generator->analyser, text, size, wdf_increment, prefix, positions, add_to_document,
                             generator->document, err);
    indexing in = {.generator = generator, .terms = terms, .end = (const uint8_t *)(size ? text + size : text),
                   .wdf = wdf_increment, .prefix = prefix, .positions = positions, .err = err};
    return index_words(&in, text, size);
}

oir_status oir_term_generator_index_text(oir_term_generator *generator, const char *text, size_t size,
                                         oir_termcount wdf_increment, const char *prefix, oir_error *err)
{
    return index_text(generator, text, size, wdf_increment, prefix, true, err);
}

oir_status oir_term_generator_index_text_without_positions(oir_term_generator *generator, const char *text,
                                                           size_t size, oir_termcount wdf_increment,
                                                           const char *prefix, oir_error *err)
{
    return index_text(generator, text, size, wdf_increment, prefix, false, err);
}

void oir_term_generator_increase_termpos(oir_term_generator *generator, oir_termpos by)
{
    oir_termpos room = UINT32_MAX - generator->analyser.termpos;
    generator->analyser.termpos += by < room ? by : room;
}

oir_termpos oir_term_generator_get_termpos(const oir_term_generator *generator)
{
    return generator->analyser.termpos;
}

void oir_term_generator_set_termpos(oir_term_generator *generator, oir_termpos position)
{
    generator->analyser.termpos = position;
}
