#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "catalog/catalog.h"

void generation_init(generation *g)
{
    *g = (generation){0};
}

void generation_release(generation *g)
{
    for (size_t i = 0; i < g->segment_count; i++)
        catalog_segment_release(&g->segments[i]);
    for (size_t i = 0; i < g->setting_count; i++) {
        memory_free(g->settings[i].name);
        memory_free(g->settings[i].value);
    }
    memory_free(g->segments);
    memory_free(g->settings);
    generation_init(g);
}

/* A copy of an array; what is empty or NULL becomes NULL. */
static bool copy_array(void *to_pointer, const void *from, size_t count, size_t size)
{
    void *to = NULL;
    if (from && count) {
        to = memory_new(count * size);
        if (!to)
            return false;
        memcpy(to, from, count * size);
    }
    memcpy(to_pointer, &to, sizeof to);
    return true;
}

static bool copy_segment(catalog_segment *to, const catalog_segment *from)
{
    *to = *from;
    to->deleted = NULL;
    to->corrections = NULL;
    size_t words = ((size_t)from->document_count + 63) / 64;
    return copy_array(&to->deleted, from->deleted, words, sizeof *to->deleted) &&
           copy_array(&to->corrections, from->corrections, from->correction_count, sizeof *to->corrections);
}

static bool copy_setting(catalog_setting *to, const catalog_setting *from)
{
    to->name = memory_copy(from->name, strlen(from->name));
    to->value = memory_copy(from->value, from->size);
    to->size = from->size;
    return to->name && to->value;
}

oir_status generation_copy(generation *to, const generation *from, oir_error *err)
{
    *to = *from;
    to->segments = NULL;
    to->settings = NULL;
    to->segment_count = to->setting_count = 0;
    if (from->segment_count && !(to->segments = memory_new_zeroed(from->segment_count, sizeof *to->segments)))
        goto no_memory;
    if (from->setting_count && !(to->settings = memory_new_zeroed(from->setting_count, sizeof *to->settings)))
        goto no_memory;
    for (size_t i = 0; i < from->segment_count; i++) {
        to->segment_count++; /* counted first, so that half a copy is released too */
        if (!copy_segment(&to->segments[i], &from->segments[i]))
            goto no_memory;
    }
    for (size_t i = 0; i < from->setting_count; i++) {
        to->setting_count++;
        if (!copy_setting(&to->settings[i], &from->settings[i]))
            goto no_memory;
    }
    return OIR_OK;

no_memory:
    generation_release(to);
    return error_no_memory(err, "a copy of the index's catalog");
}
