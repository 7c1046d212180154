#include "indexer/word_table.h"

#include <string.h>

#include "base/memory.h"

enum { LINE = 64 };

static size_t find_size(uint8_t bits)
{
    return ((size_t)2 << bits) * sizeof(word_table_entry);
}

bool word_table_open(word_table *t, size_t words)
{
    uint8_t bits = t->entries ? t->bits : WORD_TABLE_BITS_LEAST;
    while (bits < WORD_TABLE_BITS_MOST && words > (size_t)2 << bits)
        bits++;
    if (t->entries && bits == t->bits)
        return true;
    void *memory = memory_new(find_size(bits) + LINE);
    if (!memory)
        return false;
    memory_free(t->memory);
    memset(memory, 0, find_size(bits) + LINE);
    t->memory = memory;
    t->entries = (word_table_entry *)(((uintptr_t)memory + LINE - 1) & ~(uintptr_t)(LINE - 1));
    t->round = 1;
    t->bits = bits;
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
        memset(t->entries, 0, find_size(t->bits));
        t->round = 1;
    }
}
