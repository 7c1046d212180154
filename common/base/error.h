/* Filling a caller's oir_error, and the two macros by which statuses travel up. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <oir/error.h>

/* Writes status and message into err (may be NULL) and has the status as its value, so that a failing function ends
 * with `return error_set(err, OIR_CORRUPT, "...")`. One line, no final stop; say what failed, on what, and what to do.
 * A macro, so that the compiler sees that the value is not OIR_OK, and what was left unset is not read after it. */
#define error_set(err, status, ...) (error_write(err, status, __VA_ARGS__), error_value(status))

static inline oir_status error_value(oir_status status)
{
    return status;
}

__attribute__((format(printf, 3, 4)))
void error_write(oir_error *err, oir_status status, const char *format, ...);

/* As error_set for a failed system call: appends ": " and the words for errno; ENOSPC and EDQUOT become OIR_NO_SPACE,
 * ENOMEM OIR_NO_MEMORY, others OIR_IO. */
__attribute__((format(printf, 2, 3)))
oir_status error_from_errno(oir_error *err, const char *format, ...);

/* OIR_NO_MEMORY with a message that names what was being made. */
#define error_no_memory(err, what) error_set(err, OIR_NO_MEMORY, "out of memory for %s", what)

/* Puts `prefix: ` before a message that a lower function wrote; the status stays. */
__attribute__((format(printf, 2, 3)))
void error_prefix(oir_error *err, const char *format, ...);

/* Leaves the function if the call failed. For functions that own nothing; others go to their exit label. */
#define ERROR_FORWARD(call)                             \
    do {                                                \
        oir_status error_forward_status_ = (call);      \
        if (error_forward_status_ != OIR_OK)            \
            return error_forward_status_;               \
    } while (0)

/* The same for functions with an exit label `done` and a variable `status`. */
#define ERROR_GOTO_DONE(call)                           \
    do {                                                \
        status = (call);                                \
        if (status != OIR_OK)                           \
            goto done;                                  \
    } while (0)

#endif
