#include "codec/deflater.h"

#include "base/bits.h"
#include "base/memory.h"
#include "codec/huffman.h"

enum {
    HISTORY = 32768,      /* how far back a match may be; pieces begin behind it in the window */
    PIECE = 32768,        /* so that a place in the window is a number of 16 bits */
    SLACK = 16,           /* bytes behind a piece that may be read; zero, so that they are always the same */
    TABLE_BITS = 13,
    TABLE = 1 << TABLE_BITS,
    PLACES = 4,           /* in a word of the table */
    HASHED = 5,           /* bytes that places are found by */
    MATCH_MIN = 4,        /* deflate's own least is 3, for which it is hardly worth while to look */
    MATCH_MAX = 258,
    SURE = 15,            /* bytes that are compared of all places alike */
    GOOD = 32,            /* a match that nothing longer is looked for behind */
    LAZY = 8,             /* a shorter match is left for a longer one at the next byte */
    HURRY = 7,            /* after 1 << HURRY bytes without a match every second is looked at, and so on */
    LITERALS = 286,       /* bytes, the end, lengths */
    DISTANCES = 30,
    END = 256,
    LITERAL_BITS = 14,    /* so that four fit into a word of which a byte is not free */
    DISTANCE_BITS = 15,
    HEADERS = 19,         /* symbols of the code that codes' lengths are written with */
    HEADER_BITS = 7,
    PIECE_ROOM = 2 * PIECE + 1024 /* a literal takes 14 bits at most, a match of 4 bytes or more 47 */
};

/* Some bytes as they are, and a match behind them; length 0: none, at the end of a piece. */
typedef struct sequence {
    uint32_t literals;
    uint16_t length, distance; /* less one */
} sequence;

/* A symbol's bits << 8 | how many they are. */
typedef uint32_t symbol_bits;

struct deflater {
    uint16_t table[TABLE][PLACES]; /* the last places of four bytes, the newest first; 0: none */
    uint8_t *primed;        /* the same when only the dictionary was seen; NULL: no dictionary */
    const uint8_t *dictionary;
    size_t dictionary_size;
    uint32_t literal_counts[LITERALS + 2], distance_counts[DISTANCES];
    bool slid;              /* the dictionary is no longer in the window */
    size_t sequence_count;
    sequence sequences[PIECE / MATCH_MIN + 2];
    uint8_t window[HISTORY + PIECE + SLACK];
};

/* ---- finding matches ---- */

static inline uint32_t slot_of(const uint8_t *at)
{
    return (uint32_t)((bits_load64(at) << (64 - 8 * HASHED)) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - TABLE_BITS));
}

static inline void note(deflater *d, uint32_t place)
{
    uint16_t *slot = d->table[slot_of(d->window + place)];
    bits_store64(slot, bits_load64(slot) << 16 | place);
}

/* How many bytes from two places on are the same, of at most `most`. */
static inline uint32_t same_bytes(const uint8_t *a, const uint8_t *b, uint32_t most)
{
    for (uint32_t n = 0; n < most; n += 8) {
        uint64_t differ = bits_load64(a + n) ^ bits_load64(b + n);
        if (differ) {
            n += bits_lowest(differ) / 8;
            return n < most ? n : most;
        }
    }
    return most;
}

/* Whether any of four places begins with the same four bytes: all are looked at, since which it will be is nothing that
 * a processor foresees. */
static inline bool any_head(const uint8_t *window, uint64_t places, uint32_t head)
{
    uint32_t any = bits_load32(window + (places & UINT16_MAX)) == head;
    any |= bits_load32(window + (places >> 16 & UINT16_MAX)) == head;
    any |= bits_load32(window + (places >> 32 & UINT16_MAX)) == head;
    any |= bits_load32(window + (places >> 48)) == head;
    return any;
}

/* How many bytes from two places on are the same; SURE for as many or more. */
static inline uint32_t same_few(const uint8_t *a, const uint8_t *b)
{
    uint64_t low = bits_load64(a) ^ bits_load64(b), high = bits_load64(a + 8) ^ bits_load64(b + 8);
    uint32_t start = low ? 0 : 8;
    return start + bits_lowest((low ? low : high) | UINT64_C(1) << 63) / 8;
}

/* One of the places as length << 2 | 3 - number: the greatest is the longest, and of these the newest. What is too far
 * back, or none, has no length. */
