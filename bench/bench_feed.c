#include "bench/bench_feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench_field.h"
#include "bench/line_batches.h"

enum {
    GAP = 100,     /* positions between texts */
    PIECE = 256 << 10, /* bytes of a long line's text that are looked at together */
    KEPT = 8 << 20, /* bytes of lines that several threads share out among them, while as many are read, */
    KEPT_SHARE = 64 /* but no more of the writer's memory */
};

/* What a thread has, on cache lines that no other thread writes. */
typedef struct worker {
    oir_term_generator *generator;
    uint64_t bytes; /* of texts */
    char *piece;    /* of a long one */
    char apart[128]; /* two lines, of which processors fetch the second too */
} worker;

typedef struct feed {
    bench_form form;
    worker *workers;
    unsigned threads;
    oir_document *document;
    bench_stages *stages;
    /* Of several threads: */
    size_t kept;       /* bytes of lines that they share out among them */
    line_batch *batch; /* at hand */
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

static oir_status add_piece(worker *w, oir_bytes piece, oir_document *document, oir_error *err)
{
    oir_status status = oir_document_add_data(document, piece.data, piece.size, err);
    w->bytes += piece.size;
    return status ? status : oir_term_generator_index_text(w->generator, piece.data, piece.size, 1, "", err);
}

/* The body of a long line, which is not to be in memory. */
static oir_status add_pieces(worker *w, bench_field_reader *body, oir_document *document, oir_error *err)
{
    oir_status status = OIR_OK;
    if (!w->piece)
        w->piece = malloc(PIECE);
    if (!w->piece)
        return OIR_NO_MEMORY;
    for (size_t size; !status && (size = bench_field_read(body, w->piece, PIECE)) > 0;)
        status = add_piece(w, (oir_bytes){w->piece, size}, document, err);
    oir_term_generator_increase_termpos(w->generator, GAP);
    return status;
}

static oir_status make_full_long(worker *w, uint64_t number, char *line, size_t size, bench_stages *stages,
                                 oir_document *document, oir_error *err)
{
    bench_field_reader body;
    bool has_body = bench_field_open(&body, line, size, "body");
    oir_bytes title = bench_field_take(line, size, "title");
    if (!has_body)
        return invalid(err, number, "body");
    if (stages)
        bench_stages_end(stages, BENCH_READ);
    w->bytes += title.size;
    oir_term_generator_set_document(w->generator, document);
    oir_status status = add_text(w, title, "S", err);
    if (!status)
        status = add_text(w, title, "", err);
    return status ? status : add_pieces(w, &body, document, err);
}

static oir_status make_full(worker *w, uint64_t number, char *line, size_t size, bench_stages *stages,
                            oir_document *document, oir_error *err)
{
    if (size >= LINES_LONG)
        return make_full_long(w, number, line, size, stages, document, err);
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
    oir_status status = f->workers ? OIR_OK : OIR_NO_MEMORY;
    if (!status && f->threads == 1)
        status = oir_document_new(&f->document, err);
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

static oir_status cannot_read(const lines *in, int code, oir_error *err)
{
    if (in->spilling)
        snprintf(err->message, sizeof err->message,
                 "cannot put a long line into a temporary file (TMPDIR names another folder for it): %s",
                 strerror(code));
    else
        snprintf(err->message, sizeof err->message, "cannot read standard input: %s", strerror(code));
    return code == ENOMEM ? OIR_NO_MEMORY : OIR_IO;
}

static oir_status commit_now(feed *f, oir_writable_database *writer, oir_error *err)
{
    bench_stages_call(f->stages);
    oir_status status = oir_writable_database_commit(writer, err);
    bench_stages_return(f->stages);
    return status;
}

static oir_status add_lines(feed *f, lines *in, oir_writable_database *writer, unsigned long commit, oir_error *err)
{
    oir_status status = OIR_OK;
    char *line;
    size_t size;
    for (uint64_t n = 1; !status; n++) {
        bench_stages_start(f->stages, f->workers[0].bytes);
        int more = lines_next(in, &line, &size);
        if (more == 0)
            break;
        if (more < 0)
            return cannot_read(in, errno, err);
        if (size > 0)
            status = add_line(f, writer, n, line, size, err);
        if (!status && commit && n % commit == 0)
            status = commit_now(f, writer, err);
    }
    return status;
}

/* ---- several threads ---- */

static oir_status fill(void *context, unsigned thread, size_t number, oir_document *document, oir_error *err)
{
    const feed *f = context;
    const line_batch *b = f->batch;
    size_t start = number ? b->lines[number - 1].end : 0, size = b->lines[number].end - start;
    return make_document(f, thread, b->lines[number].number, b->text + start, size, document, err);
}

/* The line behind the batch, by the document of a thread: its vocabulary is there. */
static oir_status fill_line(void *context, unsigned thread, size_t number, oir_document *document, oir_error *err)
{
    const feed *f = context;
    const line_batch *b = f->batch;
    (void)number;
    return make_document(f, thread, b->read, b->line, b->line_size, document, err);
}

static oir_status add_batch(feed *f, oir_writable_database *writer, oir_error *err)
{
    const line_batch *b = f->batch;
    bench_stages_call(f->stages);
    oir_status status = oir_writable_database_add_documents(writer, b->count, fill, f, NULL, err);
    if (!status && b->line)
        status = oir_writable_database_add_documents(writer, 1, fill_line, f, NULL, err);
    bench_stages_return(f->stages);
    return status;
}

static oir_status add_batches(feed *f, lines *in, oir_writable_database *writer, unsigned long commit, oir_error *err)
{
    line_batches batches;
    oir_status status;
    line_batches_init(&batches, in, f->kept, commit);
    do {
        bench_stages_start(f->stages, f->workers[0].bytes);
        f->batch = line_batches_next(&batches);
        bench_stages_end(f->stages, BENCH_READ);
        status = f->batch->more < 0 ? cannot_read(in, f->batch->failed, err) : add_batch(f, writer, err);
        if (!status && f->batch->more && commit && f->batch->read % commit == 0)
            status = commit_now(f, writer, err);
    } while (!status && f->batch->more);
    line_batches_release(&batches);
    return status;
}

/* ---- */

oir_status bench_feed(oir_writable_database *writer, const bench_feed_options *options, bench_stages *stages,
                      uint64_t *bytes, oir_error *err)
{
    lines in;
    feed f = {.stages = stages, .form = options->form, .threads = options->threads};
    f.kept = options->memory / KEPT_SHARE < KEPT ? options->memory / KEPT_SHARE : KEPT;
    snprintf(err->message, sizeof err->message, "no memory for the input");
    if (!lines_init(&in, STDIN_FILENO, 1 << 20))
        return OIR_NO_MEMORY;
    oir_status status = open_feed(&f, err);
    if (!status)
        status = (f.threads > 1 ? add_batches : add_lines)(&f, &in, writer, options->commit, err);
    for (unsigned t = 0; f.workers && t < f.threads; t++) {
        *bytes += f.workers[t].bytes;
        oir_term_generator_free(f.workers[t].generator);
        free(f.workers[t].piece);
    }
    free(f.workers);
    oir_document_free(f.document);
    lines_release(&in);
    return status;
}
