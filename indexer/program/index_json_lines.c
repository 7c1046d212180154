#include "indexer/program/index_json_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "indexer/program/index_json_memory.h"
#include "indexer/program/index_lines.h"
#include "program/program_json.h"
#include "program/program_record.h"
#include "program/program_text.h"

/* Of --memory a line may take one share, and what Jansson makes of it another: the buffer of documents may be full
 * meanwhile. */
enum { LINE_SHARE = 32, VALUES_SHARE = 8, KEPT = 1 << 20 /* bytes of each buffer, from one line to the next */ };

/* Where lines come from. */
typedef struct source {
    const char *kept;         /* "-" for the standard input */
    const index_stamp *stamp; /* NULL for the standard input */
    uint64_t line;
} source;

static void skip_line(index_run *run, const source *from, const char *reason)
{
    program_buffer name = {0};
    program_buffer_add_format(&name, "%s:%llu", from->kept, (unsigned long long)from->line);
    index_run_skip(run, name.data, reason);
    program_buffer_release(&name);
}

static oir_bytes string_member(const json_t *object, const char *name)
{
    const json_t *member = json_object_get(object, name);
    return (oir_bytes){json_string_value(member), json_string_length(member)};
}

/* The id of a line: its member id, a text or a number; else, in a file, the file's path and the line's number. */
static void set_name(program_buffer *name, const json_t *object, const source *from)
{
    const json_t *id = json_object_get(object, "id");
    program_buffer_clear(name);
    if (json_is_string(id))
        program_buffer_add(name, json_string_value(id), json_string_length(id));
    else if (json_is_integer(id))
        program_buffer_add_format(name, "%" JSON_INTEGER_FORMAT, json_integer_value(id));
    else if (json_is_real(id))
        program_json_add_real(name, json_real_value(id));
    if (name->size == 0 && from->stamp != NULL)
        program_buffer_add_format(name, "%s:%llu", from->kept, (unsigned long long)from->line);
}

static bool is_own_member(const char *name, const json_t *value)
{
    if (strcmp(name, "id") == 0)
        return !json_is_object(value) && !json_is_array(value);
    return json_is_string(value) && (strcmp(name, "title") == 0 || strcmp(name, "date") == 0 ||
                                     strcmp(name, "body") == 0 || strcmp(name, "text") == 0);
}

static int add_dumped(const char *bytes, size_t size, void *buffer)
{
    program_buffer_add(buffer, bytes, size);
    return 0;
}

/* Whatever has no meaning here is kept as it was. */
static void set_members(program_buffer *members, json_t *object)
{
    const char *name;
    json_t *value;
    program_buffer_clear(members);
    json_object_foreach(object, name, value) {
        if (is_own_member(name, value))
            continue;
        program_json_add_name(members, name, strlen(name));
        json_dump_callback(value, add_dumped, members, JSON_COMPACT | JSON_ENCODE_ANY);
    }
}

/* A line with body and text has both searched and shown. */
static oir_bytes choose_text(program_buffer *joined, const json_t *object)
{
    oir_bytes body = string_member(object, "body");
    oir_bytes text = string_member(object, "text");
    if (body.size == 0 || text.size == 0)
        return body.size > 0 ? body : text;
    program_buffer_clear(joined);
    program_buffer_add(joined, body.data, body.size);
    program_buffer_add_text(joined, "\n\n");
    program_buffer_add(joined, text.data, text.size);
    return (oir_bytes){joined->data, joined->size};
}

/* What the members of a line are gathered in. */
typedef struct scratch {
    program_buffer utf8;
    program_buffer name;
    program_buffer members;
    program_buffer text;
} scratch;

static oir_status add_object(index_run *run, const source *from, scratch *own, json_t *object)
{
    set_name(&own->name, object, from);
    set_members(&own->members, object);
    index_item item = {.name = {own->name.data, own->name.size},
                       .title = string_member(object, "title"),
                       .date = string_member(object, "date"),
                       .text = choose_text(&own->text, object),
                       .members = {own->members.data, own->members.size},
                       .stamp = from->stamp};
    if (from->stamp != NULL)
        item.source = (oir_bytes){from->kept, strlen(from->kept)};
    return index_run_add(run, &item);
}

