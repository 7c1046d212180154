/* Sorting numbers in place, ascending, without memory but where it is given, and never in quadratic time. */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <oir/types.h>

void sort_u32(uint32_t *numbers, size_t count);
void sort_u64(uint64_t *numbers, size_t count);

/* Sorts by the high 32 bits, of which none is above `highest`; equal ones keep their order. `other` has room for as
 * many. Returns whichever of the two has the result. */
uint64_t *sort_u64_by_high(uint64_t *numbers, uint64_t *other, size_t count, uint32_t highest);

/* Sorts, and keeps of equal numbers one; returns how many there are then. What is in order already costs a look. */
size_t sort_u32_distinct(uint32_t *numbers, size_t count);

#endif
