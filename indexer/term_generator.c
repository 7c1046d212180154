#include <oir/term_generator.h>

#include "base/error.h"
#include "base/memory.h"
#include "document/document.h"
#include "indexer/word_adder.h"

struct oir_term_generator {
    analyser analyser;
    oir_document *document;   /* not owned; NULL until set */
    word_adder words;
};

oir_status oir_term_generator_new(oir_term_generator **out, oir_error *err)
{
    *out = memory_new_apart(sizeof **out);
    if (!*out)
        return error_no_memory(err, "a term generator");
    analyser_init(&(*out)->analyser);
    word_adder_init(&(*out)->words);
    return OIR_OK;
}

void oir_term_generator_free(oir_term_generator *generator)
{
    if (!generator)
        return;
    word_adder_release(&generator->words);
    analyser_release(&generator->analyser);
    memory_free(generator);
}

oir_status oir_term_generator_set_stemmer(oir_term_generator *generator, const char *language, oir_error *err)
{
    word_adder_forget(&generator->words);
    return analyser_set_stemmer(&generator->analyser, language, err);
}

void oir_term_generator_set_stem_strategy(oir_term_generator *generator, oir_stem_strategy strategy)
{
    word_adder_forget(&generator->words);
    generator->analyser.stem_strategy = strategy;
}

void oir_term_generator_set_stopper(oir_term_generator *generator, const oir_stopper *stopper)
{
    word_adder_forget(&generator->words);
    generator->analyser.stopper = stopper;
}

void oir_term_generator_set_stop_strategy(oir_term_generator *generator, oir_stop_strategy strategy)
{
    word_adder_forget(&generator->words);
    generator->analyser.stop_strategy = strategy;
}

void oir_term_generator_set_max_word_length(oir_term_generator *generator, size_t bytes)
{
    word_adder_forget(&generator->words);
    generator->analyser.max_word_length = bytes;
}

void oir_term_generator_set_ngrams(oir_term_generator *generator, bool on)
{
    word_adder_forget(&generator->words);
    generator->analyser.ngrams = on;
}

void oir_term_generator_set_document(oir_term_generator *generator, oir_document *document)
{
    generator->document = document;
    generator->analyser.termpos = 0;
}

static oir_status index_text(oir_term_generator *generator, const char *text, size_t size, oir_termcount wdf_increment,
                             const char *prefix, bool positions, oir_error *err)
{
    if (!generator->document)
        return error_set(err, OIR_INVALID_OPERATION,
                         "no document to add words to; call oir_term_generator_set_document first");
    document_terms *terms;
    ERROR_FORWARD(document_open_terms(generator->document, &terms, err));
    const word_text words = {text, size, wdf_increment, prefix, positions};
    return word_adder_add(&generator->words, &generator->analyser, terms, &words, err);
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
