#include "searcher/program/search_query.h"

#include <string.h>

#include "program/program_message.h"
#include "program/program_place.h"
#include "program/program_record.h"

/* The language in which the words of an index were stemmed. */
static void read_language(const oir_database *database, char out[SEARCH_LANGUAGE_SIZE])
{
    oir_bytes setting = oir_database_get_setting(database, PROGRAM_RECORD_STEMMER);
    if (setting.size == 0 || setting.size >= SEARCH_LANGUAGE_SIZE)
        setting = (oir_bytes){"none", 4};
    memcpy(out, setting.data, setting.size);
    out[setting.size] = '\0';
}

/* A query has the stems of one language, which are no words of another. */
static void compare_language(const search_query *search, const oir_database *database, const char *name)
{
    char language[SEARCH_LANGUAGE_SIZE];
    read_language(database, language);
    if (search->options->stemmer == NULL && strcmp(language, search->language_kept) != 0)
        program_message("%s is stemmed in %s, %s in %s: the query's words are stemmed in %s; --stem chooses another, "
                        "--stem none takes them as written",
                        program_buffer_text(&search->index[0]), search->language_kept, name, language,
                        search->language_kept);
}

static oir_status open_index(search_query *search, const char *name)
{
    size_t i = search->index_count;
    program_buffer_add_text(&search->index[i], name);
    program_place_base(&search->base[i], name);
    search->index_count++;
    if (search->options->verbose)
        program_message("searching %s", name);
    oir_database *other = NULL;
    oir_status status = oir_database_open(i == 0 ? &search->database : &other, name, &search->err);
    if (status == OIR_OK && i == 0)
        read_language(search->database, search->language_kept);
    if (status != OIR_OK || i == 0)
        return status;
    compare_language(search, other, name);
    status = oir_database_add_database(search->database, other, &search->err);
    oir_database_close(other);
    return status;
}

static int open_indexes(search_query *search)
{
    program_buffer name = {0};
    oir_status status = OIR_OK;
    size_t count = search->options->index_count;
    for (size_t i = 0; status == OIR_OK && (i < count || i == 0); i++) {
        if (!program_place_find(&name, i < count ? search->options->indexes[i] : NULL, false)) {
            program_buffer_release(&name);
            return PROGRAM_FAILED;
        }
        status = open_index(search, name.data);
    }
    program_buffer_release(&name);
    return status == OIR_OK ? 0 : program_message_failure(&search->err);
}

/* A language without a list of stop words goes without. */
static oir_status set_stopper(search_query *search)
{
    if (strcmp(search->language, "none") == 0 || search->language[0] == '\0')
        return OIR_OK;
    oir_status status = oir_stopper_new_for(&search->stopper, search->language, &search->err);
    if (status == OIR_OK)
        oir_query_parser_set_stopper(search->parser, search->stopper);
    return status == OIR_NOT_FOUND ? OIR_OK : status;
}

/* Ids and paths, as oir-index shortens them. */
static size_t shorten(const char *prefix, const char *value, size_t size, char *out, void *context)
{
    program_buffer term = {0};
    (void)context;
    program_record_set_term(&term, prefix[0], value, size);
    size_t written = term.size;
    memcpy(out, term.data, written);
    program_buffer_release(&term);
    return written;
}

static oir_status parse(search_query *search)
{
    static const char id[] = {PROGRAM_RECORD_ID, '\0'};
    const search_options *options = search->options;
    oir_error *err = &search->err;
    oir_status status = oir_query_parser_new(&search->parser, err);
    if (status == OIR_OK)
        status = oir_query_parser_set_stemmer(search->parser, search->language, err);
    if (status == OIR_OK)
        status = set_stopper(search);
    if (status == OIR_OK)
        status = oir_query_parser_set_default_op(search->parser, options->default_op, err);
    if (status == OIR_OK)
        status = oir_query_parser_add_prefix(search->parser, "title", PROGRAM_RECORD_TITLE, err);
    if (status == OIR_OK)
        status = oir_query_parser_add_boolean_prefix(search->parser, "id", id, err);
    if (status == OIR_OK)
        status = oir_query_parser_add_boolean_prefix(search->parser, "path", id, err);
    if (status != OIR_OK)
        return status;
    oir_query_parser_set_shortener(search->parser, shorten, NULL);
    return oir_query_parser_parse(search->parser, program_buffer_text(&options->text), options->text.size,
                                  OIR_PARSE_DEFAULT | OIR_PARSE_WILDCARD_GLOB | OIR_PARSE_FUZZY, NULL, &search->query,
                                  err);
}

/* Who wrote operators should hear that they were none. --explain says so too. */
static void tell_degraded(const search_query *search)
{
    const char *text = program_buffer_text(&search->options->text);
    bool near = strstr(text, "NEAR") != NULL || strstr(text, "ADJ") != NULL;
    if (oir_query_parser_get_degraded(search->parser) && !search->options->explain)
        program_message("the query is no good syntax and is read as plain words, its operators too%s",
                        near ? "; beside other words NEAR and ADJ need brackets: (a NEAR b) c" : "");
}

static oir_status find(search_query *search)
{
    const search_options *options = search->options;
    bool counted = options->form == SEARCH_FORM_PERSON;
    oir_status status = oir_enquire_new(&search->enquire, search->database, &search->err);
    if (status != OIR_OK)
        return status;
    oir_enquire_set_query(search->enquire, search->query);
    oir_enquire_set_time_limit(search->enquire, options->time_limit);
    oir_enquire_set_threads(search->enquire, options->threads);
    if (options->form == SEARCH_FORM_COUNT)
        return oir_enquire_get_count(search->enquire, &search->count, &search->err);
    /* Of an empty page, too, it is to be known whether there is a match at all. */
    status = oir_enquire_get_mset(search->enquire, options->first, options->limit, counted ? UINT32_MAX : 1,
                                  &search->mset, &search->err);
    if (status == OIR_OK)
        search->count = oir_mset_get_matches_lower_bound(search->mset);
    search->more = status == OIR_OK && oir_mset_get_matches_upper_bound(search->mset) > search->count;
    return status;
}

int search_query_run(search_query *search, const search_options *options)
{
    search->options = options;
    int code = open_indexes(search);
    if (code != 0)
        return code;
    search->language = options->stemmer != NULL ? options->stemmer : search->language_kept;
    oir_status status = parse(search);
    if (status == OIR_OK)
        tell_degraded(search);
    if (status == OIR_OK)
        status = find(search);
    return status == OIR_OK ? 0 : program_message_failure(&search->err);
}

void search_query_release(search_query *search)
{
    oir_mset_free(search->mset);
    oir_enquire_free(search->enquire);
    oir_query_free(search->query);
    oir_query_parser_free(search->parser);
    oir_stopper_free(search->stopper);
    oir_database_close(search->database);
    for (size_t i = 0; i < search->index_count; i++) {
        program_buffer_release(&search->index[i]);
        program_buffer_release(&search->base[i]);
    }
}
