/* oir-index: makes and updates an index of files. See docs/man/oir-index.1. */
#include <signal.h>
#include <string.h>

#include "indexer/program/index_folder.h"
#include "indexer/program/index_overwrite.h"
#include "indexer/program/index_removal.h"
#include "indexer/program/index_run.h"
#include "indexer/program/index_walk.h"
#include "program/program_message.h"
#include "program/program_output.h"
#include "program/program_place.h"

enum { SOMETHING_SKIPPED = 1 };

static volatile sig_atomic_t stopped;

/* The first signal asks to stop, the second one kills. */
static void stop(int number)
{
    (void)number;
    stopped = 1;
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

static bool keep_going(void)
{
    return stopped == 0;
}

static void catch_signals(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = stop;
    sigemptyset(&action.sa_mask);
    /* Without SA_RESTART: waiting for input ends too. */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* Writing beyond what a file may have then fails, which can be said. */
    signal(SIGXFSZ, SIG_IGN);
}

static void add_count(program_buffer *line, uint64_t count, const char *what)
{
    if (count > 0)
        program_buffer_add_format(line, "%s%llu %s", line->size > 0 ? ", " : "", (unsigned long long)count, what);
}

static void print_summary(const index_run *run, const char *index)
{
    const index_counts *counts = &run->counts;
    double seconds = index_progress_seconds(&run->progress);
    program_buffer line = {0};
    add_count(&line, counts->added, "added");
    add_count(&line, counts->updated, "updated");
    add_count(&line, counts->removed, "removed");
    add_count(&line, counts->unchanged, "unchanged");
    add_count(&line, counts->skipped, "skipped");
    program_buffer_add_text(&line, line.size > 0 ? "; " : "nothing to index; ");
    if (counts->bytes > 0) {
        index_progress_add_size(&line, (double)counts->bytes);
        program_buffer_add_format(&line, " in %.2f s (%.1f MB/s); ", seconds,
                                  (double)counts->bytes / (seconds > 0 ? seconds : 1e-9) / 1e6);
    }
    unsigned long documents = oir_writable_database_get_doccount(run->writer);
    program_buffer_add_format(&line, "%lu %s, ", documents, documents == 1 ? "document" : "documents");
    index_progress_add_size(&line, (double)index_folder_size(index));
    program_buffer_add_format(&line, " in %s\n", index);
    program_output_add_text(line.data);
    program_buffer_release(&line);
}

static oir_status index_all(index_run *run)
{
    oir_status status = OIR_OK;
    for (int i = 0; i < run->options->path_count && status == OIR_OK; i++)
        status = keep_going() ? index_walk_add(run, run->options->paths[i]) : OIR_CANCELLED;
    if (status == OIR_OK && !keep_going())
        status = OIR_CANCELLED;
    if (status == OIR_OK)
        status = index_removal_run(run);
    if (status == OIR_OK && run->options->optimise)
        status = oir_writable_database_optimise(run->writer, &run->err);
    else if (status == OIR_OK)
        status = oir_writable_database_commit(run->writer, &run->err);
    return status;
}

static int run_index(index_run *run, const char *index)
{
    /* A mistyped path must neither leave an empty index that later runs find, nor empty the one there is. */
    bool begins_anew = run->options->overwrite || !index_folder_has_index(index);
    if (begins_anew && !index_walk_can_begin(run)) {
        program_message("no index was made, since nothing that was named could be read");
        return PROGRAM_FAILED;
    }
    oir_status status = index_run_open(run, index);
    index_progress_start(&run->progress, !run->options->quiet); /* not before: opening waits for other writers */
    if (run->options->verbose && status == OIR_OK)
        program_message("the index is %s", index);
    if (status == OIR_OK)
        status = index_all(run);
    index_progress_clear();
    if (status == OIR_CANCELLED) {
        program_message("interrupted; the index is as its last commit left it");
        return PROGRAM_INTERRUPTED;
    }
    if (status != OIR_OK)
        return program_message_failure(&run->err);
    if (!run->options->quiet)
        print_summary(run, index);
    return run->trouble ? SOMETHING_SKIPPED : PROGRAM_DONE;
}

int main(int argc, char **argv)
{
    index_options options;
    index_run run = {.options = &options, .keep_going = keep_going};
    program_buffer index = {0};
    program_message_start("oir-index");
    int code = index_options_read(&options, argc, argv);
    if (code != -1)
        return code;
    if (!program_place_find(&index, options.index, true))
        return PROGRAM_FAILED;
    if (options.overwrite && !index_overwrite_check(index.data)) {
        program_buffer_release(&index);
        return PROGRAM_FAILED;
    }
    catch_signals();
    code = run_index(&run, index.data);
    index_run_close(&run);
    program_buffer_release(&index);
    return program_output_finish(code);
}
