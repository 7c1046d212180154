#include "indexer/word_table.h"

#include <string.h>

#include "base/memory.h"

enum { LINE = 64 };

bool word_table_open(word_table *t)
{
    size_t size = 2 * (size_t)WORD_TABLE_PAIRS * sizeof *t->entries;
    if (t->entries)
        return true;
    t->memory = memory_new(size + LINE);
    if (!t->memory)
        return false;
    memset(t->memory, 0, size + LINE);
    t->entries = (word_table_entry *)(((uintptr_t)t->memory + LINE - 1) & ~(uintptr_t)(LINE - 1));
    t->round = 1;
    return true;
}

void word_table_release(word_table *t)
{
    memory_free(t->memory);
    *t = (word_table){0};
}

void word_table_forget(word_table *t)
{
    if (t->entries && ++t->round == 0) {
        memset(t->entries, 0, 2 * (size_t)WORD_TABLE_PAIRS * sizeof *t->entries);
        t->round = 1;
    }
}
