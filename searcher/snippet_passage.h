/* Which passages of a text show best why it matched.
 *
 * A window of marks is worth the weights of the different words in it; a word's repeats add little (an eighth, then
 * half as much each time), and so does what an earlier passage shows already. Among windows of equal worth one that can
 * begin at a sentence is better, then the earliest. A window across a break (of a heading: snippet_cut.h) counts each
 * word once only, so that it is taken only for more words than one paragraph has. A window chosen grows into a passage:
 * back to the beginning of its sentence if that is near, else to some words before; on to the end of a sentence, else
 * between words; over a break only if it were too short to say something. */
#ifndef SEARCHER_SNIPPET_PASSAGE_H
#define SEARCHER_SNIPPET_PASSAGE_H

#include "searcher/snippet_cut.h"
#include "searcher/snippet_match.h"

typedef struct snippet_passage {
    size_t begin, end;
    size_t core_begin, core_end;   /* the marks it was chosen for */
    bool open_begin, open_end;     /* a sentence is cut there */
} snippet_passage;

/* Passages of one text. One thread at a time. */
typedef struct snippet_passages {
    snippet_passage *list;
    size_t count, capacity;
    uint32_t *seen;     /* of each key: how often it is in the window */
    uint64_t *weights;  /* of each key */
    bool *broken;       /* of each mark: whether a break is between it and the one before */
    size_t broken_capacity;
    bool any_broken;
    uint32_t key_count; /* words and groups of the query, and one for words side by side */
} snippet_passages;

/* OIR_NO_MEMORY. On failure there is nothing to release. */
oir_status snippet_passage_init(snippet_passages *p, const snippet_query *query, oir_error *err);
void snippet_passage_release(snippet_passages *p);

/* Chooses up to `most` passages, which are in the text's order and do not overlap, of about `length` bytes together,
 * for the marks that `m` has found. Without marks: the text's start. OIR_NO_MEMORY. */
oir_status snippet_passage_choose(snippet_passages *p, const snippet_match *m, const snippet_text *text, size_t length,
                                  size_t most, oir_error *err);

#endif
