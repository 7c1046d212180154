#include "indexer/program/index_text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "indexer/program/index_headers.h"
#include "program/program_record.h"
#include "program/program_text.h"

/* Reads up to largest + 1 bytes, so that a file that grows meanwhile is noticed. False with errno. */
static bool read_whole(index_run *run, int fd, size_t expected)
{
    size_t most = (size_t)run->options->largest + 1;
    program_buffer_clear(&run->file);
    program_buffer_reserve(&run->file, expected + 1);
    while (run->file.size < most) {
        size_t room = run->file.capacity - run->file.size - 1;
        if (room == 0) {
            program_buffer_reserve(&run->file, run->file.size / 2 + 4096);
            continue;
        }
        room = room < most - run->file.size ? room : most - run->file.size;
        ssize_t got = read(fd, run->file.data + run->file.size, room);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        run->file.size += (size_t)got;
    }
    return true;
}

/* The file's text as UTF-8. False for what is no text. */
static bool decode(index_run *run, oir_bytes *text)
{
    const char *data = program_buffer_text(&run->file);
    size_t size = run->file.size;
    program_buffer_clear(&run->text);
    if (size >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0)) {
        program_text_add_utf16(&run->text, data + 2, size - 2, data[0] == '\xfe');
        *text = (oir_bytes){program_buffer_text(&run->text), run->text.size};
        return memchr(text->data, 0, text->size) == NULL;
    }
    if (size > 0 && memchr(data, 0, size) != NULL)
        return false;
    size_t mark = size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    *text = (oir_bytes){data + mark, size - mark};
    if (program_text_is_utf8(text->data, text->size))
        return true;
    program_text_add_utf8(&run->text, text->data, text->size);
    *text = (oir_bytes){program_buffer_text(&run->text), run->text.size};
    return true;
}

static oir_status add_file(index_run *run, const char *kept, const index_stamp *stamp)
{
    index_headers headers = {0};
    oir_bytes text;
    if (!decode(run, &text)) {
        if (run->is_named) {
            index_run_skip(run, kept, "binary, skipped");
        } else {
            index_run_tell(run, kept, "binary, skipped");
            run->counts.skipped++;
        }
        return OIR_OK;
    }
    run->counts.bytes += run->file.size;
    index_headers_read(&headers, kept, text);
    index_item item = {.name = {kept, strlen(kept)},
                       .is_path = true,
                       .title = headers.title,
                       .date = headers.date,
                       .text = headers.text,
                       .more = headers.more,
                       .members = {headers.members.data, headers.members.size},
                       .stamp = stamp};
    program_buffer utf8_name = {0};
    if (!program_text_is_utf8(item.title.data, item.title.size)) {
        program_text_add_utf8(&utf8_name, item.title.data, item.title.size);
        item.title = (oir_bytes){utf8_name.data, utf8_name.size};
    }
    oir_status status = index_run_add(run, &item);
    program_buffer_release(&utf8_name);
    index_headers_release(&headers);
    return status;
}

static void skip_unreadable(index_run *run, const char *kept, int error)
{
    index_run_skip(run, kept, strerror(error));
    index_run_add_path(&run->unreadable, kept);
}

static oir_status read_and_add(index_run *run, int fd, const struct stat *file, const char *kept,
                               const index_stamp *stamp)
{
    if ((uint64_t)file->st_size > run->options->largest || !read_whole(run, fd, (size_t)file->st_size)) {
        if ((uint64_t)file->st_size > run->options->largest)
            index_run_skip(run, kept, "larger than --max-size, skipped");
        else
            skip_unreadable(run, kept, errno);
        return OIR_OK;
    }
    if (run->file.size > run->options->largest) {
        index_run_skip(run, kept, "larger than --max-size, skipped");
        return OIR_OK;
    }
    return add_file(run, kept, stamp);
}

oir_status index_text_file_add(index_run *run, const char *path, const char *kept)
{
    struct stat file;
    index_stamp stamp;
    oir_docid known = 0;
    bool same = false;
    oir_status status = OIR_OK;
    program_record_set_term(&run->term, PROGRAM_RECORD_ID, kept, strlen(kept));
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &file) != 0) {
        skip_unreadable(run, kept, errno);
        goto done;
    }
    if (!S_ISREG(file.st_mode)) {
        index_run_skip(run, kept, "neither a file nor a folder");
        goto done;
    }
    index_stamp_set(&stamp, &file);
    status = index_known_find(&run->known, run->term.data, run->term.size, &known, &run->err);
    if (status == OIR_OK && known != 0)
        status = index_known_is_same(&run->known, known, &stamp, &same, &run->err);
    if (status != OIR_OK)
        goto done;
    if (same) {
        if (!index_known_meet(&run->known, run->term.data, run->term.size))
            run->counts.unchanged++;
        index_known_set_seen(&run->known, known);
        index_run_tell(run, kept, "unchanged");
        goto done;
    }
    uint64_t skipped = run->counts.skipped;
    status = read_and_add(run, fd, &file, kept, &stamp);
    if (status == OIR_OK && skipped == run->counts.skipped)
        index_run_tell(run, kept, known != 0 ? "updated" : "added");
done:
    if (fd >= 0)
        close(fd);
    return status;
}
