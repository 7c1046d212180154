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
    p->shown = memory_new_zeroed(p->key_count, sizeof *p->shown);
    if (p->seen && p->shown)
        return OIR_OK;
    snippet_passage_release(p);
    return error_no_memory(err, "a snippeter");
}

void snippet_passage_release(snippet_passages *p)
{
    memory_free(p->list);
    memory_free(p->seen);
    memory_free(p->shown);
    *p = (snippet_passages){0};
}

/* ---- windows ---- */

/* A window over the marks [left, right) of a text. Scores are whole numbers: adding and taking away are exact. */
typedef struct window {
    snippet_passages *p;
    const snippet_match *m;
    const snippet_text *text;
    size_t left, right;
    uint64_t score;
    uint64_t bonus; /* for a beginning at a sentence, and for words side by side */
} window;

static uint64_t key_weight(const window *w, uint32_t key)
{
    const snippet_query *q = w->m->query;
    uint64_t weight = key < q->word_count ? q->words[key].weight :
                      key < q->word_count + q->group_count ? q->groups[key - q->word_count].weight : w->bonus;
    return w->p->shown[key] ? weight / 8 : weight;
}

/* What the `nth` occurrence in a window adds. */
static uint64_t key_worth(const window *w, uint32_t key, uint32_t nth)
{
    return nth == 1 ? key_weight(w, key) : nth < 10 ? key_weight(w, key) >> (nth + 1) : 0;
}

static void add_key(window *w, uint32_t key)
{
    w->score += key_worth(w, key, ++w->p->seen[key]);
}

static void remove_key(window *w, uint32_t key)
{
    w->score -= key_worth(w, key, w->p->seen[key]--);
}

/* Whether mark i stands right before mark i + 1 and is of another word. */
static bool is_linked(const window *w, size_t i)
{
    const snippet_mark *mark = &w->m->marks[i];
    return mark[1].begin - mark->end <= PASSAGE_GAP &&
           w->m->spans[mark->first_span].key != w->m->spans[mark[1].first_span].key;
}

static void add_mark(window *w, size_t i)
{
    const snippet_mark *mark = &w->m->marks[i];
    for (size_t s = 0; s < mark->span_count; s++)
        add_key(w, w->m->spans[mark->first_span + s].key);
    if (i > w->left && is_linked(w, i - 1))
        add_key(w, w->p->key_count - 1);
    w->right = i + 1;
}

