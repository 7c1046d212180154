#include <oir/snippet.h>

#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "searcher/snippet_escape.h"
#include "searcher/snippet_match.h"
#include "searcher/snippet_passage.h"

/* Phrases and chains of them up to so many bytes are one span, however short the snippet. */
#define SNIPPET_SPAN_LEAST 128

struct oir_snippeter {
    oir_snippet_options options;
    snippet_query query;
    snippet_match match;
    snippet_passages passages;
    buffer out;
};

/* The caller's options as far as his struct has them, the defaults for the rest. */
static oir_snippet_options read_options(const oir_snippet_options *given)
{
    oir_snippet_options options = OIR_SNIPPET_OPTIONS_INIT;
    if (given)
        memcpy(&options, given, given->struct_size);
    options.mark_start = options.mark_start ? options.mark_start : "";
    options.mark_end = options.mark_end ? options.mark_end : "";
    options.omit = options.omit ? options.omit : "";
    /* Lengths are added and multiplied; no snippet is longer than this. */
    options.length = options.length < SIZE_MAX / 64 ? options.length : SIZE_MAX / 64;
    return options;
}

oir_status oir_snippeter_new(oir_snippeter **out, const oir_query *query, const oir_database *database,
                             const char *language, const oir_snippet_options *options, oir_error *err)
{
    *out = NULL;
    if (options && (options->struct_size == 0 || options->struct_size > sizeof *options))
        return error_set(err, OIR_INVALID_ARGUMENT, "start oir_snippet_options from OIR_SNIPPET_OPTIONS_INIT");
    oir_snippeter *s = memory_new_zeroed(1, sizeof *s);
    if (!s)
        return error_no_memory(err, "a snippeter");
    s->options = read_options(options);
    buffer_init(&s->out);
    oir_status status;
    ERROR_GOTO_DONE(snippet_query_init(&s->query, query, database, err));
    ERROR_GOTO_DONE(snippet_match_init(&s->match, &s->query, language, err));
    ERROR_GOTO_DONE(snippet_passage_init(&s->passages, &s->query, err));
done:
    if (status != OIR_OK)
        oir_snippeter_free(s);
    else
        *out = s;
    return status;
}

void oir_snippeter_free(oir_snippeter *snippeter)
{
    if (!snippeter)
        return;
    snippet_passage_release(&snippeter->passages);
    snippet_match_release(&snippeter->match);
    snippet_query_release(&snippeter->query);
    buffer_release(&snippeter->out);
    memory_free(snippeter);
}

static void add_string(buffer *out, const char *string)
{
    buffer_add(out, string, strlen(string));
}

/* The text of one passage with its marks. A passage never begins or ends within a mark. */
static void add_passage(oir_snippeter *s, const snippet_text *text, const snippet_passage *passage, size_t *mark)
{
    snippet_escape e = {.out = &s->out, .mode = s->options.escape, .one_line = s->options.one_line};
    size_t at = passage->begin;
    for (; *mark < s->match.mark_count && s->match.marks[*mark].end <= passage->end; ++*mark) {
        const snippet_mark *m = &s->match.marks[*mark];
        if (m->begin < at)
            continue;
        snippet_escape_add(&e, text->bytes + at, m->begin - at);
        snippet_escape_flush(&e);
        add_string(&s->out, s->options.mark_start);
        snippet_escape_add(&e, text->bytes + m->begin, m->end - m->begin);
        add_string(&s->out, s->options.mark_end);
        at = m->end;
    }
    snippet_escape_add(&e, text->bytes + at, passage->end - at);
}

/* All passages with what says that text is left out: at the ends only where a sentence is cut, between always. */
static void add_all(oir_snippeter *s, const snippet_text *text)
{
    const snippet_passages *p = &s->passages;
    size_t mark = 0, first = snippet_cut_skip_space(text, 0);
    for (size_t i = 0; i < p->count; i++) {
        const snippet_passage *passage = &p->list[i];
        if (i > 0) {
            if (!p->list[i - 1].open_end && *s->options.omit)
                buffer_add_byte(&s->out, ' ');
            add_string(&s->out, s->options.omit);
            buffer_add_byte(&s->out, ' ');
        } else if (passage->open_begin && passage->begin > first) {
            add_string(&s->out, s->options.omit);
        }
        add_passage(s, text, passage, &mark);
    }
    if (p->count && p->list[p->count - 1].open_end &&
        snippet_cut_skip_space(text, p->list[p->count - 1].end) < text->size)
        add_string(&s->out, s->options.omit);
}

oir_status oir_snippeter_get(oir_snippeter *snippeter, const char *text, size_t size, oir_bytes *out, oir_error *err)
{
    oir_snippeter *s = snippeter;
    const oir_snippet_options *o = &s->options;
    snippet_text t = {(const uint8_t *)text, size, o->one_line};
    size_t longest = o->length > SNIPPET_SPAN_LEAST ? o->length : SNIPPET_SPAN_LEAST;
    *out = (oir_bytes){"", 0};
    buffer_clear(&s->out);
    ERROR_FORWARD(snippet_match_text(&s->match, text, size, longest, err));
    if (s->match.mark_count || !o->empty_without_match) {
        ERROR_FORWARD(snippet_passage_choose(&s->passages, &s->match, &t, o->length, o->passages, err));
        add_all(s, &t);
    }
    buffer_add_byte(&s->out, 0);
    if (s->out.failed)
        return error_no_memory(err, "a snippet");
    *out = (oir_bytes){(const char *)s->out.data, s->out.size - 1};
    return OIR_OK;
}
