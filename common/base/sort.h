/* Sorting numbers in place, ascending, without memory and never in quadratic time. */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <oir/types.h>

void sort_u32(uint32_t *numbers, size_t count);
void sort_u64(uint64_t *numbers, size_t count);

/* Sorts, and keeps of equal numbers one; returns how many there are then. What is in order already costs a look. */
size_t sort_u32_distinct(uint32_t *numbers, size_t count);

#endif
