/* What was asked, counted by kind and name, for the summary at the end of a run. One thread at a time. */
#ifndef TESTS_DIFFERENTIAL_DIFFERENTIAL_TALLY_H
#define TESTS_DIFFERENTIAL_DIFFERENTIAL_TALLY_H

#include <stdint.h>

/* Names are kept as they are: constants, or what lives as long as the program. */
void differential_tally_add(const char *kind, const char *name, uint64_t count);
/* The sum of a kind. */
uint64_t differential_tally_get(const char *kind);
/* All kinds in the order in which they came first, each with its names in theirs. */
void differential_tally_print(void);

#endif
