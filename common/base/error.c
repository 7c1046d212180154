#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *oir_status_name(oir_status status)
{
    static const char *const names[] = {
        "OIR_OK",        "OIR_INVALID_ARGUMENT", "OIR_INVALID_OPERATION", "OIR_NOT_FOUND", "OIR_EXISTS",
        "OIR_LOCKED",    "OIR_CORRUPT",          "OIR_VERSION",           "OIR_IO",        "OIR_NO_SPACE",
        "OIR_NO_MEMORY", "OIR_LIMIT",            "OIR_TOO_BIG",           "OIR_CANCELLED", "OIR_UNSUPPORTED",
    };
    size_t at = (size_t)status;
    return at < sizeof names / sizeof *names ? names[at] : "OIR_UNKNOWN";
}

void error_write(oir_error *err, oir_status status, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        err->status = status;
        vsnprintf(err->message, sizeof err->message, format, args);
        va_end(args);
    }
}

oir_status error_from_errno(oir_error *err, const char *format, ...)
{
    int saved = errno;
    oir_status status = OIR_IO;
    if (saved == ENOSPC || saved == EDQUOT)
        status = OIR_NO_SPACE;
    else if (saved == ENOMEM)
        status = OIR_NO_MEMORY;
    if (err) {
        char words[128];
        va_list args;
        va_start(args, format);
        err->status = status;
        vsnprintf(err->message, sizeof err->message, format, args);
        va_end(args);
        /* strerror_r in its POSIX form: strerror's buffer is shared between threads. */
        if (strerror_r(saved, words, sizeof words) != 0)
            snprintf(words, sizeof words, "error %d", saved);
        size_t used = strlen(err->message);
        snprintf(err->message + used, sizeof err->message - used, ": %s", words);
    }
    return status;
}

void error_prefix(oir_error *err, const char *format, ...)
{
    if (!err)
        return;
    char lower[OIR_MESSAGE_MAX];
    memcpy(lower, err->message, sizeof lower);
    va_list args;
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    size_t used = strlen(err->message);
    snprintf(err->message + used, sizeof err->message - used, ": %.*s", (int)(sizeof lower - 1), lower);
}
