#include "segment/terms.h"

#include "base/error.h"
#include "codec/varint.h"
#include "segment/container.h"
#include "segment/terms_block.h"

enum { BLOCK_AHEAD = 1024 }; /* bytes of a block that are asked for ahead: nearly all have no more */

static oir_status index_corrupt(const char *reason, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "the index over the dictionary is damaged (%s)", reason);
}

oir_status terms_open(terms *t, const struct container *parts, oir_error *err)
{
    const uint8_t *bytes;
    uint64_t size;
    *t = (terms){.parts = parts, .termfreq_max = UINT32_MAX};
    ERROR_FORWARD(container_get_root(parts, PART_TERMS, &bytes, &size, err));
    if (size < TERMS_INDEX_HEADER)
        return index_corrupt("too short", err);

    t->term_count = bits_load32(bytes);
    t->block_count = bits_load32(bytes + 4);
    t->posting_count = bits_load64(bytes + 8);
    uint64_t separators = bits_load64(bytes + 16), blocks = t->block_count;
    uint64_t tables = TERMS_INDEX_HEADER + blocks * (8 + 8 + 4 + 4) + 4;
    if (separators > size || tables + separators != size)
        return index_corrupt("its size is not that of its parts", err);
    if (blocks > t->term_count || (t->term_count + (uint64_t)TERMS_PER_BLOCK - 1) / TERMS_PER_BLOCK > blocks)
        return index_corrupt("the number of blocks does not fit that of terms", err);
    t->prefixes = bytes + TERMS_INDEX_HEADER;
    t->places = t->prefixes + blocks * 8;
    t->ordinals = t->places + blocks * 8;
    t->ends = t->ordinals + (blocks + 1) * 4;
    t->separators = t->ends + blocks * 4;
    if (blocks && bits_load32(t->ends + (blocks - 1) * 4) != separators)
        return index_corrupt("separators do not end where they should", err);
    return frequent_terms_open(&t->frequent, parts, err);
}

bool terms_get_separator(const terms *t, uint32_t block, const uint8_t **bytes, size_t *size)
{
    uint32_t start = block ? bits_load32(t->ends + ((size_t)block - 1) * 4) : 0;
    uint32_t end = bits_load32(t->ends + (size_t)block * 4);
    if (start > end || end > bits_load32(t->ends + ((size_t)t->block_count - 1) * 4))
        return false;
    *bytes = t->separators + start;
    *size = end - start;
    return true;
}

/* How many of the first `count` prefixes are less than `prefix`. No branch depends on the bytes: a wrong guess would
 * cost more than the load. */
static uint32_t count_less(const terms *t, uint32_t count, uint64_t prefix)
{
    uint32_t base = 0;
    while (count > 1) {
        uint32_t half = count / 2;
        base += terms_get_prefix(t, base + half - 1) < prefix ? half : 0;
        count -= half;
    }
    return base + (count == 1 && terms_get_prefix(t, base) < prefix);
}

uint32_t terms_find_block(const terms *t, const char *term, size_t size)
{
    uint64_t prefix = terms_make_prefix(term, size);
    uint32_t low = count_less(t, t->block_count, prefix), high = low;
    /* Blocks whose separators begin as the term does are told apart by the whole of them. */
    if (low < t->block_count && terms_get_prefix(t, low) == prefix)
        high = prefix == UINT64_MAX ? t->block_count : count_less(t, t->block_count, prefix + 1);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const uint8_t *bytes = NULL;
        size_t n = 0;
        if (terms_get_separator(t, middle, &bytes, &n) && terms_compare(bytes, n, term, size) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : t->block_count;
}

oir_status terms_block_corrupt(uint32_t block, const char *reason, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "block %u of the dictionary is damaged (%s)", block, reason);
}

