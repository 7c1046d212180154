#include "program/program_record.h"

#include <string.h>

#include "program/program_text.h"

enum { HASH_SIZE = 32 };

static uint64_t hash_of(const char *data, size_t size, uint64_t hash)
{
    for (size_t i = 0; i < size; i++) {
        hash ^= (unsigned char)data[i];
        hash *= UINT64_C(0x100000001b3); /* FNV-1a */
    }
    return hash;
}

size_t program_record_name_kept(void)
{
    return OIR_TERM_MAX - 1 - HASH_SIZE;
}

void program_record_set_term(program_buffer *out, char prefix, const char *name, size_t size)
{
    program_buffer_clear(out);
    program_buffer_add_char(out, prefix);
    if (size < OIR_TERM_MAX) {
        program_buffer_add(out, name, size);
        return;
    }
    program_buffer_add(out, name, program_record_name_kept());
    program_buffer_add_format(out, "%016llx%016llx",
                              (unsigned long long)hash_of(name, size, UINT64_C(0xcbf29ce484222325)),
                              (unsigned long long)hash_of(name, size, UINT64_C(0x9e3779b97f4a7c15)));
}

static oir_bytes string_of(const json_t *object, const char *name)
{
    const json_t *member = json_object_get(object, name);
    oir_bytes bytes = {json_string_value(member), json_string_length(member)};
    return bytes;
}

void program_record_read(program_record *record, oir_bytes data)
{
    memset(record, 0, sizeof(*record));
    record->json = data.size > 0 && data.data[0] == '{' ? json_loadb(data.data, data.size, JSON_ALLOW_NUL, NULL) : NULL;
    if (record->json == NULL) {
        record->text = data;
        return;
    }
    record->id = string_of(record->json, "id");
    record->path = string_of(record->json, "path");
    record->path_bytes = string_of(record->json, PROGRAM_RECORD_PATH_BYTES);
    record->title = string_of(record->json, "title");
    record->date = string_of(record->json, "date");
    record->text = string_of(record->json, "text");
}

void program_record_add_path(program_buffer *out, const program_record *record)
{
    size_t before = out->size;
    if (record->path_bytes.size > 0 && program_text_add_bytes(out, record->path_bytes.data, record->path_bytes.size))
        return;
    out->size = before;
    program_buffer_add(out, record->path.data, record->path.size);
}

void program_record_release(program_record *record)
{
    json_decref(record->json);
    memset(record, 0, sizeof(*record));
}
