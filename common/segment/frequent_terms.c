#include "segment/frequent_terms.h"

#include <string.h>

#include "base/error.h"
#include "segment/container.h"
#include "segment/terms_block.h"

enum { HEADER_SIZE = 8, FIXED_SIZE = 1 + 4 + 6 + 6 };

static oir_status corrupt(const char *what, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "the table of frequent terms is damaged (%s); restore it from a copy or index "
                     "again", what);
}

oir_status frequent_terms_open(frequent_terms *f, const struct container *parts, oir_error *err)
{
    const uint8_t *root;
    uint64_t size;
    *f = (frequent_terms){0};
    if (!container_has_part(parts, PART_FREQUENT))
        return OIR_OK;
    ERROR_FORWARD(container_get_root(parts, PART_FREQUENT, &root, &size, err));
    if (size < HEADER_SIZE)
        return corrupt("too short", err);
    uint64_t slots = bits_load32(root + 4), table = HEADER_SIZE + slots * 4;
    if (slots == 0 || (slots & (slots - 1)) != 0 || table > size || size - table > bits_low(20))
        return corrupt("its size is not that of its slots", err);
    *f = (frequent_terms){.slots = root + HEADER_SIZE, .entries = root + table, .count = bits_load32(root),
                          .slot_mask = (uint32_t)slots - 1, .entries_size = (uint32_t)(size - table)};
    return OIR_OK;
}

static uint64_t load_u48(const uint8_t *at)
{
    return bits_load64(at) & bits_low(48);
}

/* The term at a place that is checked here; NULL when it is none. */
static const uint8_t *find_entry(const frequent_terms *f, uint32_t place, size_t *size)
{
    if (place == 0 || place > f->entries_size)
        return NULL;
    const uint8_t *at = f->entries + place - 1;
    *size = *at;
    return f->entries_size - (place - 1) > *size + FIXED_SIZE ? at + 1 : NULL;
}

oir_status frequent_terms_get(const frequent_terms *f, uint32_t place, const char *term, size_t size,
                              uint32_t termfreq_max, term_entry *entry, bool *found, oir_error *err)
{
    size_t stored;
    const uint8_t *at = find_entry(f, place, &stored);
    if (!at)
        return corrupt("the place of an entry", err);
    *found = stored == size && memcmp(at, term, size) == 0;
    if (!*found)
        return OIR_OK;
    at += size;
    terms_block block = {.info = at + 16, .end = f->entries + f->entries_size, .ordinal = bits_load32(at),
                         .postings_address = load_u48(at + 4), .positions_address = load_u48(at + 10),
                         .termfreq_max = termfreq_max};
    return terms_block_next_entry(&block, entry) ? OIR_OK : corrupt("an entry", err);
}

bool frequent_terms_next(const frequent_terms *f, uint32_t *slot, const char **term, size_t *size, uint32_t *place)
{
    for (; f->slots && *slot <= f->slot_mask; (*slot)++) {
        uint32_t value = bits_load32(f->slots + (size_t)*slot * 4);
        if (value == 0)
            continue;
        (*slot)++;
        *place = value & (uint32_t)bits_low(20);
        *term = (const char *)find_entry(f, *place, size);
        return true;
    }
    return false;
}
