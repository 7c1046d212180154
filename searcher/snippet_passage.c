#include "searcher/snippet_passage.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* Several passages are at least so long each, in bytes: shorter ones say nothing. */
#define PASSAGE_LEAST 40
/* The longest word that is shown whole where no word fits in, in bytes. */
#define PASSAGE_WORD 64
/* Marks no further apart count as side by side, in bytes. */
#define PASSAGE_GAP 3
/* For how many windows of equal worth the beginning of a sentence is looked for. */
#define PASSAGE_TRIES 32

oir_status snippet_passage_init(snippet_passages *p, const snippet_query *query, oir_error *err)
{
    *p = (snippet_passages){.key_count = query->word_count + query->group_count + 1};
    p->seen = memory_new_zeroed(p->key_count, sizeof *p->seen);
    p->weights = memory_new_zeroed(p->key_count, sizeof *p->weights);
    if (p->seen && p->weights)
        return OIR_OK;
    snippet_passage_release(p);
    return error_no_memory(err, "a snippeter");
}

void snippet_passage_release(snippet_passages *p)
{
    memory_free(p->list);
    memory_free(p->seen);
    memory_free(p->weights);
    memory_free(p->broken);
    *p = (snippet_passages){0};
}

/* ---- windows ---- */

/* A window over the marks [left, right) of a text. Scores are whole numbers: adding and taking away are exact. */
typedef struct window {
    snippet_passages *p;
    const snippet_match *m;
    const snippet_text *text;
    const uint8_t *shifts; /* of the nth occurrence of a key */
    size_t left, right;
    uint64_t score;
    uint64_t bonus; /* for a beginning at a sentence, and for words side by side */
    /* For how many windows the beginning of a sentence was looked for, up to where, and the last one; SIZE_MAX if there
     * is none. */
    int tries;
    size_t searched, sentence;
} window;

/* What an occurrence of a word adds, as a shift of its weight: the first all of it, the next an eighth, then half as
 * much each time. The last entry stands for all that follow. */
enum { WINDOW_SHIFTS = 11 };
static const uint8_t shifts_each[WINDOW_SHIFTS] = {63, 0, 3, 4, 5, 6, 7, 8, 9, 10, 63};
static const uint8_t shifts_once[WINDOW_SHIFTS] = {63, 0, 63, 63, 63, 63, 63, 63, 63, 63, 63};

/* The loops over the marks are written without conditions as far as they can be: which words stand where in a text is
 * nothing that a processor foresees. */
static uint64_t key_worth(const window *w, uint32_t key, uint32_t nth)
{
    return w->p->weights[key] >> w->shifts[nth < WINDOW_SHIFTS ? nth : WINDOW_SHIFTS - 1];
}

static void add_key(window *w, uint32_t key, bool count)
{
    uint32_t nth = w->p->seen[key] += count;
    w->score += key_worth(w, key, count ? nth : 0);
}

static void remove_key(window *w, uint32_t key, bool count)
{
    uint32_t nth = w->p->seen[key];
    w->p->seen[key] = nth - count;
    w->score -= key_worth(w, key, count ? nth : 0);
}

/* Whether mark i stands right before mark i + 1 and is of another word. */
static bool is_linked(const window *w, size_t i)
{
    const snippet_mark *mark = &w->m->marks[i];
    return (mark[1].begin - mark->end <= PASSAGE_GAP) &
           (w->m->keys[mark->first_key] != w->m->keys[mark[1].first_key]);
}

static void add_mark(window *w, size_t i)
{
    const snippet_mark *mark = &w->m->marks[i];
    for (size_t s = 0; s < mark->key_count; s++)
        add_key(w, w->m->keys[mark->first_key + s], true);
    if (i > w->left)
        add_key(w, w->p->key_count - 1, is_linked(w, i - 1));
    w->right = i + 1;
}

static void remove_first(window *w)
{
    const snippet_mark *mark = &w->m->marks[w->left];
    for (size_t s = 0; s < mark->key_count; s++)
        remove_key(w, w->m->keys[mark->first_key + s], true);
    if (w->left + 1 < w->right)
        remove_key(w, w->p->key_count - 1, is_linked(w, w->left));
    w->left++;
}

/* Whether mark i lies in a passage chosen already. */
static bool is_taken(const snippet_passages *p, const snippet_mark *mark)
{
    for (size_t i = 0; i < p->count; i++) {
        if (mark->begin < p->list[i].core_end && mark->end > p->list[i].core_begin)
            return true;
    }
    return false;
}

/* Whether a passage over the window's marks has room to begin at a sentence, and then is not cut short by a break.
 * Windows come in the text's order, so that sentences are looked for only behind the last place. */
