#include "segment/pairs_gather.h"

#include "base/error.h"
#include "base/memory.h"
#include "codec/varint.h"

/* Pairs are logged as they come and added to their lists many at a time, sorted: one by one each would wait for memory
 * two or three times. */
enum {
    LOG = 1 << 16,
    TOGETHER = 1 << 16, /* bytes that go to the file at once */
    DIGIT_BITS = 8,   /* of the two that numbers are sorted by */
    DIGITS = 1 << DIGIT_BITS
};

/* ---- which pairs ---- */

oir_status pairs_numbers_init(pairs_numbers *n, const pairs_choice *choices, size_t count, uint32_t word_count,
                              oir_error *err)
{
    size_t codes = pairs_scan_codes(word_count);
    *n = (pairs_numbers){
        .choices = choices,
        .count = count,
        .word_count = word_count,
        .of = memory_new_zeroed(codes, sizeof *n->of),
        .chosen = memory_new_zeroed(codes / 64 + 1, sizeof *n->chosen),
        .wanted = memory_new_zeroed((size_t)word_count + 1, sizeof *n->wanted),
        .marked = memory_new_zeroed((size_t)word_count + 1, sizeof *n->marked),
    };
    if (!n->of || !n->chosen || !n->wanted || !n->marked)
        return error_no_memory(err, "pairs of words");
    for (size_t i = 0; i < count; i++) {
        const pairs_choice *c = &choices[i];
        uint32_t code = pairs_scan_code(word_count, c->first, c->second);
        n->of[code] = (uint16_t)(i + 1);
        n->chosen[code / 64] |= UINT64_C(1) << code % 64;
        n->wanted[c->first] = n->wanted[c->second] = true;
        if (c->marked)
            n->marked[c->first] = n->marked[c->second] = true;
    }
    return OIR_OK;
}

void pairs_numbers_release(pairs_numbers *n)
{
    memory_free(n->of);
    memory_free(n->chosen);
    memory_free(n->wanted);
    memory_free(n->marked);
}

/* ---- life ---- */

oir_status pairs_gather_init(pairs_gather *g, const pairs_numbers *numbers, const pairs_source *source, uint32_t from,
                             uint32_t end, oir_error *err)
{
    *g = (pairs_gather){.numbers = numbers, .from = from, .end = end};
    arena_init(&g->arena);
    g->lists = memory_new_zeroed(numbers->count + 1, sizeof *g->lists);
    g->markers = memory_new_zeroed(numbers->count + 1, sizeof *g->markers);
    g->has = memory_new(numbers->word_count * sizeof *g->has);
    g->newest = memory_new((numbers->count + 1) * sizeof *g->newest);
    g->log = memory_new(LOG * sizeof *g->log);
    g->sorted = memory_new(LOG * sizeof *g->sorted);
    if (!g->lists || !g->markers || !g->has || !g->newest || !g->log || !g->sorted)
        return error_no_memory(err, "pairs of words");
    for (size_t i = 0; i < numbers->count; i++) {
        g->lists[i].last = from << WINDOW_BITS;
        g->newest[i] = UINT32_MAX;
    }
    ERROR_FORWARD(pairs_scan_init(&g->scan, source->parts, source->context, source->words, source->word_count,
                                  numbers->chosen, &g->arena, err));
    g->scan.source = source->text;
    g->scan.wanted = numbers->wanted;
    return OIR_OK;
}

/* What is only needed to gather. */
static void release_scan(pairs_gather *g)
{
    pairs_scan_release(&g->scan);
    arena_release(&g->arena);
    memory_free(g->has);
    memory_free(g->newest);
    memory_free(g->log);
    memory_free(g->sorted);
    g->scan = (pairs_scan){0};
    g->has = NULL;
    g->newest = g->log = g->sorted = NULL;
}

void pairs_gather_release(pairs_gather *g)
{
    release_scan(g);
    for (size_t i = 0; g->lists && i < g->numbers->count; i++)
        buffer_release(&g->lists[i].gaps);
    for (size_t i = 0; g->markers && i < g->numbers->count; i++)
        pairs_marker_release(&g->markers[i]);
    for (size_t i = 0; i < g->round_count; i++)
        memory_free(g->rounds[i].ends);
    memory_free(g->rounds);
    spill_release(&g->away);
    memory_free(g->lists);
    memory_free(g->markers);
    *g = (pairs_gather){0};
}

