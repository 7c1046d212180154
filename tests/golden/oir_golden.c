/* oir-golden: makes the golden indexes, and says what is in them.
 *
 *     oir-golden make NAME FOLDER      golden_documents.h has the names
 *     oir-golden dump FOLDER           all that the public headers say of an index, as oir_format.py has it too
 *     oir-golden answers NAME FOLDER   what is asked of it, and the answers
 *     oir-golden version               of the format
 *
 * Exit status: 0 done, 2 failed. */
#include <string.h>

#include "golden/golden_documents.h"

static oir_status run(int argc, char **argv, oir_error *err)
{
    if (argc == 4 && strcmp(argv[1], "make") == 0)
        return golden_make(argv[2], argv[3], err);
    if (argc == 4 && strcmp(argv[1], "answers") == 0)
        return golden_answer(argv[2], argv[3], stdout, err);
    if (argc == 3 && strcmp(argv[1], "dump") == 0)
        return golden_dump(argv[2], stdout, err);
    if (argc == 2 && strcmp(argv[1], "version") == 0)
        return printf("%u\n", oir_format_version()) > 0 ? OIR_OK : OIR_IO;
    *err = (oir_error){OIR_INVALID_ARGUMENT,
                       "usage: oir-golden make NAME FOLDER | dump FOLDER | answers NAME FOLDER | version"};
    return OIR_INVALID_ARGUMENT;
}

int main(int argc, char **argv)
{
    oir_error err;
    if (run(argc, argv, &err) == OIR_OK && fflush(stdout) == 0)
        return 0;
    fprintf(stderr, "oir-golden: %s\n", err.message);
    return 2;
}
