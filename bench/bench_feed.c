#include "bench/bench_feed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench_field.h"
#include "bench/lines.h"

enum { GAP = 100 /* positions between texts */ };

typedef struct feed {
    oir_document *document;
    oir_term_generator *generator; /* of the full form */
    bench_stages *stages;
    uint64_t bytes;
} feed;

/* Where the next space is, or the end. Words are short, so eight bytes are looked at together where there are so many:
 * a byte that is a space becomes 0, and the lowest 0 is the lowest byte that borrows. */
static const char *find_space(const char *at, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    for (; end - at >= 8; at += 8) {
        uint64_t bytes;
        memcpy(&bytes, at, sizeof bytes);
        bytes ^= ones * ' ';
        uint64_t zeros = (bytes - ones) & ~bytes & ones << 7;
        if (zeros)
            return at + __builtin_ctzll(zeros) / 8;
    }
    while (at < end && *at != ' ')
        at++;
    return at;
}

/* The words between spaces, at positions from 1. One that is too long to be a term leaves its position empty. */
static oir_status add_words(oir_document *document, oir_bytes bytes, oir_error *err)
{
    const char *text = bytes.data, *end = text + bytes.size;
    oir_termpos position = 0;
    for (;;) {
        while (text < end && *text == ' ')
            text++;
        if (text == end)
            return OIR_OK;
        const char *word = text;
        text = find_space(text, end);
        position++;
        if (text - word > OIR_TERM_MAX)
            continue;
        oir_status status = oir_document_add_posting(document, word, (size_t)(text - word), position, 1, err);
        if (status)
            return status;
    }
}

static oir_status invalid(oir_error *err, uint64_t line, const char *what)
{
    snprintf(err->message, sizeof err->message, "line %llu of the input has no \"%s\": \"...\"",
             (unsigned long long)line, what);
    return OIR_INVALID_ARGUMENT;
}

static oir_status make_words(feed *f, uint64_t number, const char *line, size_t size, oir_error *err)
{
    oir_bytes text;
    if (!bench_field_find_text(line, size, &text))
        return invalid(err, number, "text");
    bench_stages_end(f->stages, BENCH_READ);
    oir_document_clear(f->document);
    f->bytes += text.size;
    return add_words(f->document, text, err);
}

static oir_status add_text(feed *f, oir_bytes text, const char *prefix, oir_error *err)
{
    oir_status status = oir_term_generator_index_text(f->generator, text.data, text.size, 1, prefix, err);
    oir_term_generator_increase_termpos(f->generator, GAP);
    return status;
}

static oir_status make_full(feed *f, uint64_t number, char *line, size_t size, oir_error *err)
{
    oir_bytes title = bench_field_take(line, size, "title"), body = bench_field_take(line, size, "body");
    if (title.size + body.size == 0)
        return invalid(err, number, "body");
    bench_stages_end(f->stages, BENCH_READ);
    oir_document_clear(f->document);
    f->bytes += title.size + body.size;
    oir_term_generator_set_document(f->generator, f->document);
    oir_status status = oir_document_set_data(f->document, body.data, body.size, err);
    if (!status)
        status = add_text(f, title, "S", err);
    if (!status)
        status = add_text(f, title, "", err);
    return status ? status : add_text(f, body, "", err);
}

static oir_status open_feed(feed *f, bench_form form, oir_error *err)
{
    oir_status status = oir_document_new(&f->document, err);
    if (!status && form == BENCH_FORM_FULL)
        status = oir_term_generator_new(&f->generator, err);
    return status || !f->generator ? status : oir_term_generator_set_stemmer(f->generator, "english", err);
}

static oir_status add_line(feed *f, oir_writable_database *writer, uint64_t number, char *line, size_t size,
                           oir_error *err)
{
    oir_status status = f->generator ? make_full(f, number, line, size, err) : make_words(f, number, line, size, err);
    bench_stages_end(f->stages, BENCH_BREAK);
    if (!status)
        status = oir_writable_database_add_document(writer, f->document, NULL, err);
    bench_stages_add(f->stages);
    return status;
}

static oir_status add_lines(feed *f, lines *in, oir_writable_database *writer, unsigned long commit, oir_error *err)
{
    oir_status status = OIR_OK;
    char *line;
    size_t size;
    for (uint64_t n = 1; !status; n++) {
        bench_stages_start(f->stages, f->bytes);
        int more = lines_next(in, &line, &size);
        if (more == 0)
            break;
        if (more < 0) {
            snprintf(err->message, sizeof err->message, "cannot read standard input: %s", strerror(errno));
            return OIR_IO;
        }
        if (size > 0)
            status = add_line(f, writer, n, line, size, err);
        if (!status && commit && n % commit == 0) {
            bench_stages_call(f->stages);
            status = oir_writable_database_commit(writer, err);
            bench_stages_return(f->stages);
        }
    }
    return status;
}

oir_status bench_feed(oir_writable_database *writer, bench_form form, unsigned long commit, bench_stages *stages,
                      uint64_t *bytes, oir_error *err)
{
    lines in;
    feed f = {.stages = stages};
    snprintf(err->message, sizeof err->message, "no memory for the input");
    if (!lines_init(&in, STDIN_FILENO, 1 << 20))
        return OIR_NO_MEMORY;
    oir_status status = open_feed(&f, form, err);
    if (!status)
        status = add_lines(&f, &in, writer, commit, err);
    oir_term_generator_free(f.generator);
    oir_document_free(f.document);
    lines_release(&in);
    *bytes += f.bytes;
    return status;
}
