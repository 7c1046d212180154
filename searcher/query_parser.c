/* The parser's settings, and the two readings of a text: as syntax, and when that fails as plain words. */
#include <oir/query_parser.h>

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "searcher/query.h"
#include "searcher/query_grammar.h"

#define TEXT_MAX 65536

struct oir_query_parser {
    oir_stemmer *stemmer; /* NULL for none */
    oir_stem_strategy strategy;
    bool stem_capitals, ngrams;
    const oir_stopper *stopper;
    oir_query_op default_op;
    oir_termcount max_expansion;
    oir_value_shortener shortener;
    void *shortener_context;
    query_fields fields;
    query_lexer lexer;
    char *stopped; /* words left out of the last text; NULL for none */
    bool degraded;
};

oir_status oir_query_parser_new(oir_query_parser **out, oir_error *err)
{
    *out = memory_new_zeroed(1, sizeof **out);
    if (!*out)
        return error_no_memory(err, "a query parser");
    (*out)->strategy = OIR_STEM_SOME;
    (*out)->stem_capitals = (*out)->ngrams = true;
    (*out)->default_op = OIR_OP_OR;
    return OIR_OK;
}

void oir_query_parser_free(oir_query_parser *parser)
{
    if (!parser)
        return;
    oir_stemmer_free(parser->stemmer);
    query_fields_release(&parser->fields);
    query_lexer_release(&parser->lexer);
    memory_free(parser->stopped);
    memory_free(parser);
}

oir_status oir_query_parser_set_stemmer(oir_query_parser *parser, const char *language, oir_error *err)
{
    oir_stemmer *stemmer;
    ERROR_FORWARD(oir_stemmer_new(&stemmer, language, err));
    oir_stemmer_free(parser->stemmer);
    parser->stemmer = stemmer;
    if (oir_stemmer_is_none(stemmer)) {
        oir_stemmer_free(stemmer);
        parser->stemmer = NULL;
    }
    return OIR_OK;
}

void oir_query_parser_set_stem_strategy(oir_query_parser *parser, oir_stem_strategy strategy)
{
    parser->strategy = strategy;
}

void oir_query_parser_set_stem_capitals(oir_query_parser *parser, bool on)
{
    parser->stem_capitals = on;
}

void oir_query_parser_set_stopper(oir_query_parser *parser, const oir_stopper *stopper)
{
    parser->stopper = stopper;
}

oir_status oir_query_parser_set_default_op(oir_query_parser *parser, oir_query_op op, oir_error *err)
{
    if (op != OIR_OP_OR && op != OIR_OP_AND && op != OIR_OP_NEAR && op != OIR_OP_PHRASE)
        return error_set(err, OIR_INVALID_ARGUMENT,
                         "%s cannot stand between words: use OR, AND, NEAR or PHRASE", query_op_name(op));
    parser->default_op = op;
    return OIR_OK;
}

oir_status oir_query_parser_add_prefix(oir_query_parser *parser, const char *field, const char *prefix, oir_error *err)
{
    return query_fields_add(&parser->fields, field, prefix, false, err);
}

oir_status oir_query_parser_add_boolean_prefix(oir_query_parser *parser, const char *field, const char *prefix,
                                               oir_error *err)
{
    if (*field == 0)
        return error_set(err, OIR_INVALID_OPERATION, "words without a field cannot be boolean: name the field");
    return query_fields_add(&parser->fields, field, prefix, true, err);
}

void oir_query_parser_set_shortener(oir_query_parser *parser, oir_value_shortener shortener, void *context)
{
    parser->shortener = shortener;
    parser->shortener_context = context;
}

void oir_query_parser_set_max_expansion(oir_query_parser *parser, oir_termcount terms)
{
    parser->max_expansion = terms;
}

void oir_query_parser_set_ngrams(oir_query_parser *parser, bool on)
{
    parser->ngrams = on;
}

/* One reading of the text. *bad: it cannot be read so. */
static oir_status read_text(oir_query_parser *parser, const char *text, size_t size, unsigned flags, bool plain,
                            const query_field *default_field, oir_query **out, bool *bad, oir_error *err)
{
    *out = NULL;
    query_lexer_options lexing = {
        .flags = flags,
        .plain = plain,
        .ngrams = parser->ngrams,
        .stem_capitals = parser->stem_capitals,
        .fields = &parser->fields,
    };
    ERROR_FORWARD(query_lexer_read(&parser->lexer, text, size, &lexing, err));
    query_grammar_options reading = {
        .terms = {
            .lexer = &parser->lexer,
            .default_field = default_field,
            .stemmer = parser->stemmer,
            .strategy = parser->strategy,
            .max_expansion = parser->max_expansion,
            .shortener = parser->shortener,
            .shortener_context = parser->shortener_context,
        },
        .stopper = parser->stopper,
        .default_op = parser->default_op,
        .pure_not = flags & OIR_PARSE_PURE_NOT,
    };
    return query_grammar_read(&parser->lexer, &reading, out, bad, err);
}

/* As plain words, and of those as many as a query can hold. */
static oir_status read_plain(oir_query_parser *parser, const char *text, size_t size, unsigned flags,
                             const query_field *default_field, oir_query **out, oir_error *err)
{
    bool bad = true;
    for (; bad && size; size /= 2)
        ERROR_FORWARD(read_text(parser, text, size, flags, true, default_field, out, &bad, err));
    return bad ? oir_query_new_none(out, err) : OIR_OK;
}

static oir_status keep_stopped(oir_query_parser *parser, oir_error *err)
{
    const query_lexer *lexer = &parser->lexer;
    buffer words = BUFFER_INIT;
    for (size_t i = 0; i < lexer->word_count; i++) {
        if (!lexer->words[i].stopped_by)
            continue;
        if (words.size)
            buffer_add_byte(&words, ' ');
        buffer_add(&words, lexer->bytes.data + lexer->words[i].offset, lexer->words[i].size);
    }
    buffer_add_byte(&words, 0);
    if (words.failed) {
        buffer_release(&words);
        return error_no_memory(err, "a query's stop words");
    }
    parser->stopped = (char *)words.data;
    return OIR_OK;
}

oir_status oir_query_parser_parse(oir_query_parser *parser, const char *text, size_t size, unsigned flags,
                                  const char *default_prefix, oir_query **out, oir_error *err)
{
    *out = NULL;
    parser->degraded = false;
    memory_free(parser->stopped);
    parser->stopped = NULL;
    if (size > TEXT_MAX)
        return error_set(err, OIR_LIMIT, "a query's text is at most %d bytes, this one has %zu", TEXT_MAX, size);
    bool given = default_prefix && *default_prefix;
    char *prefix = given ? memory_copy(default_prefix, strlen(default_prefix)) : NULL;
    if (given && !prefix)
        return error_no_memory(err, "a query's prefix");
    query_field own = {.prefixes = &prefix, .prefix_count = 1};
    const query_field *field = given ? &own : query_fields_get(&parser->fields, "", 0);
    oir_status status = read_text(parser, text, size, flags, false, field, out, &parser->degraded, err);
    if (status == OIR_OK && parser->degraded)
        status = read_plain(parser, text, size, flags, field, out, err);
    if (status == OIR_OK)
        status = keep_stopped(parser, err);
    memory_free(prefix);
    if (status != OIR_OK) {
        oir_query_free(*out);
        *out = NULL;
    }
    return status;
}

const char *oir_query_parser_get_stopped(const oir_query_parser *parser)
{
    return parser->stopped ? parser->stopped : "";
}

bool oir_query_parser_get_degraded(const oir_query_parser *parser)
{
    return parser->degraded;
}
