/* Where the library takes its memory from. */
#ifndef OIR_MEMORY_H
#define OIR_MEMORY_H

#include <oir/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Replacements for malloc, realloc and free, with the same contracts; realloc is called with a null pointer as malloc
 * is. Each may be called from any thread that calls the library, and from those that it makes itself where it was told
 * to (oir_enquire_set_threads, a writer's threads). */
typedef struct oir_allocator {
    void *(*allocate)(size_t size, void *context);
    void *(*reallocate)(void *block, size_t size, void *context);
    void (*release)(void *block, void *context);
    void *context;
} oir_allocator;

/* Makes all later allocations go through `allocator`, which is copied; NULL returns to malloc, realloc and free.
 * Call it before any other function of the library, and never while an object of the library is alive; so it is
 * not thread-safe. What zlib allocates is covered; what LMDB, libstemmer and libdeflate do for themselves is
 * not. */
OIR_API void oir_allocator_set(const oir_allocator *allocator);

/* Frees memory that a call handed out through a pointer-to-pointer parameter where its comment names this function.
 * NULL is accepted. Shared. */
OIR_API void oir_memory_free(void *block);

#ifdef __cplusplus
}
#endif
#endif
