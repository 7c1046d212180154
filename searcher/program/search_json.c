#include "searcher/program/search_json.h"

#include <string.h>
#include <unistd.h>

#include "program/program_json.h"
#include "program/program_output.h"
#include "program/program_text.h"
#include "searcher/program/search_hit.h"

/* Data of other programs, and paths, may be any bytes. */
static void add_member(program_buffer *line, const char *name, const char *text, size_t size)
{
    program_buffer utf8 = {0};
    program_json_add_name(line, name, strlen(name));
    if (text == NULL) {
        program_buffer_add_text(line, "null");
        return;
    }
    program_text_add_utf8(&utf8, text, size);
    program_json_add_string(line, program_buffer_text(&utf8), utf8.size);
    program_buffer_release(&utf8);
}

static void add_hit(program_buffer *line, const search_hit *hit, oir_bytes snippet)
{
    const program_record *record = &hit->record;
    /* What a file is known by is its path as the index keeps it. */
    oir_bytes id = record->id.data != NULL ? record->id : record->path;
    program_buffer_clear(line);
    program_buffer_add_format(line, "{\"rank\":%lu,\"docid\":%lu", (unsigned long)hit->rank, (unsigned long)hit->docid);
    add_member(line, "id", id.data, id.size);
    add_member(line, "path", hit->path.data, hit->path.size);
    add_member(line, "title", hit->title.data, hit->title.size);
    program_json_add_name(line, "score", 5);
    program_json_add_real(line, hit->score);
    add_member(line, "snippet", snippet.data, snippet.size);
    program_buffer_add_text(line, "}\n");
}

oir_status search_json_write(search_query *search)
{
    oir_snippeter *snippeter = NULL;
    program_buffer line = {0};
    search_hit hit = {0};
    oir_status status = oir_snippeter_new(&snippeter, search->query, search->database, search->language, NULL,
                                          &search->err);
    for (oir_doccount i = 0; status == OIR_OK && i < oir_mset_get_size(search->mset); i++) {
        oir_bytes snippet = {NULL, 0};
        status = search_hit_read(&hit, search, i);
        if (status == OIR_OK)
            status = oir_snippeter_get(snippeter, hit.record.text.data, hit.record.text.size, &snippet, &search->err);
        if (status == OIR_OK) {
            add_hit(&line, &hit, snippet);
            program_output_add(line.data, line.size);
        }
        search_hit_release(&hit);
    }
    program_buffer_release(&line);
    oir_snippeter_free(snippeter);
    return status;
}

/* A terminal is for reading; programs get the bytes that open the file. */
static void add_path_line(program_buffer *line, const search_hit *hit, bool terminal, char end)
{
    const program_buffer *path = terminal ? &hit->path : &hit->file;
    oir_bytes name = path->size > 0 ? (oir_bytes){path->data, path->size} : hit->record.id;
    program_buffer_clear(line);
    if (name.size == 0)
        program_buffer_add_format(line, "%lu", (unsigned long)hit->docid);
    else if (terminal)
        program_text_add_shown(line, name.data, name.size);
    else
        program_buffer_add(line, name.data, name.size);
    program_buffer_add_char(line, end);
}

oir_status search_json_write_paths(search_query *search)
{
    bool terminal = isatty(STDOUT_FILENO);
    char end = search->options->null ? '\0' : '\n';
    program_buffer line = {0};
    search_hit hit = {0};
    oir_status status = OIR_OK;
    for (oir_doccount i = 0; status == OIR_OK && i < oir_mset_get_size(search->mset); i++) {
        status = search_hit_read(&hit, search, i);
        if (status == OIR_OK) {
            add_path_line(&line, &hit, terminal, end);
            program_output_add(line.data, line.size);
        }
        search_hit_release(&hit);
    }
    program_buffer_release(&line);
    return status;
}
