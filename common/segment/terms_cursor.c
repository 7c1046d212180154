#include "base/error.h"
#include "segment/container.h"
#include "segment/terms_block.h"

void terms_cursor_init(terms_cursor *c, const terms *t)
{
    *c = (terms_cursor){.terms = t, .at_end = true};
    c->term = c->bytes;
}

void terms_cursor_init_strings(terms_cursor *c, const terms *t)
{
    terms_cursor_init(c, t);
    c->strings_only = true;
}

/* Nothing more to show. */
static oir_status end(terms_cursor *c, oir_status status)
{
    c->at_end = true;
    c->term_size = 0;
    c->block = c->terms->block_count;
    c->in_block = c->unread = c->at.count = 0;
    return status;
}

/* To before the first term of a block; what is shown next need not be greater than what was. */
static oir_status enter(terms_cursor *c, uint32_t block, oir_error *err)
{
    end(c, OIR_OK);
    if (block >= c->terms->block_count)
        return OIR_OK;
    c->block = block;
    c->at_end = false;
    return terms_block_open(c->terms, block, &c->at, err);
}

/* Whether a string is greater than the one shown, of which it shares `shared` bytes. */
static bool ascends(const terms_cursor *c, uint32_t shared, const uint8_t *suffix, uint32_t n)
{
    if (c->in_block == 0)
        return shared == 0 && terms_compare(suffix, n, c->bytes, c->term_size) > 0;
    return shared == c->term_size || (shared < c->term_size && suffix[0] > (uint8_t)c->bytes[shared]);
}

oir_status terms_cursor_read_entry(terms_cursor *c, oir_error *err)
{
    if (c->unread == 0)
        return OIR_OK;
    if (!terms_block_skip_entries(&c->at, c->unread - 1) || !terms_block_next_entry(&c->at, &c->entry))
        return end(c, terms_block_corrupt(c->block, "an info", err));
    c->unread = 0;
    return OIR_OK;
}

/* Shows a string of the block that was read. */
static oir_status show(terms_cursor *c, uint32_t shared, const uint8_t *suffix, uint32_t n, oir_error *err)
{
    if (shared + n > OIR_TERM_MAX)
        return terms_block_corrupt(c->block, "a string", err);
    if (!ascends(c, shared, suffix, n))
        return terms_block_corrupt(c->block, "strings do not ascend", err);
    memcpy(c->bytes + shared, suffix, n);
    c->term_size = shared + n;
    c->bytes[c->term_size] = 0;
    c->in_block++;
    c->unread++;
    return c->strings_only ? OIR_OK : terms_cursor_read_entry(c, err);
}

/* Takes the next string of the block. */
static oir_status take(terms_cursor *c, oir_error *err)
{
    uint32_t shared, n;
    const uint8_t *suffix;
    if (!terms_block_next_string(&c->at, &shared, &suffix, &n))
        return terms_block_corrupt(c->block, "a string", err);
    return show(c, shared, suffix, n, err);
}

oir_status terms_cursor_next(terms_cursor *c, oir_error *err)
{
    if (c->at_end)
        return OIR_OK;
    if (c->in_block == c->at.count) {
        if (c->block + 1 >= c->terms->block_count)
            return end(c, OIR_OK);
        c->block++;
        c->in_block = c->unread = 0;
        oir_status status = terms_block_open(c->terms, c->block, &c->at, err);
        if (status != OIR_OK)
            return end(c, status);
    }
    oir_status status = take(c, err);
    return status == OIR_OK ? status : end(c, status);
}

/* To the first term of the block that is not less than the one sought; *found false: all are less. Strings ascend, so
 * how many bytes each shares with the one before tells most, and those that are passed need not be put together. */
