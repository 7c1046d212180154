#include "searcher/snippet_match.h"

#include <oir/term_generator.h>

#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/sort.h"

#define MEMO_ENTRIES 512u
#define MEMO_WORD 24 /* the longest surface form remembered, in bytes */
#define MEMO_FOUND 2 /* the most words of the query remembered for one */

/* A bound on memory that no text for people meets. */
#define HITS_MAX ((size_t)1 << 20)
#define ORDER_BITS 21
/* For so many bytes of a text room for one mark is made at first, up to so many: room that is not used costs nothing,
 * to grow costs new memory. */
#define MARK_BYTES 8u
#define MARKS_FIRST 4096u
/* And one on time: groups times hits, some tenths of a second. Only hostile queries on long texts meet it. */
#define WORK_MAX ((uint64_t)1 << 28)

/* A word of the query at a word of the text. */
typedef struct snippet_hit {
    uint32_t begin, end, position, word;
    uint32_t next; /* hit of the same word; SNIPPET_NONE for none */
    bool marked;
} snippet_hit;

/* A direct-mapped cache: a surface form, filled up with zero bytes, and the query's words that it matches. */
typedef struct snippet_memo {
    uint64_t word[MEMO_WORD / 8];
    uint32_t found[MEMO_FOUND];
} snippet_memo;

/* How much of a word's beginning its stem keeps. */
typedef enum keeping {
    KEEPS_NOTHING,
    KEEPS_ASCII, /* a first byte that is ASCII; of the others, accents may go */
    KEEPS_FIRST, /* the first byte */
    KEEPS_TWO    /* two bytes, but for y and i in the second place; of a few words one byte is left */
} keeping;

/* Languages whose algorithms take away or change ends only, and then change accents back. */
static keeping keeping_of(const char *language)
{
    static const struct {
        const char *name;
        keeping keeps;
    } list[] = {{"danish", KEEPS_FIRST},  {"english", KEEPS_TWO},    {"finnish", KEEPS_ASCII},
                {"french", KEEPS_ASCII},  {"german", KEEPS_ASCII},   {"italian", KEEPS_ASCII},
                {"norwegian", KEEPS_FIRST}, {"porter", KEEPS_TWO},   {"portuguese", KEEPS_ASCII},
                {"spanish", KEEPS_ASCII}, {"swedish", KEEPS_FIRST}};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        if (strcmp(language, list[i].name) == 0)
            return list[i].keeps;
    }
    return KEEPS_NOTHING;
}

/* Of a word's first byte and of its second, 0 if it has none, five bits each; all that is not ASCII has one row. What
 * falls together is only looked up in vain. */
static bool *begin_row(snippet_match *m, uint8_t first)
{
    return m->begins[first < 0x80 ? first & 31 : 0];
}

static bool may_match(const snippet_match *m, const word_token *w)
{
    uint8_t first = (uint8_t)w->term[0], second = w->size > 1 ? (uint8_t)w->term[1] : 0;
    return m->begins[first < 0x80 ? first & 31 : 0][second & 31] ||
           (m->elides && memchr(w->term, '\'', w->size < WORD_BYTES ? w->size : WORD_BYTES));
}

/* What is second in words of which one byte may be left: nothing, or what aing, aed, as and a's end in. */
static void set_short(bool *row)
{
    static const char seconds[] = "ies'";
    for (size_t i = 0; i < sizeof seconds; i++)
        row[seconds[i] & 31] = true;
}

static void set_begin(snippet_match *m, const snippet_word *word, keeping keeps)
{
    bool *row = begin_row(m, (uint8_t)word->bytes[0]);
    bool stem = m->stemmer && word->kind >= SNIPPET_STEM;
    bool prefix = word->kind == SNIPPET_PREFIX || word->kind == SNIPPET_STEM_PREFIX;
    uint8_t second = word->size > 1 ? (uint8_t)word->bytes[1] & 31 : 0;
    if ((stem && keeps != KEEPS_TWO) || (prefix && word->size == 1))
        memset(row, true, sizeof m->begins[0]);
    else if (stem && word->size == 1)
        set_short(row);
    row[second] = true;
    if (stem && (second == ('i' & 31) || second == ('y' & 31)))
        row['i' & 31] = row['y' & 31] = true;
}

