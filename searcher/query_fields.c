#include "searcher/query_fields.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static void release_field(query_field *field)
{
    for (size_t i = 0; i < field->prefix_count; i++)
        memory_free(field->prefixes[i]);
    memory_free(field->prefixes);
    memory_free(field->name);
}

void query_fields_release(query_fields *fields)
{
    for (size_t i = 0; i < fields->count; i++)
        release_field(&fields->list[i]);
    memory_free(fields->list);
    *fields = (query_fields)QUERY_FIELDS_INIT;
}

static bool add_prefix(query_field *field, const char *prefix)
{
    if (!memory_reserve(&field->prefixes, &field->prefix_capacity, field->prefix_count + 1, sizeof *field->prefixes))
        return false;
    char *copy = memory_copy(prefix, strlen(prefix));
    if (copy)
        field->prefixes[field->prefix_count++] = copy;
    return copy != NULL;
}

oir_status query_fields_add(query_fields *fields, const char *name, const char *prefix, bool boolean, oir_error *err)
{
    size_t size = strlen(name);
    query_field *field = NULL;
    for (size_t i = 0; i < fields->count && !field; i++) {
        if (fields->list[i].name_size == size && memcmp(fields->list[i].name, name, size) == 0)
            field = &fields->list[i];
    }
    if (field) {
        if (field->boolean != boolean)
            return error_set(err, OIR_INVALID_OPERATION, "field '%s' is a %s field already: choose another name", name,
                             field->boolean ? "boolean" : "free-text");
        return add_prefix(field, prefix) ? OIR_OK : error_no_memory(err, "a field");
    }
    query_field fresh = {.name = memory_copy(name, size), .name_size = size, .boolean = boolean};
    if (!fresh.name || !add_prefix(&fresh, prefix) ||
        !memory_reserve(&fields->list, &fields->capacity, fields->count + 1, sizeof *fields->list)) {
        release_field(&fresh);
        return error_no_memory(err, "a field");
    }
    fields->list[fields->count++] = fresh;
    return OIR_OK;
}

const query_field *query_fields_get(const query_fields *fields, const char *name, size_t size)
{
    for (size_t i = 0; i < fields->count; i++) {
        const query_field *field = &fields->list[i];
        if (field->name_size == size && memcmp(field->name, name, size) == 0)
            return field;
    }
    return NULL;
}
