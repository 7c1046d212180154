#include "searcher/snippet_patterns.h"

#include "base/error.h"
#include "base/memory.h"
#include "searcher/term_matcher.h"

enum { PATTERNS_MAX = 64 };

static term_matcher_text text_of(const snippet_word *pattern)
{
    return (term_matcher_text){pattern->bytes, pattern->size, pattern->distance, pattern->fixed};
}

oir_status snippet_patterns_init(snippet_patterns *p, const snippet_query *query, oir_error *err)
{
    *p = (snippet_patterns){.first = query->kind_begin[SNIPPET_PATTERN]};
    uint32_t count = query->kind_begin[SNIPPET_PATTERN + 1] - p->first;
    if (count == 0)
        return OIR_OK;
    count = count < PATTERNS_MAX ? count : PATTERNS_MAX;
    if (!(p->matchers = memory_new_zeroed(count, sizeof *p->matchers)))
        return error_no_memory(err, "a snippeter");
    for (; p->count < count; p->count++)
        ERROR_FORWARD(term_matcher_new(&p->matchers[p->count], text_of(&query->words[p->first + p->count]), err));
    return OIR_OK;
}

void snippet_patterns_release(snippet_patterns *p)
{
    for (uint32_t i = 0; i < p->count; i++)
        term_matcher_free(p->matchers[i]);
    memory_free(p->matchers);
    *p = (snippet_patterns){0};
}

bool snippet_patterns_is_fixed(const snippet_word *pattern)
{
    return term_matcher_get_fixed(text_of(pattern)) > 0;
}

uint32_t snippet_patterns_find(snippet_patterns *p, const char *word, size_t size)
{
    size_t cut;
    for (uint32_t i = 0; i < p->count; i++)
        if (term_matcher_ask(p->matchers[i], word, size, &cut))
            return p->first + i;
    return SNIPPET_NONE;
}
