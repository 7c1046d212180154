/* How a query was understood, and what the search did. */
#ifndef SEARCH_EXPLAIN_H
#define SEARCH_EXPLAIN_H

#include "searcher/program/search_query.h"

/* Prints it on the error output, so that what programs read stays as it is. */
oir_status search_explain_print(search_query *search);

#endif