static inline uint32_t rate(const uint8_t *at, uint32_t place, uint64_t places, uint32_t number)
{
    uint32_t back = place - (places >> 16 * number & UINT16_MAX);
    bool far = back >= HISTORY;
    return (far ? 0 : same_few(at, at - (far ? 0 : back)) << 2) | (3 - number);
}

static inline uint32_t higher(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* The longest of those matches that are long. */
static uint32_t find_long(const uint8_t *at, uint32_t place, uint64_t places, uint32_t most, uint32_t *back)
{
    uint32_t longest = 0;
    for (uint32_t i = 0; i < PLACES; i++, places >>= 16) {
        uint32_t other = place - (places & UINT16_MAX);
        if (other >= HISTORY)
            break;
        uint32_t same = same_bytes(at, at - other, most);
        if (same > longest) {
            longest = same;
            *back = other;
            if (same >= GOOD)
                break;
        }
    }
    return longest;
}

/* The longest match of more than `length` bytes, at least MATCH_MIN, for what is at a place; notes the place. Returns
 * its length, or `length` when there is none. */
static inline uint32_t find(deflater *d, uint32_t place, uint32_t end, uint32_t length, uint32_t *distance)
{
    const uint8_t *at = d->window + place;
    uint16_t *slot = d->table[slot_of(at)];
    uint64_t places = bits_load64(slot);
    bits_store64(slot, places << 16 | place);
    if (!any_head(d->window, places, bits_load32(at)))
        return length;
    uint32_t best = higher(higher(rate(at, place, places, 0), rate(at, place, places, 1)),
                           higher(rate(at, place, places, 2), rate(at, place, places, 3)));
    uint32_t found = best >> 2, most = end - place < MATCH_MAX ? end - place : MATCH_MAX;
    uint32_t back = place - (places >> 16 * (3 - (best & 3)) & UINT16_MAX);
    if (found == SURE)
        found = find_long(at, place, places, most, &back);
    found = found < most ? found : most;
    if (found <= length)
        return length;
    *distance = back;
    return found;
}

static inline uint32_t length_symbol(uint32_t length)
{
    uint32_t l = length - 3, width = bits_width(l);
    return l == MATCH_MAX - 3 ? 285 : width <= 3 ? 257 + l : 257 + 4 * (width - 2) + (l >> (width - 3) & 3);
}

static inline uint32_t length_extra_bits(uint32_t length)
{
    uint32_t width = bits_width(length - 3);
    return length == MATCH_MAX || width <= 3 ? 0 : width - 3;
}

/* Of a distance less one. */
static inline uint32_t distance_symbol(uint32_t distance)
{
    uint32_t width = bits_width(distance);
    return width <= 2 ? distance : 2 * (width - 1) + (distance >> (width - 2) & 1);
}

static inline uint32_t distance_extra_bits(uint32_t distance)
{
    uint32_t width = bits_width(distance);
    return width <= 2 ? 0 : width - 2;
}

static inline void add_sequence(deflater *d, uint32_t literals, uint32_t length, uint32_t distance)
{
    d->literal_counts[length_symbol(length)]++;
    d->distance_counts[distance_symbol(distance - 1)]++;
    d->sequences[d->sequence_count++] = (sequence){literals, (uint16_t)length, (uint16_t)(distance - 1)};
}

static inline void add_literals(deflater *d, uint32_t from, uint32_t end)
{
    for (; from < end; from++)
        d->literal_counts[d->window[from]]++;
}

/* Cuts a piece of the window into sequences. */
static void parse(deflater *d, uint32_t size)
{
    uint32_t end = HISTORY + size, last = size >= MATCH_MIN ? end - MATCH_MIN : HISTORY, from = HISTORY;
    for (uint32_t at = HISTORY; at < last;) {
        uint32_t distance = 0, length = find(d, at, end, MATCH_MIN - 1, &distance);
        if (length < MATCH_MIN) {
            d->literal_counts[d->window[at++]]++;
            if ((at - from) >> HURRY) {
                uint32_t to = at + ((at - from) >> HURRY);
                add_literals(d, at, to < last ? to : last);
                at = to < last ? to : last;
            }
            continue;
        }
        while (length < LAZY && at + 1 < last) {
            uint32_t longer = find(d, at + 1, end, length, &distance);
            if (longer == length)
                break;
            length = longer;
            d->literal_counts[d->window[at++]]++;
        }
        add_sequence(d, at - from, length, distance);
        uint32_t behind = at + length, stop = behind < last ? behind : last;
        for (at += 2; at < stop; at++)
            note(d, at);
        from = at = behind;
    }
    add_literals(d, from > last ? from : last, end);
    d->sequences[d->sequence_count++] = (sequence){end - from, 0, 0};
}

/* ---- writing bits ---- */

/* Bits that are not written yet: `count` of them, below 8 after flush_bits. */
typedef struct bit_stream {
    uint8_t *at;
    uint64_t bits;
    uint32_t count;
} bit_stream;

static inline void put_bits(bit_stream *s, uint64_t bits, uint32_t count)
{
    s->bits |= bits << s->count;
    s->count += count;
}

static inline void put_symbol(bit_stream *s, symbol_bits symbol)
{
    put_bits(s, symbol >> 8, symbol & 255);
}

/* Eight bytes at `at` are written, those that are whole stay. */
static inline void flush_bits(bit_stream *s)
{
    bits_store64(s->at, s->bits);
    s->at += s->count >> 3;
    s->bits >>= s->count & ~7u;
    s->count &= 7;
}

/* What a piece is written with. */
typedef struct codes {
    uint8_t literal_lengths[LITERALS + 2], distance_lengths[DISTANCES + 2];
    symbol_bits literals[LITERALS + 2], distances[DISTANCES + 2];
    symbol_bits matches[MATCH_MAX + 1]; /* by length, with the extra bits */
} codes;

static void join(const uint8_t *lengths, size_t count, symbol_bits *out)
{
    uint16_t bits[HUFFMAN_SYMBOLS_MAX];
    huffman_make_codes(lengths, count, bits);
    for (size_t i = 0; i < count; i++)
        out[i] = (symbol_bits)bits[i] << 8 | lengths[i];
}

static void join_matches(codes *c)
{
    for (uint32_t length = 3; length <= MATCH_MAX; length++) {
        uint32_t extra = length_extra_bits(length), symbol = c->literals[length_symbol(length)];
        uint32_t more = (length - 3) & (uint32_t)bits_low(extra);
        c->matches[length] = symbol + (more << (symbol & 255) << 8) + extra;
    }
}

/* Codes that need not be written: RFC 1951, 3.2.6. */
static void make_fixed(codes *c)
{
    for (uint32_t i = 0; i < LITERALS + 2; i++)
        c->literal_lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    for (uint32_t i = 0; i < DISTANCES + 2; i++)
        c->distance_lengths[i] = 5;
}

/* What the sequences take. */
static uint64_t sum_bits(const deflater *d, const codes *c)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < LITERALS; i++)
        sum += (uint64_t)d->literal_counts[i] * (c->literal_lengths[i] + (i < 265 || i == 285 ? 0 : (i - 261) / 4));
    for (uint32_t i = 0; i < DISTANCES; i++)
        sum += (uint64_t)d->distance_counts[i] * (c->distance_lengths[i] + (i < 4 ? 0 : i / 2 - 1));
    return sum;
}

