#include "codec/huffman.h"

#include "base/sort.h"

/* Symbols that come, as count << 9 | symbol, ascending. */
static size_t collect(const uint32_t *counts, size_t count, uint32_t *keys)
{
    size_t used = 0;
    for (uint32_t i = 0; i < count; i++)
        if (counts[i])
            keys[used++] = counts[i] << 9 | i;
    for (uint32_t i = 0; used < 2; i++)
        if (!counts[i])
            keys[used++] = 1u << 9 | i;
    sort_u32(keys, used);
    return used;
}

/* How many codes of each length the best code has. Leaves are taken from the sorted keys, inner nodes in the order in
 * which they were made: both ascend, so that the two lightest are always in front. */
static void count_lengths(const uint32_t *keys, size_t used, uint32_t longest, uint32_t *of_length)
{
    uint32_t weights[HUFFMAN_SYMBOLS_MAX];
    uint16_t parents[HUFFMAN_SYMBOLS_MAX];         /* of inner nodes: the last is the root */
    uint16_t leaf_parents[HUFFMAN_SYMBOLS_MAX];
    uint8_t depths[HUFFMAN_SYMBOLS_MAX];
    size_t leaf = 0, inner = 0, nodes = used - 1;
    for (size_t made = 0; made < nodes; made++) {
        uint32_t sum = 0;
        for (int side = 0; side < 2; side++) {
            if (leaf < used && (inner == made || keys[leaf] >> 9 <= weights[inner])) {
                sum += keys[leaf] >> 9;
                leaf_parents[leaf++] = (uint16_t)made;
            } else {
                sum += weights[inner];
                parents[inner++] = (uint16_t)made;
            }
        }
        weights[made] = sum;
    }
    depths[nodes - 1] = 0;
    for (size_t i = nodes - 1; i-- > 0;)
        depths[i] = (uint8_t)(depths[parents[i]] + 1);
    for (size_t i = 0; i < used; i++) {
        uint32_t length = depths[leaf_parents[i]] + 1u;
        of_length[length < longest ? length : longest]++;
    }
}

/* Codes that were cut to the longest length are too many: for each a shorter one is made longer. */
static void limit(uint32_t *of_length, uint32_t longest)
{
    uint32_t taken = 0;
    for (uint32_t length = 1; length <= longest; length++)
        taken += of_length[length] << (longest - length);
    for (; taken > 1u << longest; taken--) {
        uint32_t length = longest - 1;
        while (!of_length[length])
            length--;
        of_length[length]--;
        of_length[length + 1] += 2;
        of_length[longest]--;
    }
}

void huffman_make_lengths(const uint32_t *counts, size_t count, uint32_t longest, uint8_t *lengths)
{
    uint32_t keys[HUFFMAN_SYMBOLS_MAX], of_length[HUFFMAN_LENGTH_MAX + 1] = {0};
    size_t used = collect(counts, count, keys), next = 0;
    count_lengths(keys, used, longest, of_length);
    limit(of_length, longest);
    for (size_t i = 0; i < count; i++)
        lengths[i] = 0;
    for (uint32_t length = longest; length > 0; length--)
        for (uint32_t i = 0; i < of_length[length]; i++)
            lengths[keys[next++] & 511] = (uint8_t)length;
}

static uint16_t reverse(uint32_t code, uint32_t length)
{
    code = (code & 0x5555) << 1 | (code >> 1 & 0x5555);
    code = (code & 0x3333) << 2 | (code >> 2 & 0x3333);
    code = (code & 0x0f0f) << 4 | (code >> 4 & 0x0f0f);
    code = (code & 0x00ff) << 8 | code >> 8;
    return (uint16_t)(code >> (16 - length));
}

void huffman_make_codes(const uint8_t *lengths, size_t count, uint16_t *codes)
{
    uint32_t of_length[HUFFMAN_LENGTH_MAX + 1] = {0}, next[HUFFMAN_LENGTH_MAX + 1] = {0};
    for (size_t i = 0; i < count; i++)
        of_length[lengths[i]]++;
    of_length[0] = 0;
    for (uint32_t length = 1; length <= HUFFMAN_LENGTH_MAX; length++)
        next[length] = (next[length - 1] + of_length[length - 1]) << 1;
    for (size_t i = 0; i < count; i++)
        codes[i] = lengths[i] ? reverse(next[lengths[i]]++, lengths[i]) : 0;
}
