#include "indexer/program/index_date.h"

#include <stdio.h>
#include <string.h>

/* How many characters at the start have the form: 0 stands for a digit. */
static bool has_form(const char *text, size_t size, const char *form)
{
    size_t length = strlen(form);
    if (size < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return false;
    return true;
}

static int two_digits(const char *text)
{
    return 10 * (text[0] - '0') + (text[1] - '0');
}

/* Whether digits of the form YYYY, YYYY-MM or YYYY-MM-DD are on the calendar. */
static bool is_on_calendar(const char *text, size_t size)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int century = two_digits(text);
    int year = two_digits(text + 2);
    int month = size > 4 ? two_digits(text + 5) : 1;
    int day = size > 7 ? two_digits(text + 8) : 1;
    bool leap = year != 0 ? year % 4 == 0 : century % 4 == 0;
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

/* A leap second is one. */
static bool is_on_clock(const char *text, size_t length)
{
    return two_digits(text) <= 23 && two_digits(text + 3) <= 59 && (length < 8 || two_digits(text + 6) <= 60);
}

static size_t time_length(const char *text, size_t size)
{
    static const char *const forms[] = {"00:00:00", "00:00"};
    if (size < 2 || (text[0] != 'T' && text[0] != ' '))
        return 0;
    for (size_t i = 0; i < 2; i++) {
        size_t length = 1 + strlen(forms[i]);
        if (!has_form(text + 1, size - 1, forms[i]))
            continue;
        if (!is_on_clock(text + 1, length - 1))
            return 0;
        while (length < size && length < 20 && text[length] != '\0' && strchr("0123456789.:+-Z", text[length]) != NULL)
            length++;
        return length;
    }
    return 0;
}

bool index_date_read(char out[INDEX_DATE_SIZE], const char *text, size_t size)
{
    static const char *const forms[] = {"0000-00-00", "0000-00", "0000"};
    if (size == 8 && has_form(text, size, "00000000")) {
        snprintf(out, INDEX_DATE_SIZE, "%.4s-%.2s-%.2s", text, text + 4, text + 6);
        return is_on_calendar(out, 10);
    }
    for (size_t i = 0; i < 3; i++) {
        size_t length = strlen(forms[i]);
        if (!has_form(text, size, forms[i]))
            continue;
        bool number_goes_on = length < size && text[length] >= '0' && text[length] <= '9';
        if (number_goes_on || !is_on_calendar(text, length))
            return false;
        if (i == 0)
            length += time_length(text + length, size - length);
        memcpy(out, text, length);
        out[length] = '\0';
        if (length > 10)
            out[10] = 'T';
        return true;
    }
    return false;
}