/* ---- the lengths of codes, written with a code of their own: RFC 1951, 3.2.7 ---- */

enum { REPEAT = 16, ZEROS = 17, MANY_ZEROS = 18 };

typedef struct header {
    uint32_t literals, distances;             /* lengths that are written */
    uint8_t symbols[LITERALS + DISTANCES], extra[LITERALS + DISTANCES];
    uint32_t count;
    uint8_t lengths[HEADERS];
    uint64_t bits;
} header;

static const uint8_t extra_bits[HEADERS] = {[REPEAT] = 2, [ZEROS] = 3, [MANY_ZEROS] = 7};

static void add_header(header *h, uint32_t symbol, uint32_t extra, uint32_t *counts)
{
    counts[symbol]++;
    h->extra[h->count] = (uint8_t)extra;
    h->symbols[h->count++] = (uint8_t)symbol;
}

/* So many equal lengths, one after another. */
static void add_run(header *h, uint32_t length, uint32_t run, uint32_t *counts)
{
    if (length > 0) {
        add_header(h, length, 0, counts);
        run--;
    }
    while (run > 2) {
        uint32_t most = length ? 6 : run > 10 ? 138 : 10, n = run < most ? run : most;
        uint32_t symbol = length ? REPEAT : run > 10 ? MANY_ZEROS : ZEROS;
        add_header(h, symbol, n - (symbol == MANY_ZEROS ? 11 : 3), counts);
        run -= n;
    }
    for (; run > 0; run--)
        add_header(h, length, 0, counts);
}

