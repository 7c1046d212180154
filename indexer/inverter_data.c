#include "indexer/inverter_data.h"

#include "base/memory.h"
#include "segment/stored.h"

/* large: what the block is without `block`. */
static oir_status keep(arena *a, stored_kept **blocks, size_t *count, size_t *capacity, uint32_t first,
                       const buffer *block, const stored_large *large, oir_error *err)
{
    stored_kept kept = {.first = first};
    if (block) {
        kept.bytes = arena_copy(a, block->data, block->size);
        kept.size = (uint32_t)block->size;
    } else {
        kept.large = *large;
    }
    if ((block && !kept.bytes) || !memory_reserve(blocks, capacity, *count + 1, sizeof **blocks))
        return error_no_memory(err, "the data of documents");
    (*blocks)[(*count)++] = kept;
    return OIR_OK;
}

static oir_status keep_block(void *context, uint32_t first, const buffer *block, const stored_large *large,
                             oir_error *err)
{
    inverter_data *d = context;
    return keep(&d->arena, &d->blocks, &d->count, &d->capacity, first, block, large, err);
}

void inverter_data_release(inverter_data *d)
{
    stored_packer_free(d->packer);
    arena_release(&d->arena);
    memory_free(d->blocks);
    buffer_release(&d->preferred);
    *d = (inverter_data){0};
}

oir_status inverter_data_prefer(inverter_data *d, const stored_dictionary *dictionary, oir_error *err)
{
    buffer_clear(&d->preferred);
    buffer_add(&d->preferred, dictionary->bytes, dictionary->size);
    d->has_preferred = !d->preferred.failed;
    return d->has_preferred ? OIR_OK : error_no_memory(err, "the data of documents");
}

static oir_status open_packer(inverter_data *d, oir_error *err)
{
    ERROR_FORWARD(stored_packer_new(&d->packer, keep_block, d, d->helpers, err));
    stored_dictionary preferred = {d->preferred.data, d->preferred.size, 0};
    return d->has_preferred ? stored_packer_prefer_dictionary(d->packer, &preferred, err) : OIR_OK;
}

oir_status inverter_data_add(inverter_data *d, const void *data, size_t size, oir_error *err)
{
    if (!d->packer)
        ERROR_FORWARD(open_packer(d, err));
    return stored_packer_add(d->packer, data, size, err);
}

oir_status inverter_data_add_large(inverter_data *d, const stored_large *large, oir_error *err)
{
    if (!d->packer)
        ERROR_FORWARD(open_packer(d, err));
    return stored_packer_add_large(d->packer, large, err);
}

size_t inverter_data_get_memory(const inverter_data *d)
{
    return d->arena.bytes + d->capacity * sizeof *d->blocks + d->preferred.capacity +
           (d->packer ? stored_packer_get_memory(d->packer) : 0);
}

static oir_status keep_rest(void *context, uint32_t first, const buffer *block, const stored_large *large,
                            oir_error *err)
{
    inverter_data_view *view = context;
    return keep(&view->arena, &view->blocks, &view->count, &view->capacity, first, block, large, err);
}

static oir_status open_view(inverter_data_view *view, const inverter_data *d, oir_error *err)
{
    stored_dictionary dictionary;
    if (!memory_reserve(&view->blocks, &view->capacity, d->count + 1, sizeof *view->blocks))
        return error_no_memory(err, "the data of documents");
    if (d->count)
        memcpy(view->blocks, d->blocks, d->count * sizeof *d->blocks);
    view->count = d->count;
    ERROR_FORWARD(stored_packer_read_rest(d->packer, keep_rest, view, err));
    /* While it is not known no block needs it, and what documents there are is not enough to learn it. */
    if (!stored_packer_get_dictionary(d->packer, &dictionary))
        dictionary = (stored_dictionary){.learned = stored_packer_get_count(d->packer)};
    return stored_open_kept(&view->stored, view->blocks, (uint32_t)view->count, &dictionary,
                            stored_packer_get_count(d->packer), stored_packer_get_bytes(d->packer), err);
}

oir_status inverter_data_open(inverter_data_view *out, inverter_data *d, oir_error *err)
{
    *out = (inverter_data_view){0};
    oir_status status = stored_packer_settle(d->packer, err);
    if (status == OIR_OK)
        status = open_view(out, d, err);
    if (status)
        inverter_data_close(out);
    return status;
}

void inverter_data_close(inverter_data_view *view)
{
    stored_close(view->stored);
    memory_free(view->blocks);
    arena_release(&view->arena);
    *view = (inverter_data_view){0};
}
