/* What stands behind the public iterators: a base that every kind starts with, whose fields are refreshed by few
 * functions. The public functions deal with what is common: standing, ending, and seeks that need not move.
 *
 * A kind embeds the base as its first member, sets `ops` and lets next and seek fill the fields. Its next is not called
 * again after it said that there is no more; its seek is called only when the iterator does not stand on or behind the
 * target already. All: one thread at a time. */
#ifndef DOCUMENT_ITERATOR_H
#define DOCUMENT_ITERATOR_H

#include <oir/iterator.h>

enum iterator_state { ITERATOR_BEFORE, ITERATOR_STANDING, ITERATOR_ENDED };

typedef struct term_iterator_ops {
    oir_status (*next)(oir_term_iterator *iterator, bool *found, oir_error *err);
    /* To the first term not less than the given one, forward only. */
    oir_status (*seek)(oir_term_iterator *iterator, const char *term, size_t size, bool *found, oir_error *err);
    void (*free)(oir_term_iterator *iterator);
} term_iterator_ops;

struct oir_term_iterator {
    const term_iterator_ops *ops;
    enum iterator_state state; /* kept by iterator.c */
    oir_bytes term;
    oir_termcount wdf;
    oir_doccount termfreq;
};

typedef struct posting_iterator_ops {
    oir_status (*next)(oir_posting_iterator *iterator, bool *found, oir_error *err);
    oir_status (*seek)(oir_posting_iterator *iterator, oir_docid docid, bool *found, oir_error *err);
    void (*free)(oir_posting_iterator *iterator);
} posting_iterator_ops;

struct oir_posting_iterator {
    const posting_iterator_ops *ops;
    enum iterator_state state;
    oir_docid docid;
    oir_termcount wdf, doclength;
};

typedef struct position_iterator_ops {
    oir_status (*next)(oir_position_iterator *iterator, bool *found, oir_error *err);
    oir_status (*seek)(oir_position_iterator *iterator, oir_termpos position, bool *found, oir_error *err);
    void (*free)(oir_position_iterator *iterator);
} position_iterator_ops;

struct oir_position_iterator {
    const position_iterator_ops *ops;
    enum iterator_state state;
    oir_termpos position;
};

/* Byte order of terms: less than, equal to or greater than 0. */
int iterator_compare_terms(const char *a, size_t a_size, const char *b, size_t b_size);

/* An iterator over a copy of ascending positions. count may be 0. OIR_NO_MEMORY. */
oir_status iterator_new_positions(oir_position_iterator **out, const oir_termpos *positions, size_t count,
                                  oir_error *err);

#endif
