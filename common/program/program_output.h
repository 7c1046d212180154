/* The standard output, where results go. Why writing failed is known when it does and not at the end: it is kept, and
 * nothing more is written. */
#ifndef PROGRAM_OUTPUT_H
#define PROGRAM_OUTPUT_H

#include <stddef.h>

void program_output_add(const void *data, size_t size);
void program_output_add_text(const char *text);
void program_output_add_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What was added comes before what is said on the error output next. */
void program_output_flush(void);
/* Flushes; `code`, or PROGRAM_FAILED after a message when something could not be written. A reader that went away is no
 * failure. */
int program_output_finish(int code);

#endif
