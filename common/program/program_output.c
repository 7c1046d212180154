#include "program/program_output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "program/program_message.h"

static int failure; /* errno of the first; 0 for none */

static void note(bool good)
{
    if (!good && failure == 0)
        failure = errno != 0 ? errno : EIO;
}

void program_output_add(const void *data, size_t size)
{
    if (failure == 0 && size > 0)
        note(fwrite(data, 1, size, stdout) == size);
}

void program_output_add_text(const char *text)
{
    program_output_add(text, strlen(text));
}

void program_output_add_format(const char *format, ...)
{
    va_list arguments;
    if (failure != 0)
        return;
    va_start(arguments, format);
    note(vprintf(format, arguments) >= 0);
    va_end(arguments);
}

void program_output_flush(void)
{
    if (failure == 0)
        note(fflush(stdout) == 0);
}

int program_output_finish(int code)
{
    program_output_flush();
    if (failure == 0 || failure == EPIPE)
        return code;
    program_message("cannot write the standard output: %s", strerror(failure));
    return PROGRAM_FAILED;
}
