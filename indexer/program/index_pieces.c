#include "indexer/program/index_pieces.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "program/program_text.h"

void index_pieces_release(index_pieces *p)
{
    program_buffer_release(&p->raw);
    program_buffer_release(&p->utf8);
}

/* Reads up to `most` bytes behind what is there. False with errno. */
static bool read_more(index_pieces *p, size_t most)
{
    char *to = program_buffer_reserve(&p->raw, most);
    size_t done = 0;
    while (done < most) {
        ssize_t got = pread(p->fd, to + done, most - done, (off_t)(p->at + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    p->raw.size += done;
    p->at += done;
    return true;
}

/* ---- the whole file ---- */

/* A character of the file's form, of which there are only those that matter here: others of 16 bits are 'x'. */
static char get_character(const index_pieces *p, size_t at)
{
    const unsigned char *bytes = (const unsigned char *)p->raw.data + at;
    if (p->form == INDEX_PIECES_BYTES)
        return (char)bytes[0];
    unsigned char high = bytes[p->form == INDEX_PIECES_LITTLE], low = bytes[p->form == INDEX_PIECES_BIG];
    return high != 0 ? 'x' : (char)low;
}

static size_t get_width(const index_pieces *p)
{
    return p->form == INDEX_PIECES_BYTES ? 1 : 2;
}

static bool is_white(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

/* How the file begins says what form it has; returns the size of that mark. */
static size_t read_mark(index_pieces *p)
{
    const char *data = p->raw.data;
    if (p->raw.size >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0)) {
        p->form = data[0] == '\xff' ? INDEX_PIECES_LITTLE : INDEX_PIECES_BIG;
        return 2;
    }
    return p->raw.size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static bool has_zero(const index_pieces *p, size_t from)
{
    if (p->form == INDEX_PIECES_BYTES)
        return p->raw.size > from && memchr(p->raw.data + from, 0, p->raw.size - from) != NULL;
    for (size_t at = from; at + 1 < p->raw.size; at += 2)
        if (get_character(p, at) == 0)
            return true;
    return false;
}

/* Where the last character that is not white ends; 0 where all are. */
static size_t find_end(const index_pieces *p, size_t from)
{
    size_t width = get_width(p), end = p->raw.size;
    if ((end - from) % width != 0) /* half a character, which stands for one */
        return end;
    while (end > from && is_white(get_character(p, end - width)))
        end -= width;
    return end > from ? end : 0;
}

/* The next piece of the file, which begins with a mark of so many bytes. */
static index_pieces_kind look_at(index_pieces *p, uint64_t most, size_t *mark)
{
    uint64_t before = p->at;
    program_buffer_clear(&p->raw);
    if (!read_more(p, INDEX_PIECE))
        return INDEX_PIECES_FAILED;
    if (p->at > most)
        return INDEX_PIECES_LARGER;
    *mark = before == 0 ? read_mark(p) : 0;
    if (has_zero(p, *mark))
        return INDEX_PIECES_BINARY;
    size_t end = find_end(p, *mark);
    p->end = end > 0 ? before + end : p->end;
    return INDEX_PIECES_TEXT;
}

index_pieces_kind index_pieces_begin(index_pieces *p, int fd, uint64_t most)
{
    size_t mark = 0, unused;
    program_buffer raw = p->raw, utf8 = p->utf8;
    *p = (index_pieces){.fd = fd, .raw = raw, .utf8 = utf8};
    index_pieces_kind kind = look_at(p, most, &mark);
    p->end = p->end > mark ? p->end : mark;
    if (p->raw.size < INDEX_PIECE) { /* it is all there; a blank line at its end makes the one before it a title */
        p->size = p->end = p->at;
        p->taken = mark;
        return kind;
    }
    while (kind == INDEX_PIECES_TEXT && p->raw.size == INDEX_PIECE)
        kind = look_at(p, most, &unused);
    p->size = p->at;
    p->at = mark;
    program_buffer_clear(&p->raw);
    return kind;
}

/* ---- pieces ---- */

/* Where the last character ends that is there whole: others go on behind what was read. */
static size_t find_whole(const index_pieces *p)
{
    size_t size = p->raw.size, end = size;
    const unsigned char *data = (const unsigned char *)p->raw.data;
    if (p->form != INDEX_PIECES_BYTES) {
        end -= end % 2;
        bool is_high = end >= 4 && (data[end - 1 - (p->form == INDEX_PIECES_BIG)] & 0xfc) == 0xd8;
        return is_high ? end - 2 : end;
    }
    while (end > 0 && size - end < 4 && (data[end - 1] & 0xc0) == 0x80)
        end--;
    return end > 1 && size - end < 4 && data[end - 1] >= 0xc0 ? end - 1 : size;
}

/* Where the piece ends: behind the last blank or line. */
static size_t find_cut(const index_pieces *p)
{
    size_t width = get_width(p), end = p->raw.size - p->raw.size % width;
    for (; end >= width; end -= width) {
        char last = get_character(p, end - width);
        if (last == ' ' || last == '\n')
            return end;
    }
    return find_whole(p);
}

static oir_bytes decode(index_pieces *p, size_t size)
{
    const char *data = program_buffer_text(&p->raw);
    if (p->form == INDEX_PIECES_BYTES && program_text_is_utf8(data, size))
        return (oir_bytes){data, size};
    program_buffer_clear(&p->utf8);
    if (p->form == INDEX_PIECES_BYTES)
        program_text_add_utf8(&p->utf8, data, size);
    else
        program_text_add_utf16(&p->utf8, data, size, p->form == INDEX_PIECES_BIG);
    return (oir_bytes){program_buffer_text(&p->utf8), p->utf8.size};
}

bool index_pieces_has_more(const index_pieces *p)
{
    return p->error == 0 && (p->at < p->end || p->taken < p->raw.size);
}

bool index_pieces_next(index_pieces *p, oir_bytes *piece)
{
    if (!index_pieces_has_more(p))
        return false;
    if (p->taken > 0)
        memmove(p->raw.data, p->raw.data + p->taken, p->raw.size - p->taken);
    p->raw.size -= p->taken;
    p->taken = 0;
    uint64_t left = p->end > p->at ? p->end - p->at : 0, before = p->at;
    size_t most = left < INDEX_PIECE ? (size_t)left : INDEX_PIECE;
    if (!read_more(p, most)) {
        p->error = errno;
        return false;
    }
    if (p->at - before < most) /* it has become shorter */
        p->end = p->at;
    p->taken = p->at < p->end ? find_cut(p) : p->raw.size;
    *piece = decode(p, p->taken);
    return p->taken > 0;
}