static bool has_sentence(window *w, size_t length)
{
    size_t begin = w->m->marks[w->left].begin, end = w->m->marks[w->right - 1].end;
    size_t room = length > end - begin ? length - (end - begin) : 0;
    size_t sentence = snippet_cut_last_sentence(w->text, w->searched, begin);
    w->sentence = sentence == SIZE_MAX ? w->sentence : sentence;
    w->searched = begin;
    if (w->sentence == SIZE_MAX ||
        (begin - w->sentence > room && snippet_cut_backward(w->text, begin, room, 0) > w->sentence))
        return false;
    return snippet_cut_next_break(w->text, end, w->sentence + length - length / 4) == SIZE_MAX;
}

static void clear_window(window *w, size_t at)
{
    while (w->left < w->right)
        remove_first(w);
    w->left = w->right = at;
}

/* A run of marks in which windows are looked at: those without breaks, or those with some. */
typedef struct stretch {
    size_t begin, end;
    bool breaks;
} stretch;

/* The best window in a stretch whose marks fit into `length` bytes, none of which is taken, if it is better than
 * `best`. */
static uint64_t slide_window(window *w, const stretch *s, size_t length, uint64_t best, snippet_passage *out)
{
    size_t last_broken = 0;
    w->shifts = s->breaks ? shifts_once : shifts_each;
    w->left = w->right = s->begin;
    for (size_t i = s->begin; i < s->end; i++) {
        if (is_taken(w->p, &w->m->marks[i])) {
            clear_window(w, i + 1);
            continue;
        }
        if (w->p->any_broken && w->p->broken[i]) {
            last_broken = i;
            if (!s->breaks)
                clear_window(w, i);
        }
        while (w->left < w->right && w->m->marks[i].end - w->m->marks[w->left].begin > length)
            remove_first(w);
        if (w->left == w->right)
            w->left = i;
        add_mark(w, i);
        uint64_t score = w->score;
        if (score + w->bonus <= best || (s->breaks && last_broken <= w->left))
            continue;
        if (!s->breaks && w->tries++ < PASSAGE_TRIES && has_sentence(w, length))
            score += w->bonus;
        if (score > best) {
            best = score;
            *out = (snippet_passage){.core_begin = w->m->marks[w->left].begin, .core_end = w->m->marks[i].end};
        }
    }
    clear_window(w, s->end);
    return best;
}

/* The stretch in which windows have breaks, from mark `at` on; empty if there is none. */
static stretch next_stretch(const window *w, size_t at, size_t length)
{
    const snippet_mark *marks = w->m->marks;
    size_t count = w->m->mark_count;
    const bool *found = at < count ? memchr(w->p->broken + at, true, count - at) : NULL;
    if (!found)
        return (stretch){count, count, true};
    size_t broken = (size_t)(found - w->p->broken), begin = broken, end = broken;
    while (begin > 0 && marks[broken].end - marks[begin - 1].begin <= length)
        begin--;
    for (; end < count; end++) {
        broken = w->p->broken[end] ? end : broken;
        if (marks[end].end - marks[broken - 1].begin > length && end > broken)
            break;
    }
    return (stretch){begin, end, true};
}

/* The best window, with breaks in it only if it is the last; false when all marks are taken. */
static bool best_window(window *w, size_t length, bool last, snippet_passage *out)
{
    stretch s = {0, w->m->mark_count, false};
    w->tries = 0;
    w->searched = 0;
    w->sentence = SIZE_MAX;
    uint64_t best = slide_window(w, &s, length, 0, out);
    if (!w->p->any_broken || !last)
        return best > 0;
    for (s = next_stretch(w, 0, length); s.begin < s.end; s = next_stretch(w, s.end, length))
        best = slide_window(w, &s, length, best, out);
    return best > 0;
}

/* Which marks have a break before them. */
static oir_status find_breaks(snippet_passages *p, const snippet_match *m, const snippet_text *text, oir_error *err)
{
    size_t last = m->marks[m->mark_count - 1].begin, next = snippet_cut_next_break(text, m->marks[0].begin, last);
    p->any_broken = next != SIZE_MAX;
    if (!p->any_broken)
        return OIR_OK;
    if (!memory_reserve(&p->broken, &p->broken_capacity, m->mark_count, sizeof *p->broken))
        return error_no_memory(err, "a snippet");
    for (size_t i = 0; i < m->mark_count; i++) {
        p->broken[i] = next <= m->marks[i].begin;
        if (p->broken[i])
            next = snippet_cut_next_break(text, m->marks[i].begin, last);
    }
    return OIR_OK;
}

