#include "program/program_terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "program/program_message.h"
#include "program/program_text.h"

bool program_terminal_read_colour(const char *text, program_colour *out)
{
    static const char *const names[] = {"auto", "always", "never"};
    for (int i = 0; i < 3; i++)
        if (strcmp(text, names[i]) == 0) {
            *out = (program_colour)i;
            return true;
        }
    program_message("--color takes auto, always or never, not \"%s\"", text);
    return false;
}

bool program_terminal_has_colour(program_colour choice, FILE *file)
{
    if (choice != PROGRAM_COLOUR_AUTO)
        return choice == PROGRAM_COLOUR_ALWAYS;
    const char *refused = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    if (refused != NULL && refused[0] != '\0')
        return false;
    return terminal != NULL && strcmp(terminal, "dumb") != 0 && isatty(fileno(file));
}

unsigned program_terminal_columns(FILE *file)
{
    struct winsize size;
    const char *asked = getenv("COLUMNS");
    unsigned long columns = asked != NULL && asked[0] >= '0' && asked[0] <= '9' ? strtoul(asked, NULL, 10) : 0;
    if (columns == 0 && isatty(fileno(file)) && ioctl(fileno(file), TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    if (columns == 0)
        return 80;
    return columns < 40 ? 40 : columns > 100 ? 100 : (unsigned)columns;
}

/* A line under construction. A word waits in `word` until it is known whether it still fits. */
typedef struct wrapper {
    program_buffer *out;
    unsigned indent;
    unsigned columns;
    const char *mark_start;
    const char *mark_end;
    program_buffer word; /* with marks as in the text */
    unsigned word_columns;
    unsigned line_columns; /* 0: the line has not begun */
    bool blank_before;     /* a blank comes before the word */
    bool marked;           /* inside of a mark, at the end of the line */
} wrapper;

static void end_line(wrapper *self)
{
    if (self->line_columns == 0)
        return;
    if (self->marked)
        program_buffer_add_text(self->out, self->mark_end);
    program_buffer_add_char(self->out, '\n');
    self->line_columns = 0;
}

static void begin_line(wrapper *self)
{
    for (unsigned i = 0; i < self->indent; i++)
        program_buffer_add_char(self->out, ' ');
    self->line_columns = self->indent;
    if (self->marked)
        program_buffer_add_text(self->out, self->mark_start);
}

static void put_word(wrapper *self)
{
    if (self->word.size == 0)
        return;
    unsigned blank = self->blank_before && self->line_columns > self->indent;
    if (self->word_columns > 0 && self->line_columns > self->indent &&
        self->line_columns + blank + self->word_columns > self->columns) {
        end_line(self);
        blank = 0;
    }
    if (self->line_columns == 0)
        begin_line(self);
    if (blank != 0)
        program_buffer_add_char(self->out, ' ');
    for (size_t i = 0; i < self->word.size; i++) {
        char byte = self->word.data[i];
        if (byte == PROGRAM_MARK_START[0] || byte == PROGRAM_MARK_END[0]) {
            self->marked = byte == PROGRAM_MARK_START[0];
            program_buffer_add_text(self->out, self->marked ? self->mark_start : self->mark_end);
        } else {
            program_buffer_add_char(self->out, byte);
        }
    }
    self->line_columns += blank + self->word_columns;
    program_buffer_clear(&self->word);
    self->word_columns = 0;
    self->blank_before = false;
}

static void add_character(wrapper *self, const char *bytes, size_t length, uint32_t character)
{
    unsigned columns = program_text_columns(character);
    /* Between characters that are two columns wide a line may end; a word longer than the line is cut. */
    if (columns == 2 || self->indent + self->word_columns + columns > self->columns)
        put_word(self);
    program_text_add_shown(&self->word, bytes, length);
    self->word_columns += columns;
}

void program_terminal_wrap(program_buffer *out, const char *text, size_t size, unsigned indent, unsigned columns,
                           const char *mark_start, const char *mark_end)
{
    wrapper self = {.out = out, .indent = indent, .columns = columns, .mark_start = mark_start, .mark_end = mark_end};
    for (size_t place = 0; place < size;) {
        uint32_t character;
        size_t length = program_text_decode(text + place, size - place, &character);
        if (length == 0) {
            length = 1;
            character = 0xfffd;
        }
        if (character == ' ' || character == '\n' || character == '\t') {
            put_word(&self);
            self.blank_before = true;
        } else if (character == 1 || character == 2) {
            program_buffer_add_char(&self.word, text[place]);
        } else {
            add_character(&self, text + place, length, character);
        }
        place += length;
    }
    put_word(&self);
    end_line(&self);
    program_buffer_release(&self.word);
}
