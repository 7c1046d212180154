/* Numbers that every other header speaks in.
 *
 * Thread words used throughout these headers, one on every handle:
 *   shared                  any number of threads may call it at the same time
 *   one thread at a time    calls must not overlap; the thread may change
 *   single writer           as above, and at most one such handle is open per index, in all processes
 *
 * Two laws of ownership, also throughout: what a call *returns* belongs to the object it was asked of; what a call
 * hands out through a pointer-to-pointer parameter belongs to the caller, who gives it back with the noun's
 * _free, _close or _release.
 *
 * Null pointers, also throughout: what an object is given back by takes one, an oir_error may be one, and bytes of
 * size 0 may stand at one. Any other pointer may be one only where the comment of the call says what NULL stands for;
 * elsewhere it is a mistake of the program, which calls need not notice. */
#ifndef OIR_TYPES_H
#define OIR_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define OIR_API __attribute__((visibility("default")))
#else
#define OIR_API
#endif

/* A document's number within an index: 1 and up, stable for the document's life. 0 is no document. */
typedef uint32_t oir_docid;
/* A number of documents. */
typedef uint32_t oir_doccount;
/* A number of occurrences within one document (wdf, document length). */
typedef uint32_t oir_termcount;
/* A word's place within a document, counted from 1 by the term generator. */
typedef uint32_t oir_termpos;
/* A number of occurrences over a whole collection. */
typedef uint64_t oir_totallength;
/* The number of a value slot. */
typedef uint32_t oir_valueno;

/* No slot. */
#define OIR_BAD_VALUENO UINT32_MAX
/* The longest term, in bytes. Longer ones are refused with OIR_INVALID_ARGUMENT. */
#define OIR_TERM_MAX 245

/* Bytes with a length; not closed by a zero byte, may hold any bytes. Who owns them is said where one is handed out. */
typedef struct oir_bytes {
    const char *data;
    size_t size;
} oir_bytes;

#ifdef __cplusplus
}
#endif
#endif