static oir_status seek_in_block(terms_cursor *c, const char *term, size_t size, bool *found, oir_error *err)
{
    uint32_t matched = 0, shared, n;
    const uint8_t *suffix;
    for (*found = false; c->in_block < c->at.count; c->in_block++, c->unread++) {
        if (!terms_block_next_string(&c->at, &shared, &suffix, &n) || shared + n > OIR_TERM_MAX ||
            (c->in_block == 0 && shared))
            return terms_block_corrupt(c->block, "a string", err);
        if (shared > matched)
            continue;
        size_t rest = size - shared, most = n < rest ? n : rest, k = 0;
        while (k < most && suffix[k] == (uint8_t)term[shared + k])
            k++;
        if (k == rest || (k < n && suffix[k] > (uint8_t)term[shared + k])) {
            *found = true;
            memcpy(c->bytes, term, shared);
            c->term_size = shared;
            return show(c, shared, suffix, n, err);
        }
        if (shared < matched)
            return terms_block_corrupt(c->block, "strings do not ascend", err);
        matched += (uint32_t)k;
    }
    memcpy(c->bytes, term, matched);
    c->term_size = matched;
    return OIR_OK;
}

oir_status terms_cursor_seek(terms_cursor *c, const char *term, size_t size, oir_error *err)
{
    uint32_t block = size ? terms_find_block(c->terms, term, size) : 0;
    bool found = false;
    if (block == c->terms->block_count)
        block = 0; /* before all terms, so the first is what is wanted */
    oir_status status = enter(c, block, err);
    if (status == OIR_OK && !c->at_end)
        status = seek_in_block(c, term, size, &found, err);
    if (status != OIR_OK)
        return end(c, status);
    while (!c->at_end && !found) {
        ERROR_FORWARD(terms_cursor_next(c, err));
        found = terms_compare(c->bytes, c->term_size, term, size) >= 0;
    }
    return OIR_OK;
}

/* To the first term behind all that begin with these bytes, of which there are more than a block's. */
static oir_status seek_behind(terms_cursor *c, const char *bytes, size_t size, oir_error *err)
{
    char next[OIR_TERM_MAX];
    memcpy(next, bytes, size);
    while (size > 0 && (uint8_t)next[size - 1] == UINT8_MAX)
        size--;
    if (size == 0)
        return end(c, OIR_OK);
    next[size - 1]++;
    return terms_cursor_seek(c, next, size, err);
}

oir_status terms_cursor_skip(terms_cursor *c, size_t size, oir_error *err)
{
    uint32_t shared, n, skipped = 0;
    const uint8_t *suffix;
    char bytes[OIR_TERM_MAX];
    if (c->at_end)
        return OIR_OK;
    for (; c->in_block + skipped < c->at.count; skipped++) {
        if (!terms_block_next_string(&c->at, &shared, &suffix, &n))
            return end(c, terms_block_corrupt(c->block, "a string", err));
        if (shared >= size)
            continue;
        c->in_block += skipped;
        c->unread += skipped;
        oir_status status = show(c, shared, suffix, n, err);
        return status == OIR_OK ? status : end(c, status);
    }
    memcpy(bytes, c->bytes, size);
    c->in_block = c->at.count;
    ERROR_FORWARD(terms_cursor_next(c, err));
    if (c->at_end || c->term_size < size || memcmp(c->bytes, bytes, size) != 0)
        return OIR_OK;
    return seek_behind(c, bytes, size, err);
}

oir_status terms_cursor_seek_ordinal(terms_cursor *c, uint32_t ordinal, oir_error *err)
{
    const terms *t = c->terms;
    if (ordinal >= t->term_count)
        return end(c, OIR_OK);
    /* The last block that starts at or before the ordinal. */
    uint32_t low = 0, high = t->block_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (terms_get_ordinal(t, middle) <= ordinal)
            low = middle;
        else
            high = middle;
    }
    oir_status status = enter(c, low, err);
    if (status != OIR_OK)
        return end(c, status);
    do
        ERROR_FORWARD(terms_cursor_next(c, err));
    while (!c->at_end && c->entry.ordinal < ordinal);
    if (!c->at_end && c->entry.ordinal != ordinal)
        return end(c, terms_block_corrupt(low, "ordinals do not ascend", err));
    return OIR_OK;
}
