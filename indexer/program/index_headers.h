/* What a text file says about itself in its first lines. */
#ifndef INDEX_HEADERS_H
#define INDEX_HEADERS_H

#include <oir/types.h>

#include "program/program_buffer.h"

typedef struct index_headers {
    oir_bytes title;
    oir_bytes date;
    oir_bytes text;         /* without what is below */
    oir_bytes more;         /* the lines of headers as they stand */
    program_buffer members; /* them as members of a JSON object, without the date */
} index_headers;

/* `text` is UTF-8, `name` the file's path. In a .txt file the first line is the title when a blank line follows; in a
 * .md file when it starts with "# ". After such a title, lines of the form "Name: value" up to a blank line are headers
 * if Date is among them. Everything else has its file's name for a title. What is found points into text and name. */
void index_headers_read(index_headers *headers, const char *name, oir_bytes text);
void index_headers_release(index_headers *headers);

#endif
