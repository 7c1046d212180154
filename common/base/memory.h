/* Allocation through the caller's hooks. Nothing in the library calls malloc but memory.c. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <oir/memory.h>

/* NULL when there is none, or when size is 0. Released with memory_free. */
void *memory_new(size_t size);
/* count zeroed elements; NULL also when count * size overflows. */
void *memory_new_zeroed(size_t count, size_t size);
/* One zeroed, for what one thread writes all the time while others have the like: no two are on one cache line, which
 * would wander between processors. */
void *memory_new_apart(size_t size);
/* Grows or shrinks; NULL leaves the old block as it was. */
void *memory_resize(void *block, size_t size);
/* A copy of size bytes with a zero byte after them. */
void *memory_copy(const void *bytes, size_t size);
void memory_free(void *block);

/* Has the C library give what was freed back to the system, as far as it can: after much, before something long. */
void memory_give_back(void);

/* Makes room for `need` elements in a growing array: at least doubles, never shrinks. False when out of memory,
 * and then nothing has changed.  *array is a pointer to the elements, of `size` bytes each. */
bool memory_reserve(void *array_pointer, size_t *capacity, size_t need, size_t size);

#endif
