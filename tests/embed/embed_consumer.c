/* A program of somebody else: it has functions that are called like some inside the library, and must still link, with
 * the shared and with the static one, and get its own. */
#include <stdio.h>
#include <string.h>

#include <oir/oir.h>

int buffer_add(int a, int b);
int error_set(int a);

int buffer_add(int a, int b)
{
    return a + b;
}

int error_set(int a)
{
    return -a;
}

int main(void)
{
    if (strcmp(oir_version(), OIR_VERSION_STRING) != 0 || strcmp(oir_status_name(OIR_CORRUPT), "OIR_CORRUPT") != 0) {
        fprintf(stderr, "headers say %s, the library %s\n", OIR_VERSION_STRING, oir_version());
        return 1;
    }
    return buffer_add(2, 3) == 5 && error_set(1) == -1 ? 0 : 1;
}
