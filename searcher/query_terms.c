#include "searcher/query_terms.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/utf8.h"

/* The most ways to combine the prefixes of several fields in one NEAR. */
#define NEAR_WAYS_MAX 64

/* The only prefix of words where no field has one. */
static const char *const no_prefix[] = {""};

static const query_field *field_of(const query_terms *terms, const query_token *token)
{
    return token->field ? token->field : terms->default_field;
}

static size_t prefix_count(const query_field *field)
{
    return field ? field->prefix_count : 1;
}

static const char *prefix_at(const query_field *field, size_t index)
{
    return field ? field->prefixes[index] : no_prefix[0];
}

/* A stem, under Z or bare, or the word as it is. */
typedef enum term_form { FORM_WORD, FORM_STEM, FORM_Z_STEM } term_form;

static term_form form_of(const query_terms *terms, const query_word *word, bool positional)
{
    bool filter = word->position == 0;
    if (!terms->stemmer || filter)
        return FORM_WORD;
    switch (terms->strategy) {
    case OIR_STEM_SOME:
        return word->stems && !positional ? FORM_Z_STEM : FORM_WORD;
    case OIR_STEM_SOME_FULL_POS:
        return word->stems ? FORM_Z_STEM : FORM_WORD;
    case OIR_STEM_ALL:
        return FORM_STEM;
    case OIR_STEM_ALL_Z:
        return FORM_Z_STEM;
    default:
        return FORM_WORD;
    }
}

/* Writes [Z] prefix [:] word into `out`; returns its size, 0 when it is longer than any term. The colon keeps a long
 * prefix apart from a word that begins as prefixes do. */
static size_t write_term(const query_terms *terms, const query_word *word, const char *prefix, term_form form,
                         char out[OIR_TERM_MAX])
{
    if (word->too_long)
        return 0;
    const char *bytes = (const char *)terms->lexer->bytes.data + word->offset;
    oir_bytes text = {bytes, word->size};
    if (form != FORM_WORD) {
        text = oir_stemmer_stem(terms->stemmer, bytes, word->size);
        if (text.size == 0)
            return 0;
    }
    size_t prefix_size = strlen(prefix), size = 0;
    bool colon = prefix_size > 1 && prefix[prefix_size - 1] != ':' && text.size &&
                 ((text.data[0] >= 'A' && text.data[0] <= 'Z') || text.data[0] == ':');
    if ((size_t)(form == FORM_Z_STEM) + prefix_size + (size_t)colon + text.size > OIR_TERM_MAX)
        return 0;
    if (form == FORM_Z_STEM)
        out[size++] = 'Z';
    memcpy(out + size, prefix, prefix_size);
    size += prefix_size;
    if (colon)
        out[size++] = ':';
    memcpy(out + size, text.data, text.size);
    return size + text.size;
}

/* The same for a filter's value that is too long. */
static size_t write_shortened(const query_terms *terms, const query_word *word, const char *prefix,
                              char out[OIR_TERM_MAX])
{
    bool filter = word->position == 0;
    if (!filter || word->size == 0 || terms->shortener == NULL)
        return 0;
    const char *bytes = (const char *)terms->lexer->bytes.data + word->offset;
    size_t size = terms->shortener(prefix, bytes, word->size, out, terms->shortener_context);
    assert(size <= OIR_TERM_MAX);
    return size;
}

static oir_status new_term(const query_terms *terms, const query_word *word, const char *prefix, bool positional,
                           oir_query **out, oir_error *err)
{
    char term[OIR_TERM_MAX];
    size_t size = write_term(terms, word, prefix, form_of(terms, word, positional), term);
    if (size == 0)
        size = write_shortened(terms, word, prefix, term);
    if (size == 0)
        return oir_query_new_none(out, err);
    return oir_query_new_term_at(out, term, size, 1, word->position, err);
}

static const query_word *word_of(const query_terms *terms, const query_token *token, size_t index)
{
    return &terms->lexer->words[token->first_word + index];
}

/* Makes the query of a token for its `index`th prefix. */
typedef oir_status (*make_part)(const query_terms *terms, const query_token *token, const char *prefix, int detail,
                                oir_query **out, oir_error *err);

