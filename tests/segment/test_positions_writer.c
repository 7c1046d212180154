/* Room for positions as they are written: for groups that take all that they may, and none when memory ends or places
 * do not fit. */
#include "segment/positions_writer.h"

#include <oir/memory.h>
#include <sys/mman.h>

#include "codec/positions.h"
#include "harness.h"
#include "segment/postings_view.h"

enum { DOCUMENTS_MOST = 3000, POSITIONS_MOST = 200 };

static long allocations; /* that succeed before one fails; below 0: all */

static bool allowed(void)
{
    return allocations < 0 || allocations-- > 0;
}

static void *limited_allocate(size_t size, void *context)
{
    (void)context;
    return allowed() ? malloc(size) : NULL;
}

static void *limited_reallocate(void *block, size_t size, void *context)
{
    (void)context;
    return allowed() ? realloc(block, size) : NULL;
}

static void limited_release(void *block, void *context)
{
    (void)context;
    free(block);
}

/* A list of `count` documents with c positions each among u places: the last place, and those at the beginning, so that
 * groups take as many bits as they can. */
static oir_status put_list(buffer *out, uint8_t form, uint8_t positions_form, uint32_t count, uint32_t c, uint32_t u)
{
    static uint8_t plane[2][DOCUMENTS_MOST + 64];
    static uint32_t documents[DOCUMENTS_MOST], wdf[DOCUMENTS_MOST + 16];
    static uint32_t positions[DOCUMENTS_MOST * POSITIONS_MOST + 16];
    postings_context context = {.document_count = count, .position_base = 1};
    oir_error err;
    memset(plane[0], (int)(u & 255), count);
    memset(plane[1], (int)(u >> 8), count);
    context.extents = (length_planes){.count = 2, .plane = {plane[0], plane[1]}};
    context.lengths = context.extents;
    for (uint32_t i = 0; i < count; i++) {
        documents[i] = i;
        wdf[i] = c;
        for (uint32_t k = 0; k < c; k++)
            positions[i * c + k] = 1 + (k + 1 < c ? k : u - 1);
    }
    term_postings p = {count, documents, wdf, NULL, positions, NULL};
    term_entry entry = {.form = form, .positions_form = positions_form, .termfreq = count,
                        .collection_freq = (uint64_t)count * c};
    return positions_writer_put(out, &context, &p, &entry, &err);
}

static void groups_that_fill_their_room(void)
{
    static const uint8_t forms[] = {POSTINGS_SHORT, POSTINGS_SPARSE, POSTINGS_DENSE};
    for (uint32_t trial = harness_times(3000); trial > 0; trial--) {
        uint32_t c = 1 + harness_below(POSITIONS_MOST), u = c + harness_below(harness_below(2) ? 20 : 3000);
        uint32_t count = 1 + harness_below(harness_below(20) ? 80 : DOCUMENTS_MOST);
        uint8_t form = forms[harness_below(3)], positions_form = harness_below(4) ? POSITIONS_WDF : POSITIONS_COUNTED;
        buffer b = BUFFER_INIT;
        EXPECT_EQ(put_list(&b, form, positions_form, count, c, u), OIR_OK);
        uint64_t least = (uint64_t)count * positions_lows(c, u);
        EXPECT(b.size * 8 >= least && b.size <= b.capacity);
        buffer_release(&b);
    }
}

static void memory_may_end(void)
{
    static const uint8_t forms[] = {POSTINGS_SHORT, POSTINGS_SPARSE, POSTINGS_DENSE};
    static const oir_allocator limited = {limited_allocate, limited_reallocate, limited_release, NULL};
    oir_allocator_set(&limited);
    for (size_t i = 0; i < 3; i++) {
        uint32_t failures = 0;
        for (long after = 0;; after++) {
            buffer b = BUFFER_INIT;
            allocations = after;
            oir_status status = put_list(&b, forms[i], POSITIONS_WDF, DOCUMENTS_MOST, 3, 2000);
            allocations = -1;
            buffer_release(&b);
            if (status == OIR_OK)
                break;
            EXPECT_EQ(status, OIR_NO_MEMORY);
            failures++;
        }
        EXPECT(failures > 0);
    }
    oir_allocator_set(NULL);
}

/* A buffer of which only the beginning may be touched, and which is as large as it is said to be: what would be put
 * behind ends the test. */
static buffer make_large(void)
{
    const size_t most = ((size_t)1 << 32) + (1 << 20), used = 1 << 16;
    uint8_t *at = mmap(NULL, most, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    REQUIRE(at != MAP_FAILED && mprotect(at, used, PROT_READ | PROT_WRITE) == 0);
    return (buffer){.data = at, .capacity = most};
}

/* Before the first window whose offsets are wide, for which all before would be moved by places of 32 bits, and at the
 * end. */
static void more_than_4_gib_are_refused(void)
{
    enum { COUNT = 2 * WINDOW_SIZE };
    static uint8_t plane[COUNT + WINDOW_SIZE];
    static const uint32_t documents[] = {0, WINDOW_SIZE}, wdf[] = {1}, positions[] = {5};
    postings_context context = {.document_count = COUNT, .position_base = 1, .lengths = {{plane}, 1}};
    const term_postings first = {1, documents, wdf, wdf, positions, NULL};
    const term_postings second = {1, documents + 1, wdf, wdf, positions, NULL};
    positions_windows w;
    oir_error err;
    buffer to = make_large();
    context.extents = context.lengths;
    memset(plane, 9, COUNT);
    REQUIRE_OK(positions_writer_begin(&w, &to, &context, false, &err), err);
    REQUIRE_OK(positions_writer_add(&w, &first, &err), err);
    to.size = (size_t)UINT32_MAX + 1; /* as if the first window had taken that */
    EXPECT_EQ(positions_writer_add(&w, &second, &err), OIR_TOO_BIG);
    EXPECT(to.size == (size_t)UINT32_MAX + 1 && w.next == 1);
    EXPECT_EQ(positions_writer_end(&w, &err), OIR_TOO_BIG);
    to.size = UINT32_MAX;
    w.next = 1;
    EXPECT_EQ(positions_writer_end(&w, &err), OIR_OK);
    EXPECT_EQ(bits_load32(to.data + 1 + 4), UINT32_MAX);
    positions_writer_release(&w);
    munmap(to.data, to.capacity);
}

int main(void)
{
    harness_seed(3);
    TEST(groups_that_fill_their_room);
    TEST(memory_may_end);
    TEST(more_than_4_gib_are_refused);
    return harness_end();
}
