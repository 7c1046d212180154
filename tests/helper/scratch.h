/* A folder of a test's own, removed at its end with the files in it. */
#ifndef TESTS_HELPER_SCRATCH_H
#define TESTS_HELPER_SCRATCH_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCRATCH_PATH = 512 };

/* Its path, released by scratch_close. */
static inline char *scratch_open(void)
{
    const char *base = getenv("TMPDIR");
    char path[SCRATCH_PATH];
    snprintf(path, sizeof path, "%s/oir-test-XXXXXX", base ? base : "/tmp");
    char *made = mkdtemp(path) ? strdup(path) : NULL;
    if (!made) {
        perror("scratch");
        exit(1);
    }
    return made;
}

/* The path of a file in it. */
static inline void scratch_path(char path[SCRATCH_PATH], const char *folder, const char *name)
{
    if (snprintf(path, SCRATCH_PATH, "%s/%s", folder, name) >= SCRATCH_PATH)
        exit(1);
}

static inline void scratch_close(char *folder)
{
    DIR *d = opendir(folder);
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
        char path[SCRATCH_PATH];
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        scratch_path(path, folder, e->d_name);
        unlink(path);
    }
    if (d)
        closedir(d);
    rmdir(folder);
    free(folder);
}

#endif
