#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "catalog/catalog_current.h"
#include "catalog/catalog_lock.h"
#include "catalog/catalog_path.h"

static bool has_segment(const generation *g, uint64_t number)
{
    for (size_t i = 0; i < g->segment_count; i++)
        if (g->segments[i].number == number)
            return true;
    return false;
}

/* Ours, and not named by g. Everything else in the folder is somebody's. */
static bool is_left_over(const char *name, const generation *g, uint64_t kept)
{
    uint64_t number;
    bool temporary;
    if (strcmp(name, CATALOG_PATH_CURRENT_NEW) == 0)
        return true;
    if (catalog_path_number(name, CATALOG_PATH_GENERATION, &number, &temporary))
        return temporary || number != g->revision;
    if (catalog_path_number(name, CATALOG_PATH_SEGMENT, &number, &temporary))
        return temporary || (number != kept && !has_segment(g, number));
    return false;
}

void catalog_keep_segment(catalog_lock *lock, uint64_t number)
{
    lock->kept = number;
}

void catalog_clean(catalog_lock *lock, const generation *g)
{
    uint64_t newest;
    if (catalog_lock_check(lock, NULL) != OIR_OK)
        return;
    /* Files that readers are sent to must stay, whatever g says. */
    oir_status status = catalog_current_get(lock->folder, &newest, NULL);
    if ((status != OIR_OK && status != OIR_NOT_FOUND) || newest != g->revision)
        return;
    DIR *folder = opendir(lock->folder);
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (is_left_over(entry->d_name, g, lock->kept))
            unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
}
