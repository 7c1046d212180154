#include "bench/bench_feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench_field.h"
#include "bench/lines.h"

enum {
    GAP = 100,     /* positions between texts */
    KEPT = 8 << 20, /* bytes of lines that several threads share out among them, */
    KEPT_SHARE = 32 /* but no more of the writer's memory */
};

/* What a thread has. */
typedef struct worker {
    oir_term_generator *generator;
    uint64_t bytes; /* of texts */
} worker;

typedef struct feed {
    bench_form form;
    worker *workers;
    unsigned threads;
    oir_document *document;
    bench_stages *stages;
    /* Of several threads: lines that are read and not yet added. */
    char *text;
    size_t kept;    /* bytes that are enough */
    size_t size, capacity;
    size_t *ends;   /* of each line in it */
    size_t count, ends_capacity;
    uint64_t first; /* number of the first line, from 1 */
} feed;

static oir_status invalid(oir_error *err, uint64_t line, const char *what)
{
    snprintf(err->message, sizeof err->message, "line %llu of the input has no \"%s\": \"...\"",
             (unsigned long long)line, what);
    return OIR_INVALID_ARGUMENT;
}

/* Words as they stand. */
static oir_status make_words(worker *w, uint64_t number, const char *line, size_t size, bench_stages *stages,
                             oir_document *document, oir_error *err)
{
    oir_bytes text;
    if (!bench_field_find_text(line, size, &text))
        return invalid(err, number, "text");
    if (stages)
        bench_stages_end(stages, BENCH_READ);
    w->bytes += text.size;
    oir_term_generator_set_document(w->generator, document);
    return oir_term_generator_index_text(w->generator, text.data, text.size, 1, "", err);
}

static oir_status add_text(worker *w, oir_bytes text, const char *prefix, oir_error *err)
{
    oir_status status = oir_term_generator_index_text(w->generator, text.data, text.size, 1, prefix, err);
    oir_term_generator_increase_termpos(w->generator, GAP);
    return status;
}

static oir_status make_full(worker *w, uint64_t number, char *line, size_t size, bench_stages *stages,
                            oir_document *document, oir_error *err)
{
    oir_bytes title = bench_field_take(line, size, "title"), body = bench_field_take(line, size, "body");
    if (title.size + body.size == 0)
        return invalid(err, number, "body");
    if (stages)
        bench_stages_end(stages, BENCH_READ);
    w->bytes += title.size + body.size;
    oir_term_generator_set_document(w->generator, document);
    oir_status status = oir_document_set_data(document, body.data, body.size, err);
    if (!status)
        status = add_text(w, title, "S", err);
    if (!status)
        status = add_text(w, title, "", err);
    return status ? status : add_text(w, body, "", err);
}

/* What a line says, in a document that is empty. */
static oir_status make_document(const feed *f, unsigned thread, uint64_t number, char *line, size_t size,
                                oir_document *document, oir_error *err)
{
    worker *w = &f->workers[thread];
    bench_stages *stages = f->threads == 1 ? f->stages : NULL;
    return f->form == BENCH_FORM_FULL ? make_full(w, number, line, size, stages, document, err)
                                      : make_words(w, number, line, size, stages, document, err);
}

static oir_status open_feed(feed *f, oir_error *err)
{
    f->workers = calloc(f->threads, sizeof *f->workers);
    oir_status status = f->workers ? oir_document_new(&f->document, err) : OIR_NO_MEMORY;
    for (unsigned t = 0; !status && t < f->threads; t++) {
        oir_term_generator **generator = &f->workers[t].generator;
        status = oir_term_generator_new(generator, err);
        if (!status && f->form == BENCH_FORM_FULL)
            status = oir_term_generator_set_stemmer(*generator, "english", err);
        else if (!status)
            oir_term_generator_set_max_word_length(*generator, OIR_TERM_MAX);
    }
    return status;
}

static oir_status add_line(feed *f, oir_writable_database *writer, uint64_t number, char *line, size_t size,
                           oir_error *err)
{
    oir_document_clear(f->document);
    oir_status status = make_document(f, 0, number, line, size, f->document, err);
    bench_stages_end(f->stages, BENCH_BREAK);
    if (!status)
        status = oir_writable_database_add_document(writer, f->document, NULL, err);
    bench_stages_add(f->stages);
    return status;
}