/* What a pattern says of beginnings is its first byte, or nothing. */
static void set_pattern_begin(snippet_match *m, const snippet_word *word)
{
    if (snippet_patterns_is_fixed(word))
        memset(begin_row(m, (uint8_t)word->bytes[0]), true, sizeof m->begins[0]);
    else
        memset(m->begins, true, sizeof m->begins);
}

static void set_begins(snippet_match *m)
{
    const snippet_query *q = m->query;
    const char *language = m->stemmer ? oir_stemmer_language(m->stemmer) : "";
    keeping keeps = m->stemmer ? keeping_of(language) : KEEPS_TWO;
    memset(m->begins, keeps == KEEPS_NOTHING, sizeof m->begins);
    if (keeps == KEEPS_ASCII)
        memset(m->begins[0], true, sizeof m->begins[0]);
    /* Later versions of its algorithm take off the l' of l'homme. */
    m->elides = strcmp(language, "french") == 0;
    for (uint32_t i = 0; i < q->word_count; i++) {
        if (q->words[i].kind == SNIPPET_PATTERN)
            set_pattern_begin(m, &q->words[i]);
        else
            set_begin(m, &q->words[i], keeps);
    }
}

oir_status snippet_match_init(snippet_match *m, const snippet_query *query, const char *language, oir_error *err)
{
    *m = (snippet_match){.query = query};
    ERROR_FORWARD(oir_stemmer_new(&m->stemmer, language ? language : "", err));
    m->stems = query->kind_begin[SNIPPET_STEM] < query->word_count;
    if (oir_stemmer_is_none(m->stemmer) || !m->stems) {
        oir_stemmer_free(m->stemmer);
        m->stemmer = NULL;
    }
    set_begins(m);
    if (query->word_count == 0)
        return OIR_OK;
    m->memo = memory_new_zeroed(MEMO_ENTRIES, sizeof *m->memo);
    m->first_hit = memory_new_zeroed((size_t)query->word_count * 3 + query->group_longest, sizeof *m->first_hit);
    oir_status status = m->memo && m->first_hit ? snippet_patterns_init(&m->patterns, query, err)
                                                : error_no_memory(err, "a snippeter");
    if (status != OIR_OK) {
        snippet_match_release(m);
        return status;
    }
    m->last_hit = m->first_hit + query->word_count;
    m->places = m->last_hit + query->word_count;
    m->cursors = m->places + query->word_count;
    return OIR_OK;
}

void snippet_match_release(snippet_match *m)
{
    oir_stemmer_free(m->stemmer);
    snippet_patterns_release(&m->patterns);
    memory_free(m->memo);
    memory_free(m->first_hit);
    memory_free(m->hits);
    memory_free(m->order);
    memory_free(m->found);
    memory_free(m->keys);
    memory_free(m->marks);
    *m = (snippet_match){0};
}

/* ---- words ---- */

static void add_kind(uint32_t found[SNIPPET_KINDS], uint32_t *count, uint32_t word)
{
    if (word != SNIPPET_NONE)
        found[(*count)++] = word;
}

/* All words of the query that a word of the text matches: at most one of each kind. */
static uint32_t find_words(snippet_match *m, const char *word, size_t size, uint32_t found[SNIPPET_KINDS])
{
    uint32_t count = 0;
    add_kind(found, &count, snippet_query_find(m->query, SNIPPET_WORD, word, size));
    add_kind(found, &count, snippet_query_find(m->query, SNIPPET_PREFIX, word, size));
    add_kind(found, &count, snippet_patterns_find(&m->patterns, word, size));
    if (m->stems) {
        oir_bytes stem = m->stemmer ? oir_stemmer_stem(m->stemmer, word, size) : (oir_bytes){word, size};
        add_kind(found, &count, snippet_query_find(m->query, SNIPPET_STEM, stem.data, stem.size));
        add_kind(found, &count, snippet_query_find(m->query, SNIPPET_STEM_PREFIX, stem.data, stem.size));
    }
    return count;
}