/* ---- gathering ---- */

static inline uint32_t number_of(uint32_t logged)
{
    return logged >> WINDOW_BITS;
}

/* Sorts the log by numbers, first by their low digits; pairs of the same number stay in order. */
static void sort_log(pairs_gather *g)
{
    uint32_t low[DIGITS] = {0}, high[DIGITS] = {0};
    for (size_t i = 0; i < g->logged; i++) {
        low[number_of(g->log[i]) % DIGITS]++;
        high[number_of(g->log[i]) / DIGITS]++;
    }
    for (uint32_t i = 0, lows = 0, highs = 0; i < DIGITS; i++) {
        uint32_t n = low[i], m = high[i];
        low[i] = lows;
        high[i] = highs;
        lows += n;
        highs += m;
    }
    for (size_t i = 0; i < g->logged; i++)
        g->sorted[low[number_of(g->log[i]) % DIGITS]++] = g->log[i];
    for (size_t i = 0; i < g->logged; i++)
        g->log[high[number_of(g->sorted[i]) / DIGITS]++] = g->sorted[i];
}

/* n documents of the window at hand, in order. */
static void add_gaps(pairs_list *list, const uint32_t *logged, size_t n, uint32_t window)
{
    uint32_t first = window << WINDOW_BITS | logged[0] % WINDOW_SIZE, last = first + 1;
    buffer_add_varint(&list->gaps, first - list->last);
    if (!buffer_reserve(&list->gaps, 2 * n))
        return;
    uint8_t *at = list->gaps.data + list->gaps.size;
    for (size_t i = 1; i < n; i++) { /* without a guess at whether the gap is one byte or two */
        uint32_t document = window << WINDOW_BITS | logged[i] % WINDOW_SIZE, gap = document - last, more = gap >= 0x80;
        bits_store16(at, (uint16_t)((gap & 0x7f) | more << 7 | gap >> 7 << 8));
        at += 1 + more;
        last = document + 1;
    }
    list->gaps.size = (size_t)(at - list->gaps.data);
    list->count += (uint32_t)n;
    list->last = last;
}

/* The same where marks will be made of them. */
static void add_places(pairs_list *list, const uint32_t *logged, size_t n)
{
    if (!buffer_reserve(&list->gaps, 2 * n))
        return;
    uint8_t *at = list->gaps.data + list->gaps.size;
    for (size_t i = 0; i < n; i++)
        bits_store16(at + 2 * i, (uint16_t)(logged[i] % WINDOW_SIZE));
    list->gaps.size += 2 * n;
    list->count += (uint32_t)n;
}

static void add_logged(pairs_gather *g, uint32_t window)
{
    sort_log(g);
    g->held += g->logged; /* of gaps, most of which are a byte */
    for (size_t i = 0, end; i < g->logged; i = end) {
        uint32_t number = number_of(g->log[i]);
        for (end = i + 1; end < g->logged && number_of(g->log[end]) == number;)
            end++;
        if (g->numbers->choices[number].marked)
            add_places(&g->lists[number], g->log + i, end - i);
        else
            add_gaps(&g->lists[number], g->log + i, end - i, window);
    }
    g->logged = 0;
}

/* Ends a window: what was found in it of pairs that are marked becomes marks. */
static void mark_window(pairs_gather *g)
{
    const kernels *k = kernels_get(isa_best());
    const pairs_numbers *n = g->numbers;
    for (uint32_t word = 0; word < n->word_count; word++)
        if (n->marked[word])
            postings_window_words(&g->scan.words[word], g->has[word]);
    for (size_t i = 0; i < n->count; i++) {
        buffer *places = &g->lists[i].gaps;
        uint64_t both[RANGES];
        uint16_t before[RANGES];
        if (!n->choices[i].marked)
            continue;
        uint32_t total = k->intersect(g->has[n->choices[i].first], g->has[n->choices[i].second], both, before);
        pairs_marker_add(&g->markers[i], total, both, before, places);
        g->held += total / 8 + 2;
        buffer_clear(places);
    }
}

