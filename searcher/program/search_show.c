#include "searcher/program/search_show.h"

#include <stdio.h>
#include <string.h>

#include "program/program_output.h"
#include "program/program_terminal.h"
#include "program/program_text.h"
#include "searcher/program/search_hit.h"

/* How things look: ANSI sequences, or nothing. */
typedef struct style {
    unsigned columns;
    const char *title;
    const char *path;
    const char *match;
    const char *end;
} style;

enum { INDENT = 4, SNIPPET_LINES = 3 };

static style choose_style(const search_options *options)
{
    static const style plain = {0, "", "", "", ""};
    static const style coloured = {0, "\033[1m", "\033[32m", "\033[1;31m", "\033[0m"};
    style chosen = program_terminal_has_colour(options->colour, stdout) ? coloured : plain;
    chosen.columns = program_terminal_columns(stdout);
    return chosen;
}

/* The title stands beside the rank: the first line's indent is taken off and the rank put in its place. */
static void add_title(program_buffer *out, const search_hit *hit, const style *look)
{
    char rank[16];
    program_buffer title = {0};
    int size = snprintf(rank, sizeof(rank), "%2lu. ", (unsigned long)hit->rank);
    unsigned indent = size > INDENT ? (unsigned)size : INDENT;
    program_buffer_add_text(&title, PROGRAM_MARK_START);
    program_text_add_shown(&title, hit->title.data, hit->title.size);
    program_buffer_add_text(&title, PROGRAM_MARK_END);
    program_buffer_add_text(out, rank);
    size_t start = out->size;
    program_terminal_wrap(out, title.data, title.size, indent, look->columns, look->title, look->end);
    if (out->size > start + indent) {
        memmove(out->data + start, out->data + start + indent, out->size - start - indent + 1);
        out->size -= indent;
    }
    program_buffer_release(&title);
}

/* Of a date that starts with digits the day is enough; of others no more than fits. */
static size_t date_length(oir_bytes date)
{
    size_t size = 0;
    bool digits = date.data[0] >= '0' && date.data[0] <= '9';
    while (size < date.size && size < 20 && !(digits && (date.data[size] == ' ' || date.data[size] == 'T')))
        size++;
    return size;
}

/* A path is never broken: it is there to be copied. What does not fit beside it goes below. */
static void add_place(program_buffer *out, const search_hit *hit, const style *look)
{
    oir_bytes place = hit->path.size > 0 ? (oir_bytes){hit->path.data, hit->path.size} : hit->record.id;
    program_buffer rest = {0};
    if (hit->record.date.size > 0) {
        program_text_add_shown(&rest, hit->record.date.data, date_length(hit->record.date));
        program_buffer_add_text(&rest, "  ");
    }
    program_buffer_add_format(&rest, "%.4g\n", hit->score);
    program_buffer_add_format(out, "%*s", INDENT, "");
    if (place.size > 0) {
        program_buffer_add_text(out, look->path);
        program_text_add_shown(out, place.data, place.size);
        program_buffer_add_text(out, look->end);
        if (INDENT + place.size + 2 + rest.size - 1 <= look->columns)
            program_buffer_add_text(out, "  ");
        else
            program_buffer_add_format(out, "\n%*s", INDENT, "");
    }
    program_buffer_add(out, rest.data, rest.size);
    program_buffer_release(&rest);
}

static oir_status add_hit(program_buffer *out, search_query *search, const search_hit *hit, oir_snippeter *snippeter,
                          const style *look)
{
    oir_bytes snippet;
    oir_status status = oir_snippeter_get(snippeter, hit->record.text.data, hit->record.text.size, &snippet,
                                          &search->err);
    if (status != OIR_OK)
        return status;
    add_title(out, hit, look);
    add_place(out, hit, look);
    program_terminal_wrap(out, snippet.data, snippet.size, INDENT, look->columns, look->match, look->end);
    return OIR_OK;
}

oir_status search_show_print(search_query *search)
{
    style look = choose_style(search->options);
    oir_snippet_options options = OIR_SNIPPET_OPTIONS_INIT;
    options.length = SNIPPET_LINES * (look.columns - INDENT) - look.columns / 4;
    options.escape = OIR_ESCAPE_ANSI;
    options.mark_start = PROGRAM_MARK_START;
    options.mark_end = PROGRAM_MARK_END;
    oir_snippeter *snippeter = NULL;
    program_buffer out = {0};
    search_hit hit = {0};
    oir_status status = oir_snippeter_new(&snippeter, search->query, search->database, search->language, &options,
                                          &search->err);
    for (oir_doccount i = 0; status == OIR_OK && i < oir_mset_get_size(search->mset); i++) {
        program_buffer_clear(&out);
        if (i > 0)
            program_buffer_add_char(&out, '\n');
        status = search_hit_read(&hit, search, i);
        if (status == OIR_OK)
            status = add_hit(&out, search, &hit, snippeter, &look);
        if (status == OIR_OK)
            program_output_add(out.data, out.size);
        search_hit_release(&hit);
    }
    program_buffer_release(&out);
    oir_snippeter_free(snippeter);
    return status;
}

static const char *plural(unsigned long count)
{
    return count == 1 ? "" : "s";
}

void search_show_print_count(const search_query *search, double seconds)
{
    unsigned long all = oir_database_get_doccount(search->database);
    unsigned long count = search->count;
    unsigned long shown = oir_mset_get_size(search->mset);
    unsigned long first = oir_mset_get_firstitem(search->mset);
    const char *verb = count == 1 ? "es" : "", *least = search->more ? "At least " : "";
    program_output_flush();
    if (count == 0 && !search->more)
        fprintf(stderr, "Nothing found in %lu document%s.\n", all, plural(all));
    else if (shown == 0)
        fprintf(stderr, "%s%lu of %lu document%s match%s, none of them on this page.\n", least, count, all, plural(all),
                verb);
    else if (shown == count && !search->more)
        fprintf(stderr, "\n%lu of %lu document%s match%s (%.1f ms).\n", count, all, plural(all), verb, seconds * 1e3);
    else
        fprintf(stderr, "\n%s%lu of %lu document%s match%s (%.1f ms); shown: %lu-%lu.\n", least, count, all,
                plural(all), verb, seconds * 1e3, first + 1, first + shown);
}