/* ---- several threads ---- */

static bool keep_line(feed *f, const char *line, size_t size)
{
    if (f->size + size > f->capacity) {
        size_t capacity = (f->size + size > f->kept ? f->size + size : f->kept) / 8 * 9 + 8; /* or it is a long line */
        char *text = realloc(f->text, capacity);
        if (!text)
            return false;
        f->text = text;
        f->capacity = capacity;
    }
    if (f->count == f->ends_capacity) {
        size_t capacity = f->ends_capacity * 2 + 1024;
        size_t *ends = realloc(f->ends, capacity * sizeof *ends);
        if (!ends)
            return false;
        f->ends = ends;
        f->ends_capacity = capacity;
    }
    memcpy(f->text + f->size, line, size);
    f->size += size;
    f->ends[f->count++] = f->size;
    return true;
}

static oir_status fill(void *context, unsigned thread, size_t number, oir_document *document, oir_error *err)
{
    const feed *f = context;
    size_t start = number ? f->ends[number - 1] : 0;
    return make_document(f, thread, f->first + number, f->text + start, f->ends[number] - start, document, err);
}

static oir_status add_kept(feed *f, oir_writable_database *writer, oir_error *err)
{
    bench_stages_end(f->stages, BENCH_READ);
    bench_stages_call(f->stages);
    oir_status status = oir_writable_database_add_documents(writer, f->count, fill, f, NULL, err);
    bench_stages_return(f->stages);
    f->first += f->count;
    f->count = f->size = 0;
    return status;
}

/* ---- */

static oir_status commit_now(feed *f, oir_writable_database *writer, oir_error *err)
{
    oir_status status = f->count ? add_kept(f, writer, err) : OIR_OK;
    bench_stages_call(f->stages);
    if (!status)
        status = oir_writable_database_commit(writer, err);
    bench_stages_return(f->stages);
    return status;
}

static oir_status add_lines(feed *f, lines *in, oir_writable_database *writer, unsigned long commit, oir_error *err)
{
    oir_status status = OIR_OK;
    char *line;
    size_t size;
    for (uint64_t n = 1; !status; n++) {
        if (f->count == 0)
            bench_stages_start(f->stages, f->workers[0].bytes);
        int more = lines_next(in, &line, &size);
        if (more == 0)
            break;
        if (more < 0) {
            snprintf(err->message, sizeof err->message, "cannot read standard input: %s", strerror(errno));
            return OIR_IO;
        }
        if (size > 0 && f->threads == 1)
            status = add_line(f, writer, n, line, size, err);
        else if (size > 0 && !keep_line(f, line, size))
            return OIR_NO_MEMORY;
        if (!status && f->size >= f->kept)
            status = add_kept(f, writer, err);
        if (!status && commit && n % commit == 0)
            status = commit_now(f, writer, err);
    }
    return status || f->count == 0 ? status : add_kept(f, writer, err);
}

oir_status bench_feed(oir_writable_database *writer, const bench_feed_options *options, bench_stages *stages,
                      uint64_t *bytes, oir_error *err)
{
    lines in;
    feed f = {.stages = stages, .form = options->form, .threads = options->threads, .first = 1};
    f.kept = options->memory / KEPT_SHARE < KEPT ? options->memory / KEPT_SHARE : KEPT;
    snprintf(err->message, sizeof err->message, "no memory for the input");
    if (!lines_init(&in, STDIN_FILENO, 1 << 20))
        return OIR_NO_MEMORY;
    oir_status status = open_feed(&f, err);
    if (!status)
        status = add_lines(&f, &in, writer, options->commit, err);
    for (unsigned t = 0; f.workers && t < f.threads; t++) {
        *bytes += f.workers[t].bytes;
        oir_term_generator_free(f.workers[t].generator);
    }
    free(f.workers);
    free(f.text);
    free(f.ends);
    oir_document_free(f.document);
    lines_release(&in);
    return status;
}
