/* Matches for programs. */
#ifndef SEARCH_JSON_H
#define SEARCH_JSON_H

#include "searcher/program/search_query.h"

/* Writes a JSON object for each match on a line of its own: rank, docid, id, path, title, score, snippet. id and path
 * are null where a document has none. The snippet is HTML, matches are in <b>. */
oir_status search_json_write(search_query *search);
/* Writes the path of each match on a line of its own, or closed by a zero byte where the options say so; or its id, or
 * its docid where it has none. */
oir_status search_json_write_paths(search_query *search);

#endif