static uint32_t trim(const uint8_t *lengths, uint32_t count, uint32_t least)
{
    while (count > least && !lengths[count - 1])
        count--;
    return count;
}

static const uint8_t header_order[HEADERS] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

static uint32_t count_header_lengths(const header *h)
{
    uint32_t count = HEADERS;
    while (count > 4 && !h->lengths[header_order[count - 1]])
        count--;
    return count;
}

static void make_header(header *h, const codes *c)
{
    uint8_t all[LITERALS + DISTANCES];
    uint32_t counts[HEADERS] = {0};
    h->literals = trim(c->literal_lengths, LITERALS, 257);
    h->distances = trim(c->distance_lengths, DISTANCES, 1);
    h->count = 0;
    uint32_t total = h->literals + h->distances;
    memcpy(all, c->literal_lengths, h->literals);
    memcpy(all + h->literals, c->distance_lengths, h->distances);
    for (uint32_t at = 0, run; at < total; at += run) {
        for (run = 1; at + run < total && all[at + run] == all[at];)
            run++;
        add_run(h, all[at], run, counts);
    }
    huffman_make_lengths(counts, HEADERS, HEADER_BITS, h->lengths);
    h->bits = 14 + 3 * count_header_lengths(h);
    for (uint32_t i = 0; i < HEADERS; i++)
        h->bits += (uint64_t)counts[i] * (h->lengths[i] + extra_bits[i]);
}

static void put_header(bit_stream *s, const header *h)
{
    symbol_bits symbols[HEADERS];
    uint32_t count = count_header_lengths(h);
    join(h->lengths, HEADERS, symbols);
    put_bits(s, h->literals - 257, 5);
    put_bits(s, h->distances - 1, 5);
    put_bits(s, count - 4, 4);
    for (uint32_t i = 0; i < count; i++) {
        flush_bits(s);
        put_bits(s, h->lengths[header_order[i]], 3);
    }
    for (uint32_t i = 0; i < h->count; i++) {
        flush_bits(s);
        put_symbol(s, symbols[h->symbols[i]]);
        put_bits(s, h->extra[i], extra_bits[h->symbols[i]]);
    }
    flush_bits(s);
}

/* ---- a piece as a block of deflate's ---- */

/* Mostly there are fewer than four: those are written without asking how many. */
static inline void put_literals(bit_stream *s, const codes *c, const uint8_t *from, uint32_t count)
{
    for (; count > 3; count -= 4, from += 4) {
        for (uint32_t i = 0; i < 4; i++)
            put_symbol(s, c->literals[from[i]]);
        flush_bits(s);
    }
    for (uint32_t i = 0; i < 3; i++)
        put_symbol(s, i < count ? c->literals[from[i]] : 0);
    flush_bits(s);
}

static void put_match(bit_stream *s, const codes *c, const sequence *q)
{
    put_symbol(s, c->matches[q->length]);
    uint32_t extra = distance_extra_bits(q->distance);
    put_symbol(s, c->distances[distance_symbol(q->distance)]);
    put_bits(s, q->distance & bits_low(extra), extra);
    flush_bits(s);
}

static void put_sequences(bit_stream *s, const deflater *d, const codes *c)
{
    bit_stream stream = *s; /* a copy that nothing else can see is kept in registers */
    const uint8_t *from = d->window + HISTORY;
    for (size_t i = 0; i < d->sequence_count; i++) {
        const sequence *q = &d->sequences[i];
        put_literals(&stream, c, from, q->literals);
        if (q->length)
            put_match(&stream, c, q);
        from += q->literals + q->length;
    }
    put_symbol(&stream, c->literals[END]);
    flush_bits(&stream);
    *s = stream;
}

/* As it is: RFC 1951, 3.2.4. */
static void put_stored(bit_stream *s, const deflater *d, uint32_t size)
{
    s->count = (s->count + 7) & ~7u;
    flush_bits(s);
    put_bits(s, size | (uint64_t)(size ^ UINT16_MAX) << 16, 32);
    flush_bits(s);
    memcpy(s->at, d->window + HISTORY, size);
    s->at += size;
}

static void put_coded(bit_stream *s, const deflater *d, codes *c)
{
    join(c->literal_lengths, LITERALS + 2, c->literals);
    join(c->distance_lengths, DISTANCES + 2, c->distances);
    join_matches(c);
    put_sequences(s, d, c);
}

