/* All terms of a database: its segments' dictionaries, walked together. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "document/iterator.h"
#include "searcher/database.h"

typedef struct database_terms {
    oir_term_iterator base;
    terms_cursor *cursors;
    const snapshot_segment **segments;
    size_t count;
    bool started;
    size_t prefix_size;
    char prefix[OIR_TERM_MAX + 1];
    char term[OIR_TERM_MAX + 1]; /* outlives the cursors' move */
} database_terms;

static oir_status seek_all(database_terms *t, const char *term, size_t size, oir_error *err)
{
    t->started = true;
    for (size_t i = 0; i < t->count; i++)
        ERROR_FORWARD(terms_cursor_seek(&t->cursors[i], term, size, err));
    return OIR_OK;
}

static const terms_cursor *find_least(const database_terms *t)
{
    const terms_cursor *least = NULL;
    for (size_t i = 0; i < t->count; i++) {
        const terms_cursor *c = &t->cursors[i];
        if (!c->at_end && (!least || iterator_compare_terms(c->term, c->term_size, least->term, least->term_size) < 0))
            least = c;
    }
    return least;
}

/* Takes the least term from all cursors that stand on it; those whose documents are all deleted are passed over. */
static oir_status take_least(database_terms *t, bool *found, oir_error *err)
{
    const terms_cursor *least;
    *found = false;
    while (!*found && (least = find_least(t)) != NULL) {
        size_t size = least->term_size;
        if (size < t->prefix_size || memcmp(least->term, t->prefix, t->prefix_size) != 0)
            return OIR_OK;
        memcpy(t->term, least->term, size);
        t->base.term = (oir_bytes){t->term, size};
        t->base.termfreq = 0;
        for (size_t i = 0; i < t->count; i++) {
            terms_cursor *c = &t->cursors[i];
            uint32_t termfreq;
            if (c->at_end || iterator_compare_terms(c->term, c->term_size, t->term, size) != 0)
                continue;
            snapshot_correct(t->segments[i], &c->entry, &termfreq, NULL);
            t->base.termfreq += termfreq;
            ERROR_FORWARD(terms_cursor_next(c, err));
        }
        *found = t->base.termfreq > 0;
    }
    return OIR_OK;
}

static oir_status terms_next(oir_term_iterator *iterator, bool *found, oir_error *err)
{
    database_terms *t = (database_terms *)iterator;
    if (!t->started)
        ERROR_FORWARD(seek_all(t, t->prefix, t->prefix_size, err));
    return take_least(t, found, err);
}

static oir_status terms_seek(oir_term_iterator *iterator, const char *term, size_t size, bool *found, oir_error *err)
{
    database_terms *t = (database_terms *)iterator;
    bool before = iterator_compare_terms(term, size, t->prefix, t->prefix_size) < 0;
    ERROR_FORWARD(seek_all(t, before ? t->prefix : term, before ? t->prefix_size : size, err));
    return take_least(t, found, err);
}

static void terms_free(oir_term_iterator *iterator)
{
    database_terms *t = (database_terms *)iterator;
    memory_free(t->cursors);
    memory_free(t->segments);
    memory_free(t);
}

static const term_iterator_ops ops = {terms_next, terms_seek, terms_free};

oir_status oir_database_get_terms(const oir_database *d, const char *prefix, oir_term_iterator **out, oir_error *err)
{
    size_t count = 0, size = strlen(prefix);
    *out = NULL;
    for (size_t i = 0; i < d->shard_count; i++)
        count += d->shards[i]->segment_count;
    database_terms *t = memory_new_zeroed(1, sizeof *t);
    if (t) {
        t->cursors = memory_new((count + 1) * sizeof *t->cursors);
        t->segments = memory_new((count + 1) * sizeof *t->segments);
    }
    if (!t || !t->cursors || !t->segments) {
        if (t)
            terms_free(&t->base);
        return error_no_memory(err, "a list of terms");
    }
    t->base.ops = &ops;
    t->prefix_size = size < OIR_TERM_MAX ? size : OIR_TERM_MAX;
    memcpy(t->prefix, prefix, t->prefix_size);
    /* No term starts with more than a term can be. */
    for (size_t i = 0; size <= OIR_TERM_MAX && i < d->shard_count; i++)
        for (size_t j = 0; j < d->shards[i]->segment_count; j++) {
            t->segments[t->count] = &d->shards[i]->segments[j];
            terms_cursor_init(&t->cursors[t->count++], &d->shards[i]->segments[j].segment->terms);
        }
    *out = &t->base;
    return OIR_OK;
}
