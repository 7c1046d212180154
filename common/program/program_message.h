/* What programs say on the error output, and the codes they exit with. */
#ifndef PROGRAM_MESSAGE_H
#define PROGRAM_MESSAGE_H

#include <oir/error.h>

enum {
    PROGRAM_DONE = 0,
    PROGRAM_FAILED = 2,
    PROGRAM_BUSY = 75, /* EX_TEMPFAIL: somebody else writes; trying again later may do */
    PROGRAM_INTERRUPTED = 130
};

/* Must be called first: the name that goes before messages. Standard streams that the program was started without are
 * closed to reading and writing, but taken: otherwise a file of the index would get the number of one, and messages. */
void program_message_start(const char *name);
const char *program_message_name(void);
/* Called before each message, to clear a line of progress away; NULL for none. */
void program_message_set_prepare(void (*prepare)(void));
/* One line. Control characters in it are replaced: names of files and text of documents end up here. */
void program_message(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The exit code that stands for the error, after saying it. */
int program_message_failure(const oir_error *err);

#endif
