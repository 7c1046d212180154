#include "program/program_place.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program/program_message.h"

static const char folder_name[] = ".oir";

bool program_place_is_folder(const char *path)
{
    struct stat information;
    return stat(path, &information) == 0 && S_ISDIR(information.st_mode);
}

/* The nearest .oir in a folder above the current one. */
static bool find_above(program_buffer *out)
{
    char here[PATH_MAX];
    if (getcwd(here, sizeof(here)) == NULL)
        return false;
    for (char *slash; (slash = strrchr(here, '/')) != NULL;) {
        *slash = '\0';
        program_buffer_clear(out);
        program_buffer_add_format(out, "%s/%s", here, folder_name);
        if (program_place_is_folder(out->data))
            return true;
    }
    return false;
}

bool program_place_find(program_buffer *out, const char *flag, bool make)
{
    const char *environment = getenv("OIR_INDEX");
    program_buffer_clear(out);
    if (flag != NULL || (environment != NULL && environment[0] != '\0')) {
        program_buffer_add_text(out, flag != NULL ? flag : environment);
        if (out->size == 0)
            program_message("--index needs the name of a folder");
        return out->size > 0;
    }
    if (program_place_is_folder(folder_name)) {
        program_buffer_add_text(out, folder_name);
        return true;
    }
    if (find_above(out))
        return true;
    program_buffer_clear(out);
    program_buffer_add_text(out, folder_name);
    if (!make)
        program_message("no index here or in a folder above; make one with: oir-index PATH, or name one with --index "
                        "or OIR_INDEX");
    return make;
}

void program_place_base(program_buffer *out, const char *index)
{
    char full[PATH_MAX];
    program_buffer_clear(out);
    if (realpath(index, full) == NULL)
        return;
    char *slash = strrchr(full, '/');
    *slash = '\0';
    program_buffer_add_text(out, full[0] != '\0' ? full : "/");
}

/* What of `path` is left below `folder`: NULL when it is not below, "" for the folder itself. */
static const char *below(const char *folder, const char *path)
{
    size_t size = strlen(folder);
    if (size == 0 || strncmp(folder, path, size) != 0)
        return NULL;
    if (folder[size - 1] == '/')
        return path + size;
    return path[size] == '/' ? path + size + 1 : path[size] == '\0' ? path + size : NULL;
}

void program_place_keep(program_buffer *out, const char *base, const char *path)
{
    const char *rest = below(base, path);
    program_buffer_clear(out);
    program_buffer_add_text(out, rest != NULL ? rest : path);
}

void program_place_show(program_buffer *out, const char *base, const char *kept)
{
    char here[PATH_MAX];
    program_buffer full = {0};
    if (kept[0] != '/' && base[0] != '\0')
        program_buffer_add_format(&full, "%s%s%s", base, base[strlen(base) - 1] == '/' ? "" : "/", kept);
    else
        program_buffer_add_text(&full, kept);
    const char *rest = getcwd(here, sizeof(here)) != NULL ? below(here, full.data) : NULL;
    program_buffer_clear(out);
    program_buffer_add_text(out, rest != NULL && rest[0] != '\0' ? rest : full.data);
    program_buffer_release(&full);
}