/* The same through the memo. The word is in the breaker, where WORD_BYTES can be read. No word holds a zero byte. */
static uint32_t look_up(snippet_match *m, const word_token *w, uint32_t found[SNIPPET_KINDS])
{
    if (w->size > MEMO_WORD)
        return find_words(m, w->term, w->size, found);
    uint64_t key[MEMO_WORD / 8];
    for (uint32_t i = 0, left = (uint32_t)w->size * 8; i < MEMO_WORD / 8; i++) {
        key[i] = bits_load64(w->term + i * 8) & bits_low(left < 64 ? left : 64);
        left -= left < 64 ? left : 64;
    }
    uint64_t hash = hash_mix(key[0] ^ UINT64_C(0x9e3779b97f4a7c15), key[1] ^ UINT64_C(0xff51afd7ed558ccd));
    snippet_memo *memo = &m->memo[hash_mix(hash, key[2] ^ UINT64_C(0x8bb84b93962eacc9)) % MEMO_ENTRIES];
    uint32_t count = 0;
    if (memo->word[0] == key[0] && memo->word[1] == key[1] && memo->word[2] == key[2]) {
        for (; count < MEMO_FOUND && memo->found[count] != SNIPPET_NONE; count++)
            found[count] = memo->found[count];
        return count;
    }
    count = find_words(m, w->term, w->size, found);
    if (count <= MEMO_FOUND) {
        memcpy(memo->word, key, sizeof key);
        for (uint32_t i = 0; i < MEMO_FOUND; i++)
            memo->found[i] = i < count ? found[i] : SNIPPET_NONE;
    }
    return count;
}

static oir_status add_hit(snippet_match *m, const word_token *w, uint32_t position, uint32_t word, oir_error *err)
{
    if (!memory_reserve(&m->hits, &m->hit_capacity, m->hit_count + 1, sizeof *m->hits))
        return error_no_memory(err, "a snippet");
    uint32_t index = (uint32_t)m->hit_count++;
    m->hits[index] = (snippet_hit){.begin = (uint32_t)w->begin, .end = (uint32_t)w->end, .position = position,
                                   .word = word, .next = SNIPPET_NONE, .marked = m->query->words[word].loose};
    if (m->first_hit[word] == SNIPPET_NONE)
        m->first_hit[word] = index;
    else
        m->hits[m->last_hit[word]].next = index;
    m->last_hit[word] = index;
    return OIR_OK;
}

/* Adds a span, which must not begin before the last one, to the marks. A chain of overlapping phrases can be as long as
 * the text: it is cut where it gets too long. */
static oir_status add_marked(snippet_match *m, snippet_span span, oir_error *err)
{
    if (!memory_reserve(&m->keys, &m->key_capacity, m->key_count + 1, sizeof *m->keys) ||
        !memory_reserve(&m->marks, &m->mark_capacity, m->mark_count + 1, sizeof *m->marks))
        return error_no_memory(err, "a snippet");
    snippet_mark *last = m->mark_count ? &m->marks[m->mark_count - 1] : NULL;
    m->keys[m->key_count++] = span.key;
    if (last && (span.end <= last->end || (span.begin <= last->end && span.end - last->begin <= m->longest))) {
        last->end = span.end > last->end ? span.end : last->end;
        last->key_count++;
        return OIR_OK;
    }
    if (last && span.begin < last->end)
        span.begin = last->end;
    m->marks[m->mark_count++] = (snippet_mark){span.begin, span.end, (uint32_t)m->key_count - 1, 1};
    return OIR_OK;
}

/* A word found: without groups it is marked at once, else when they are. */
static oir_status add_word(snippet_match *m, const word_token *w, uint32_t position, uint32_t word, oir_error *err)
{
    if (m->query->group_count)
        return add_hit(m, w, position, word, err);
    return add_marked(m, (snippet_span){(uint32_t)w->begin, (uint32_t)w->end, word}, err);
}

