/* Breaking text into words and stems. Arguments: files of text; without, a made-up one. An item is a byte, so G items/s
 * are GB/s. */
#include <string.h>

#include "bench/micro/timer.h"
#include "text/analyser.h"

static const char sample[] =
    "The committee's report, published on 9 December 2021, said that 2,500 troops would remain. \"It isn't a "
    "withdrawal,\" the spokesman explained: advisers, trainers and intelligence officers were staying at the hosts' "
    "invitation. Caf\303\251 owners in the north-west disagreed; A.B.C. News reported 3.5% fewer visitors than in "
    "2019.\n";

static char *text;
static size_t text_size;

static void fail(const char *what)
{
    fprintf(stderr, "bench_text: %s\n", what);
    exit(2);
}

static void add(const char *bytes, size_t size)
{
    text = realloc(text, text_size + size + 1);
    if (!text)
        fail("no memory");
    memcpy(text + text_size, bytes, size);
    text_size += size;
}

static void add_file(const char *path)
{
    char bytes[1 << 16];
    size_t got;
    FILE *file = fopen(path, "rb");
    if (!file)
        fail(path);
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
        add(bytes, got);
    fclose(file);
}

static uint64_t terms;

static oir_status count(void *context, const char *term, size_t size, bool has_position, oir_termpos position,
                        oir_termcount wdf_increment, oir_error *err)
{
    (void)context, (void)has_position, (void)position, (void)err;
    timer_keep(term);
    terms += size > 0 && wdf_increment > 0;
    return OIR_OK;
}

static void show(const char *language)
{
    timer t;
    analyser a;
    oir_error err;
    analyser_init(&a);
    if (analyser_set_stemmer(&a, language, &err))
        fail(err.message);
    TIMER_RUN(t, text_size, {
        a.termpos = 0;
        if (analyser_text(&a, text, text_size, 1, "", true, count, NULL, &err))
            fail(err.message);
    });
    terms = 0;
    a.termpos = 0;
    if (analyser_text(&a, text, text_size, 1, "", true, count, NULL, &err))
        fail(err.message);
    timer_print(&t, "analyse a byte", language);
    printf("%28s %llu terms, %.1f ns each\n", "", (unsigned long long)terms,
           timer_ns(&t) * (double)text_size / (double)terms);
    analyser_release(&a);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        add_file(argv[i]);
    while (argc == 1 && text_size < 1 << 20)
        add(sample, sizeof sample - 1);
    if (!text_size)
        fail("no text");
    show("none");
    show("english");
    free(text);
    return 0;
}
