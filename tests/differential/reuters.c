#include "differential/reuters.h"

#include <oir/term_generator.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { LINE_MAX_BYTES = 1 << 20 };

struct reuters {
    gzFile file;
    oir_term_generator *generator;
    char *line;
};

static void need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "Reuters: %s failed\n", what);
    exit(1);
}

reuters *reuters_open(void)
{
    const char *shared = getenv("OIR_SHARED");
    char path[1000];
    if (!shared)
        return NULL;
    reuters *r = calloc(1, sizeof *r);
    need(r && (r->line = malloc(LINE_MAX_BYTES)), "taking memory");
    snprintf(path, sizeof path, "%s/corpora/reuters/docs.jsonl.gz", shared);
    need((r->file = gzopen(path, "rb")) != NULL, path);
    need(oir_term_generator_new(&r->generator, NULL) == OIR_OK, "a term generator");
    need(oir_term_generator_set_stemmer(r->generator, "english", NULL) == OIR_OK, "a stemmer");
    return r;
}

static void add_text(reuters *r, json_t *article, const char *member, const char *prefix)
{
    json_t *text = json_object_get(article, member);
    if (json_is_string(text))
        need(oir_term_generator_index_text(r->generator, json_string_value(text), json_string_length(text), 1, prefix,
                                           NULL) == OIR_OK, member);
}

static void add_filter(oir_document *d, const char *prefix, json_t *value)
{
    char term[200];
    if (!json_is_string(value))
        return;
    int size = snprintf(term, sizeof term, "%s%s", prefix, json_string_value(value));
    need(size < (int)sizeof term && oir_document_add_boolean_term(d, term, (size_t)size, NULL) == OIR_OK, "a filter");
}

bool reuters_next(reuters *r, oir_document *document)
{
    if (!gzgets(r->file, r->line, LINE_MAX_BYTES))
        return false;
    json_error_t error;
    json_t *article = json_loads(r->line, 0, &error), *place;
    size_t i;
    need(article != NULL, error.text);
    oir_document_clear(document);
    oir_term_generator_set_document(r->generator, document);
    add_text(r, article, "title", "S");
    oir_term_generator_increase_termpos(r->generator, 100);
    add_text(r, article, "body", "");
    add_filter(document, "Q", json_object_get(article, "id"));
    json_array_foreach(json_object_get(article, "place"), i, place)
        add_filter(document, "XP", place);
    json_decref(article);
    return true;
}

void reuters_close(reuters *r)
{
    if (!r)
        return;
    gzclose(r->file);
    oir_term_generator_free(r->generator);
    free(r->line);
    free(r);
}
