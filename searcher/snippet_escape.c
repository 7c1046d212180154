#include "searcher/snippet_escape.h"

#include <string.h>

#include "text/unicode.h"
#include "text/utf8.h"

void snippet_escape_flush(snippet_escape *e)
{
    if (e->space)
        buffer_add_byte(e->out, ' ');
    e->space = false;
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* Control characters that are white space. */
static bool is_blank_control(uint32_t c)
{
    return (c >= '\t' && c <= '\r') || c == 0x85;
}

static const char *entity_of(uint32_t c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

static void add_char(snippet_escape *e, uint32_t c)
{
    bool control = is_control(c);
    if (control && e->mode == OIR_ESCAPE_ANSI && !is_blank_control(c)) {
        c = 0xfffd;
        control = false;
    }
    if (e->one_line && (control || unicode_is_whitespace(c))) {
        e->space = e->begun;
        return;
    }
    snippet_escape_flush(e);
    e->begun = true;
    if (control && c != '\n')
        c = ' ';
    const char *entity = e->mode == OIR_ESCAPE_HTML ? entity_of(c) : NULL;
    if (entity) {
        buffer_add(e->out, entity, strlen(entity));
        return;
    }
    uint8_t bytes[UTF8_MAX];
    buffer_add(e->out, bytes, utf8_encode(c, bytes));
}

void snippet_escape_add(snippet_escape *e, const uint8_t *text, size_t size)
{
    for (const uint8_t *at = text, *end = text + size; at < end;) {
        uint32_t step, c = utf8_decode(at, end, &step);
        add_char(e, c);
        at += step;
    }
}
