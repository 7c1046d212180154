#include <oir/stemmer.h>

#include <libstemmer.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"

struct oir_stemmer {
    struct sb_stemmer *snowball; /* NULL for "none" */
    const char *language;
};

/* ISO 639-1 and 639-2 codes of the languages Snowball has algorithms for. */
static const struct {
    const char *code, *language;
} stemmer_codes[] = {
    {"ar", "arabic"},      {"ara", "arabic"},     {"ca", "catalan"},    {"cat", "catalan"},   {"cs", "czech"},
    {"ces", "czech"},      {"cze", "czech"},      {"da", "danish"},     {"dan", "danish"},    {"de", "german"},
    {"deu", "german"},     {"dut", "dutch"},      {"el", "greek"},      {"ell", "greek"},     {"en", "english"},
    {"eng", "english"},    {"eo", "esperanto"},   {"epo", "esperanto"}, {"es", "spanish"},    {"esl", "spanish"},
    {"est", "estonian"},   {"et", "estonian"},    {"eu", "basque"},     {"eus", "basque"},    {"baq", "basque"},
    {"fa", "persian"},     {"fas", "persian"},    {"per", "persian"},   {"fi", "finnish"},    {"fin", "finnish"},
    {"fr", "french"},      {"fra", "french"},     {"fre", "french"},    {"ga", "irish"},      {"gle", "irish"},
    {"ger", "german"},     {"gre", "greek"},      {"hi", "hindi"},      {"hin", "hindi"},     {"hu", "hungarian"},
    {"hun", "hungarian"},  {"hy", "armenian"},    {"hye", "armenian"},  {"arm", "armenian"},  {"id", "indonesian"},
    {"ind", "indonesian"}, {"it", "italian"},     {"ita", "italian"},   {"lit", "lithuanian"}, {"lt", "lithuanian"},
    {"nb", "norwegian"},   {"nn", "norwegian"},   {"no", "norwegian"},  {"nor", "norwegian"}, {"ne", "nepali"},
    {"nep", "nepali"},     {"nl", "dutch"},       {"nld", "dutch"},     {"pl", "polish"},     {"pol", "polish"},
    {"por", "portuguese"}, {"pt", "portuguese"},  {"ro", "romanian"},   {"ron", "romanian"},  {"rum", "romanian"},
    {"ru", "russian"},     {"rus", "russian"},    {"spa", "spanish"},   {"sr", "serbian"},    {"srp", "serbian"},
    {"st", "sesotho"},     {"sot", "sesotho"},    {"sv", "swedish"},    {"swe", "swedish"},   {"ta", "tamil"},
    {"tam", "tamil"},      {"tr", "turkish"},     {"tur", "turkish"},   {"yi", "yiddish"},    {"yid", "yiddish"},
};

static const char stemmer_none[] = "none";

const char *const *oir_stemmer_languages(void)
{
    return (const char *const *)sb_stemmer_list();
}

/* The library's own spelling of the language's name, NULL when it has no such language. */
static const char *language_find(const char *given)
{
    for (size_t i = 0; i < sizeof stemmer_codes / sizeof stemmer_codes[0]; i++) {
        if (strcmp(given, stemmer_codes[i].code) == 0)
            given = stemmer_codes[i].language;
    }
    for (const char *const *name = oir_stemmer_languages(); *name; name++) {
        if (strcmp(given, *name) == 0)
            return *name;
    }
    return NULL;
}

static oir_status unknown_language(const char *given, oir_error *err)
{
    buffer names = BUFFER_INIT;
    for (const char *const *name = oir_stemmer_languages(); *name; name++)
        buffer_add_format(&names, " %s", *name);
    buffer_add_byte(&names, 0);
    oir_status status = error_set(err, OIR_NOT_FOUND, "no stemmer for the language \"%.40s\"; there are: none%s", given,
                                  names.failed ? "" : (const char *)names.data);
    buffer_release(&names);
    return status;
}

oir_status oir_stemmer_new(oir_stemmer **out, const char *language, oir_error *err)
{
    *out = NULL;
    struct sb_stemmer *snowball = NULL;
    const char *name = stemmer_none;
    if (*language && strcmp(language, stemmer_none) != 0) {
        name = language_find(language);
        if (!name)
            return unknown_language(language, err);
        snowball = sb_stemmer_new(name, NULL);
        if (!snowball)
            return error_no_memory(err, "a stemmer");
    }
    oir_stemmer *stemmer = memory_new(sizeof *stemmer);
    if (!stemmer) {
        sb_stemmer_delete(snowball);
        return error_no_memory(err, "a stemmer");
    }
    stemmer->snowball = snowball;
    stemmer->language = name;
    *out = stemmer;
    return OIR_OK;
}

void oir_stemmer_free(oir_stemmer *stemmer)
{
    if (!stemmer)
        return;
    sb_stemmer_delete(stemmer->snowball);
    memory_free(stemmer);
}

oir_bytes oir_stemmer_stem(oir_stemmer *stemmer, const char *word, size_t size)
{
    oir_bytes as_it_is = {word, size};
    if (!stemmer->snowball || size > OIR_TERM_MAX)
        return as_it_is;
    const sb_symbol *stem = sb_stemmer_stem(stemmer->snowball, (const sb_symbol *)word, (int)size);
    int length = stem ? sb_stemmer_length(stemmer->snowball) : 0;
    if (!stem || length < 0 || length > OIR_TERM_MAX)
        return as_it_is;
    return (oir_bytes){(const char *)stem, (size_t)length};
}

bool oir_stemmer_is_none(const oir_stemmer *stemmer)
{
    return !stemmer->snowball;
}

const char *oir_stemmer_language(const oir_stemmer *stemmer)
{
    return stemmer->language;
}
