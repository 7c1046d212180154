#include "program/program_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <oir/version.h>

#include "program/program_buffer.h"
#include "program/program_message.h"
#include "program/program_output.h"
#include "program/program_place.h"

enum { NAME_MAX_COMPARED = 31 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters must be added, removed, changed or swapped with their neighbours to make b of a. */
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][NAME_MAX_COMPARED + 2];
    size_t a_size = strlen(a);
    size_t b_size = strlen(b);
    if (a_size > NAME_MAX_COMPARED || b_size > NAME_MAX_COMPARED)
        return SIZE_MAX;
    size_t *before = rows[0];
    size_t *last = rows[1];
    size_t *row = rows[2];
    for (size_t j = 0; j <= b_size; j++)
        last[j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *freed = before;
        before = last;
        last = row;
        row = freed;
    }
    return last[b_size];
}

static const char *nearest(const char *name, const struct option *longs)
{
    const char *best = NULL;
    size_t best_distance = strlen(name) / 3 + 2;
    for (; longs->name != NULL; longs++) {
        size_t found = distance(name, longs->name);
        if (found < best_distance) {
            best = longs->name;
            best_distance = found;
        }
    }
    return best;
}

static const struct option *find_exact(const char *name, const struct option *longs)
{
    for (; longs->name != NULL; longs++)
        if (strcmp(name, longs->name) == 0)
            return longs;
    return NULL;
}

static void complain(const char *argument, int option, const struct option *longs)
{
    char name[64];
    const char *start = argument + strspn(argument, "-");
    bool is_long = strncmp(argument, "--", 2) == 0;
    snprintf(name, sizeof(name), "%.*s", (int)least(strcspn(start, "="), sizeof(name) - 1), start);
    const char *guess = nearest(name, longs);
    const struct option *exact = find_exact(name, longs);
    if (is_long && exact != NULL)
        program_message("--%s takes no argument", name);
    else if (guess != NULL && strlen(name) > 1)
        program_message("unknown option %s; did you mean --%s?", argument, guess);
    else if (option == 0 || is_long)
        program_message("unknown option %s; --help lists all", argument);
    else /* Files and excluded words may begin with a - too. */
        program_message("unknown option -%c%s%s; --help lists all; if it is no option: %s -- %s", option,
                        argument[2] != '\0' ? " in " : "", argument[2] != '\0' ? argument : "",
                        program_message_name(), argument);
}

/* The argument that getopt stumbled over. It has gone on to the next one, unless it is amid a cluster of letters. */
static const char *culprit(char **argv)
{
    const char *next = argv[optind];
    if (optopt != 0 && next != NULL && next[0] == '-' && next[1] != '-') {
        const char *letter = strchr(next + 1, optopt);
        if (letter != NULL && letter[1] != '\0')
            return next;
    }
    return argv[optind - 1];
}

int program_options_next(int argc, char **argv, const char *shorts, const struct option *longs)
{
    opterr = 0;
    int option = getopt_long(argc, argv, shorts, longs, NULL);
    if (option == ':') {
        const char *argument = argv[optind - 1];
        if (argument[1] != '-' && argument[2] != '\0')
            program_message("-%c in %s needs an argument; --help lists all options", optopt, argument);
        else
            program_message("%s needs an argument; --help lists all options", argument);
        return '?';
    }
    if (option == '?')
        complain(culprit(argv), optopt, longs);
    return option;
}

/* Whether what stands right behind a letter is its argument: -n5 and -i../other are options, -nato and -island words.
 * No word has a place for a slash behind -i. or -i.. but Intel's i5 may be excluded, and i/o. */
static bool is_argument(char letter, const char *text, const char *folders)
{
    if (strchr(folders, letter) == NULL)
        return text[0] >= '0' && text[0] <= '9';
    return strncmp(text, "./", 2) == 0 || strncmp(text, "../", 3) == 0 || program_place_is_folder(text);
}

