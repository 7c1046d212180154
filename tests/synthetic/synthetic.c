#include "synthetic/synthetic.h"

#include <stdlib.h>
#include <string.h>

enum {
    SYLLABLES = 100,
    SYLLABLES_MAX = 5,        /* of a word */
    ROOM = 16,                /* a word is copied by as many bytes */
    VOCABULARY_MIN = 200,
    TOPIC_WORDS = 64,
    BURST_REACH = 200,        /* words back from which one is repeated */
    LENGTH_MAX_FACTOR = 40,   /* the longest document, in means */
};
/* How a word is chosen, in 256ths. */
enum { BY_BURST = 26, BY_TOPIC = BY_BURST + 38, BY_FOLLOWER = BY_TOPIC + 38 };

/* A column of the table for drawing by weight (Walker's alias method). */
typedef struct column {
    uint32_t keep;  /* of 2^32: how often the column's own rank is taken */
    uint32_t other; /* the rank otherwise */
} column;

struct synthetic {
    uint32_t documents, mean, vocabulary, topics;
    uint64_t seed;
    column *columns;     /* one for each rank */
    char *words;         /* ROOM bytes each, with a space behind the word */
    uint8_t *word_sizes; /* without the space */
    uint32_t *ranks;     /* of the last document */
    uint32_t length;     /* how many */
    char *text;
};

/* A well mixed function of its argument (the end of splitmix64). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static uint64_t draw_next(uint64_t *state)
{
    return mix(*state += UINT64_C(0x9e3779b97f4a7c15));
}

/* A number below `bound` from 32 random bits. */
static uint32_t below(uint32_t bits, uint32_t bound)
{
    return (uint32_t)(((uint64_t)bits * bound) >> 32);
}

static uint32_t root(uint64_t x)
{
    uint64_t low = 0, high = UINT32_MAX;
    while (low < high) {
        uint64_t middle = (low + high + 1) / 2;
        if (middle * middle <= x)
            low = middle;
        else
            high = middle - 1;
    }
    return (uint32_t)low;
}

/* Ranks become words as numbers become digits, a syllable each: short ones first, none twice. */
static void spell(synthetic *s, uint32_t rank)
{
    static const char consonants[] = "bcdfghjklmnprstvwxyz", vowels[] = "aeiou";
    char syllables[2 * SYLLABLES_MAX];
    size_t size = 0;
    char *word = s->words + (size_t)rank * ROOM;
    for (uint32_t n = rank + 1; n > 0; n = (n - 1) / SYLLABLES) {
        uint32_t digit = ((n - 1) % SYLLABLES * 37 + 61) % SYLLABLES;
        syllables[size++] = vowels[digit % 5];
        syllables[size++] = consonants[digit / 5];
    }
    memset(word, ' ', ROOM);
    for (size_t i = 0; i < size; i++)
        word[i] = syllables[size - 1 - i];
    s->word_sizes[rank] = (uint8_t)size;
}

/* Rank r weighs 1 / (r + 3.7): Zipf's law in Mandelbrot's form. */
static int weigh(synthetic *s)
{
    uint32_t n = s->vocabulary, small = 0, large = n;
    double sum = 0, *share = malloc(n * sizeof *share);
    uint32_t *order = malloc(n * sizeof *order); /* small ones from the front, large ones from the back */
    if (share && order) {
        for (uint32_t i = 0; i < n; i++)
            sum += share[i] = 1 / (i + 3.7);
        for (uint32_t i = 0; i < n; i++) {
            share[i] *= n / sum;
            s->columns[i] = (column){UINT32_MAX, i};
            order[share[i] < 1 ? small++ : --large] = i;
        }
        while (small > 0 && large < n) {
            uint32_t low = order[--small], high = order[large];
            s->columns[low] = (column){(uint32_t)(share[low] * 4294967295.0), high};
            share[high] -= 1 - share[low];
            if (share[high] < 1) {
                large++;
                order[small++] = high;
            }
        }
    }
    int done = share && order;
    free(share);
    free(order);
    return done;
}

synthetic *synthetic_new(uint32_t documents, uint32_t mean, uint64_t seed)
{
    synthetic *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->documents = documents ? documents : 1;
    s->mean = mean ? mean : 1;
    s->seed = mix(seed + 1);
    s->vocabulary = VOCABULARY_MIN + 30 * root((uint64_t)s->documents * s->mean);
    s->topics = 8 + s->documents / 500;
    size_t longest = (size_t)s->mean * LENGTH_MAX_FACTOR;
    s->columns = malloc(s->vocabulary * sizeof *s->columns);
    s->words = malloc((size_t)s->vocabulary * ROOM);
    s->word_sizes = malloc(s->vocabulary);
    s->ranks = malloc(longest * sizeof *s->ranks);
    s->text = malloc(longest * (2 * SYLLABLES_MAX + 1) + ROOM);
    if (!s->columns || !s->words || !s->word_sizes || !s->ranks || !s->text || !weigh(s)) {
        synthetic_free(s);
        return NULL;
    }
    for (uint32_t i = 0; i < s->vocabulary; i++)
        spell(s, i);
    return s;
}

