/* Matches for a person. */
#ifndef SEARCH_SHOW_H
#define SEARCH_SHOW_H

#include "searcher/program/search_query.h"

/* Prints the matches with title, path, date, score and snippet, in lines that fit. */
oir_status search_show_print(search_query *search);
/* Says on the error output how many there are, and how long it took. */
void search_show_print_count(const search_query *search, double seconds);

#endif
