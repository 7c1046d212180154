/* oir-bench trec: runs in TREC's format, to be judged by trec_eval.py. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include "bench/oir_bench.h"
#include "bench/lines.h"

enum { DEPTH = 1000, LANGUAGE_MAX = 64 };

typedef struct run {
    oir_database *database;
    oir_enquire *enquire;
    oir_query_parser *parser;
    unsigned flags;
    bool lucene;
} run;

/* The index's own language; English when it does not say. */
static oir_status open_parser(run *r, oir_error *err)
{
    char language[LANGUAGE_MAX] = "english";
    oir_bytes setting = oir_database_get_setting(r->database, "stemmer");
    if (setting.size > 0 && setting.size < sizeof language) {
        memcpy(language, setting.data, setting.size);
        language[setting.size] = '\0';
    }
    oir_status status = oir_query_parser_new(&r->parser, err);
    return status ? status : oir_query_parser_set_stemmer(r->parser, language, err);
}

static oir_status open_run(run *r, const char *folder, oir_error *err)
{
    oir_bm25 formula = OIR_BM25_INIT;
    oir_weight *weight = NULL;
    if (r->lucene) {
        formula.k1 = 1.2;
        formula.b = 0.75;
        formula.min_normlen = 0;
        formula.idf = OIR_IDF_LUCENE;
    }
    oir_status status = oir_database_open(&r->database, folder, err);
    if (!status)
        status = open_parser(r, err);
    if (!status)
        status = oir_enquire_new(&r->enquire, r->database, err);
    if (!status)
        status = oir_weight_new_bm25(&weight, &formula, err);
    if (!status)
        oir_enquire_set_weight(r->enquire, weight);
    oir_weight_free(weight);
    return status;
}

static void close_run(run *r)
{
    oir_enquire_free(r->enquire);
    oir_query_parser_free(r->parser);
    oir_database_close(r->database);
}

/* The id is the rest of the document's term under Q; documents without one go by number. */
static oir_status print_id(oir_document *document, oir_error *err)
{
    oir_term_iterator *terms = NULL;
    bool found = false;
    oir_status status = oir_document_get_terms(document, &terms, err);
    if (!status)
        status = oir_term_iterator_seek(terms, "Q", 1, &found, err);
    if (!status) {
        oir_bytes term = {0};
        if (found)
            term = oir_term_iterator_get_term(terms);
        if (term.size > 1 && term.data[0] == 'Q')
            fwrite(term.data + 1, 1, term.size - 1, stdout);
        else
            printf("%lu", (unsigned long)oir_document_get_docid(document));
    }
    oir_term_iterator_free(terms);
    return status;
}

static oir_status print_hits(const oir_mset *mset, const char *number, size_t number_size, oir_error *err)
{
    for (oir_doccount i = 0; i < oir_mset_get_size(mset); i++) {
        oir_document *document;
        oir_status status = oir_mset_get_document(mset, i, &document, err);
        if (status)
            return status;
        printf("%.*s Q0 ", (int)number_size, number);
        status = print_id(document, err);
        oir_document_free(document);
        if (status)
            return status;
        printf(" %lu %.17g oir\n", (unsigned long)i + 1, oir_mset_get_weight(mset, i));
    }
    return OIR_OK;
}

static oir_status ask(run *r, const char *line, size_t size, oir_error *err)
{
    oir_query *query = NULL;
    oir_mset *mset = NULL;
    const char *tab = memchr(line, '\t', size);
    if (!tab) {
        snprintf(err->message, sizeof err->message, "a line of the queries has no tab: %.60s", line);
        return OIR_INVALID_ARGUMENT;
    }
    size_t text_size = size - (size_t)(tab + 1 - line);
    oir_status status = oir_query_parser_parse(r->parser, tab + 1, text_size, r->flags, "", &query, err);
    if (!status) {
        oir_enquire_set_query(r->enquire, query);
        status = oir_enquire_get_mset(r->enquire, 0, DEPTH, 0, &mset, err);
    }
    if (!status)
        status = print_hits(mset, line, (size_t)(tab - line), err);
    oir_mset_free(mset);
    oir_query_free(query);
    return status;
}

static int ask_all(run *r, const char *path)
{
    lines in = {0};
    char *line;
    size_t size;
    int more = -1, code = 0;
    oir_error err;
    int fd = open(path, O_RDONLY);
    if (fd >= 0 && lines_init(&in, fd, 1 << 16))
        while (code == 0 && (more = lines_next(&in, &line, &size)) > 0)
            if (size > 0 && ask(r, line, size, &err))
                code = bench_fail(&err);
    if (code == 0 && more < 0) {
        fprintf(stderr, "oir-bench: cannot read %s: %s\n", path, strerror(errno));
        code = 2;
    }
    lines_release(&in);
    if (fd >= 0)
        close(fd);
    if (code == 0 && fflush(stdout) != 0) {
        perror("oir-bench: cannot write the run");
        code = 2;
    }
    return code;
}

int bench_trec(int argc, char **argv)
{
    run r = {0};
    oir_error err;
    const char *names[2] = {0};
    int count = 0;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--weight") == 0) {
            if (++i == argc || (strcmp(argv[i], "xapian") != 0 && strcmp(argv[i], "lucene") != 0))
                return bench_misused("--weight wants xapian or lucene");
            r.lucene = argv[i][0] == 'l';
        } else if (strcmp(argv[i], "--syntax") == 0) {
            r.flags = OIR_PARSE_DEFAULT;
        } else if (argv[i][0] == '-' || count == 2) {
            return bench_misused("trec wants a folder and a file of queries");
        } else {
            names[count++] = argv[i];
        }
    }
    if (count < 2)
        return bench_misused("trec wants a folder and a file of queries");
    int code = open_run(&r, names[0], &err) ? bench_fail(&err) : ask_all(&r, names[1]);
    close_run(&r);
    return code;
}
