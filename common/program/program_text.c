#include "program/program_text.h"

#include <string.h>

enum { REPLACEMENT = 0xfffd };

static size_t length_of(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

size_t program_text_decode(const char *text, size_t size, uint32_t *character)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = length_of(bytes[0]);
    if (length == 0 || length > size)
        return 0;
    if (length == 1) {
        *character = bytes[0];
        return 1;
    }
    uint32_t decoded = bytes[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        decoded = decoded << 6 | (bytes[i] & 0x3fU);
    }
    if (decoded < least[length] || decoded > 0x10ffff || (decoded >= 0xd800 && decoded < 0xe000))
        return 0;
    *character = decoded;
    return length;
}

static size_t encode(char *out, uint32_t character)
{
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    size_t length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (character & 0x3f));
        character >>= 6;
    }
    out[0] = (char)((0xf00 >> length & 0xff) | character);
    return length;
}

void program_text_add_character(program_buffer *buffer, uint32_t character)
{
    char bytes[4];
    program_buffer_add(buffer, bytes, encode(bytes, character));
}

/* The number of bytes at the start that are valid UTF-8. */
static size_t valid_prefix(const char *text, size_t size)
{
    size_t place = 0;
    while (place < size) {
        uint64_t eight;
        while (size - place >= sizeof(eight)) {
            memcpy(&eight, text + place, sizeof(eight));
            if ((eight & UINT64_C(0x8080808080808080)) != 0)
                break;
            place += sizeof(eight);
        }
        uint32_t character;
        size_t length = place < size ? program_text_decode(text + place, size - place, &character) : 0;
        if (length == 0)
            break;
        place += length;
    }
    return place;
}

bool program_text_is_utf8(const char *text, size_t size)
{
    return valid_prefix(text, size) == size;
}

void program_text_add_utf8(program_buffer *buffer, const char *text, size_t size)
{
    size_t place = 0;
    for (;;) {
        size_t valid = valid_prefix(text + place, size - place);
        program_buffer_add(buffer, text + place, valid);
        place += valid;
        if (place == size)
            return;
        program_text_add_character(buffer, (unsigned char)text[place++]);
    }
}

void program_text_add_latin1(program_buffer *buffer, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        program_text_add_character(buffer, (unsigned char)bytes[i]);
}

bool program_text_add_bytes(program_buffer *buffer, const char *latin1, size_t size)
{
    uint32_t character;
    for (size_t place = 0, length; place < size; place += length) {
        length = program_text_decode(latin1 + place, size - place, &character);
        if (length == 0 || character == 0 || character > 0xff)
            return false;
        program_buffer_add_char(buffer, (char)(unsigned char)character);
    }
    return true;
}

static uint32_t unit_at(const unsigned char *bytes, bool big_endian)
{
    return big_endian ? (uint32_t)bytes[0] << 8 | bytes[1] : (uint32_t)bytes[1] << 8 | bytes[0];
}

void program_text_add_utf16(program_buffer *buffer, const char *text, size_t size, bool big_endian)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0; i + 1 < size; i += 2) {
        uint32_t character = unit_at(bytes + i, big_endian);
        if (character >= 0xd800 && character < 0xdc00 && i + 3 < size) {
            uint32_t second = unit_at(bytes + i + 2, big_endian);
            if (second >= 0xdc00 && second < 0xe000) {
                character = 0x10000 + ((character - 0xd800) << 10) + (second - 0xdc00);
                i += 2;
            }
        }
        if (character >= 0xd800 && character < 0xe000)
            character = REPLACEMENT;
        program_text_add_character(buffer, character);
    }
    if (size % 2 != 0)
        program_text_add_character(buffer, REPLACEMENT);
}

/* Control characters, and those that turn the direction of writing or end lines. */
static bool is_unsafe(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x2028 || character == 0x2029 ||
           (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
}

size_t program_text_show(char *out, const char *text, size_t size)
{
    size_t written = 0;
    for (size_t place = 0; place < size;) {
        uint32_t character;
        size_t length = program_text_decode(text + place, size - place, &character);
        if (length == 0) {
            character = REPLACEMENT;
            length = 1;
        } else if (character == '\t' || character == '\n' || character == '\r') {
            character = ' ';
        } else if (is_unsafe(character)) {
            character = REPLACEMENT;
        }
        written += encode(out + written, character);
        place += length;
    }
    return written;
}

void program_text_add_shown(program_buffer *buffer, const char *text, size_t size)
{
    char *out = program_buffer_reserve(buffer, 3 * size);
    size_t written = program_text_show(out, text, size);
    out[written] = '\0';
    buffer->size += written;
}

typedef struct range {
    uint32_t first;
    uint32_t last;
} range;

static bool has(const range *ranges, size_t count, uint32_t character)
{
    for (size_t i = 0; i < count; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

/* Enough to break lines well; a terminal's own table may be newer. */
unsigned program_text_columns(uint32_t character)
{
    static const range none[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},
                                 {0x64b, 0x65f},   {0x93c, 0x93c},   {0x94d, 0x94d},   {0xe31, 0xe31},
                                 {0xe34, 0xe3a},   {0xe47, 0xe4e},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
                                 {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
    static const range wide[] = {{0x1100, 0x115f}, {0x2e80, 0x303e},   {0x3041, 0xa4cf},
                                 {0xac00, 0xd7a3}, {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
                                 {0xff00, 0xff60}, {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
                                 {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
    if (character < 0x300)
        return character >= 0x20;
    if (has(none, sizeof(none) / sizeof(none[0]), character))
        return 0;
    return has(wide, sizeof(wide) / sizeof(wide[0]), character) ? 2 : 1;
}