oir_status terms_block_open(const terms *t, uint32_t block, terms_block *b, oir_error *err)
{
    uint32_t first = terms_get_ordinal(t, block), next = terms_get_ordinal(t, block + 1);
    if (next <= first || next - first > TERMS_PER_BLOCK || next > t->term_count)
        return terms_block_corrupt(block, "the index gives it an impossible number of terms", err);

    uint64_t place = terms_get_place(t, block), size = place & bits_low(TERMS_BLOCK_SIZE_BITS), strings;
    const uint8_t *at;
    ERROR_FORWARD(container_get(t->parts, PART_TERMS, place >> TERMS_BLOCK_SIZE_BITS, size, &at, err));
    b->ordinal = first;
    b->count = next - first;
    b->termfreq_max = t->termfreq_max;
    b->end = at + size;
    at = varint_get(at, b->end, &b->postings_address);
    at = varint_get(at, b->end, &b->positions_address);
    at = varint_get(at, b->end, &strings);
    if (!at || strings > (uint64_t)(b->end - at))
        return terms_block_corrupt(block, "its header", err);
    b->string = at;
    b->strings_end = b->info = at + strings;
    return OIR_OK;
}

/* How an info's bytes are divided; all follow from its first 16 bits. */
typedef struct info_shape {
    uint32_t termfreq, extra, wdf_max, postings_size, positions_size, inlined; /* bytes of each field */
} info_shape;

/* No branches: the forms of neighbours in a dictionary do not help in guessing. */
static inline info_shape read_shape(uint32_t head)
{
    bool inlined = (head & TERMS_FORM_MASK) == POSTINGS_INLINED;
    bool positions = (head >> TERMS_POSITIONS_FORM_SHIFT & 3) != POSITIONS_NONE;
    uint32_t listed = inlined ? 0 : UINT32_MAX;
    return (info_shape){
        .termfreq = terms_get_length(TERMS_TERMFREQ_LENGTHS, head >> TERMS_TERMFREQ_SHIFT) & listed,
        .extra = terms_get_length(TERMS_EXTRA_LENGTHS, head >> TERMS_EXTRA_SHIFT),
        .wdf_max = terms_get_length(TERMS_WDF_MAX_LENGTHS, head >> TERMS_WDF_MAX_SHIFT),
        .postings_size = terms_get_length(TERMS_SIZE_LENGTHS, head >> TERMS_POSTINGS_SIZE_SHIFT) & listed,
        .positions_size =
            positions ? terms_get_length(TERMS_SIZE_LENGTHS, head >> TERMS_POSITIONS_SIZE_SHIFT) : 0,
        .inlined = head >> TERMS_INLINED_SIZE_SHIFT & ~listed,
    };
}

/* The number in the next `size` bytes, up to 8. May load bytes behind a block: CONTAINER_TAIL allows it. */
static inline uint64_t take(const uint8_t **at, uint32_t size)
{
    uint64_t v = bits_load64(*at) & bits_low(size * 8);
    *at += size;
    return v;
}

bool terms_block_skip_entries(terms_block *b, uint32_t count)
{
    const uint8_t *at = b->info;
    b->ordinal += count;
    for (; count > 0 && b->end - at >= 2; count--) {
        info_shape s = read_shape(bits_load16(at));
        at += 2 + s.termfreq + s.extra + s.wdf_max;
        b->postings_address += take(&at, s.postings_size);
        b->positions_address += take(&at, s.positions_size);
        at += s.inlined;
    }
    b->info = at;
    return count == 0 && at <= b->end;
}

bool terms_block_next_entry(terms_block *b, term_entry *e)
{
    const uint8_t *at = b->info;
    if (b->end - at < 2)
        return false;
    uint32_t head = bits_load16(at);
    info_shape s = read_shape(head);
    at += 2;
    if ((uint64_t)(b->end - at) < s.termfreq + s.extra + s.wdf_max + s.postings_size + s.positions_size + s.inlined)
        return false;
    *e = (term_entry){.ordinal = b->ordinal++,
                      .form = head & TERMS_FORM_MASK,
                      .positions_form = head >> TERMS_POSITIONS_FORM_SHIFT & 3,
                      .zero_wdf = head & TERMS_ZERO_WDF};
    bool inlined = e->form == POSTINGS_INLINED;
    e->termfreq = inlined ? (head >> TERMS_TERMFREQ_SHIFT & 1) + 1 : (uint32_t)take(&at, s.termfreq);
    e->collection_freq = take(&at, s.extra);
    if (e->termfreq == 0 || e->termfreq > b->termfreq_max || e->positions_form > POSITIONS_COUNTED ||
        e->collection_freq > UINT64_MAX - e->termfreq)
        return false;
    e->collection_freq += e->zero_wdf ? 0 : e->termfreq;
    uint64_t wdf_max = s.wdf_max ? take(&at, s.wdf_max) : terms_wdf_max_implied(e);
    if (wdf_max > UINT32_MAX || wdf_max > e->collection_freq || (wdf_max == 0 && !e->zero_wdf))
        return false;
    e->wdf_max = (uint32_t)wdf_max;
    e->postings_size = take(&at, s.postings_size);
    e->positions_size = take(&at, s.positions_size);
    e->postings_address = inlined ? 0 : b->postings_address;
    e->positions_address = e->positions_size ? b->positions_address : 0;
    b->postings_address += e->postings_size;
    b->positions_address += e->positions_size;
    e->inlined = inlined ? at : NULL;
    e->inlined_size = s.inlined;
    b->info = at + s.inlined;
    return true;
}