/* Positions are counted as the term generator counts them: not for pairs, nor for words that are too long. */
static oir_status find_hits(snippet_match *m, const char *text, size_t size, oir_error *err)
{
    word_token w;
    uint32_t position = 0, found[SNIPPET_KINDS];
    m->hit_count = 0;
    memset(m->first_hit, 0xff, m->query->word_count * sizeof *m->first_hit);
    word_breaker_init(&m->breaker, text, size < UINT32_MAX ? size : UINT32_MAX, m->query->ngrams);
    while (word_next(&m->breaker, &w)) {
        position += !(w.flags & WORD_PAIR) && w.size <= OIR_WORD_MAX_DEFAULT;
        if (!may_match(m, &w) || w.size > OIR_TERM_MAX)
            continue;
        uint32_t count = look_up(m, &w, found);
        for (uint32_t i = 0; i < count; i++)
            ERROR_FORWARD(add_word(m, &w, position, found[i], err));
        if (m->hit_count + m->key_count >= HITS_MAX - SNIPPET_KINDS)
            break;
    }
    return OIR_OK;
}

/* ---- spans ---- */

static oir_status add_found(snippet_match *m, snippet_span span, oir_error *err)
{
    if (m->found_count == HITS_MAX)
        return OIR_OK;
    if (!memory_reserve(&m->found, &m->found_capacity, m->found_count + 1, sizeof *m->found))
        return error_no_memory(err, "a snippet");
    m->found[m->found_count++] = span;
    return OIR_OK;
}

/* A phrase or words in order, found at the hits in m->cursors. */
static oir_status mark_group(snippet_match *m, const snippet_group *group, oir_error *err)
{
    const snippet_hit *first = &m->hits[m->cursors[0]], *last = &m->hits[m->cursors[group->count - 1]];
    bool as_one = group->window == group->count && last->end - first->begin <= m->longest;
    for (uint32_t i = 0; i < group->count; i++) {
        snippet_hit *hit = &m->hits[m->cursors[i]];
        hit->marked = hit->marked || !as_one;
    }
    if (!as_one)
        return OIR_OK;
    uint32_t key = m->query->word_count + (uint32_t)(group - m->query->groups);
    return add_found(m, (snippet_span){first->begin, last->end, key}, err);
}

/* For each first word the soonest next ones; cursors only move forward, because later firsts have later nexts. */
static oir_status find_ordered(snippet_match *m, const snippet_group *group, oir_error *err)
{
    uint32_t *cursors = m->cursors;
    for (uint32_t i = 0; i < group->count; i++)
        cursors[i] = m->first_hit[group->words[i]];
    for (; cursors[0] != SNIPPET_NONE; cursors[0] = m->hits[cursors[0]].next) {
        uint32_t position = m->hits[cursors[0]].position;
        for (uint32_t i = 1; i < group->count; i++) {
            while (cursors[i] != SNIPPET_NONE && m->hits[cursors[i]].position <= position)
                cursors[i] = m->hits[cursors[i]].next;
            if (cursors[i] == SNIPPET_NONE)
                return OIR_OK;
            position = m->hits[cursors[i]].position;
        }
        if (position - m->hits[cursors[0]].position < group->window)
            ERROR_FORWARD(mark_group(m, group, err));
    }
    return OIR_OK;
}

/* The hits of all words of a group in the text's order, and in m->places how often each word is asked for. Each word
 * comes once, by the first of its places. */
static oir_status gather_hits(snippet_match *m, const snippet_group *group, size_t *count, oir_error *err)
{
    *count = 0;
    for (uint32_t i = 0; i < group->count; i++)
        m->places[group->words[i]] = 0;
    for (uint32_t i = 0; i < group->count; i++) {
        if (m->places[group->words[i]]++)
            continue;
        for (uint32_t hit = m->first_hit[group->words[i]]; hit != SNIPPET_NONE; hit = m->hits[hit].next) {
            if (!memory_reserve(&m->order, &m->order_capacity, *count + 1, sizeof *m->order))
                return error_no_memory(err, "a snippet");
            m->order[(*count)++] = hit;
        }
    }
    sort_u64(m->order, *count);
    return OIR_OK;
}