static uint32_t key_weight(const snippet_query *q, uint32_t key)
{
    return key < q->word_count ? q->words[key].weight : q->groups[key - q->word_count].weight;
}

/* Fills in all weights; returns the bonus, an eighth of the least word's. */
static uint64_t set_weights(snippet_passages *p, const snippet_query *q)
{
    uint32_t least = UINT32_MAX;
    for (uint32_t key = 0; key + 1 < p->key_count; key++)
        p->weights[key] = key_weight(q, key);
    for (uint32_t i = 0; i < q->word_count; i++)
        least = q->words[i].weight < least ? q->words[i].weight : least;
    return p->weights[p->key_count - 1] = least / 8;
}

/* Words that are in a passage already count an eighth. */
static void set_shown(snippet_passages *p, const snippet_match *m, const snippet_passage *passage)
{
    for (size_t i = 0; i < m->mark_count; i++) {
        const snippet_mark *mark = &m->marks[i];
        if (mark->begin < passage->core_begin || mark->end > passage->core_end)
            continue;
        for (size_t s = 0; s < mark->key_count; s++) {
            uint32_t key = m->keys[mark->first_key + s];
            p->weights[key] = key_weight(m->query, key) / 8;
        }
    }
}

static oir_status add_passage(snippet_passages *p, const snippet_passage *passage, oir_error *err)
{
    if (!memory_reserve(&p->list, &p->capacity, p->count + 1, sizeof *p->list))
        return error_no_memory(err, "a snippet");
    size_t at = p->count++;
    for (; at > 0 && p->list[at - 1].core_begin > passage->core_begin; at--)
        p->list[at] = p->list[at - 1];
    p->list[at] = *passage;
    return OIR_OK;
}

/* ---- passages ---- */

/* The room a passage grows in: up to its neighbours' marks, to `length` bytes. */
typedef struct room {
    const snippet_match *m;
    const snippet_text *text;
    size_t low, high, length;
    const snippet_passage *before; /* the passage before it, NULL for none */
} room;

