#include "golden/golden_documents.h"

#include <string.h>

typedef struct question {
    const char *index, *query;
} question;

/* One or more for each operator, and for each form of list. They stay while the version does: a later one asks its
 * golden indexes what it likes. */
static const question questions[] = {
    {"reordered", "golden"},
    {"reordered", "golden index"},
    {"reordered", "\"golden index\""},
    {"reordered", "\"index golden\""},
    {"reordered", "pakeb NEAR ratoc"},
    {"reordered", "+mibaa -golden"},
    {"reordered", "+vumia mibaa baked"},
    {"reordered", "(simip OR kenudiy OR ratoc) NOT index"},
    {"reordered", "\"mibaa pakeb golden\""},
    {"odd", "all"},
    {"odd", "many often"},
    {"odd", "huge large"},
    {"odd", "large AND all"},
    {"odd", "counted AND often"},
    {"odd", "\"all even even\""},
    {"odd", "zero OR farther"},
    {"odd", "far XOR farther"},
    {"odd", "ba*"},
    {"wide", "sparse"},
    {"wide", "sparse plain"},
    {"wide", "\"one other\""},
    {"wide", "+one +other +sparse"},
    {"wide", "counted dense short"},
    {"wide", "dense AND one"},
    {"wide", "one ADJ other"},
};

static oir_status ask(const oir_database *d, oir_query *query, FILE *out, oir_error *err)
{
    oir_enquire *enquire = NULL;
    oir_mset *mset = NULL;
    oir_status status = oir_enquire_new(&enquire, d, err);
    if (status == OIR_OK) {
        oir_enquire_set_query(enquire, query);
        status = oir_enquire_get_mset(enquire, 0, 10, UINT32_MAX, &mset, err);
    }
    if (status == OIR_OK)
        fprintf(out, ": %lu matches", (unsigned long)oir_mset_get_matches_lower_bound(mset));
    for (oir_doccount i = 0; status == OIR_OK && i < oir_mset_get_size(mset); i++)
        fprintf(out, " %lu %.17g", (unsigned long)oir_mset_get_docid(mset, i), oir_mset_get_weight(mset, i));
    fprintf(out, "\n");
    oir_mset_free(mset);
    oir_enquire_free(enquire);
    return status;
}

static oir_status answer(const oir_database *d, const question *q, oir_query_parser *parser, FILE *out,
                        oir_error *err)
{
    oir_query *query = NULL;
    size_t size = strlen(q->query);
    oir_status status = oir_query_parser_parse(parser, q->query, size, OIR_PARSE_DEFAULT, NULL, &query, err);
    fprintf(out, "%s: %s", q->index, q->query);
    if (status == OIR_OK)
        status = ask(d, query, out, err);
    oir_query_free(query);
    return status;
}

oir_status golden_answer(const char *name, const char *folder, FILE *out, oir_error *err)
{
    oir_database *d = NULL;
    oir_query_parser *parser = NULL;
    oir_status status = oir_database_open(&d, folder, err);
    if (status == OIR_OK)
        status = oir_query_parser_new(&parser, err);
    for (size_t i = 0; status == OIR_OK && i < sizeof questions / sizeof *questions; i++)
        if (strcmp(questions[i].index, name) == 0)
            status = answer(d, &questions[i], parser, out, err);
    oir_query_parser_free(parser);
    oir_database_close(d);
    return status;
}