static oir_status add_line(index_run *run, const source *from, scratch *own, oir_bytes line)
{
    json_error_t error;
    bool exceeded;
    oir_status status = OIR_OK;
    if (!program_text_is_utf8(line.data, line.size)) {
        program_buffer_clear(&own->utf8);
        program_text_add_utf8(&own->utf8, line.data, line.size);
        line = (oir_bytes){own->utf8.data, own->utf8.size};
    }
    json_t *object = index_json_memory_load(line.data, line.size, JSON_ALLOW_NUL | JSON_DECODE_ANY,
                                            (size_t)(run->options->memory / VALUES_SHARE), &exceeded, &error);
    if (exceeded) {
        skip_line(run, from, "its values take more than an eighth of --memory, skipped; raise --memory");
    } else if (object == NULL) {
        char reason[256];
        snprintf(reason, sizeof(reason), "not good JSON, skipped: %s", error.text);
        skip_line(run, from, reason);
    } else if (!json_is_object(object)) {
        skip_line(run, from, "not a JSON object, skipped");
    } else {
        status = add_object(run, from, own, object);
    }
    json_decref(object);
    return status;
}

static bool is_blank(oir_bytes line)
{
    for (size_t i = 0; i < line.size; i++)
        if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r')
            return false;
    return true;
}

static void release_large(scratch *own, size_t kept)
{
    program_buffer *const buffers[] = {&own->utf8, &own->name, &own->members, &own->text};
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
        if (buffers[i]->capacity > kept)
            program_buffer_release(buffers[i]);
}

static uint64_t choose_longest(const index_options *options)
{
    uint64_t share = options->memory / LINE_SHARE;
    uint64_t most = options->largest < INDEX_LARGEST_LINE ? options->largest : INDEX_LARGEST_LINE;
    return share < most ? share : most;
}

static void skip_long_line(index_run *run, const source *from, uint64_t size)
{
    char reason[128];
    if (size > run->options->largest) {
        skip_line(run, from, "longer than --max-size, skipped");
    } else if (size > INDEX_LARGEST_LINE) {
        skip_line(run, from, "longer than 128M, the most of a line, skipped");
    } else {
        uint64_t enough = size * LINE_SHARE / ((uint64_t)1 << 20) + 1;
        snprintf(reason, sizeof(reason), "longer than a 32nd of --memory, skipped; it wants --memory %lluM",
                 (unsigned long long)enough);
        skip_line(run, from, reason);
    }
}

static oir_status add_lines(index_run *run, source *from, int fd)
{
    index_lines lines = {.fd = fd, .largest = (size_t)choose_longest(run->options), .keep_going = run->keep_going};
    scratch own = {0};
    index_line line;
    oir_status status = OIR_OK;
    while (status == OIR_OK && index_lines_next(&lines, &line)) {
        from->line++;
        run->counts.bytes += line.size + 1;
        if (line.too_long)
            skip_long_line(run, from, line.size);
        else if (!is_blank(line.bytes))
            status = add_line(run, from, &own, line.bytes);
        release_large(&own, KEPT);
        if (!run->keep_going())
            break;
    }
    if (lines.error != 0) {
        index_run_skip(run, from->kept, strerror(lines.error));
        index_run_add_path(&run->unreadable, from->kept);
    }
    index_lines_release(&lines);
    release_large(&own, 0);
    return status;
}

/* Whether the documents of the file are in the index as they are. `term` is J and its path. */
static oir_status find_unchanged(index_run *run, const program_buffer *term, const index_stamp *stamp, bool *same)
{
    oir_docid known;
    oir_doccount count = 0;
    *same = false;
    oir_status status = index_known_find(&run->known, term->data, term->size, &known, &run->err);
    if (status == OIR_OK && known != 0)
        status = index_known_is_same(&run->known, known, stamp, same, &run->err);
    if (status == OIR_OK && *same)
        status = index_known_set_all_seen(&run->known, term->data, term->size, &count, &run->err);
    run->counts.unchanged += count;
    return status;
}

oir_status index_json_lines_add(index_run *run, const char *path, const char *kept)
{
    struct stat file;
    index_stamp stamp;
    program_buffer term = {0};
    bool same = false;
    oir_status status = OIR_OK;
    program_record_set_term(&term, PROGRAM_RECORD_SOURCE, kept, strlen(kept));
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &file) != 0) {
        index_run_skip(run, kept, strerror(errno));
        index_run_add_path(&run->unreadable, kept);
        goto done;
    }
    if (!S_ISREG(file.st_mode)) {
        index_run_skip(run, kept, "neither a file nor a folder");
        goto done;
    }
    index_stamp_set(&stamp, &file);
    if (index_known_meet(&run->known, term.data, term.size))
        goto done;
    status = find_unchanged(run, &term, &stamp, &same);
    if (status != OIR_OK)
        goto done;
    index_run_tell(run, kept, same ? "unchanged" : "read");
    if (!same) {
        source from = {kept, &stamp, 0};
        status = add_lines(run, &from, fd);
        index_run_add_path(&run->changed, kept);
    }
done:
    if (fd >= 0)
        close(fd);
    program_buffer_release(&term);
    return status;
}

oir_status index_json_lines_add_input(index_run *run)
{
    source from = {"-", NULL, 0};
    return add_lines(run, &from, STDIN_FILENO);
}
