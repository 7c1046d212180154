/* The words of texts put into documents, many at once: each is found out once, by the rules of text/analyser.h, and
 * then known by how it is written (indexer/word_table.h).
 *
 * What a word gives depends on the analyser's settings: once one of them changes, forget must be called. One thread at
 * a time. */
#ifndef INDEXER_WORD_ADDER_H
#define INDEXER_WORD_ADDER_H

#include "document/document_terms.h"
#include "indexer/word_table.h"
#include "text/analyser.h"
#include "text/word_scan.h"

struct word_context;

typedef struct word_adder {
    word_masks_kernel masks;
    word_table table;
    token *vocabulary;              /* that the table's terms are numbers of */
    struct word_context *contexts;  /* numbered as in the table */
    size_t context_count, context_capacity;
    word_table_entry **seen;        /* of this text, with terms that are only counted; between texts none */
    size_t seen_count, seen_capacity;
} word_adder;

/* A text, and how its words are added. */
typedef struct word_text {
    const char *text;
    size_t size;
    oir_termcount wdf;
    const char *prefix;
    bool positions;
} word_text;

void word_adder_init(word_adder *w);
void word_adder_release(word_adder *w);
/* No word gives any longer what it gave. */
void word_adder_forget(word_adder *w);

/* Adds a text's words to a document's terms, from the analyser's position on. Failures of analyser_text and of
 * document_terms_add. */
oir_status word_adder_add(word_adder *w, analyser *a, document_terms *terms, const word_text *text, oir_error *err);

#endif