/* In that of three ways which takes least. */
static void put_piece(bit_stream *s, deflater *d, uint32_t size, bool final)
{
    enum { STORED, FIXED, OWN };
    codes own, fixed;
    memset(&own, 0, sizeof own);
    header h;
    d->literal_counts[END]++;
    huffman_make_lengths(d->literal_counts, LITERALS, LITERAL_BITS, own.literal_lengths);
    huffman_make_lengths(d->distance_counts, DISTANCES, DISTANCE_BITS, own.distance_lengths);
    make_fixed(&fixed);
    make_header(&h, &own);
    uint64_t bits = sum_bits(d, &own) + h.bits, fixed_bits = sum_bits(d, &fixed);
    put_bits(s, final, 1);
    if (size * UINT64_C(8) + 40 < (bits < fixed_bits ? bits : fixed_bits)) {
        put_bits(s, STORED, 2);
        put_stored(s, d, size);
    } else if (fixed_bits <= bits) {
        put_bits(s, FIXED, 2);
        put_coded(s, d, &fixed);
    } else {
        put_bits(s, OWN, 2);
        put_header(s, &h);
        put_coded(s, d, &own);
    }
}

/* ---- runs of bytes ---- */

/* What was the piece becomes what a match may reach back to. */
static void slide(deflater *d)
{
    memcpy(d->window, d->window + HISTORY, HISTORY);
    for (size_t i = 0; i < TABLE; i++)
        for (size_t k = 0; k < PLACES; k++)
            d->table[i][k] = (uint16_t)(d->table[i][k] > PIECE ? d->table[i][k] - PIECE : 0);
}

/* As if the dictionary had just been read. */
static void begin(deflater *d)
{
    if (d->primed)
        memcpy(d->table, d->primed, sizeof d->table);
    else
        memset(d->table, 0, sizeof d->table);
    if (d->slid && d->dictionary_size)
        memcpy(d->window + HISTORY - d->dictionary_size, d->dictionary, d->dictionary_size);
    d->slid = false;
}

static void begin_piece(deflater *d, const uint8_t *bytes, uint32_t size)
{
    if (size)
        memcpy(d->window + HISTORY, bytes, size);
    memset(d->window + HISTORY + size, 0, SLACK);
    memset(d->literal_counts, 0, sizeof d->literal_counts);
    memset(d->distance_counts, 0, sizeof d->distance_counts);
    d->sequence_count = 0;
}

bool deflater_add(deflater *d, const uint8_t *bytes, size_t size, buffer *out)
{
    bit_stream s = {0};
    begin(d);
    for (bool final = false; !final;) {
        uint32_t piece = size < PIECE ? (uint32_t)size : PIECE;
        final = piece == size;
        begin_piece(d, bytes, piece);
        parse(d, piece);
        if (!buffer_reserve(out, PIECE_ROOM))
            return false;
        s.at = out->data + out->size;
        put_piece(&s, d, piece, final);
        if (final) {
            s.count = (s.count + 7) & ~7u;
            flush_bits(&s);
        } else {
            slide(d);
            d->slid = true;
        }
        out->size = (size_t)(s.at - out->data);
        bytes += piece;
        size -= piece;
    }
    return true;
}

static bool prime(deflater *d, const uint8_t *dictionary, size_t size)
{
    d->primed = memory_new(sizeof d->table + size);
    if (!d->primed)
        return false;
    d->dictionary = d->primed + sizeof d->table;
    d->dictionary_size = size;
    memcpy(d->primed + sizeof d->table, dictionary, size);
    memcpy(d->window + HISTORY - size, dictionary, size);
    /* The first place in the window has the number that is none. */
    for (uint32_t place = (uint32_t)(size < HISTORY ? HISTORY - size : 1); place + HASHED <= HISTORY; place++)
        note(d, place);
    memcpy(d->primed, d->table, sizeof d->table);
    return true;
}

deflater *deflater_new(const uint8_t *dictionary, size_t size)
{
    deflater *d = memory_new_zeroed(1, sizeof *d);
    size_t kept = size < DEFLATER_DICTIONARY_MAX ? size : DEFLATER_DICTIONARY_MAX;
    if (d && kept && !prime(d, dictionary + (size - kept), kept)) {
        deflater_free(d);
        return NULL;
    }
    return d;
}

void deflater_free(deflater *d)
{
    if (d)
        memory_free(d->primed);
    memory_free(d);
}
