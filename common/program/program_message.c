#include "program/program_message.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "program/program_text.h"

static const char *program_name = "oir";
static void (*prepare_message)(void);

/* Opened the wrong way round, so that using one fails as it does when it is closed. */
static void take_closed_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) == -1)
            return;
}

void program_message_start(const char *name)
{
    program_name = name;
    take_closed_streams();
}

const char *program_message_name(void)
{
    return program_name;
}

void program_message_set_prepare(void (*prepare)(void))
{
    prepare_message = prepare;
}

/* On the stack, because running out of memory is one of the things to be said. */
void program_message(const char *format, ...)
{
    char line[8192];
    char shown[3 * sizeof(line)];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    if (prepare_message != NULL)
        prepare_message();
    size_t size = program_text_show(shown, line, strlen(line));
    fprintf(stderr, "%s: %.*s\n", program_name, (int)size, shown);
}

int program_message_failure(const oir_error *err)
{
    program_message("%s", err->message);
    /* The library says that; how it is done with these programs it does not know. */
    if (err->status == OIR_CORRUPT || err->status == OIR_VERSION)
        program_message("to index anew: oir-index --index DIR --overwrite PATH");
    return err->status == OIR_LOCKED ? PROGRAM_BUSY : PROGRAM_FAILED;
}
