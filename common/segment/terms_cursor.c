#include "base/error.h"
#include "segment/container.h"
#include "segment/terms_block.h"

void terms_cursor_init(terms_cursor *c, const terms *t)
{
    *c = (terms_cursor){.terms = t, .at_end = true};
    c->term = c->bytes;
}

/* Nothing more to show. */
static oir_status end(terms_cursor *c, oir_status status)
{
    c->at_end = true;
    c->term_size = 0;
    c->block = c->terms->block_count;
    c->in_block = c->at.count = 0;
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

/* Takes the next string and info of the block. */
static oir_status take(terms_cursor *c, oir_error *err)
{
    uint32_t shared, n;
    const uint8_t *suffix;
    if (!terms_block_next_string(&c->at, &shared, &suffix, &n) || shared + n > OIR_TERM_MAX)
        return terms_block_corrupt(c->block, "a string", err);
    if (!ascends(c, shared, suffix, n))
        return terms_block_corrupt(c->block, "strings do not ascend", err);
    if (!terms_block_next_entry(&c->at, &c->entry))
        return terms_block_corrupt(c->block, "an info", err);
    memcpy(c->bytes + shared, suffix, n);
    c->term_size = shared + n;
    c->bytes[c->term_size] = 0;
    c->in_block++;
    return OIR_OK;
}

oir_status terms_cursor_next(terms_cursor *c, oir_error *err)
{
    if (c->at_end)
        return OIR_OK;
    if (c->in_block == c->at.count) {
        if (c->block + 1 >= c->terms->block_count)
            return end(c, OIR_OK);
        c->block++;
        c->in_block = 0;
        oir_status status = terms_block_open(c->terms, c->block, &c->at, err);
        if (status != OIR_OK)
            return end(c, status);
    }
    oir_status status = take(c, err);
    return status == OIR_OK ? status : end(c, status);
}

oir_status terms_cursor_seek(terms_cursor *c, const char *term, size_t size, oir_error *err)
{
    uint32_t block = size ? terms_find_block(c->terms, term, size) : 0;
    if (block == c->terms->block_count)
        block = 0; /* before all terms, so the first is what is wanted */
    oir_status status = enter(c, block, err);
    if (status != OIR_OK)
        return end(c, status);
    do
        ERROR_FORWARD(terms_cursor_next(c, err));
    while (!c->at_end && terms_compare(c->bytes, c->term_size, term, size) < 0);
    return OIR_OK;
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