/* The pairs of the window's i-th document. */
static void log_pairs(pairs_gather *g, uint32_t window, uint32_t i)
{
    const uint32_t *pairs = g->scan.pairs, *end = pairs + g->scan.pair_count;
    const uint16_t *of = g->numbers->of;
    uint32_t *newest = g->newest, document = window << WINDOW_BITS | i;
    while (pairs < end) {
        uint32_t *to = g->log + g->logged;
        size_t left = (size_t)(end - pairs), n = left < LOG - g->logged ? left : LOG - g->logged;
        for (size_t k = 0; k < n; k++) { /* over the last one, if the document had it already: nothing is guessed */
            uint32_t number = of[pairs[k]] - 1u;
            *to = number << WINDOW_BITS | i;
            to += newest[number] != document;
            newest[number] = document;
        }
        g->logged = (size_t)(to - g->log);
        pairs += n;
        if (g->logged == LOG)
            add_logged(g, window);
    }
}

static oir_status gather_window(pairs_gather *g, uint32_t window, oir_error *err)
{
    ERROR_FORWARD(pairs_scan_seek(&g->scan, window, err));
    for (uint32_t i = 0; i < g->scan.document_count; i++) {
        ERROR_FORWARD(pairs_scan_document(&g->scan, i, err));
        log_pairs(g, window, i);
    }
    add_logged(g, window);
    mark_window(g);
    return OIR_OK;
}

/* ---- what is put away ---- */

/* Puts what there is of a choice behind other bytes, and forgets it: of marks counts, and all whole bytes of bits. */
static void take_away(pairs_gather *g, size_t choice, buffer *bytes)
{
    buffer *gaps = &g->lists[choice].gaps;
    pairs_marker *m = &g->markers[choice];
    if (!g->numbers->choices[choice].marked) {
        buffer_add(bytes, gaps->data, gaps->size);
    } else {
        size_t whole = m->both / 8 - m->away;
        uint8_t begun = m->bits.size > whole ? m->bits.data[whole] : 0;
        bool has_begun = m->bits.size > whole;
        buffer_add(bytes, m->counts.data, m->counts.size);
        buffer_add(bytes, m->bits.data, whole);
        pairs_marker_release(m);
        m->away += whole;
        if (has_begun)
            buffer_add_byte(&m->bits, begun);
    }
    bytes->failed |= m->bits.failed || gaps->failed;
    buffer_release(gaps);
}

/* The windows since the last round. */
static uint32_t count_windows(const pairs_gather *g, uint32_t end)
{
    uint32_t windows = end - g->from;
    for (size_t i = 0; i < g->round_count; i++)
        windows -= g->rounds[i].windows;
    return windows;
}

static oir_status write_away(pairs_gather *g, buffer *bytes, oir_error *err)
{
    if (bytes->failed)
        return error_no_memory(err, "pairs of words");
    oir_status status = bytes->size ? spill_add(&g->away, bytes->data, bytes->size, err) : OIR_OK;
    buffer_clear(bytes);
    return status;
}

/* Puts away what there is of windows up to one. */
static oir_status put_away(pairs_gather *g, uint32_t end, oir_error *err)
{
    oir_status status = OIR_OK;
    buffer bytes = BUFFER_INIT;
    pairs_round round = {.start = g->away.size, .windows = count_windows(g, end)};
    round.ends = memory_new((g->numbers->count + 1) * sizeof *round.ends);
    if (!round.ends || !memory_reserve(&g->rounds, &g->round_capacity, g->round_count + 1, sizeof *g->rounds)) {
        memory_free(round.ends);
        return error_no_memory(err, "pairs of words");
    }
    for (size_t i = 0; i < g->numbers->count && status == OIR_OK; i++) {
        take_away(g, i, &bytes);
        round.ends[i] = (uint32_t)(g->away.size - round.start + bytes.size);
        if (bytes.size >= TOGETHER || bytes.failed)
            status = write_away(g, &bytes, err);
    }
    g->rounds[g->round_count++] = round;
    if (status == OIR_OK)
        status = write_away(g, &bytes, err);
    buffer_release(&bytes);
    g->held = 0;
    return status;
}

/* Appends bytes [from, end) of a round. */
static oir_status read_away(const pairs_gather *g, const pairs_round *r, uint32_t from, uint32_t end, buffer *out,
                            oir_error *err)
{
    if (from >= end)
        return OIR_OK;
    uint8_t *to = buffer_extend(out, end - from);
    return to ? spill_read(&g->away, r->start + from, to, end - from, err) : error_no_memory(err, "pairs of words");
}

static uint32_t begin_of(const pairs_round *r, size_t choice)
{
    return choice ? r->ends[choice - 1] : 0;
}

