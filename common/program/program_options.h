/* Options as all programs read them: getopt_long, with messages that help. */
#ifndef PROGRAM_OPTIONS_H
#define PROGRAM_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As getopt_long; `shorts` must begin with a colon. An option that is none, or lacks its argument, is named on the
 * error output with the one that was perhaps meant; '?' is returned then. */
int program_options_next(int argc, char **argv, const char *shorts, const struct option *longs);

/* Puts options first, then "--", then words, in a new array closed by NULL (to be freed): options are allowed after
 * words, and a word such as -syria, which is no option, stays a word once there was one before. Behind a word a
 * letter's argument stands right after it when it is a number, or for the letters in `folders` a folder that there is
 * or a path that starts with ./ or ../; otherwise it is the next word. Where the last option lacks its
 * argument the array ends with it. argc becomes the new number. */
char **program_options_sort(int *argc, char **argv, const char *shorts, const char *folders,
                            const struct option *longs);

/* A whole number from 0 to `most`; false after a message that names the option. */
bool program_options_number(const char *option, const char *text, uint64_t most, uint64_t *out);
/* Bytes, with K, M or G (of 1,024 each) after them. */
bool program_options_size(const char *option, const char *text, uint64_t *out);
/* Seconds, with a decimal point or without. */
bool program_options_seconds(const char *option, const char *text, double *out);

/* "oir-search 0.1.0 (index format 0, avx2)" on the standard output. */
void program_options_print_version(void);

#endif
