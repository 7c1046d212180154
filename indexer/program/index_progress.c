#include "indexer/program/index_progress.h"

#include <stdio.h>
#include <unistd.h>

#include "program/program_message.h"

/* Messages and the line share the terminal. */
static bool line_is_there;

void index_progress_clear(void)
{
    if (line_is_there)
        fputs("\r\033[K", stderr);
    line_is_there = false;
}

void index_progress_start(index_progress *progress, bool wanted)
{
    progress->on = wanted && isatty(STDERR_FILENO);
    progress->shown = 0;
    clock_gettime(CLOCK_MONOTONIC, &progress->start);
    program_message_set_prepare(index_progress_clear);
}

double index_progress_seconds(const index_progress *progress)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - progress->start.tv_sec) + 1e-9 * (double)(now.tv_nsec - progress->start.tv_nsec);
}

/* At most ten times a second. */
static bool is_due(index_progress *progress)
{
    if (!progress->on)
        return false;
    double now = index_progress_seconds(progress);
    if (now - progress->shown < 0.1)
        return false;
    progress->shown = now;
    return true;
}

static void draw(const char *text)
{
    fprintf(stderr, "\r\033[K%.78s", text);
    fflush(stderr);
    line_is_there = true;
}

void index_progress_add_size(program_buffer *out, double bytes)
{
    static const char *const units[] = {"KB", "MB", "GB", "TB"};
    int unit = -1;
    while (bytes >= 999.5 && unit < 3) {
        bytes /= 1000;
        unit++;
    }
    if (unit < 0)
        program_buffer_add_format(out, "%.0f bytes", bytes);
    else
        program_buffer_add_format(out, "%.*f %s", bytes < 99.95 ? 1 : 0, bytes, units[unit]);
}

void index_progress_show(index_progress *progress, uint64_t documents, uint64_t bytes)
{
    if (!is_due(progress))
        return;
    program_buffer line = {0};
    program_buffer_add_format(&line, "%llu documents, ", (unsigned long long)documents);
    index_progress_add_size(&line, (double)bytes);
    program_buffer_add_text(&line, ", ");
    index_progress_add_size(&line, (double)bytes / index_progress_seconds(progress));
    program_buffer_add_text(&line, "/s");
    draw(line.data);
    program_buffer_release(&line);
}

void index_progress_show_step(index_progress *progress, const char *what, uint64_t done, uint64_t total)
{
    char line[80];
    if (!is_due(progress))
        return;
    if (total > 0)
        snprintf(line, sizeof(line), "%s %.0f %%", what, 100.0 * (double)done / (double)total);
    else
        snprintf(line, sizeof(line), "%s", what);
    draw(line);
}