void synthetic_free(synthetic *s)
{
    if (!s)
        return;
    free(s->columns);
    free(s->words);
    free(s->word_sizes);
    free(s->ranks);
    free(s->text);
    free(s);
}

uint32_t synthetic_vocabulary(const synthetic *s)
{
    return s->vocabulary;
}

const char *synthetic_word(const synthetic *s, uint32_t rank, size_t *size)
{
    *size = s->word_sizes[rank];
    return s->words + (size_t)rank * ROOM;
}

static uint32_t draw_rank(const synthetic *s, uint64_t random)
{
    uint32_t rank = below((uint32_t)random, s->vocabulary);
    const column *c = &s->columns[rank];
    return (uint32_t)(random >> 32) <= c->keep ? rank : c->other;
}

/* A topic's words are neither the most frequent nor the rarest; the first of them come most often. */
static uint32_t topic_rank(const synthetic *s, uint32_t topic, uint64_t random)
{
    uint32_t a = below((uint32_t)random, TOPIC_WORDS), b = below((uint32_t)(random >> 32), TOPIC_WORDS);
    uint32_t word = a < b ? a : b;
    uint32_t first = s->vocabulary / 200, end = s->vocabulary / 4;
    return first + below((uint32_t)mix(s->seed ^ ((uint64_t)topic * TOPIC_WORDS + word + 1)), end - first);
}

/* exp(x) for the small x of lengths, from multiplications only. */
static double grow(double x)
{
    double y = 1 + x / 4096;
    for (int i = 0; i < 12; i++)
        y *= y;
    return y;
}

/* Log-normal with sigma 0.9; the normal is a sum of twelve uniform numbers. */
static uint32_t draw_length(const synthetic *s, uint64_t *state)
{
    const double sigma = 0.9;
    double z = -6;
    for (int i = 0; i < 3; i++) {
        uint64_t random = draw_next(state);
        for (int j = 0; j < 4; j++, random >>= 16)
            z += (double)(random & 0xffff) / 65536;
    }
    double length = s->mean * grow(sigma * z - sigma * sigma / 2), most = (double)s->mean * LENGTH_MAX_FACTOR;
    return length < 1 ? 1 : (uint32_t)(length < most ? length : most);
}

static void draw_ranks(synthetic *s, uint32_t number)
{
    uint64_t state = mix(s->seed + number);
    s->length = draw_length(s, &state);
    uint32_t topic = below((uint32_t)draw_next(&state), s->topics);
    for (uint32_t i = 0; i < s->length; i++) {
        uint64_t random = draw_next(&state);
        uint32_t how = (uint32_t)random & 0xff, reach = i < BURST_REACH ? i : BURST_REACH;
        if (i == 0 || how >= BY_FOLLOWER)
            s->ranks[i] = draw_rank(s, mix(random));
        else if (how < BY_BURST)
            s->ranks[i] = s->ranks[i - 1 - below((uint32_t)(random >> 32), reach)];
        else if (how < BY_TOPIC)
            s->ranks[i] = topic_rank(s, topic, mix(random));
        else
            s->ranks[i] = draw_rank(s, mix(s->seed ^ ((uint64_t)s->ranks[i - 1] << 32)));
    }
}

const char *synthetic_document(synthetic *s, uint32_t number, size_t *size)
{
    char *at = s->text;
    draw_ranks(s, number);
    for (uint32_t i = 0; i < s->length; i++) {
        memcpy(at, s->words + (size_t)s->ranks[i] * ROOM, ROOM);
        at += s->word_sizes[s->ranks[i]] + 1;
    }
    *--at = '\0';
    *size = (size_t)(at - s->text);
    return s->text;
}

const uint32_t *synthetic_document_ranks(synthetic *s, uint32_t number, uint32_t *count)
{
    draw_ranks(s, number);
    *count = s->length;
    return s->ranks;
}

static int all_different(const uint32_t *ranks, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (ranks[i] == ranks[j])
                return 0;
    return 1;
}

void synthetic_sequence(synthetic *s, uint64_t draw, uint32_t count, uint32_t *ranks)
{
    uint64_t state = mix(s->seed ^ mix(draw));
    for (int attempt = 0; attempt < 1000; attempt++) {
        draw_ranks(s, below((uint32_t)draw_next(&state), s->documents));
        if (s->length < count)
            continue;
        uint32_t start = below((uint32_t)draw_next(&state), s->length - count + 1);
        memcpy(ranks, s->ranks + start, count * sizeof *ranks);
        if (all_different(ranks, count))
            return;
    }
    for (uint32_t i = 0; i < count; i++) /* a collection of documents that are shorter */
        ranks[i] = i;
}