/* ---- all windows ---- */

oir_status pairs_gather_run(pairs_gather *g, oir_error *err)
{
    for (uint32_t window = g->from; window < g->end; window++) {
        ERROR_FORWARD(gather_window(g, window, err));
        if (g->limit && g->held >= g->limit)
            ERROR_FORWARD(put_away(g, window + 1, err));
    }
    for (size_t i = 0; i < g->numbers->count; i++)
        if (g->lists[i].gaps.failed || g->markers[i].bits.failed)
            return error_no_memory(err, "pairs of words");
    release_scan(g);
    return OIR_OK;
}

/* ---- afterwards ---- */

/* The first gap of what is behind becomes one from here on. */
static void append_list(pairs_list *list, const pairs_list *more, uint32_t from)
{
    const uint8_t *at = more->gaps.data, *end = at + more->gaps.size;
    uint64_t gap = 0;
    if (!more->count)
        return;
    at = varint_get(at, end, &gap);
    buffer_add_varint(&list->gaps, from + gap - list->last);
    buffer_add(&list->gaps, at, (size_t)(end - at));
    list->count += more->count;
    list->last = more->last;
}

oir_status pairs_gather_append(pairs_gather *g, pairs_gather *more, oir_error *err)
{
    for (size_t i = 0; i < g->numbers->count; i++) {
        pairs_list *list = &g->lists[i];
        if (g->numbers->choices[i].marked) {
            list->count += more->lists[i].count;
            pairs_marker_append(&g->markers[i], &more->markers[i]);
        } else {
            append_list(list, &more->lists[i], more->from << WINDOW_BITS);
        }
        if (list->gaps.failed || g->markers[i].bits.failed)
            return error_no_memory(err, "pairs of words");
        buffer_release(&more->lists[i].gaps);
        pairs_marker_release(&more->markers[i]);
    }
    g->end = more->end;
    return OIR_OK;
}

oir_status pairs_gather_read(const pairs_gather *g, size_t choice, buffer *room, uint32_t *documents, oir_error *err)
{
    const pairs_list *list = &g->lists[choice];
    const uint8_t *at = list->gaps.data, *end = at + list->gaps.size;
    uint32_t next = g->from << WINDOW_BITS;
    buffer_clear(room);
    for (size_t i = 0; i < g->round_count; i++)
        ERROR_FORWARD(read_away(g, &g->rounds[i], begin_of(&g->rounds[i], choice), g->rounds[i].ends[choice], room,
                                err));
    if (g->round_count) {
        buffer_add(room, list->gaps.data, list->gaps.size);
        at = room->data;
        end = at + room->size;
    }
    if (room->failed)
        return error_no_memory(err, "pairs of words");
    for (uint32_t i = 0; i < list->count; i++) {
        uint64_t gap = 0;
        at = varint_get(at, end, &gap);
        documents[i] = next + (uint32_t)gap;
        next = documents[i] + 1;
    }
    return OIR_OK;
}

/* All of a choice's marks, which the caller releases. */
static oir_status read_marks(const pairs_gather *g, size_t choice, pairs_marker *out, oir_error *err)
{
    const pairs_marker *rest = &g->markers[choice];
    *out = (pairs_marker){.windows = rest->windows, .both = rest->both, .most = rest->most};
    for (size_t i = 0; i < g->round_count; i++) {
        const pairs_round *r = &g->rounds[i];
        uint32_t begin = begin_of(r, choice), middle = begin + r->windows * 2;
        ERROR_FORWARD(read_away(g, r, begin, middle, &out->counts, err));
        ERROR_FORWARD(read_away(g, r, middle, r->ends[choice], &out->bits, err));
    }
    buffer_add(&out->counts, rest->counts.data, rest->counts.size);
    buffer_add(&out->bits, rest->bits.data, rest->bits.size);
    return out->counts.failed || out->bits.failed ? error_no_memory(err, "pairs of words") : OIR_OK;
}

oir_status pairs_gather_write_marks(const pairs_gather *g, size_t choice, buffer *out, oir_error *err)
{
    pairs_marker whole;
    if (!g->round_count) {
        pairs_marker_write(&g->markers[choice], out);
        return OIR_OK;
    }
    oir_status status = read_marks(g, choice, &whole, err);
    if (status == OIR_OK)
        pairs_marker_write(&whole, out);
    pairs_marker_release(&whole);
    return status;
}
