#include "differential/made_up.h"

#include "differential/search_way.h"
#include "indexer/writer.h"

enum { PARTS = 24 /* that a collection's buffer is written out in where memory is tiny */, TOGETHER = 500 };

static double uniform(void)
{
    return (double)(harness_random() >> 11) / 9007199254740992.0;
}

/* ---- documents ---- */

/* Ranks as Zipf has them, near enough: a few words everywhere, most of them rare. */
static uint32_t zipf(uint32_t words)
{
    double r = uniform();
    uint32_t rank = (uint32_t)(((double)words + 1) / (1 + (double)words * r)) - 1;
    return rank < words ? rank : words - 1;
}

/* Names that share beginnings, of one to six bytes. */
static size_t spell(uint32_t rank, char out[16])
{
    size_t size = 0;
    do
        out[size++] = (char)('a' + rank % 9);
    while ((rank /= 9) > 0);
    return size;
}

static void add_word(oir_document *d, const made_up *s, uint32_t rank, oir_termpos position)
{
    char name[16];
    size_t size = spell(rank, name);
    oir_termcount wdf = 1;
    if (s->counted)
        wdf = rank % 3 == 0 ? harness_below(4) : rank % 7 == 0 ? 2 : 1;
    if (s->large && !harness_below(40))
        wdf = harness_below(3) ? 250 + harness_below(10) : 65000 + harness_below(40000);
    if (s->large && !harness_below(3000))
        wdf = 17000000 + harness_below(1000000);
    if (s->plain || rank % 11 == 5 || (s->counted && rank % 5 == 1 && harness_below(2)))
        REQUIRE_OK(oir_document_add_term(d, name, size, wdf, &world_error), world_error);
    else
        REQUIRE_OK(oir_document_add_posting(d, name, size, position, wdf, &world_error), world_error);
}

/* Words in bursts: some of a document's own come again, and some words follow others. */
static void fill_text(oir_document *d, const made_up *s)
{
    uint32_t own[4], last = 0, tokens = harness_below(s->tokens * 2 + 1);
    oir_termpos position = harness_below(2);
    if (s->even)
        tokens = s->tokens * 2 - harness_below(3);
    else if (!harness_below(50))
        tokens *= 6;
    if (s->tokens == 1)
        tokens = position = 1;
    bool same = !harness_below(40); /* one word over and over, without gaps */
    for (int i = 0; i < 4; i++)
        own[i] = harness_below(s->words);
    for (uint32_t i = 0; i < tokens; i++) {
        uint32_t how = harness_below(10);
        last = same ? own[0] : how < 2 ? own[harness_below(4)] : how < 4 ? (last * 7 + 3) % s->words : zipf(s->words);
        if (i || s->tokens > 1)
            position += harness_below(12) || s->even || same ? 1 : 1 + harness_below(200);
        add_word(d, s, last, position);
        if (s->stacked && !harness_below(4))
            add_word(d, s, zipf(s->words), position);
    }
}

static void fill_fields(oir_document *d, const made_up *s, uint32_t number)
{
    char name[32];
    if (s->plain)
        return;
    int size = snprintf(name, sizeof name, "Q%u", number);
    REQUIRE_OK(oir_document_add_boolean_term(d, name, (size_t)size, &world_error), world_error);
    size = snprintf(name, sizeof name, "XC%u", harness_below(6) * harness_below(6));
    REQUIRE_OK(oir_document_add_boolean_term(d, name, (size_t)size, &world_error), world_error);
    if (harness_below(3))
        REQUIRE_OK(oir_document_add_term(d, "Sa", 2, harness_below(3), &world_error), world_error);
}

static void fill(oir_document *d, const made_up *s, uint32_t number)
{
    oir_document_clear(d);
    if (s->equal && harness_below(5)) {
        add_word(d, s, number % 3, 1);
        add_word(d, s, 3, 2);
        return;
    }
    if (s->empty && harness_below(2)) {
        if (harness_below(2))
            REQUIRE_OK(oir_document_add_boolean_term(d, "a", 1, &world_error), world_error);
        return;
    }
    fill_text(d, s);
    fill_fields(d, s, number);
}

/* ---- indexes ---- */

/* Where batches end: large ones, then small ones, so few of each that merging leaves them. */
static bool ends_batch(const made_up *s, uint32_t number)
{
    static const uint32_t ends[] = {20, 40, 80, 97, 99, 60, 98};
    bool found = false;
    for (size_t i = 0; s->batches && i < (s->documents < 4000 ? 5 : 7); i++)
        found |= number == (uint32_t)((uint64_t)s->documents * ends[i] / 100);
    return found;
}

static void commit(world *w, const char *form)
{
    search_way_write(form, harness_random);
    world_commit(w);
}

static void change(world *w, const made_up *s, oir_document *d)
{
    for (oir_docid docid = 1; docid <= w->model->last; docid++) {
        uint32_t what = harness_below(12);
        if (!w->model->documents[docid].live || what > 1)
            continue;
        if (what == 0) {
            world_remove(w, docid);
        } else {
            fill(d, s, docid);
            world_put(w, docid, d);
        }
    }
    world_commit(w);
}