/* Whether -abc is made of options only; *takes_next when the last one's argument is the next word. */
static bool is_cluster(const char *letters, const char *shorts, const char *folders, bool *takes_next)
{
    *takes_next = false;
    for (; *letters != '\0'; letters++) {
        const char *found = *letters == ':' ? NULL : strchr(shorts, *letters);
        if (found == NULL)
            return false;
        if (found[1] == ':') {
            *takes_next = letters[1] == '\0';
            return *takes_next || is_argument(*letters, letters + 1, folders);
        }
    }
    return true;
}

/* Whether the argument of --name is the next word. Names may be shortened. */
static bool long_takes_next(const char *name, const struct option *longs)
{
    for (; longs->name != NULL; longs++)
        if (strncmp(name, longs->name, strlen(name)) == 0)
            return longs->has_arg == required_argument;
    return false;
}

char **program_options_sort(int *argc, char **argv, const char *shorts, const char *folders,
                            const struct option *longs)
{
    size_t count = (size_t)*argc;
    char **sorted = program_buffer_resize(NULL, (2 * count + 4) * sizeof(char *));
    char **words = program_buffer_resize(NULL, (count + 1) * sizeof(char *));
    size_t sorted_count = 0;
    size_t word_count = 0;
    bool lacks_argument = false;
    sorted[sorted_count++] = argv[0];
    for (size_t i = 1; i < count; i++) {
        const char *argument = argv[i];
        bool takes_next = false;
        bool option = argument[0] == '-' && argument[1] != '\0';
        if (strcmp(argument, "--") == 0) {
            while (++i < count)
                words[word_count++] = argv[i];
            break;
        }
        if (option && argument[1] == '-')
            takes_next = long_takes_next(argument + 2, longs);
        else if (option && !is_cluster(argument + 1, shorts, folders, &takes_next) && word_count > 0)
            option = false;
        if (!option) {
            words[word_count++] = argv[i];
            continue;
        }
        sorted[sorted_count++] = argv[i];
        lacks_argument = takes_next && i + 1 == count;
        if (takes_next && !lacks_argument)
            sorted[sorted_count++] = argv[++i];
    }
    /* What followed would be taken for its argument. */
    if (word_count > 0 && !lacks_argument) {
        static char end_of_options[] = "--";
        sorted[sorted_count++] = end_of_options;
        memcpy(sorted + sorted_count, words, word_count * sizeof(char *));
        sorted_count += word_count;
    }
    sorted[sorted_count] = NULL;
    free(words);
    *argc = (int)sorted_count;
    return sorted;
}

bool program_options_number(const char *option, const char *text, uint64_t most, uint64_t *out)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number > most) {
        program_message("%s takes a whole number from 0 to %llu, not \"%s\"", option, (unsigned long long)most, text);
        return false;
    }
    *out = number;
    return true;
}

bool program_options_size(const char *option, const char *text, uint64_t *out)
{
    static const char units[] = "KMG";
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    bool good = text[0] >= '0' && text[0] <= '9' && errno == 0;
    if (good && *end != '\0') {
        char letter = *end >= 'a' && *end <= 'z' ? (char)(*end - 'a' + 'A') : *end;
        const char *unit = strchr(units, letter);
        unsigned shift = unit != NULL ? 10 * (unsigned)(unit - units + 1) : 0;
        good = unit != NULL && (end[1] == '\0' || strcmp(end + 1, "B") == 0 || strcmp(end + 1, "iB") == 0) &&
               number <= UINT64_MAX >> shift;
        number <<= shift;
    }
    if (!good)
        program_message("%s takes a size such as 64M or 1G, not \"%s\"", option, text);
    else
        *out = number;
    return good;
}

bool program_options_seconds(const char *option, const char *text, double *out)
{
    char *end;
    double seconds = strtod(text, &end);
    if (text[0] == '\0' || *end != '\0' || !(seconds >= 0) || seconds > 1e9) {
        program_message("%s takes a number of seconds, not \"%s\"", option, text);
        return false;
    }
    *out = seconds;
    return true;
}

void program_options_print_version(void)
{
    program_output_add_format("%s %s (index format %u, %s)\n", program_message_name(), oir_version(),
                              oir_format_version(), oir_instruction_set());
}