/* Slides a window of positions over the hits; m->places counts down what is still missing of each word. */
static oir_status find_unordered(snippet_match *m, const snippet_group *group, oir_error *err)
{
    size_t count, right = 0, marked = 0;
    uint32_t missing = group->count;
    ERROR_FORWARD(gather_hits(m, group, &count, err));
    for (size_t left = 0; left < count; left++) {
        snippet_hit *first = &m->hits[m->order[left]];
        for (; right < count && m->hits[m->order[right]].position - first->position < group->window; right++) {
            uint32_t *left_over = &m->places[m->hits[m->order[right]].word];
            missing -= (int32_t)*left_over > 0;
            --*left_over;
        }
        if (missing == 0) {
            for (marked = marked > left ? marked : left; marked < right; marked++)
                m->hits[m->order[marked]].marked = true;
        }
        uint32_t *left_over = &m->places[first->word];
        ++*left_over;
        missing += (int32_t)*left_over > 0;
    }
    return OIR_OK;
}

static oir_status find_groups(snippet_match *m, oir_error *err)
{
    uint64_t work = 0;
    for (uint32_t i = 0; i < m->query->group_count && work < WORK_MAX; i++) {
        const snippet_group *group = &m->query->groups[i];
        work += group->count + m->hit_count;
        ERROR_FORWARD(group->ordered ? find_ordered(m, group, err) : find_unordered(m, group, err));
    }
    return OIR_OK;
}

/* By begin, unless they are so already; m->order holds begin and number in one. */
static oir_status order_found(snippet_match *m, oir_error *err)
{
    size_t count = m->found_count;
    if (!memory_reserve(&m->order, &m->order_capacity, count, sizeof *m->order))
        return error_no_memory(err, "a snippet");
    for (size_t i = 0; i < count; i++)
        m->order[i] = (uint64_t)m->found[i].begin << ORDER_BITS | i;
    if (m->query->group_count > 1)
        sort_u64(m->order, count);
    return OIR_OK;
}

/* Phrases and marked words by place, phrases first: both are in order. */
static oir_status merge_spans(snippet_match *m, oir_error *err)
{
    size_t next = 0;
    ERROR_FORWARD(order_found(m, err));
    for (size_t i = 0; i <= m->hit_count; i++) {
        const snippet_hit *hit = i < m->hit_count ? &m->hits[i] : NULL;
        if (hit && !hit->marked)
            continue;
        for (; next < m->found_count; next++) {
            const snippet_span *span = &m->found[m->order[next] & (((uint64_t)1 << ORDER_BITS) - 1)];
            if (hit && span->begin > hit->begin)
                break;
            ERROR_FORWARD(add_marked(m, *span, err));
        }
        if (hit)
            ERROR_FORWARD(add_marked(m, (snippet_span){hit->begin, hit->end, hit->word}, err));
    }
    return OIR_OK;
}

static oir_status make_room(snippet_match *m, size_t size, oir_error *err)
{
    size_t room = size / MARK_BYTES < MARKS_FIRST ? size / MARK_BYTES + 1 : MARKS_FIRST;
    if (!memory_reserve(&m->keys, &m->key_capacity, room, sizeof *m->keys) ||
        !memory_reserve(&m->marks, &m->mark_capacity, room, sizeof *m->marks) ||
        (m->query->group_count && !memory_reserve(&m->hits, &m->hit_capacity, room, sizeof *m->hits)))
        return error_no_memory(err, "a snippet");
    return OIR_OK;
}

oir_status snippet_match_text(snippet_match *m, const char *text, size_t size, size_t longest, oir_error *err)
{
    m->found_count = m->key_count = m->mark_count = 0;
    m->longest = longest;
    if (m->query->word_count == 0)
        return OIR_OK;
    ERROR_FORWARD(make_room(m, size, err));
    ERROR_FORWARD(find_hits(m, text, size, err));
    if (m->query->group_count == 0)
        return OIR_OK;
    ERROR_FORWARD(find_groups(m, err));
    return merge_spans(m, err);
}
