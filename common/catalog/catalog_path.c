#include "catalog/catalog_path.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"

void catalog_path_name(char name[CATALOG_PATH_NAME_MAX], const char *prefix, uint64_t number)
{
    snprintf(name, CATALOG_PATH_NAME_MAX, "%s%" PRIu64, prefix, number);
}

bool catalog_path_number(const char *name, const char *prefix, uint64_t *number, bool *temporary)
{
    size_t prefix_size = strlen(prefix);
    if (strncmp(name, prefix, prefix_size) != 0)
        return false;
    const char *at = name + prefix_size;
    uint64_t value = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        uint64_t digit = (uint64_t)(*at - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    /* Written back: one number has one name, so neither "segment-" nor "segment-007" is ours. */
    char again[CATALOG_PATH_NAME_MAX];
    catalog_path_name(again, prefix, value);
    size_t size = strlen(again);
    if (strncmp(name, again, size) != 0 || (name[size] && strcmp(name + size, ".tmp") != 0))
        return false;
    *number = value;
    *temporary = name[size] != 0;
    return true;
}

oir_status catalog_path_highest(const char *folder, const char *prefix, uint64_t *number, oir_error *err)
{
    *number = 0;
    DIR *opened = opendir(folder);
    if (!opened && (errno == ENOENT || errno == ENOTDIR))
        return OIR_OK;
    if (!opened)
        return error_from_errno(err, "cannot list the folder %s", folder);
    errno = 0;
    for (struct dirent *entry; (entry = readdir(opened)); errno = 0) {
        uint64_t here;
        bool temporary;
        if (catalog_path_number(entry->d_name, prefix, &here, &temporary) && !temporary && here > *number)
            *number = here;
    }
    oir_status status = errno ? error_from_errno(err, "cannot list the folder %s", folder) : OIR_OK;
    closedir(opened);
    return status;
}

char *catalog_path_new(const char *folder, const char *prefix, uint64_t number)
{
    char name[CATALOG_PATH_NAME_MAX];
    catalog_path_name(name, prefix, number);
    return file_join(folder, name);
}
