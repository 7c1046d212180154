#include "text/analyser.h"

#include <string.h>

#include "base/error.h"

/* Positions end here: the greatest number stays free for "none". */
#define ANALYSER_POSITION_MAX (UINT32_MAX - 1)

/* One call of analyser_text. `term` holds Z and the prefix; bodies are put behind them. */
typedef struct analysis {
    analyser *a;
    analyser_emit emit;
    void *context;
    oir_error *err;
    oir_termcount wdf_increment;
    bool positions;
    oir_stem_strategy strategy;
    size_t prefix_size;
    char term[1 + OIR_TERM_MAX];
} analysis;

void analyser_init(analyser *a)
{
    memset(a, 0, sizeof *a);
    a->stem_strategy = OIR_STEM_SOME;
    a->stop_strategy = OIR_STOP_STEMMED;
    a->max_word_length = OIR_WORD_MAX_DEFAULT;
    a->ngrams = true;
}

void analyser_release(analyser *a)
{
    stem_cache_release(&a->stems);
}

oir_status analyser_set_stemmer(analyser *a, const char *language, oir_error *err)
{
    return stem_cache_set(&a->stems, language, err);
}

/* At the last position given, or at none. */
static oir_status emit_term(analysis *s, bool z, const char *body, size_t size, bool positioned)
{
    size_t total = (size_t)z + s->prefix_size + size;
    if (total > OIR_TERM_MAX)
        return OIR_OK;
    const char *term = body;
    if (total > size) {
        memcpy(s->term + 1 + s->prefix_size, body, size);
        term = z ? s->term : s->term + 1;
    }
    return s->emit(s->context, term, total, positioned, positioned ? s->a->termpos : 0, s->wdf_increment, s->err);
}

static oir_status take_position(analysis *s)
{
    if (s->a->termpos >= ANALYSER_POSITION_MAX)
        return error_set(s->err, OIR_TOO_BIG, "positions run out at %lu words; divide the text into several documents",
                         (unsigned long)ANALYSER_POSITION_MAX);
    s->a->termpos++;
    return OIR_OK;
}

static oir_status emit_word(analysis *s, const word_token *w, bool stopped)
{
    bool positioned = s->positions && !(w->flags & WORD_PAIR);
    if (positioned)
        ERROR_FORWARD(take_position(s));
    ERROR_FORWARD(emit_term(s, false, w->term, w->size, positioned));
    if (s->strategy == OIR_STEM_NONE || stopped || !(w->flags & WORD_LETTER))
        return OIR_OK;
    oir_bytes stem = stem_cache_get(&s->a->stems, w->term, w->size);
    if (!stem.size)
        return OIR_OK;
    return emit_term(s, true, stem.data, stem.size, s->positions && s->strategy == OIR_STEM_SOME_FULL_POS);
}

static oir_status emit_stem_only(analysis *s, const word_token *w)
{
    oir_bytes stem = stem_cache_get(&s->a->stems, w->term, w->size);
    if (!stem.size)
        return OIR_OK;
    if (s->positions)
        ERROR_FORWARD(take_position(s));
    return emit_term(s, s->strategy == OIR_STEM_ALL_Z, stem.data, stem.size, s->positions);
}

static oir_status analyse_word(analysis *s, const word_token *w)
{
    const analyser *a = s->a;
    if (w->size > a->max_word_length || w->size > OIR_TERM_MAX)
        return OIR_OK;
    bool stopped = a->stopper && a->stop_strategy != OIR_STOP_NONE && oir_stopper_has(a->stopper, w->term, w->size);
    if (stopped && a->stop_strategy == OIR_STOP_ALL)
        return OIR_OK;
    if (s->strategy == OIR_STEM_ALL || s->strategy == OIR_STEM_ALL_Z)
        return emit_stem_only(s, w);
    return emit_word(s, w, stopped);
}

oir_status analyser_text(analyser *a, const char *text, size_t size, oir_termcount wdf_increment, const char *prefix,
                         bool positions, analyser_emit emit, void *context, oir_error *err)
{
    analysis s = {.a = a, .emit = emit, .context = context, .err = err, .wdf_increment = wdf_increment,
                  .positions = positions, .strategy = a->stems.stemmer ? a->stem_strategy : OIR_STEM_NONE,
                  .prefix_size = strlen(prefix)};
    if (s.prefix_size >= OIR_TERM_MAX)
        return OIR_OK;
    s.term[0] = 'Z';
    memcpy(s.term + 1, prefix, s.prefix_size);
    word_token w;
    word_breaker_init(&a->breaker, text, size, a->ngrams);
    while (word_next(&a->breaker, &w))
        ERROR_FORWARD(analyse_word(&s, &w));
    return OIR_OK;
}
