#include "base/sort.h"

#include <string.h>

#include "base/bits.h"

enum {
    INSERTION_MAX = 16,
    DIGIT_BITS_MAX = 11,
    DIGIT_BITS_FEW = 8, /* for so few numbers that more counts would cost more than a pass */
    FEW_MAX = 4096
};

void sort_u32(uint32_t *numbers, size_t count)
{
    /* Heap sort: for the few places where numbers seldom are out of order. */
    size_t start = count / 2, end = count;
    while (end > 1) {
        uint32_t sifted;
        if (start > 0) {
            sifted = numbers[--start];
        } else {
            sifted = numbers[--end];
            numbers[end] = numbers[0];
        }
        size_t at = start;
        for (size_t child; (child = 2 * at + 1) < end; at = child) {
            if (child + 1 < end && numbers[child + 1] > numbers[child])
                child++;
            if (sifted >= numbers[child])
                break;
            numbers[at] = numbers[child];
        }
        numbers[at] = sifted;
    }
}

static void insertion_sort(uint64_t *numbers, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t moved = numbers[i];
        size_t at = i;
        for (; at > 0 && numbers[at - 1] > moved; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = moved;
    }
}

static void heap_sort(uint64_t *numbers, size_t count)
{
    size_t start = count / 2, end = count;
    while (end > 1) {
        uint64_t sifted;
        if (start > 0) {
            sifted = numbers[--start];
        } else {
            sifted = numbers[--end];
            numbers[end] = numbers[0];
        }
        size_t at = start;
        for (size_t child; (child = 2 * at + 1) < end; at = child) {
            if (child + 1 < end && numbers[child + 1] > numbers[child])
                child++;
            if (sifted >= numbers[child])
                break;
            numbers[at] = numbers[child];
        }
        numbers[at] = sifted;
    }
}

static uint64_t median(uint64_t a, uint64_t b, uint64_t c)
{
    if (a > b) {
        uint64_t swapped = a;
        a = b;
        b = swapped;
    }
    return c <= a ? a : c >= b ? b : c;
}

/* Quick sort that turns to heap sort when it was split badly too often. */
static void quick_sort(uint64_t *numbers, size_t count, uint32_t depth)
{
    while (count > INSERTION_MAX) {
        if (depth-- == 0) {
            heap_sort(numbers, count);
            return;
        }
        uint64_t pivot = median(numbers[0], numbers[count / 2], numbers[count - 1]);
        size_t low = 0, high = count - 1;
        for (;; low++, high--) {
            while (numbers[low] < pivot)
                low++;
            while (numbers[high] > pivot)
                high--;
            if (low >= high)
                break;
            uint64_t swapped = numbers[low];
            numbers[low] = numbers[high];
            numbers[high] = swapped;
        }
        /* numbers[0 .. high] <= pivot <= numbers[high + 1 ..], both sides not empty */
        quick_sort(numbers + high + 1, count - high - 1, depth);
        count = high + 1;
    }
    insertion_sort(numbers, count);
}

void sort_u64(uint64_t *numbers, size_t count)
{
    size_t ordered = 1;
    while (ordered < count && numbers[ordered - 1] <= numbers[ordered])
        ordered++;
    if (ordered < count)
        quick_sort(numbers, count, 2 * bits_width(count));
}

/* One pass of sorting by counting, from the lowest digit on. */
static void distribute(const uint64_t *from, uint64_t *to, size_t count, uint32_t shift, uint32_t bits)
{
    uint32_t places[1 << DIGIT_BITS_MAX], mask = (1u << bits) - 1, place = 0;
    memset(places, 0, sizeof *places << bits);
    for (size_t i = 0; i < count; i++)
        places[from[i] >> shift & mask]++;
    for (uint32_t d = 0; d <= mask; d++) {
        uint32_t next = place + places[d];
        places[d] = place;
        place = next;
    }
    for (size_t i = 0; i < count; i++)
        to[places[from[i] >> shift & mask]++] = from[i];
}

uint64_t *sort_u64_by_high(uint64_t *numbers, uint64_t *other, size_t count, uint32_t highest)
{
    uint32_t width = bits_width(highest), most = count > FEW_MAX ? DIGIT_BITS_MAX : DIGIT_BITS_FEW;
    uint32_t passes = (width + most - 1) / most, bits = passes ? (width + passes - 1) / passes : 0;
    for (uint32_t pass = 0; pass < passes; pass++) {
        distribute(numbers, other, count, 32 + pass * bits, bits);
        uint64_t *swapped = numbers;
        numbers = other;
        other = swapped;
    }
    return numbers;
}

size_t sort_u32_distinct(uint32_t *numbers, size_t count)
{
    size_t i = 1;
    while (i < count && numbers[i] > numbers[i - 1])
        i++;
    if (i >= count)
        return count;
    for (i = 1; i < count && numbers[i] >= numbers[i - 1]; i++) {
    }
    if (i < count)
        sort_u32(numbers, count);
    size_t kept = 1;
    for (i = 1; i < count; i++)
        if (numbers[i] != numbers[kept - 1])
            numbers[kept++] = numbers[i];
    return kept;
}