/* The first mark that ends behind `at`; mark_count if there is none. */
static size_t mark_behind(const snippet_match *m, size_t at)
{
    size_t low = 0, high = m->mark_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->marks[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t grow_begin(const room *r, size_t core_begin, size_t slack)
{
    size_t floor = snippet_cut_backward(r->text, core_begin, slack - slack / 5, r->low);
    size_t begin = snippet_cut_last_sentence(r->text, floor, core_begin);
    if (begin == SIZE_MAX) {
        floor = snippet_cut_backward(r->text, core_begin, slack / 3, r->low);
        begin = snippet_cut_after(r->text, floor, core_begin);
        if (begin >= core_begin)
            begin = snippet_cut_before_signs(r->text, core_begin, r->low);
    }
    size_t mark = mark_behind(r->m, begin);
    if (mark < r->m->mark_count && r->m->marks[mark].begin < begin)
        begin = snippet_cut_skip_space(r->text, r->m->marks[mark].end);
    return begin < core_begin ? begin : core_begin;
}

/* Where a passage ends that is cut within a sentence: between words, and not in a mark. */
static size_t cut_end(const room *r, size_t begin, size_t core_end, size_t limit)
{
    size_t low = core_end > begin ? core_end : begin;
    size_t end = snippet_cut_before(r->text, limit, low);
    size_t mark = mark_behind(r->m, end);
    if (mark < r->m->mark_count && r->m->marks[mark].begin < end)
        end = r->m->marks[mark].begin;
    end = snippet_cut_trim_pause(r->text, end, low);
    if (end > low)
        return end;
    if (low > begin)
        return snippet_cut_trim_pause(r->text, snippet_cut_after_signs(r->text, low, r->high), low);
    /* Not even one word fits in: it is shown whole, or cut where it is no word that anybody wrote. */
    end = snippet_cut_after(r->text, snippet_cut_next(r->text, begin), r->high);
    size_t furthest = snippet_cut_forward(r->text, begin, PASSAGE_WORD > r->length ? PASSAGE_WORD : r->length);
    end = snippet_cut_trim(r->text, end < furthest ? end : furthest, begin);
    return end > begin ? end : furthest;
}

/* What may stand alone before a break, in bytes. */
static size_t enough_of(size_t length)
{
    return length / 2 < PASSAGE_LEAST ? length / 2 : PASSAGE_LEAST;
}

/* The first break behind a passage's marks that leaves enough of it; SIZE_MAX if there is none up to `high`. */
static size_t find_break(const room *r, size_t begin, size_t core_end, size_t high)
{
    /* Before another passage any is enough: with it, it says something. */
    size_t low = r->high < r->text->size ? 0 : snippet_cut_forward(r->text, begin, enough_of(r->length)), at = core_end;
    do {
        at = snippet_cut_next_break(r->text, at, high);
    } while (at < low);
    return at;
}

/* `shown` is where the passage begins that is shown: the one before, if this one goes on with it. */
static size_t grow_end(const room *r, size_t begin, size_t core_end, size_t shown, bool *open)
{
    const snippet_text *t = r->text;
    size_t limit = snippet_cut_forward(t, begin, r->length);
    size_t most = snippet_cut_forward(t, begin, r->length + r->length / 6);
    limit = limit > core_end ? limit : core_end;
    most = most > core_end ? most : core_end;
    *open = false;
    size_t next = snippet_cut_skip_space(t, most);
    next = next < r->high ? next : r->high;
    size_t behind = find_break(r, shown, core_end, next);
    if (behind != SIZE_MAX)
        return snippet_cut_trim(t, behind, core_end);
    if (snippet_cut_skip_space(t, most) >= t->size && r->high >= t->size)
        return snippet_cut_trim(t, t->size, core_end);
    size_t least = snippet_cut_forward(t, begin, r->length - r->length / 3);
    least = least > core_end ? least : core_end;
    size_t sentence = least < next ? snippet_cut_last_sentence(t, least + 1, next) : SIZE_MAX;
    size_t mark = sentence == SIZE_MAX ? r->m->mark_count : mark_behind(r->m, sentence);
    if (sentence != SIZE_MAX && !(mark < r->m->mark_count && r->m->marks[mark].begin < sentence))
        return snippet_cut_trim(t, sentence, core_end);
    *open = true;
    return cut_end(r, begin, core_end, limit < r->high ? limit : r->high);
}

/* Whether nothing is between the passage before and one that begins at `begin`. */
static bool meets(const room *r, size_t begin)
{
    return r->before && begin <= snippet_cut_skip_space(r->text, r->before->end) &&
           snippet_cut_next_break(r->text, r->before->end, begin) == SIZE_MAX;
}

/* Grows a passage; true when it is then one with the passage before. */
static bool grow(const room *r, snippet_passage *passage)
{
    size_t core = passage->core_end - passage->core_begin;
    passage->begin = grow_begin(r, passage->core_begin, r->length > core ? r->length - core : 0);
    passage->open_begin = !snippet_cut_is_sentence(r->text, passage->begin);
    bool joined = meets(r, passage->begin);
    passage->end = grow_end(r, passage->begin, passage->core_end, joined ? r->before->begin : passage->begin,
                            &passage->open_end);
    return joined;
}

/* Grows all passages, and joins those that meet. */
static void grow_all(snippet_passages *p, const snippet_match *m, const snippet_text *text, size_t length)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->count; i++) {
        snippet_passage passage = p->list[i], *before = kept ? &p->list[kept - 1] : NULL;
        room r = {m, text, before ? before->end : 0, i + 1 < p->count ? p->list[i + 1].core_begin : text->size,
                  length / p->count, before};
        if (grow(&r, &passage)) {
            before->end = passage.end;
            before->open_end = passage.open_end;
        } else {
            p->list[kept++] = passage;
        }
    }
    p->count = kept;
}

oir_status snippet_passage_choose(snippet_passages *p, const snippet_match *m, const snippet_text *text, size_t length,
                                  size_t most, oir_error *err)
{
    size_t first = snippet_cut_skip_space(text, 0);
    p->count = 0;
    if (first == text->size)
        return OIR_OK;
    snippet_passage passage = {.core_begin = first, .core_end = first};
    /* From 0: control characters at the text's start are no words, but may be shown. */
    bool whole = snippet_cut_skip_space(text, snippet_cut_forward(text, 0, length + length / 6)) >= text->size &&
                 (text->size <= enough_of(length) || snippet_cut_next_break(text, first, text->size) == SIZE_MAX);
    if (whole || m->mark_count == 0) {
        ERROR_FORWARD(add_passage(p, &passage, err));
        grow_all(p, m, text, length);
        return OIR_OK;
    }
    size_t useful = length / PASSAGE_LEAST > 1 ? length / PASSAGE_LEAST : 1;
    most = most < 1 ? 1 : most < useful ? most : useful;
    ERROR_FORWARD(find_breaks(p, m, text, err));
    window w = {.p = p, .m = m, .text = text, .bonus = set_weights(p, m->query)};
    /* A fifth is left for what stands around the marks. */
    while (p->count < most &&
           best_window(&w, length / most - length / most / 5, p->count + 1 == most, &passage)) {
        set_shown(p, m, &passage);
        ERROR_FORWARD(add_passage(p, &passage, err));
    }
    grow_all(p, m, text, length);
    return OIR_OK;
}
