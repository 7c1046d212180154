#include "segment/values.h"

#include "container_world.h"

enum { SLOTS = 9 };

/* What a slot is like, so that every form of block comes up. */
static const oir_valueno slot_numbers[SLOTS] = {0, 1, 2, 5, 100, 101, 70000, 4000000000u, 4294967294u};

typedef struct cell {
    uint32_t size;
    char *bytes;
} cell;

static cell *cells[SLOTS];
static uint32_t document_count;

static cell random_cell(int slot, uint32_t local)
{
    static const uint32_t one_in[SLOTS] = {1, 1, 2, 50, 3, 1, 1000, 1, 7};
    uint32_t size = 0;
    if (harness_below(one_in[slot]) == 0)
        size = slot == 0 ? 8 : slot == 4 ? 300 : slot == 5 ? harness_below(40) : 1 + harness_below(3);
    if (slot == 7 && local > 100)
        size = 0;
    if (slot == 8 && local == 3)
        size = 200000;
    cell c = {size, malloc(size + 1)};
    for (uint32_t i = 0; i < size; i++)
        c.bytes[i] = (char)harness_random();
    return c;
}

static void write_values(uint32_t documents)
{
    oir_error err;
    container_writer *file;
    values_writer *w;
    document_count = documents;
    REQUIRE_OK(container_writer_open(&file, world_path, &err), err);
    REQUIRE_OK(container_writer_add_root(file, PART_SEGMENT, "x", 1, 1, &err), err);
    REQUIRE_OK(values_writer_new(&w, file, &err), err);
    for (int slot = 0; slot < SLOTS; slot++)
        cells[slot] = malloc((documents + 1) * sizeof(cell));
    for (uint32_t i = 0; i < documents; i++) {
        for (int slot = 0; slot < SLOTS; slot++) {
            cell *c = &cells[slot][i];
            *c = random_cell(slot, i);
            REQUIRE_OK(values_writer_add(w, slot_numbers[slot], i, (oir_bytes){c->bytes, c->size}, &err), err);
        }
    }
    REQUIRE_OK(values_writer_end(w, &err), err);
    values_writer_free(w);
    REQUIRE_OK(container_writer_commit(file, false, &err), err);
}

static void forget_values(void)
{
    for (int slot = 0; slot < SLOTS; slot++) {
        for (uint32_t i = 0; i < document_count; i++)
            free(cells[slot][i].bytes);
        free(cells[slot]);
    }
    unlink(world_path);
}

static int compare(oir_bytes a, const cell *b)
{
    size_t size = a.size < b->size ? a.size : b->size;
    int order = memcmp(a.data, b->bytes, size);
    return order ? order : (a.size > b->size) - (a.size < b->size);
}

static void expect_column(const values *v, int slot)
{
    oir_error err;
    oir_bytes value;
    uint32_t count = 0, lowest = 0, highest = 0;
    const values_column *column = values_find_column(v, slot_numbers[slot]);
    for (uint32_t i = 0; i < document_count; i++) {
        const cell *c = &cells[slot][i];
        REQUIRE_OK(values_get(v, slot_numbers[slot], i, &value, &err), err);
        EXPECT_EQ(value.size, c->size);
        if (value.size == 0)
            continue;
        EXPECT(value.size == c->size && memcmp(value.data, c->bytes, c->size) == 0);
        REQUIRE(column);
        int low = compare(column->lower, c), high = compare(column->upper, c);
        EXPECT(low <= 0 && high >= 0);
        count++;
        lowest += low == 0;
        highest += high == 0;
    }
    if (column)
        EXPECT(column->count == count && lowest > 0 && highest > 0);
    else
        EXPECT_EQ(count, 0);
    REQUIRE_OK(values_get(v, slot_numbers[slot], document_count + 10000, &value, &err), err);
    EXPECT_EQ(value.size, 0);
}

static void round_trip(uint32_t documents)
{
    oir_error err;
    container *c;
    values *v;
    oir_bytes value;
    write_values(documents);
    REQUIRE_OK(container_open(&c, world_path, &err), err);
    REQUIRE_OK(values_open(&v, c, &err), err);
    REQUIRE_OK(values_check(v, documents, &err), err);
    if (documents)
        EXPECT_EQ(values_check(v, documents - 1, &err), OIR_CORRUPT);
    for (int slot = 0; slot < SLOTS; slot++)
        expect_column(v, slot);
    for (uint32_t i = 1; i < values_get_column_count(v); i++)
        EXPECT(values_get_column(v, i - 1)->slot < values_get_column(v, i)->slot);
    REQUIRE_OK(values_get(v, 3, 0, &value, &err), err);
    EXPECT_EQ(value.size, 0);
    values_close(v);
    container_close(c);
    forget_values();
}

static void round_trips(void)
{
    round_trip(5);
    round_trip(0);
    round_trip(4096);
    round_trip(10000);
}

static void use_damaged(const container *c)
{
    oir_error err;
    values *v;
    uint8_t sum = 0;
    if (values_open(&v, c, &err) != OIR_OK)
        return;
    (void)values_check(v, document_count, &err);
    for (int slot = 0; slot < SLOTS; slot++) {
        for (uint32_t local = 0; local < document_count; local++) {
            oir_bytes value;
            oir_status status = values_get(v, slot_numbers[slot], local, &value, &err);
            EXPECT(status == OIR_OK || status == OIR_CORRUPT);
            for (size_t i = 0; i < value.size; i++)
                sum ^= (uint8_t)value.data[i];
        }
    }
    values_close(v);
    (void)*(volatile uint8_t *)&sum;
}

static void damage(void)
{
    write_values(3);
    world_damage(use_damaged);
    forget_values();
}

int main(void)
{
    harness_seed(20250104);
    world_open();
    TEST(round_trips);
    TEST(damage);
    world_close();
    return harness_end();
}
