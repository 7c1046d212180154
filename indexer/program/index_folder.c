#include "indexer/program/index_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program/program_buffer.h"

static const char generation[] = "generation-";
static const char segment[] = "segment-";

/* Digits after the prefix, and then the ending. */
static bool has_number(const char *name, const char *prefix, const char *ending)
{
    size_t size = strlen(prefix);
    if (strncmp(name, prefix, size) != 0)
        return false;
    size_t digits = strspn(name + size, "0123456789");
    return digits > 0 && strcmp(name + size + digits, ending) == 0;
}

bool index_folder_is_numbered(const char *name)
{
    return has_number(name, generation, "") || has_number(name, generation, ".tmp") ||
           has_number(name, segment, "") || has_number(name, segment, ".tmp");
}

bool index_folder_is_own(const char *name)
{
    return strcmp(name, "current") == 0 || strcmp(name, "current.tmp") == 0 || strcmp(name, "lock") == 0 ||
           index_folder_is_numbered(name);
}

bool index_folder_has_index(const char *path)
{
    char line[64];
    ssize_t size = -1;
    struct stat file;
    program_buffer current = {0};
    program_buffer_add_format(&current, "%s/current", path);
    /* Asked before it is opened, and not waited for: it may be anything at all. */
    int fd = stat(current.data, &file) == 0 && S_ISREG(file.st_mode)
                 ? open(current.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (fd >= 0)
        size = read(fd, line, sizeof(line) - 1);
    if (fd >= 0)
        close(fd);
    program_buffer_release(&current);
    line[size > 0 ? size : 0] = '\0';
    return has_number(line, generation, "\n");
}

uint64_t index_folder_size(const char *path)
{
    uint64_t bytes = 0;
    struct dirent *entry;
    struct stat file;
    DIR *folder = opendir(path);
    while (folder != NULL && (entry = readdir(folder)) != NULL)
        if (index_folder_is_own(entry->d_name) &&
            fstatat(dirfd(folder), entry->d_name, &file, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(file.st_mode))
            bytes += (uint64_t)file.st_size;
    if (folder != NULL)
        closedir(folder);
    return bytes;
}