/* Combines what `make` makes for each prefix of the token's field. */
static oir_status over_prefixes(const query_terms *terms, const query_token *token, make_part make, int detail,
                                oir_query_op op, oir_query **out, oir_error *err)
{
    const query_field *field = field_of(terms, token);
    size_t count = prefix_count(field), made = 0;
    *out = NULL;
    if (count == 1)
        return make(terms, token, prefix_at(field, 0), detail, out, err);
    oir_query **parts = memory_new_zeroed(count, sizeof *parts);
    oir_status status = parts ? OIR_OK : error_no_memory(err, "a query");
    for (; made < count && status == OIR_OK; made++)
        status = make(terms, token, prefix_at(field, made), detail, &parts[made], err);
    for (size_t i = 0; i < made && status == OIR_OK; i++) {
        if (parts[i]->op == OIR_OP_MATCH_NONE)
            op = OIR_OP_OR; /* too long with one of the prefixes: not a part that SYNONYM takes */
    }
    if (status == OIR_OK) {
        status = oir_query_new_operator(out, op, parts, count, 0, err);
    } else {
        for (size_t i = 0; i < made; i++)
            oir_query_free(parts[i]);
    }
    memory_free(parts);
    return status;
}

static oir_status make_word(const query_terms *terms, const query_token *token, const char *prefix, int positional,
                            oir_query **out, oir_error *err)
{
    return new_term(terms, word_of(terms, token, 0), prefix, positional != 0, out, err);
}

oir_status query_terms_word(const query_terms *terms, const query_token *token, bool positional, oir_query **out,
                            oir_error *err)
{
    return over_prefixes(terms, token, make_word, positional, OIR_OP_OR, out, err);
}

static oir_status make_wildcard(const query_terms *terms, const query_token *token, const char *prefix, int limited,
                                oir_query **out, oir_error *err)
{
    char term[OIR_TERM_MAX];
    size_t size = write_term(terms, word_of(terms, token, 0), prefix, FORM_WORD, term);
    if (size == 0)
        return oir_query_new_none(out, err);
    return oir_query_new_prefix(out, term, size, limited ? terms->max_expansion : 0, err);
}

oir_status query_terms_wildcard(const query_terms *terms, const query_token *token, oir_query **out, oir_error *err)
{
    return over_prefixes(terms, token, make_wildcard, 1, OIR_OP_SYNONYM, out, err);
}

static oir_status make_pattern(const query_terms *terms, const query_token *token, const char *prefix, int detail,
                               oir_query **out, oir_error *err)
{
    char term[OIR_TERM_MAX];
    size_t size = write_term(terms, word_of(terms, token, 0), prefix, FORM_WORD, term);
    (void)detail;
    if (size == 0)
        return oir_query_new_none(out, err);
    return oir_query_new_wildcard(out, term, size, terms->max_expansion, err);
}

oir_status query_terms_pattern(const query_terms *terms, const query_token *token, oir_query **out, oir_error *err)
{
    return over_prefixes(terms, token, make_pattern, 0, OIR_OP_SYNONYM, out, err);
}

static oir_status make_fuzzy(const query_terms *terms, const query_token *token, const char *prefix, int edits,
                             oir_query **out, oir_error *err)
{
    char term[OIR_TERM_MAX];
    const query_word *word = word_of(terms, token, 0);
    size_t size = write_term(terms, word, prefix, FORM_WORD, term);
    if (size == 0)
        return oir_query_new_none(out, err);
    return oir_query_new_fuzzy(out, term, size, (unsigned)edits, utf8_count(term, size - word->size),
                               terms->max_expansion, err);
}

oir_status query_terms_fuzzy(const query_terms *terms, const query_token *token, oir_query **out, oir_error *err)
{
    return over_prefixes(terms, token, make_fuzzy, (int)token->distance, OIR_OP_SYNONYM, out, err);
}

oir_status query_terms_partial(const query_terms *terms, const query_token *token, bool stopped, oir_query **out,
                               oir_error *err)
{
    /* No limit to the expansion: a search as one types must not fail at its second letter. */
    ERROR_FORWARD(over_prefixes(terms, token, make_wildcard, 0, OIR_OP_SYNONYM, out, err));
    if (stopped)
        return OIR_OK;
    oir_query *word;
    oir_status status = over_prefixes(terms, token, make_word, 0, OIR_OP_SYNONYM, &word, err);
    if (status != OIR_OK) {
        oir_query_free(*out);
        *out = NULL;
        return status;
    }
    return oir_query_new_operator(out, OIR_OP_OR, (oir_query *[]){*out, word}, 2, 0, err);
}

