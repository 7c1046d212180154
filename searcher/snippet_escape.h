/* Writes text so that it cannot be taken for anything else: valid UTF-8 without control characters, and in HTML without
 * markup. Bytes that are no UTF-8 are written as the Latin-1 characters that the index read them as. */
#ifndef SEARCHER_SNIPPET_ESCAPE_H
#define SEARCHER_SNIPPET_ESCAPE_H

#include <oir/snippet.h>

#include "base/buffer.h"

/* How to write one passage, and whether white space is owed: of a run of it one space is written, when something stands
 * before and follows. */
typedef struct snippet_escape {
    buffer *out;
    oir_snippet_escape mode;
    bool one_line, begun, space;
} snippet_escape;

/* Appends text; it must not begin or end within a character. */
void snippet_escape_add(snippet_escape *e, const uint8_t *text, size_t size);
/* Writes the space that is owed, before something is added to the buffer that is no text. */
void snippet_escape_flush(snippet_escape *e);

#endif