static void remove_first(window *w)
{
    const snippet_mark *mark = &w->m->marks[w->left];
    for (size_t s = 0; s < mark->span_count; s++)
        remove_key(w, w->m->spans[mark->first_span + s].key);
    if (w->left + 1 < w->right && is_linked(w, w->left))
        remove_key(w, w->p->key_count - 1);
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

/* Whether a passage over the window's marks has room to begin at a sentence. */
static bool has_sentence(const window *w, size_t length)
{
    size_t begin = w->m->marks[w->left].begin, extent = w->m->marks[w->right - 1].end - begin;
    size_t low = snippet_cut_backward(w->text, begin, length > extent ? length - extent : 0, 0);
    return snippet_cut_last_sentence(w->text, low, begin) != SIZE_MAX;
}

/* The best window of marks that fit into `length` bytes, none of which is taken; false when all are. */
static bool best_window(window *w, size_t length, snippet_passage *out)
{
    uint64_t best = 0;
    int tries = 0;
    w->left = w->right = 0;
    w->score = 0;
    memset(w->p->seen, 0, w->p->key_count * sizeof *w->p->seen);
    for (size_t i = 0; i < w->m->mark_count; i++) {
        if (is_taken(w->p, &w->m->marks[i])) {
            while (w->left < w->right)
                remove_first(w);
            w->left = w->right = i + 1;
            continue;
        }
        while (w->left < w->right && w->m->marks[i].end - w->m->marks[w->left].begin > length)
            remove_first(w);
        if (w->left == w->right)
            w->left = i;
        add_mark(w, i);
        uint64_t score = w->score;
        if (score + w->bonus > best && tries++ < PASSAGE_TRIES && has_sentence(w, length))
            score += w->bonus;
        if (score > best) {
            best = score;
            *out = (snippet_passage){.core_begin = w->m->marks[w->left].begin, .core_end = w->m->marks[i].end};
        }
    }
    return best > 0;
}

static void set_shown(snippet_passages *p, const snippet_match *m, const snippet_passage *passage)
{
    for (size_t i = 0; i < m->mark_count; i++) {
        const snippet_mark *mark = &m->marks[i];
        if (mark->begin < passage->core_begin || mark->end > passage->core_end)
            continue;
        for (size_t s = 0; s < mark->span_count; s++)
            p->shown[m->spans[mark->first_span + s].key] = 1;
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

static size_t grow_end(const room *r, size_t begin, size_t core_end, bool *open)
{
    const snippet_text *t = r->text;
    size_t limit = snippet_cut_forward(t, begin, r->length);
    size_t most = snippet_cut_forward(t, begin, r->length + r->length / 6);
    limit = limit > core_end ? limit : core_end;
    most = most > core_end ? most : core_end;
    *open = false;
    if (snippet_cut_skip_space(t, most) >= t->size && r->high >= t->size)
        return snippet_cut_trim(t, t->size, core_end);
    size_t least = snippet_cut_forward(t, begin, r->length - r->length / 3);
    least = least > core_end ? least : core_end;
    size_t next = snippet_cut_skip_space(t, most);
    next = next < r->high ? next : r->high;
    size_t sentence = least < next ? snippet_cut_last_sentence(t, least + 1, next) : SIZE_MAX;
    size_t mark = sentence == SIZE_MAX ? r->m->mark_count : mark_behind(r->m, sentence);
    if (sentence != SIZE_MAX && !(mark < r->m->mark_count && r->m->marks[mark].begin < sentence))
        return snippet_cut_trim(t, sentence, core_end);
    *open = true;
    return cut_end(r, begin, core_end, limit < r->high ? limit : r->high);
}

static void grow(const room *r, snippet_passage *passage)
{
    size_t core = passage->core_end - passage->core_begin;
    passage->begin = grow_begin(r, passage->core_begin, r->length > core ? r->length - core : 0);
    passage->open_begin = !snippet_cut_is_sentence(r->text, passage->begin);
    passage->end = grow_end(r, passage->begin, passage->core_end, &passage->open_end);
}

/* Grows all passages, and joins those that meet. */
static void grow_all(snippet_passages *p, const snippet_match *m, const snippet_text *text, size_t length)
{
    size_t kept = 0, low = 0;
    for (size_t i = 0; i < p->count; i++) {
        snippet_passage passage = p->list[i];
        room r = {m, text, low, i + 1 < p->count ? p->list[i + 1].core_begin : text->size, length / p->count};
        grow(&r, &passage);
        if (kept > 0 && passage.begin <= snippet_cut_skip_space(text, p->list[kept - 1].end)) {
            p->list[kept - 1].end = passage.end;
            p->list[kept - 1].open_end = passage.open_end;
        } else {
            p->list[kept++] = passage;
        }
        low = p->list[kept - 1].end;
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
    bool whole = snippet_cut_skip_space(text, snippet_cut_forward(text, first, length + length / 6)) >= text->size;
    if (whole || m->mark_count == 0) {
        ERROR_FORWARD(add_passage(p, &passage, err));
        grow_all(p, m, text, length);
        return OIR_OK;
    }
    size_t useful = length / PASSAGE_LEAST > 1 ? length / PASSAGE_LEAST : 1;
    most = most < 1 ? 1 : most < useful ? most : useful;
    window w = {.p = p, .m = m, .text = text, .bonus = UINT32_MAX};
    for (uint32_t i = 0; i < m->query->word_count; i++)
        w.bonus = m->query->words[i].weight / 8 < w.bonus ? m->query->words[i].weight / 8 : w.bonus;
    memset(p->shown, 0, p->key_count);
    /* A fifth is left for what stands around the marks. */
    while (p->count < most && best_window(&w, length / most - length / most / 5, &passage)) {
        set_shown(p, m, &passage);
        ERROR_FORWARD(add_passage(p, &passage, err));
    }
    grow_all(p, m, text, length);
    return OIR_OK;
}
