#include "searcher/term_matcher.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/paths.h"
#include "searcher/term_character.h"

oir_status term_matcher_new(term_matcher **out, term_matcher_text text, oir_error *err)
{
    size_t fixed = term_matcher_get_fixed(text);
    term_matcher *m = *out = memory_new(sizeof *m);
    if (!m)
        return error_no_memory(err, "a pattern");
    m->fuzzy = text.distance > 0;
    m->ends_first = !m->fuzzy && fixed < text.size && text.bytes[fixed] == '*' && paths_use(PATHS_CUTS);
    m->depth = 0;
    m->last_size = 0;
    m->states[0].end = m->states[0].needs = 0;
    if (m->fuzzy) {
        term_distance_init(&m->of.distance, text.bytes, text.size, text.distance, text.fixed);
        term_distance_begin(&m->of.distance, &m->states[0].at.distance);
    } else {
        term_pattern_init(&m->of.pattern, text.bytes, text.size);
        term_pattern_begin(&m->states[0].at.pattern);
    }
    return OIR_OK;
}

void term_matcher_free(term_matcher *m)
{
    memory_free(m);
}

size_t term_matcher_get_fixed(term_matcher_text text)
{
    return text.distance ? term_distance_get_fixed(text.bytes, text.size, text.fixed)
                         : term_pattern_get_fixed(text.bytes, text.size);
}

/* Forgets what the last term does not share with this one. */
static void go_back(term_matcher *m, const char *term, size_t size)
{
    size_t shared = 0, most = size < m->last_size ? size : m->last_size;
    while (shared < most && m->last[shared] == term[shared])
        shared++;
    while (m->states[m->depth].needs > shared)
        m->depth--;
    memcpy(m->last + shared, term + shared, size - shared);
    m->last_size = size;
}

static bool step(const term_matcher *m, const term_matcher_state *from, uint32_t character, term_matcher_state *to)
{
    return m->fuzzy ? term_distance_step(&m->of.distance, &from->at.distance, character, &to->at.distance)
                    : term_pattern_step(&m->of.pattern, &from->at.pattern, character, &to->at.pattern);
}

static bool ends_well(const term_pattern *p, const char *term, size_t size)
{
    return size >= p->tail_size && memcmp(term + size - p->tail_size, p->tail, p->tail_size) == 0;
}

bool term_matcher_ask(term_matcher *m, const char *term, size_t size, size_t *cut)
{
    *cut = 0;
    if (m->ends_first && !ends_well(&m->of.pattern, term, size))
        return false;
    go_back(m, term, size);
    term_matcher_state *s = &m->states[m->depth];
    const uint8_t *begin = (const uint8_t *)term, *end = begin + size;
    while (s->end < size) {
        uint32_t bytes, character = term_character_read(begin + s->end, end, &bytes);
        uint32_t reach = s->end + bytes + (character & TERM_CHARACTER_BYTE ? TERM_CHARACTER_AHEAD : 0);
        s[1].end = s->end + bytes;
        s[1].needs = s->needs > reach ? s->needs : reach;
        if (!step(m, s, character, s + 1)) {
            *cut = s[1].needs <= size ? s[1].needs : 0;
            return false;
        }
        s++;
        m->depth++;
    }
    return m->fuzzy ? term_distance_accepts(&m->of.distance, &s->at.distance)
                    : term_pattern_accepts(&m->of.pattern, &s->at.pattern);
}
