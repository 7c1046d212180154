/* A query in words. Xapian's notation: operators between brackets, `#wqf` where it is not 1, `@position` where it is
 * not 0, bytes that would not show as \xNN. */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "searcher/query.h"
#include "text/utf8.h"

static void add_text(buffer *out, const char *text)
{
    buffer_add(out, text, strlen(text));
}

static void add_term(buffer *out, const oir_query *query)
{
    const uint8_t *at = (const uint8_t *)query->term, *end = at + query->term_size;
    while (at < end) {
        uint32_t step;
        utf8_decode(at, end, &step);
        bool hidden = step == 1 && (*at < ' ' || *at >= 0x7f || *at == '\\');
        if (hidden)
            buffer_add_format(out, "\\x%02x", *at);
        else
            buffer_add(out, at, step);
        at += step;
    }
}

static void add_fuzzy(buffer *out, const oir_query *query)
{
    add_text(out, "EDIT_DISTANCE SYNONYM ");
    add_term(out, query);
    buffer_add_format(out, "~%u", (unsigned)query->distance);
    if (query->fixed)
        buffer_add_format(out, " fixed_prefix_len=%u", (unsigned)query->fixed);
}

static void add_factor(buffer *out, double factor)
{
    char digits[40];
    snprintf(digits, sizeof digits, "%.15g", factor);
    char *comma = strchr(digits, ','); /* the decimal sign of some locales */
    if (comma)
        *comma = '.';
    add_text(out, digits);
}

const char *query_op_name(oir_query_op op)
{
    static const char *const names[] = {
        [OIR_OP_TERM] = "TERM",     [OIR_OP_MATCH_ALL] = "MATCH_ALL", [OIR_OP_MATCH_NONE] = "MATCH_NONE",
        [OIR_OP_PREFIX] = "PREFIX", [OIR_OP_WILDCARD] = "WILDCARD",   [OIR_OP_FUZZY] = "FUZZY",
        [OIR_OP_AND] = "AND",       [OIR_OP_OR] = "OR",               [OIR_OP_AND_NOT] = "AND_NOT",
        [OIR_OP_XOR] = "XOR",       [OIR_OP_AND_MAYBE] = "AND_MAYBE", [OIR_OP_FILTER] = "FILTER",
        [OIR_OP_PHRASE] = "PHRASE", [OIR_OP_NEAR] = "NEAR",           [OIR_OP_SYNONYM] = "SYNONYM",
        [OIR_OP_SCALE] = "SCALE",
    };
    return (unsigned)op < sizeof names / sizeof *names ? names[op] : "what is no operator";
}

static void add_node(buffer *out, const oir_query *query);

static void add_operator(buffer *out, const oir_query *query)
{
    add_text(out, "(");
    if (query->part_count == 1) {
        add_text(out, query_op_name(query->op));
        add_text(out, " ");
    }
    for (size_t i = 0; i < query->part_count; i++) {
        if (i && query->window)
            buffer_add_format(out, " %s %u ", query_op_name(query->op), (unsigned)query->window);
        else if (i)
            buffer_add_format(out, " %s ", query_op_name(query->op));
        add_node(out, query->parts[i]);
    }
    add_text(out, ")");
}

static void add_node(buffer *out, const oir_query *query)
{
    switch (query->op) {
    case OIR_OP_TERM:
        add_term(out, query);
        if (query->wqf != 1)
            buffer_add_format(out, "#%u", (unsigned)query->wqf);
        if (query->position)
            buffer_add_format(out, "@%u", (unsigned)query->position);
        break;
    case OIR_OP_MATCH_ALL:
        add_text(out, "<alldocuments>");
        break;
    case OIR_OP_MATCH_NONE:
        add_text(out, "<nodocuments>");
        break;
    case OIR_OP_PREFIX:
    case OIR_OP_WILDCARD:
        add_text(out, "WILDCARD SYNONYM ");
        add_term(out, query);
        break;
    case OIR_OP_FUZZY:
        add_fuzzy(out, query);
        break;
    case OIR_OP_SCALE:
        add_factor(out, query->factor);
        add_text(out, " * ");
        add_node(out, query->parts[0]);
        break;
    default:
        add_operator(out, query);
        break;
    }
}

oir_status oir_query_get_description(const oir_query *query, char **out, oir_error *err)
{
    *out = NULL;
    buffer text = BUFFER_INIT;
    add_text(&text, "Query(");
    if (query->op != OIR_OP_MATCH_NONE)
        add_node(&text, query);
    add_text(&text, ")");
    buffer_add_byte(&text, 0);
    if (text.failed) {
        buffer_release(&text);
        return error_no_memory(err, "a query's description");
    }
    *out = (char *)text.data;
    return OIR_OK;
}
