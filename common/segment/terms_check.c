#include "base/error.h"
#include "segment/container.h"
#include "segment/terms_block.h"

/* A block's separator must lie between the term before the block and its first one, and its prefix be its own. */
static oir_status check_separator(const terms *t, uint32_t block, const char *before, size_t before_size,
                                  const terms_cursor *first, oir_error *err)
{
    const uint8_t *bytes;
    size_t size;
    if (!terms_get_separator(t, block, &bytes, &size) || size == 0 || size > OIR_TERM_MAX)
        return terms_block_corrupt(block, "the place of its separator", err);
    if (terms_make_prefix((const char *)bytes, size) != terms_get_prefix(t, block))
        return terms_block_corrupt(block, "its prefix is not its separator's", err);
    if (terms_compare(before, before_size, bytes, size) >= 0 ||
        terms_compare(bytes, size, first->term, first->term_size) > 0)
        return terms_block_corrupt(block, "its separator does not separate", err);
    return OIR_OK;
}

oir_status terms_check(const terms *t, oir_error *err)
{
    char before[OIR_TERM_MAX];
    size_t before_size = 0;
    uint64_t postings = 0;
    uint32_t count = 0;
    terms_cursor c;
    terms_cursor_init(&c, t);
    ERROR_FORWARD(terms_cursor_seek(&c, "", 0, err));
    while (!c.at_end) {
        if (c.entry.ordinal != count++)
            return terms_block_corrupt(c.block, "ordinals do not follow each other", err);
        postings += c.entry.termfreq;
        if (c.in_block == 1)
            ERROR_FORWARD(check_separator(t, c.block, before, before_size, &c, err));
        if (c.in_block == c.at.count && (c.at.string != c.at.strings_end || c.at.info != c.at.end))
            return terms_block_corrupt(c.block, "bytes left over", err);
        memcpy(before, c.term, c.term_size);
        before_size = c.term_size;
        ERROR_FORWARD(terms_cursor_next(&c, err));
    }
    if (count != t->term_count || terms_get_ordinal(t, t->block_count) != count)
        return error_set(err, OIR_CORRUPT, "the dictionary has %u terms where its index says %u", count,
                         t->term_count);
    if (postings != t->posting_count)
        return error_set(err, OIR_CORRUPT, "terms are in %llu documents together where the index says %llu",
                         (unsigned long long)postings, (unsigned long long)t->posting_count);
    return OIR_OK;
}
