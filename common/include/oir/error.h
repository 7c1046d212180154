/* What went wrong: a status to branch on, a message to show.
 *
 * Every call that can fail returns an oir_status and takes an oir_error as its last parameter. The error belongs to the
 * caller, may be NULL, and is written only when the status is not OIR_OK. Nothing in the library prints, exits, aborts
 * or keeps an error of its own. On failure an out-parameter that hands out an object is set to NULL. */
#ifndef OIR_ERROR_H
#define OIR_ERROR_H

#include <oir/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Statuses. The numbers are part of the interface and never change. */
typedef enum oir_status {
    OIR_OK = 0,
    OIR_INVALID_ARGUMENT = 1,   /* a parameter is outside what the call's comment allows */
    OIR_INVALID_OPERATION = 2,  /* the object is not in a state that allows the call */
    OIR_NOT_FOUND = 3,          /* no such index, document, term or field */
    OIR_EXISTS = 4,             /* there is an index already where one was to be made */
    OIR_LOCKED = 5,             /* another writer holds the index; the message says who */
    OIR_CORRUPT = 6,            /* the bytes on disk are damaged; the message says where */
    OIR_VERSION = 7,            /* the index was written in a format that this library does not read */
    OIR_IO = 8,                 /* the system refused to read or write; the message carries its words */
    OIR_NO_SPACE = 9,           /* the disk or quota is full; the last commit is intact */
    OIR_NO_MEMORY = 10,         /* an allocation failed; objects stay as they were */
    OIR_LIMIT = 11,             /* a limit on depth, clauses, expansions or time was met; the message says which */
    OIR_TOO_BIG = 12,           /* a document, term or collection is larger than the format can hold */
    OIR_CANCELLED = 13,         /* a callback asked to stop */
    OIR_UNSUPPORTED = 14        /* this build or this index has not got what was asked for */
} oir_status;

/* Room for a message, in bytes. */
#define OIR_MESSAGE_MAX 512

/* The last failure. Lifetime: the caller's own variable; no release needed. One thread at a time. */
typedef struct oir_error {
    oir_status status;
    char message[OIR_MESSAGE_MAX]; /* one line, no final stop, always closed by a zero byte */
} oir_error;

/* The name of a status, such as "OIR_LOCKED"; "OIR_UNKNOWN" for a number that is none. A constant, never freed. */
OIR_API const char *oir_status_name(oir_status status);

#ifdef __cplusplus
}
#endif
#endif
