#include "indexer/program/index_overwrite.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include <oir/database.h>

#include "indexer/program/index_folder.h"
#include "program/program_buffer.h"
#include "program/program_message.h"

/* What says nothing of a folder. A lock is all there is where making an index was cut short at its beginning. */
static bool is_passed_over(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, "lock") == 0;
}

/* An index that cannot be read is known by its having numbered files, and no file of another name than it gives. */
static bool check_names(const char *index)
{
    program_buffer other = {0};
    bool numbered = false;
    bool foreign = false;
    struct dirent *entry;
    DIR *folder = opendir(index);
    if (folder == NULL && (errno == ENOENT || errno == ENOTDIR)) /* what is no folder the library refuses */
        return true;
    if (folder == NULL) {
        program_message("%s: %s", index, strerror(errno));
        return false;
    }
    while (!foreign && (entry = readdir(folder)) != NULL) {
        const char *name = entry->d_name;
        if (is_passed_over(name))
            continue;
        numbered |= index_folder_is_numbered(name);
        foreign = !index_folder_is_own(name);
        program_buffer_clear(&other);
        program_buffer_add_text(&other, name);
    }
    closedir(folder);
    bool good = other.size == 0 || (numbered && !foreign);
    if (!good)
        program_message("%s has no index that could be read, but %s; it is not overwritten: choose another folder, or "
                        "empty this one yourself", index, other.data);
    program_buffer_release(&other);
    return good;
}

bool index_overwrite_check(const char *index)
{
    oir_database *database = NULL;
    oir_status status = oir_database_open(&database, index, NULL);
    oir_database_close(database);
    return status == OIR_OK || status == OIR_VERSION || check_names(index);
}