/* The docids in the order in which documents come; freed by the caller. */
static oir_docid *choose_docids(const made_up *s)
{
    oir_docid *out = malloc((s->documents + 1) * sizeof *out), last = s->gaps ? 100000 : 0;
    REQUIRE(out);
    for (uint32_t i = 0; i < s->documents; i++)
        out[i] = last += s->gaps ? 1 + harness_below(3) : 1;
    for (uint32_t i = s->shuffled ? s->documents : 0; i > 1; i--) {
        uint32_t j = harness_below(i);
        oir_docid docid = out[i - 1];
        out[i - 1] = out[j];
        out[j] = docid;
    }
    return out;
}

/* All documents of the second part, where there are parts. */
static void empty(world *w, const made_up *s, const oir_docid *docids)
{
    for (uint32_t i = s->documents / 5; i < s->documents * 2 / 5; i++)
        world_remove(w, docids[i]);
    world_commit(w);
}

/* ---- documents that several threads add ---- */

typedef struct copying {
    const exhaustive *from;
    oir_docid first;
} copying;

/* Makes a document that the model has already. */
static oir_status copy(void *context, unsigned thread, size_t number, oir_document *d, oir_error *err)
{
    (void)thread;
    const copying *c = context;
    const exhaustive_document *source = &c->from->documents[c->first + (oir_docid)number];
    oir_status status = OIR_OK;
    for (uint32_t i = 0; i < source->count && !status; i++) {
        const exhaustive_posting *p = &source->postings[i];
        const exhaustive_term *t = &c->from->terms[p->term];
        status = oir_document_add_term(d, t->name, t->size, p->wdf, err);
        for (uint32_t j = 0; j < p->position_count && !status; j++)
            status = oir_document_add_posting(d, t->name, t->size, p->positions[j], 0, err);
    }
    return status;
}

/* The last `count` documents of the model, which the index does not have yet. */
static void add_together(world *w, uint32_t *count)
{
    copying c = {w->model, w->model->last - *count + 1};
    oir_docid first = c.first;
    REQUIRE_OK(oir_writable_database_add_documents(w->writer, *count, copy, &c, &first, &world_error), world_error);
    EXPECT_EQ(first, c.first);
    *count = 0;
}

static bool comes_together(const oir_writable_database *w, const made_up *s)
{
    return w->threads > 1 && !s->gaps && !s->shuffled;
}

static void put_all(world *w, const made_up *s, const char *form, oir_document *d, const oir_docid *docids)
{
    bool together = comes_together(w->writer, s);
    uint32_t waiting = 0;
    for (uint32_t i = 0; i < s->documents; i++) {
        bool ends = i && ends_batch(s, i);
        if (waiting && (ends || waiting == TOGETHER))
            add_together(w, &waiting);
        if (ends)
            commit(w, form);
        fill(d, s, i);
        if (together) {
            exhaustive_set(w->model, docids[i], d);
            waiting++;
        } else {
            world_put(w, docids[i], d);
        }
    }
    if (waiting)
        add_together(w, &waiting);
    if (!s->waiting)
        commit(w, form);
}

/* What one of a writer's inverters takes for the first `count` documents. */
static size_t measure(const oir_writable_database *w, const made_up *s, oir_document *d, const oir_docid *docids,
                      uint32_t count)
{
    inverter *v;
    REQUIRE_OK(inverter_new(&v, w->buffer_limit, w->state.term_lists, w->state.stored, &world_error), world_error);
    v->writers = w->threads;
    for (uint32_t i = 0; i < count; i++) {
        fill(d, s, i);
        REQUIRE_OK(inverter_add(v, docids[i], d, &world_error), world_error);
    }
    size_t bytes = inverter_get_memory(v);
    inverter_free(v);
    return bytes;
}

/* Options have no limit that is low enough for so few documents. Of several threads each has its share, and on one
 * processor the first may fill all. */
static void make_tiny(oir_writable_database *w, const made_up *s, oir_document *d, const oir_docid *docids)
{
    uint32_t count = s->documents / PARTS, shares = comes_together(w, s) ? w->threads : 1;
    w->buffer_limit = measure(w, s, d, docids, count) * shares;
}

static made_up_outcome look_back(const oir_writable_database *w)
{
    made_up_outcome out = {.written = (uint32_t)w->state.next_segment - 1};
    for (size_t i = 0; i < w->segment_count; i++) {
        out.reordered |= w->segments[i].segment->reordered > 0;
        out.pairs |= w->segments[i].segment->pairs.looked_for;
    }
    return out;
}

made_up_outcome made_up_fill(world *w, const made_up *s, const char *form, bool tiny)
{
    oir_document *d;
    oir_docid *docids = choose_docids(s);
    REQUIRE_OK(oir_document_new(&d, &world_error), world_error);
    if (tiny)
        make_tiny(w->writer, s, d, docids);
    put_all(w, s, form, d, docids);
    if (s->emptied)
        empty(w, s, docids);
    free(docids);
    if (s->reordered)
        REQUIRE_OK(oir_writable_database_optimise(w->writer, &world_error), world_error);
    if (s->changes)
        change(w, s, d);
    search_way_write(form, harness_random);
    if (s->optimised)
        REQUIRE_OK(oir_writable_database_optimise(w->writer, &world_error), world_error);
    if (s->later)
        change(w, s, d);
    made_up_outcome out = look_back(w->writer);
    oir_document_free(d);
    world_finish(w);
    return out;
}
