#include "segment/pairs.h"

#include "base/error.h"
#include "segment/container.h"
#include "segment/pairs_format.h"

static oir_status corrupt(oir_error *err, const char *what)
{
    return error_set(err, OIR_CORRUPT, "lists of pairs: %s; run oir-inspect check, then index anew", what);
}

oir_status pairs_open(pairs_table *p, const struct container *parts, uint32_t document_count, oir_error *err)
{
    const uint8_t *root;
    uint64_t size;
    *p = (pairs_table){0};
    if (!container_has_part(parts, PART_PAIRS))
        return OIR_OK;
    ERROR_FORWARD(container_get_root(parts, PART_PAIRS, &root, &size, err));
    if (size < PAIRS_HEADER_SIZE)
        return corrupt(err, "size of their table");
    uint64_t words = bits_load32(root), count = bits_load32(root + 4);
    if (size != PAIRS_HEADER_SIZE + words * 4 + (words + 1) * 4 + count * PAIRS_ENTRY_SIZE)
        return corrupt(err, "size of their table");
    *p = (pairs_table){.parts = parts, .looked_for = true, .word_count = (uint32_t)words,
                       .pair_count = (uint32_t)count, .document_count = document_count};
    p->ordinals = root + PAIRS_HEADER_SIZE;
    p->starts = p->ordinals + words * 4;
    p->entries = p->starts + (words + 1) * 4;
    return OIR_OK;
}

static uint32_t number_at(const uint8_t *table, uint32_t i)
{
    return bits_load32(table + (size_t)i * 4);
}

/* The number of a word, or word_count. */
static uint32_t find_word(const pairs_table *p, uint32_t ordinal)
{
    uint32_t low = 0, high = p->word_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (number_at(p->ordinals, middle) < ordinal)
            low = middle + 1;
        else
            high = middle;
    }
    return low < p->word_count && number_at(p->ordinals, low) == ordinal ? low : p->word_count;
}

static uint32_t second_of(const pairs_table *p, uint32_t i)
{
    return bits_load16(p->entries + (size_t)i * PAIRS_ENTRY_SIZE) & ~(uint32_t)PAIRS_MARKED;
}

static oir_status fill_entry(const pairs_table *p, uint32_t i, uint32_t second, term_entry *entry, oir_error *err)
{
    const uint8_t *at = p->entries + (size_t)i * PAIRS_ENTRY_SIZE, *size;
    uint32_t count = bits_load32(at + 8);
    *entry = (term_entry){.ordinal = second, .termfreq = count, .collection_freq = count, .wdf_max = 1, .pair = true};
    entry->form = bits_load16(at) & PAIRS_MARKED ? POSTINGS_MARKS : pairs_format_form(count);
    entry->postings_address = bits_load64(at) >> 16;
    if (!count || count > p->document_count)
        return corrupt(err, "number of documents");
    if (entry->form == POSTINGS_SPARSE)
        entry->postings_size = pairs_format_size(count, p->document_count);
    if (entry->form != POSTINGS_SHORT)
        return OIR_OK;
    ERROR_FORWARD(container_get(p->parts, PART_PAIRS, entry->postings_address, PAIRS_SHORT_HEADER, &size, err));
    entry->postings_address += PAIRS_SHORT_HEADER;
    entry->postings_size = bits_load16(size);
    return OIR_OK;
}

bool pairs_find(const pairs_table *p, uint32_t first, uint32_t second, term_entry *entry)
{
    uint32_t a = p->pair_count ? find_word(p, first) : 0, b = p->pair_count ? find_word(p, second) : 0;
    if (!p->pair_count || a == p->word_count || b == p->word_count)
        return false;
    uint32_t low = number_at(p->starts, a), end = number_at(p->starts, a + 1), high = end;
    if (end > p->pair_count || low > end)
        return false; /* damaged: phrases can do without */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (second_of(p, middle) < b)
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && second_of(p, low) == b && fill_entry(p, low, second, entry, NULL) == OIR_OK;
}

oir_status pairs_get(const pairs_table *p, uint32_t i, uint32_t *first, uint32_t *second, term_entry *entry,
                     oir_error *err)
{
    uint32_t a = 0, b = second_of(p, i);
    while (a < p->word_count && number_at(p->starts, a + 1) <= i)
        a++;
    if (a >= p->word_count || b >= p->word_count || number_at(p->starts, a) > i)
        return corrupt(err, "order of their table");
    *first = a;
    *second = b;
    return fill_entry(p, i, number_at(p->ordinals, b), entry, err);
}
