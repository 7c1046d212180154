/* The dictionary of a segment: finding terms, and walking over them. Words made of syllables, each in one document, so
 * that entries are as small as most are; in memory throughout. Arguments: the number of terms (default 300000). */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/micro/timer.h"
#include "segment/container.h"
#include "segment/terms.h"

enum { LOOKUPS = 20000, WORD_MAX = 16 };

typedef struct word {
    char bytes[WORD_MAX];
} word;

static word *words;
static uint32_t word_count;
static uint32_t asked[LOOKUPS];

static void fail(const char *what)
{
    fprintf(stderr, "bench_terms: %s\n", what);
    exit(2);
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(a, b);
}

static uint32_t random_next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(*state >> 32);
}

/* Numbers from a permutation, written in syllables: no two alike, in no order. */
static void make_words(uint32_t count)
{
    static const char consonants[] = "bcdfghjklmnprstvwxyz", vowels[] = "aeiou";
    words = calloc(count, sizeof *words);
    if (!words)
        fail("no memory");
    for (uint32_t i = 0; i < count; i++) {
        uint32_t number = i * 2654435761u >> 2;
        for (int j = 0; number > 0; number /= 100) {
            words[i].bytes[j++] = consonants[number % 20];
            words[i].bytes[j++] = vowels[number / 20 % 5];
        }
    }
    qsort(words, count, sizeof *words, compare_words);
    for (uint32_t i = 0; i < count; i++)
        if (words[i].bytes[0] && (!word_count || compare_words(&words[i], &words[word_count - 1]) != 0))
            words[word_count++] = words[i];
}

static void write_terms(const char *path)
{
    oir_error err;
    container_writer *file;
    terms_writer *w;
    oir_status status = container_writer_open(&file, path, &err);
    if (status)
        fail(err.message);
    status = terms_writer_new(&w, file, &err);
    for (uint32_t i = 0; i < word_count && !status; i++) {
        static const uint8_t inlined[4] = {1, 2, 3, 4};
        term_entry e = {.ordinal = i, .termfreq = 1, .collection_freq = 1, .wdf_max = 1, .form = POSTINGS_INLINED};
        e.inlined = inlined;
        e.inlined_size = sizeof inlined;
        status = terms_writer_add(w, words[i].bytes, strlen(words[i].bytes), &e, false, &err);
    }
    if (!status)
        status = terms_writer_end(w, &err);
    if (status)
        fail(err.message);
    if (container_writer_commit(file, false, &err))
        fail(err.message);
    terms_writer_free(w);
}

/* `last`: a byte added to each word, so that none is found; 0 for none. */
static uint32_t find(const terms *t, char last)
{
    uint32_t hits = 0;
    for (uint32_t i = 0; i < LOOKUPS; i++) {
        word w = words[asked[i]];
        size_t size = strlen(w.bytes);
        term_entry entry;
        bool found;
        if (last)
            w.bytes[size++] = last;
        if (terms_find(t, w.bytes, size, &entry, &found, NULL))
            fail("damaged dictionary");
        hits += found;
        timer_keep(&entry);
    }
    return hits;
}

static void walk(const terms *t)
{
    terms_cursor c;
    uint32_t seen = 0;
    terms_cursor_init(&c, t);
    oir_status status = terms_cursor_seek(&c, "", 0, NULL);
    for (; !status && !c.at_end; seen++)
        status = terms_cursor_next(&c, NULL);
    if (status || seen != word_count)
        fail("the walk does not meet all terms");
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/bench_terms.XXXXXX", path[sizeof folder + 16];
    oir_error err;
    container *file;
    terms t;
    timer time;
    uint64_t state = 1;
    struct stat s;
    make_words(argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 300000);
    if (!word_count || !mkdtemp(folder))
        fail("no words or no folder in /tmp");
    snprintf(path, sizeof path, "%s/segment", folder);
    write_terms(path);
    if (stat(path, &s) || container_open(&file, path, &err) || terms_open(&t, file, &err))
        fail("cannot open what was written");
    printf("%lu terms, %.1f bytes each\n", (unsigned long)word_count, (double)s.st_size / word_count);
    for (uint32_t i = 0; i < LOOKUPS; i++)
        asked[i] = (uint32_t)((uint64_t)random_next(&state) * word_count >> 32);

    uint32_t hits = 0;
    TIMER_RUN(time, LOOKUPS, hits = find(&t, 0));
    timer_print(&time, "find, there", "");
    if (hits != LOOKUPS)
        fail("a term was not found");
    TIMER_RUN(time, LOOKUPS, hits = find(&t, '-'));
    timer_print(&time, "find, not there", "");
    TIMER_RUN(time, word_count, walk(&t));
    timer_print(&time, "walk", "");

    container_close(file);
    unlink(path);
    rmdir(folder);
    free(words);
    return hits ? 1 : 0;
}
