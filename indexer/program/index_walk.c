#include "indexer/program/index_walk.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "indexer/program/index_folder.h"
#include "indexer/program/index_json_lines.h"
#include "indexer/program/index_text_file.h"
#include "program/program_place.h"

static bool has_ending(const char *name, const char *ending)
{
    size_t size = strlen(name);
    return size >= strlen(ending) && strcmp(name + size - strlen(ending), ending) == 0;
}

static oir_status add_file(index_run *run, const char *path)
{
    program_buffer kept = {0};
    program_place_keep(&kept, program_buffer_text(&run->base), path);
    oir_status status = has_ending(path, ".jsonl") ? index_json_lines_add(run, path, kept.data)
                                                   : index_text_file_add(run, path, kept.data);
    program_buffer_release(&kept);
    return status;
}

typedef struct names {
    char **items;
    size_t count;
    size_t capacity;
} names;

static void add_name(names *list, const char *name)
{
    if (list->count == list->capacity) {
        list->capacity = 2 * list->capacity + 16;
        list->items = program_buffer_resize(list->items, list->capacity * sizeof(char *));
    }
    size_t size = strlen(name) + 1;
    list->items[list->count] = program_buffer_resize(NULL, size);
    memcpy(list->items[list->count++], name, size);
}

static void release_names(names *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Whether all names could be read. */
static bool read_names(names *list, const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return false;
    struct dirent *entry;
    for (errno = 0; (entry = readdir(folder)) != NULL; errno = 0)
        if (entry->d_name[0] != '.')
            add_name(list, entry->d_name);
    int error = errno;
    closedir(folder);
    errno = error;
    if (list->count > 1)
        qsort(list->items, list->count, sizeof(char *), compare_names);
    return error == 0;
}

static void skip_folder(index_run *run, const char *path, int error)
{
    program_buffer kept = {0};
    program_place_keep(&kept, program_buffer_text(&run->base), path);
    index_run_skip(run, kept.data, strerror(error));
    index_run_add_path(&run->unreadable, kept.data);
    program_buffer_release(&kept);
}

/* That of this run may have no commit yet. */
static bool has_index(const index_run *run, const char *path)
{
    struct stat folder;
    return (stat(path, &folder) == 0 && folder.st_dev == run->folder.st_dev && folder.st_ino == run->folder.st_ino) ||
           index_folder_has_index(path);
}

static oir_status add_folder(index_run *run, const char *path);

/* What a folder has in it. `path` is in full and without a link at its end. */
static oir_status add_entry(index_run *run, const char *path)
{
    struct stat entry;
    if (lstat(path, &entry) != 0) {
        if (errno != ENOENT)
            skip_folder(run, path, errno);
        return OIR_OK;
    }
    if (S_ISDIR(entry.st_mode))
        return has_ending(path, ".oir") ? OIR_OK : add_folder(run, path);
    return S_ISREG(entry.st_mode) ? add_file(run, path) : OIR_OK;
}

static oir_status add_folder(index_run *run, const char *path)
{
    names list = {0};
    program_buffer child = {0};
    oir_status status = OIR_OK;
    if (!read_names(&list, path))
        skip_folder(run, path, errno);
    bool without_own = list.count > 0 && has_index(run, path);
    for (size_t i = 0; i < list.count && status == OIR_OK; i++) {
        if (without_own && index_folder_is_own(list.items[i]))
            continue;
        program_buffer_clear(&child);
        program_buffer_add_format(&child, "%s%s%s", path, has_ending(path, "/") ? "" : "/", list.items[i]);
        status = run->keep_going() ? add_entry(run, child.data) : OIR_CANCELLED;
    }
    program_buffer_release(&child);
    release_names(&list);
    return status;
}

/* A path of the command line in full, in room for PATH_MAX bytes; false where it leads nowhere. */
static bool find_path(char *full, struct stat *entry, const char *path)
{
    return realpath(path, full) != NULL && stat(full, entry) == 0;
}

/* NULL where the path can be read. */
static const char *explain_unreadable(const char *path)
{
    char full[PATH_MAX];
    struct stat entry;
    if (strcmp(path, "-") == 0)
        return NULL;
    if (!find_path(full, &entry, path))
        return strerror(errno);
    if (!S_ISREG(entry.st_mode) && !S_ISDIR(entry.st_mode))
        return "neither a file nor a folder";
    return access(full, R_OK) == 0 ? NULL : strerror(errno);
}

bool index_walk_can_begin(index_run *run)
{
    const index_options *options = run->options;
    const char *reason;
    for (int i = 0; i < options->path_count; i++)
        if (explain_unreadable(options->paths[i]) == NULL)
            return true;
    for (int i = 0; i < options->path_count; i++)
        if ((reason = explain_unreadable(options->paths[i])) != NULL)
            index_run_skip_named(run, options->paths[i], reason);
    return false;
}

oir_status index_walk_add(index_run *run, const char *path)
{
    char full[PATH_MAX];
    struct stat entry;
    if (strcmp(path, "-") == 0)
        return index_json_lines_add_input(run);
    if (!find_path(full, &entry, path)) {
        index_run_skip_named(run, path, strerror(errno));
        return OIR_OK;
    }
    run->is_named = !S_ISDIR(entry.st_mode);
    if (run->is_named)
        return add_file(run, full);
    program_buffer kept = {0};
    program_place_keep(&kept, program_buffer_text(&run->base), full);
    index_run_add_path(&run->roots, kept.data);
    program_buffer_release(&kept);
    return add_folder(run, full);
}
