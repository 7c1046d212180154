#include "indexer/program/index_text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "indexer/program/index_headers.h"
#include "indexer/program/index_pieces.h"
#include "program/program_record.h"
#include "program/program_text.h"

/* A text, of which the first piece is there. */
static oir_status add_text(index_run *run, const char *kept, const index_stamp *stamp, oir_bytes first)
{
    index_headers headers = {0};
    bool has_more = index_pieces_has_more(&run->pieces);
    if (has_more) { /* which comes where this is */
        program_buffer_clear(&run->text);
        program_buffer_add(&run->text, first.data, first.size);
        first = (oir_bytes){run->text.data, run->text.size};
    }
    index_headers_read(&headers, kept, first);
    if (has_more) /* the white space behind it is not the text's last */
        headers.text.size = (size_t)(first.data + first.size - headers.text.data);
    index_item item = {.name = {kept, strlen(kept)},
                       .is_path = true,
                       .title = headers.title,
                       .date = headers.date,
                       .text = headers.text,
                       .pieces = &run->pieces,
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

static void skip_binary(index_run *run, const char *kept)
{
    if (run->is_named) {
        index_run_skip(run, kept, "binary, skipped");
    } else {
        index_run_tell(run, kept, "binary, skipped");
        run->counts.skipped++;
    }
}

static void skip_larger(index_run *run, const char *kept)
{
    index_run_skip(run, kept, run->options->largest < INDEX_LARGEST_FILE
                                  ? "larger than --max-size, skipped"
                                  : "larger than 1G, the most that a text may be, skipped");
}

static oir_status read_and_add(index_run *run, int fd, const char *kept, const index_stamp *stamp)
{
    oir_bytes first = {"", 0};
    index_pieces *pieces = &run->pieces;
    switch (index_pieces_begin(pieces, fd, run->options->largest)) {
    case INDEX_PIECES_FAILED: skip_unreadable(run, kept, errno); return OIR_OK;
    case INDEX_PIECES_LARGER: skip_larger(run, kept); return OIR_OK;
    case INDEX_PIECES_BINARY: skip_binary(run, kept); return OIR_OK;
    case INDEX_PIECES_TEXT: break;
    }
    run->counts.bytes += pieces->size;
    index_pieces_next(pieces, &first);
    oir_status status = pieces->error == 0 ? add_text(run, kept, stamp, first) : OIR_OK;
    if (pieces->error != 0)
        skip_unreadable(run, kept, pieces->error);
    return status;
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
    if ((uint64_t)file.st_size > run->options->largest)
        skip_larger(run, kept);
    else
        status = read_and_add(run, fd, kept, &stamp);
    if (status == OIR_OK && skipped == run->counts.skipped)
        index_run_tell(run, kept, known != 0 ? "updated" : "added");
done:
    if (fd >= 0)
        close(fd);
    return status;
}
