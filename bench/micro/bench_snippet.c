/* Snippets of one text: what a hit costs once its document is in hand. */
#include <oir/oir.h>

#include <string.h>

#include "timer.h"

/* English with sentences, about as frequent words as in articles: made from a list and a small generator, so that the
 * figure needs no files. The rare words are the ones asked for. */
static const char *const common_words[] = {
    "the", "of", "and", "to", "in", "a", "is", "that", "for", "it", "was", "on", "with", "as", "by", "at", "from",
    "which", "government", "forces", "country", "president", "announced", "security", "national", "people", "year",
    "military", "report", "support", "training", "international", "minister", "officials", "Thursday", "statement",
    "remaining", "operations", "withdrawal", "their", "would", "have", "been", "under", "against", "leaders"};
static const char *const rare_words[] = {"combat", "mission", "coalition", "Iraqi", "advisory", "troops", "missions"};

static size_t make_text(char *to, size_t size)
{
    uint64_t state = 7;
    size_t at = 0;
    for (int word = 0; at + 32 < size; word++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
        uint32_t draw = (uint32_t)(state >> 33);
        const char *next = draw % 40 == 0 ? rare_words[draw / 40 % 7] :
                           common_words[(draw / 64 % 46) * (draw / 4096 % 46) / 46];
        if (draw % 5 == 0)
            at += (size_t)sprintf(to + at, "%s%.3s ", next, &"ingedors"[draw % 6]);
        else
            at += (size_t)sprintf(to + at, "%s%s", next, word % 17 == 16 ? ". " : " ");
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

static void measure(const char *question, const char *language, const char *text, size_t size)
{
    oir_error err;
    oir_query_parser *parser;
    oir_query *query;
    oir_snippeter *snippeter;
    oir_bytes snippet = {"", 0};
    timer t;
    if (oir_query_parser_new(&parser, &err) || oir_query_parser_set_stemmer(parser, language, &err) ||
        oir_query_parser_parse(parser, question, strlen(question), OIR_PARSE_DEFAULT, "", &query, &err) ||
        oir_snippeter_new(&snippeter, query, NULL, language, NULL, &err))
        fail(&err);
    double first = timer_now();
    if (oir_snippeter_get(snippeter, text, size, &snippet, &err))
        fail(&err);
    first = timer_now() - first;
    TIMER_RUN(t, 100, for (int i = 0; i < 100; i++) if (oir_snippeter_get(snippeter, text, size, &snippet, &err))
                          fail(&err));
    double ns = timer_ns(&t);
    printf("%-40s %-8s %8.1f us the first, %7.1f us then, %6.2f ns a byte\n", question, language, first * 1e6,
           ns / 1e3, ns / (double)size);
    oir_snippeter_free(snippeter);
    oir_query_free(query);
    oir_query_parser_free(parser);
}

/* bench_snippet [FILE]: a text of one's own instead of the one made up. */
int main(int argc, char **argv)
{
    static char text[1 << 20];
    size_t size = argc > 1 ? read_text(argv[1], text, sizeof text) : make_text(text, 10240);
    printf("%zu bytes of text\n", size);
    static const char *const questions[] = {"combat mission", "\"combat mission\"", "+iraq advis*", "troops NEAR iraqi",
                                            "coalition -syria", "the of and to in", "\"of the\" the and a in to that"};
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        measure(questions[i], "english", text, size);
        measure(questions[i], "german", text, size);
    }
    measure("combat mission", "none", text, size);
    return 0;
}
