/* Forks and processes: a database goes on in parent and child; a writer belongs to the process that opened it; a second
 * writer in another process waits as long as it is told. */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "api_world.h"

enum { DOCUMENTS = 300, EVERY = 5 };

static char folder[API_PATH];

static pid_t child_start(void (*run)(void *context), void *context)
{
    fflush(NULL);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        harness_failed = 0;
        run(context);
        fflush(NULL);
        _exit(harness_failed ? 1 : 0);
    }
    return child;
}

static void child_end(pid_t child)
{
    int status;
    REQUIRE(waitpid(child, &status, 0) == child);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void in_child(void (*run)(void *context), void *context)
{
    child_end(child_start(run, context));
}

static void begin(void)
{
    api_folder(folder);
    api_index(folder, 1, 1, DOCUMENTS, 70);
}

static oir_status open_waiting(oir_writable_database **out, double seconds)
{
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    options.lock_wait = seconds;
    return oir_writable_database_open(out, folder, &options, &api_error);
}

/* ---- reading ---- */

typedef struct reading {
    oir_database *database;
    oir_enquire *enquire;
    oir_document *document;
    oir_posting_iterator *postings;
    uint64_t picture;
} reading;

static void search_and_close(void *context)
{
    reading *r = context;
    oir_bytes data;
    bool found;
    char text[API_TEXT];
    static api_answer answer;
    oir_query *query = api_query("bababa kebaba");
    for (int i = 0; i < 3; i++)
        EXPECT_EQ(api_picture(r->database, EVERY), r->picture);
    api_get(r->enquire, query, 0, 10, 0, &answer);
    EXPECT_EQ(answer.size, 10);
    oir_query_free(query);
    API_OK(oir_document_get_data(r->document, &data, &api_error));
    EXPECT_EQ(data.size, api_text(7, text));
    API_OK(oir_posting_iterator_next(r->postings, &found, &api_error));
    EXPECT(found && oir_posting_iterator_get_docid(r->postings) == 2);
    /* Every handle is the child's own to give back. */
    oir_posting_iterator_free(r->postings);
    oir_document_free(r->document);
    oir_enquire_free(r->enquire);
    oir_database_close(r->database);
    oir_database *own = api_open(folder);
    EXPECT_EQ(api_picture(own, EVERY), r->picture);
    oir_database_close(own);
}

static void both_search(void)
{
    reading r;
    bool found;
    begin();
    r.database = api_open(folder);
    r.picture = api_picture(r.database, EVERY);
    API_OK(oir_enquire_new(&r.enquire, r.database, &api_error));
    API_OK(oir_database_get_document(r.database, 7, &r.document, &api_error));
    API_OK(oir_database_get_postings(r.database, "", 0, &r.postings, &api_error));
    API_OK(oir_posting_iterator_next(r.postings, &found, &api_error));
    pid_t first = child_start(search_and_close, &r), second = child_start(search_and_close, &r);
    for (int i = 0; i < 3; i++)
        EXPECT_EQ(api_picture(r.database, EVERY), r.picture);
    child_end(first);
    child_end(second);
    search_and_close(&r);
    api_remove(folder);
}

/* The snapshot is shared, the files are gone: the child opened nothing by name. */
static void picture_is(void *context)
{
    reading *r = context;
    EXPECT_EQ(api_picture(r->database, EVERY), r->picture);
}

static void files_may_go_between(void)
{
    reading r = {0};
    begin();
    r.database = api_open(folder);
    r.picture = api_picture(r.database, EVERY);
    api_remove(folder);
    in_child(picture_is, &r);
    picture_is(&r);
    oir_database_close(r.database);
}

/* ---- a writer over a fork ---- */

static void only_exit(void *context)
{
    (void)context;
}

static void only_close(void *context)
{
    oir_writable_database_close(context);
}

static void try_to_use(void *context)
{
    oir_writable_database *w = context;
    api_maker m;
    bool found;
    api_maker_init(&m);
    api_fill(m.document, m.generator, 1);
    API_FAILS(oir_writable_database_add_document(w, m.document, NULL, &api_error), OIR_INVALID_OPERATION);
    API_FAILS(oir_writable_database_replace_document(w, 1, m.document, &api_error), OIR_INVALID_OPERATION);
    API_FAILS(oir_writable_database_delete_document(w, 1, &api_error), OIR_INVALID_OPERATION);
    API_FAILS(oir_writable_database_delete_document_by_term(w, "Q1", 2, NULL, &api_error), OIR_INVALID_OPERATION);
    API_FAILS(oir_writable_database_set_setting(w, "a", "b", 1, &api_error), OIR_INVALID_OPERATION);
    API_FAILS(oir_writable_database_has_term(w, "Q1", 2, &found, &api_error), OIR_INVALID_OPERATION);
    API_FAILS(oir_writable_database_commit(w, &api_error), OIR_INVALID_OPERATION);
    API_FAILS(oir_writable_database_optimise(w, &api_error), OIR_INVALID_OPERATION);
    API_FAILS(oir_writable_database_rollback(w, &api_error), OIR_INVALID_OPERATION);
    api_maker_release(&m);
    oir_writable_database_close(w);
}

static void is_locked(void *context)
{
    oir_writable_database *other;
    char pid[32];
    API_FAILS(open_waiting(&other, 0), OIR_LOCKED);
    EXPECT(!other);
    snprintf(pid, sizeof pid, "pid %ld", *(long *)context);
    EXPECT(api_says(pid));
    EXPECT(api_says(folder));
}

static void child_of_a_writer(void (*run)(void *context))
{
    begin();
    api_maker m;
    long self = (long)getpid();
    api_maker_init(&m);
    oir_writable_database *w = api_open_writer(folder);
    for (uint32_t i = 0; i < 20; i++)
        api_add(w, &m, 500 + i);
    in_child(run, w);
    in_child(is_locked, &self); /* the child gave nothing away */
    API_OK(oir_writable_database_delete_document(w, 5, &api_error));
    API_OK(oir_writable_database_commit(w, &api_error));
    for (uint32_t i = 0; i < 20; i++)
        api_add(w, &m, 600 + i);
    in_child(run, w);
    API_OK(oir_writable_database_optimise(w, &api_error));
    EXPECT_EQ(oir_writable_database_get_doccount(w), DOCUMENTS + 39);
    oir_writable_database_close(w);
    EXPECT(api_is_whole(folder));
    oir_database *d = api_open(folder);
    EXPECT_EQ(oir_database_get_doccount(d), DOCUMENTS + 39);
    oir_database_close(d);
    api_maker_release(&m);
    api_remove(folder);
}

static void child_exits(void)
{
    child_of_a_writer(only_exit);
}

static void child_closes(void)
{
    child_of_a_writer(only_close);
}

static void child_is_refused(void)
{
    child_of_a_writer(try_to_use);
}

static void wait_for_signal(void *context)
{
    (void)context;
    pause();
}

/* A child that lives on has the description of the lock, but not the lock. */
static void child_outlives_the_writer(void)
{
    oir_writable_database *w;
    begin();
    w = api_open_writer(folder);
    pid_t child = child_start(wait_for_signal, NULL);
    oir_writable_database_close(w);
    API_OK(open_waiting(&w, 0));
    oir_writable_database_close(w);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    api_remove(folder);
}

/* ---- a second writer ---- */

typedef struct holding {
    int ready[2], go[2];
    bool commits;
} holding;

/* Says when it holds the lock, and lets go when told. */
static void hold(void *context)
{
    holding *h = context;
    char byte = 0;
    api_maker m;
    oir_writable_database *w = api_open_writer(folder);
    close(h->go[1]);
    REQUIRE(write(h->ready[1], &byte, 1) == 1);
    if (read(h->go[0], &byte, 1) != 1)
        return;
    nanosleep(&(struct timespec){0, 100000000}, NULL); /* so that the other one is waiting */
    api_maker_init(&m);
    api_add(w, &m, 900);
    api_maker_release(&m);
    API_OK(oir_writable_database_commit(w, &api_error));
    oir_writable_database_close(w);
}

static pid_t hold_start(holding *h)
{
    char byte;
    REQUIRE(pipe(h->ready) == 0 && pipe(h->go) == 0);
    pid_t child = child_start(hold, h);
    close(h->go[0]);
    REQUIRE(read(h->ready[0], &byte, 1) == 1);
    return child;
}

static void hold_end(holding *h)
{
    close(h->ready[0]);
    close(h->ready[1]);
    close(h->go[1]);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void second_writer_is_told_who(void)
{
    holding h;
    begin();
    pid_t child = hold_start(&h);
    long pid = (long)child;
    is_locked(&pid);
    char host[80] = "";
    gethostname(host, sizeof host - 1);
    EXPECT(api_says(host));
    oir_writable_database *w;
    double start = now();
    API_FAILS(open_waiting(&w, 0.3), OIR_LOCKED);
    EXPECT(now() - start >= 0.29);
    EXPECT(api_says("0.3"));
    oir_database *d = api_open(folder); /* readers need no lock */
    oir_database_close(d);
    REQUIRE(write(h.go[1], "", 1) == 1);
    child_end(child);
    hold_end(&h);
    api_remove(folder);
}

static void second_writer_gets_it(double wait)
{
    holding h;
    oir_writable_database *w;
    bool found;
    begin();
    pid_t child = hold_start(&h);
    REQUIRE(write(h.go[1], "", 1) == 1);
    API_OK(open_waiting(&w, wait));
    API_OK(oir_writable_database_has_term(w, "Q900", 4, &found, &api_error)); /* what the first committed */
    EXPECT(found);
    oir_writable_database_close(w);
    child_end(child);
    hold_end(&h);
    api_remove(folder);
}

static void second_writer_waits(void)
{
    second_writer_gets_it(60);
    second_writer_gets_it(-1);
}

static void killed_writer_leaves_no_lock(void)
{
    holding h;
    oir_writable_database *w;
    begin();
    pid_t child = hold_start(&h);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    API_OK(open_waiting(&w, 0));
    EXPECT_EQ(oir_writable_database_get_doccount(w), DOCUMENTS);
    oir_writable_database_close(w);
    hold_end(&h);
    api_remove(folder);
}

/* In one process as in two. */
static void second_writer_in_one_process(void)
{
    long self = (long)getpid();
    begin();
    oir_writable_database *w = api_open_writer(folder);
    is_locked(&self);
    oir_writable_database_close(w);
    w = api_open_writer(folder);
    oir_writable_database_close(w);
    api_remove(folder);
}

int main(void)
{
    TEST(both_search);
    TEST(files_may_go_between);
    TEST(child_exits);
    TEST(child_closes);
    TEST(child_is_refused);
    TEST(child_outlives_the_writer);
    TEST(second_writer_is_told_who);
    TEST(second_writer_waits);
    TEST(killed_writer_leaves_no_lock);
    TEST(second_writer_in_one_process);
    return harness_end();
}
