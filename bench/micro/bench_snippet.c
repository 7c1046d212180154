/* Snippets: what a hit costs once its document is in hand.
 *
 * "First" is the first text of a new snippeter, with memory that the process must get anew and a text that was not the
 * last one (processors learn texts by heart): the median and the worst of many. "Next" is the text after it, another
 * one; "again" the same text over and over. */
#include <oir/oir.h>

#include <malloc.h>
#include <string.h>

#include "timer.h"

/* English with sentences, paragraphs and headings, about as frequent words as in articles: made from a list and a small
 * generator, so that the figure needs no files. The rare words are the ones asked for. */
static const char *const common_words[] = {
    "the", "of", "and", "to", "in", "a", "is", "that", "for", "it", "was", "on", "with", "as", "by", "at", "from",
    "which", "government", "forces", "country", "president", "announced", "security", "national", "people", "year",
    "military", "report", "support", "training", "international", "minister", "officials", "Thursday", "statement",
    "remaining", "operations", "withdrawal", "their", "would", "have", "been", "under", "against", "leaders"};
static const char *const rare_words[] = {"combat", "mission", "coalition", "Iraqi", "advisory", "troops", "missions"};

static size_t make_text(char *to, size_t size, uint64_t state)
{
    size_t at = 0;
    for (int word = 0; at + 32 < size; word++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
        uint32_t draw = (uint32_t)(state >> 33);
        const char *next = draw % 40 == 0 ? rare_words[draw / 40 % 7] :
                           common_words[(draw / 64 % 46) * (draw / 4096 % 46) / 46];
        if (draw % 5 == 0)
            at += (size_t)sprintf(to + at, "%s%.3s ", next, &"ingedors"[draw % 6]);
        else
            at += (size_t)sprintf(to + at, "%s%s", next, word % 340 == 336 ? "\n\n" : word % 85 == 84 ? ".\n\n" :
                                                         word % 17 == 16 ? ". " : " ");
    }
    return at;
}

static size_t read_text(const char *path, char *to, size_t size)
{
    FILE *file = fopen(path, "rb");
    size_t read = file ? fread(to, 1, size, file) : 0;
    if (file)
        fclose(file);
    return read;
}

static _Noreturn void fail(const oir_error *err)
{
    fprintf(stderr, "%s\n", err->message);
    exit(1);
}

enum { TEXTS = 16, FIRSTS = 201 };

typedef struct text {
    const char *bytes;
    size_t size;
} text;

static double get(oir_snippeter *snippeter, const text *from)
{
    oir_error err;
    oir_bytes snippet;
    double start = timer_now();
    if (oir_snippeter_get(snippeter, from->bytes, from->size, &snippet, &err))
        fail(&err);
    return timer_now() - start;
}

static double median(double *seconds, int count)
{
    qsort(seconds, (size_t)count, sizeof *seconds, timer_compare);
    return seconds[count / 2];
}

static void measure(const char *question, const char *language, const text *texts)
{
    oir_error err;
    oir_query_parser *parser;
    oir_query *query;
    oir_snippeter *snippeter;
    double made[FIRSTS], first[FIRSTS], next[FIRSTS];
    timer t;
    if (oir_query_parser_new(&parser, &err) || oir_query_parser_set_stemmer(parser, language, &err) ||
        oir_query_parser_parse(parser, question, strlen(question), OIR_PARSE_DEFAULT, "", &query, &err))
        fail(&err);
    for (int i = 0; i < FIRSTS; i++) {
        malloc_trim(0);
        made[i] = timer_now();
        if (oir_snippeter_new(&snippeter, query, NULL, language, NULL, &err))
            fail(&err);
        made[i] = timer_now() - made[i];
        first[i] = get(snippeter, &texts[i * 2 % TEXTS]);
        next[i] = get(snippeter, &texts[(i * 2 + 9) % TEXTS]);
        oir_snippeter_free(snippeter);
    }
    if (oir_snippeter_new(&snippeter, query, NULL, language, NULL, &err))
        fail(&err);
    TIMER_RUN(t, 100, for (int i = 0; i < 100; i++) get(snippeter, texts));
    double usual = median(first, FIRSTS);
    printf("%-44s %-8s %5.1f us made, %6.1f us first (worst %7.1f), %6.1f us next, %6.1f us again\n", question,
           language, median(made, FIRSTS) * 1e6, usual * 1e6, first[FIRSTS - 1] * 1e6, median(next, FIRSTS) * 1e6,
           timer_ns(&t) / 1e3);
    oir_snippeter_free(snippeter);
    oir_query_free(query);
    oir_query_parser_free(parser);
}

/* bench_snippet [FILE [QUESTION]]: a text of one's own instead of those made up, - for them; one question only. */
int main(int argc, char **argv)
{
    static char bytes[TEXTS][1 << 20];
    static const char *const questions[] = {
        "combat mission", "\"combat mission\"", "+iraq advis*", "troops NEAR iraqi", "coalition -syria",
        "government forces country president people", "the of and to in", "the", "a in to that for it was on with as",
        "\"of the\"", "\"of the\" the and a in to that", "\"to the\" OR \"in the\" OR \"the of\"", "the NEAR of",
        "a*", "t* o* a* i*", "the of and combat mission"};
    text texts[TEXTS];
    bool own = argc > 1 && strcmp(argv[1], "-") != 0;
    for (int i = 0; i < TEXTS; i++) {
        size_t size = own ? read_text(argv[1], bytes[i], sizeof bytes[i]) : make_text(bytes[i], 10240, 7 + (uint64_t)i);
        texts[i] = (text){bytes[i], size};
    }
    printf("%zu bytes of text\n", texts[0].size);
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        if (argc > 2 && i > 0)
            break;
        const char *question = argc > 2 ? argv[2] : questions[i];
        measure(question, "english", texts);
        measure(question, "german", texts);
        if (i == 0)
            measure(question, "none", texts);
    }
    return 0;
}
