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

static bool is_same_entry(const term_entry *a, const term_entry *b)
{
    return a->ordinal == b->ordinal && a->form == b->form && a->positions_form == b->positions_form &&
           a->zero_wdf == b->zero_wdf && a->termfreq == b->termfreq && a->collection_freq == b->collection_freq &&
           a->wdf_max == b->wdf_max && a->postings_address == b->postings_address &&
           a->postings_size == b->postings_size && a->positions_address == b->positions_address &&
           a->positions_size == b->positions_size;
}

/* What is said twice must be the same: every frequent term is one of the dictionary, and found by its hash. */
static oir_status check_frequent(const terms *t, oir_error *err)
{
    const frequent_terms *f = &t->frequent;
    uint32_t slot = 0, count = 0, place;
    const char *term;
    size_t size;
    for (; frequent_terms_next(f, &slot, &term, &size, &place); count++) {
        term_entry own, entry;
        bool found = false;
        if (term && frequent_terms_locate(f, frequent_terms_hash(term, size)) == place)
            ERROR_FORWARD(terms_find(t, term, size, &entry, &found, err));
        if (found)
            ERROR_FORWARD(frequent_terms_get(f, place, term, size, t->termfreq_max, &own, &found, err));
        if (!found || !is_same_entry(&own, &entry))
            return error_set(err, OIR_CORRUPT, "the table of frequent terms is damaged: slot %u is not that of a term "
                             "of the dictionary", slot - 1);
    }
    if (count != f->count)
        return error_set(err, OIR_CORRUPT, "the table of frequent terms has %u terms where it says %u", count,
                         f->count);
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
    return check_frequent(t, err);
}
