#include "indexer/term_sort.h"

#include <string.h>

#include "base/bits.h"

enum { INSERTION_MAX = 24, KEY_BYTES = 8 };

uint64_t term_sort_key(const uint8_t *bytes, size_t size)
{
    uint64_t key = 0;
    memcpy(&key, bytes, size < KEY_BYTES ? size : KEY_BYTES);
    return __builtin_bswap64(key);
}

static void swap(term_sort_item *a, term_sort_item *b)
{
    term_sort_item swapped = *a;
    *a = *b;
    *b = swapped;
}

/* Equal keys can differ in size: "a" and "a\0" have one key, and the shorter comes first if both end within it. */
static bool less(const term_sort_item *a, const term_sort_item *b)
{
    if (a->key != b->key)
        return a->key < b->key;
    return a->size != b->size ? a->size < b->size : a->term < b->term;
}

static void insertion_sort(term_sort_item *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        term_sort_item moved = items[i];
        size_t at = i;
        for (; at > 0 && less(&moved, &items[at - 1]); at--)
            items[at] = items[at - 1];
        items[at] = moved;
    }
}

/* Distributes items by one byte of their keys; starts[256] is the end. */
static void distribute(term_sort_item *items, size_t count, uint32_t shift, size_t starts[257])
{
    size_t next[256];
    memset(starts, 0, 257 * sizeof *starts);
    for (size_t i = 0; i < count; i++)
        starts[(items[i].key >> shift & 0xff) + 1]++;
    for (size_t b = 0; b < 256; b++) {
        starts[b + 1] += starts[b];
        next[b] = starts[b];
    }
    for (size_t b = 0; b < 256; b++)
        while (next[b] < starts[b + 1]) {
            size_t to = items[next[b]].key >> shift & 0xff;
            if (to == b)
                next[b]++;
            else
                swap(&items[next[b]], &items[next[to]++]);
        }
}

static void sort_keys(term_sort_item *items, size_t count, uint32_t shift)
{
    if (count <= INSERTION_MAX) {
        insertion_sort(items, count);
        return;
    }
    size_t starts[257];
    distribute(items, count, shift, starts);
    if (shift > 0)
        for (size_t b = 0; b < 256; b++)
            if (starts[b + 1] - starts[b] > 1)
                sort_keys(items + starts[b], starts[b + 1] - starts[b], shift - 8);
}

static void sort_from(term_sort_item *items, size_t count, size_t depth);

/* Terms whose 8 bytes at `depth` are equal: those that end within them first, by size; the others by what follows. */
static void sort_equal(term_sort_item *items, size_t count, size_t depth)
{
    size_t ended = 0;
    for (size_t i = 0; i < count; i++)
        if (items[i].size <= depth + KEY_BYTES)
            swap(&items[i], &items[ended++]);
    insertion_sort(items, ended);
    for (size_t i = 1; i < ended; i++)
        items[i].same = items[i].size == items[i - 1].size;
    for (size_t i = ended; i < count; i++)
        items[i].key = term_sort_key(items[i].bytes + depth + KEY_BYTES, items[i].size - depth - KEY_BYTES);
    if (count - ended > 1)
        sort_from(items + ended, count - ended, depth + KEY_BYTES);
}

static void sort_from(term_sort_item *items, size_t count, size_t depth)
{
    sort_keys(items, count, 56);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && items[end].key == items[first].key; end++) {
        }
        if (end - first > 1)
            sort_equal(items + first, end - first, depth);
    }
}

void term_sort(term_sort_item *items, size_t count)
{
    sort_from(items, count, 0);
}
