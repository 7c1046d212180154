#include "differential/differential_tally.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 400, COLUMNS = 118 };

static struct {
    const char *kind, *name;
    uint64_t count;
} tally[MOST];
static size_t used;

void differential_tally_add(const char *kind, const char *name, uint64_t count)
{
    size_t i = 0;
    while (i < used && (strcmp(tally[i].kind, kind) != 0 || strcmp(tally[i].name, name) != 0))
        i++;
    if (i == MOST)
        exit(1);
    if (i == used) {
        tally[used].kind = kind;
        tally[used++].name = name;
    }
    tally[i].count += count;
}

uint64_t differential_tally_get(const char *kind)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < used; i++)
        sum += strcmp(tally[i].kind, kind) == 0 ? tally[i].count : 0;
    return sum;
}

static bool is_first(size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(tally[i].kind, tally[at].kind) == 0)
            return false;
    return true;
}

static void print_kind(const char *kind)
{
    int column = printf("%s:", kind);
    for (size_t i = 0; i < used; i++) {
        char text[160];
        if (strcmp(tally[i].kind, kind) != 0)
            continue;
        int size = snprintf(text, sizeof text, " %s %" PRIu64 ";", tally[i].name, tally[i].count);
        column = column + size > COLUMNS ? printf("\n   ") - 1 : column;
        column += printf("%s", text);
    }
    printf("\n");
}

void differential_tally_print(void)
{
    for (size_t i = 0; i < used; i++)
        if (is_first(i))
            print_kind(tally[i].kind);
}