/* Looks for the term among the block's strings: 1 found at *place, 0 not there, -1 damaged. Since the strings ascend,
 * how many bytes each shares with the one before tells all, but for those that go on where the term's match ended. */
static int find_string(terms_block *b, const char *term, size_t size, uint32_t *place)
{
    uint32_t matched = 0, shared, n;
    const uint8_t *suffix;
    for (uint32_t i = 0; i < b->count; i++) {
        if (!terms_block_next_string(b, &shared, &suffix, &n))
            return -1;
        if (shared > matched)
            continue;
        if (shared < matched)
            return 0;
        uint32_t rest = (uint32_t)size - matched, most = n < rest ? n : rest, k = 0;
        while (k < most && suffix[k] == (uint8_t)term[matched + k])
            k++;
        if (k == n && k == rest) {
            *place = i;
            return 1;
        }
        if (k == rest || (k < n && suffix[k] > (uint8_t)term[matched + k]))
            return 0;
        matched += k;
    }
    return 0;
}

terms_place terms_locate(const terms *t, uint64_t hash, const char *term, size_t size, bool frequent)
{
    terms_place place = {.frequent = frequent ? frequent_terms_locate(&t->frequent, hash) : 0};
    if (place.frequent)
        return place;
    place.block = terms_find_block(t, term, size);
    __builtin_prefetch(t->places + (size_t)place.block * 8);
    __builtin_prefetch(t->ordinals + (size_t)place.block * 4);
    return place;
}

void terms_prefetch(const terms *t, terms_place place)
{
    if (place.frequent || place.block == t->block_count)
        return;
    uint64_t at = terms_get_place(t, place.block), size = at & bits_low(TERMS_BLOCK_SIZE_BITS);
    container_prefetch(t->parts, PART_TERMS, at >> TERMS_BLOCK_SIZE_BITS, size < BLOCK_AHEAD ? size : BLOCK_AHEAD);
}

static oir_status find_in_block(const terms *t, uint32_t block, const char *term, size_t size, term_entry *entry,
                                bool *found, oir_error *err)
{
    uint32_t place = 0;
    *found = false;
    if (size == 0 || size > OIR_TERM_MAX || block == t->block_count)
        return OIR_OK;
    terms_block b;
    ERROR_FORWARD(terms_block_open(t, block, &b, err));
    int answer = find_string(&b, term, size, &place);
    if (answer < 0)
        return terms_block_corrupt(block, "a string", err);
    if (answer == 0)
        return OIR_OK;
    if (!terms_block_skip_entries(&b, place) || !terms_block_next_entry(&b, entry))
        return terms_block_corrupt(block, "an info", err);
    *found = true;
    return OIR_OK;
}

oir_status terms_find_at(const terms *t, terms_place place, const char *term, size_t size, term_entry *entry,
                         bool *found, oir_error *err)
{
    if (!place.frequent)
        return find_in_block(t, place.block, term, size, entry, found, err);
    ERROR_FORWARD(frequent_terms_get(&t->frequent, place.frequent, term, size, t->termfreq_max, entry, found, err));
    /* Another term with the same hash, as far as slots have it. */
    return *found ? OIR_OK : find_in_block(t, terms_find_block(t, term, size), term, size, entry, found, err);
}

oir_status terms_find(const terms *t, const char *term, size_t size, term_entry *entry, bool *found, oir_error *err)
{
    return find_in_block(t, terms_find_block(t, term, size), term, size, entry, found, err);
}