/* Takes the parts over. A word that is in no document leaves nothing to stand beside. */
static oir_status combine_terms(oir_query **parts, size_t count, oir_query_op op, oir_termpos window, oir_query **out,
                                oir_error *err)
{
    bool none = false;
    for (size_t i = 0; i < count; i++)
        none = none || parts[i]->op == OIR_OP_MATCH_NONE;
    if (!none || count == 1)
        return oir_query_new_operator(out, op, parts, count, window, err);
    for (size_t i = 0; i < count; i++)
        oir_query_free(parts[i]);
    return oir_query_new_none(out, err);
}

static oir_status make_all(const query_terms *terms, const query_token *token, const char *prefix, int op,
                           oir_query **out, oir_error *err)
{
    size_t count = token->word_count, made = 0;
    oir_status status = OIR_OK;
    oir_query **parts = memory_new_zeroed(count, sizeof *parts);
    if (!parts)
        return error_no_memory(err, "a phrase");
    for (; made < count; made++) {
        status = new_term(terms, word_of(terms, token, made), prefix, op == OIR_OP_PHRASE, &parts[made], err);
        if (status != OIR_OK)
            break;
    }
    if (status == OIR_OK) {
        status = combine_terms(parts, count, (oir_query_op)op, 0, out, err);
    } else {
        for (size_t i = 0; i < made; i++)
            oir_query_free(parts[i]);
    }
    memory_free(parts);
    return status;
}

oir_status query_terms_all(const query_terms *terms, const query_token *token, oir_query_op op, oir_query **out,
                           oir_error *err)
{
    return over_prefixes(terms, token, make_all, (int)op, OIR_OP_OR, out, err);
}

/* One way to combine prefixes: `way` counts through them, the first token's turning fastest; for tokens that are all of
 * one field it is the prefix of each. */
static oir_status near_way(const query_terms *terms, const query_token *const *tokens, size_t count, oir_query_op op,
                           oir_termpos window, size_t way, bool together, oir_query **parts, oir_query **out,
                           oir_error *err)
{
    *out = NULL;
    for (size_t i = 0; i < count; i++) {
        const query_field *field = field_of(terms, tokens[i]);
        size_t choices = prefix_count(field), choice = way % choices;
        if (!together)
            way /= choices;
        const query_word *word = word_of(terms, tokens[i], 0);
        oir_status status = new_term(terms, word, prefix_at(field, choice), true, &parts[i], err);
        if (status != OIR_OK) {
            while (i > 0)
                oir_query_free(parts[--i]);
            return status;
        }
    }
    return combine_terms(parts, count, op, window, out, err);
}

oir_status query_terms_near(const query_terms *terms, const query_token *const *tokens, size_t count, oir_query_op op,
                            oir_termpos window, oir_query **out, oir_error *err)
{
    *out = NULL;
    const query_field *first = field_of(terms, tokens[0]);
    bool together = true;
    size_t ways = 1;
    for (size_t i = 0; i < count; i++)
        together = together && field_of(terms, tokens[i]) == first;
    for (size_t i = 0; i < (together ? 1 : count) && ways <= NEAR_WAYS_MAX; i++)
        ways *= prefix_count(field_of(terms, tokens[i]));
    if (ways > NEAR_WAYS_MAX)
        return error_set(err, OIR_LIMIT, "words near each other are in fields with too many prefixes");
    oir_query **parts = memory_new_zeroed(count, sizeof *parts);
    oir_status status = parts ? OIR_OK : error_no_memory(err, "words near each other");
    oir_query *query[NEAR_WAYS_MAX];
    size_t made = 0;
    for (; made < ways && status == OIR_OK; made++)
        status = near_way(terms, tokens, count, op, window, made, together, parts, &query[made], err);
    if (status == OIR_OK) {
        status = oir_query_new_operator(out, OIR_OP_OR, query, ways, 0, err);
    } else {
        for (size_t i = 0; i + 1 < made; i++)
            oir_query_free(query[i]);
    }
    memory_free(parts);
    return status;
}
