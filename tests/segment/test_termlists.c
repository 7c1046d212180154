#include "segment/termlists.h"

#include "container_world.h"

enum { TERMS = 300000 };

typedef struct model {
    uint32_t count, *ordinals, *wdf;
} model;

static model *models;
static uint32_t document_count;

static model random_list(uint32_t most)
{
    model m = {harness_below(20) ? harness_below(most + 1) : 0, NULL, NULL};
    m.ordinals = malloc((m.count + 1) * sizeof(uint32_t));
    m.wdf = malloc((m.count + 1) * sizeof(uint32_t));
    uint32_t room = m.count ? TERMS / m.count : 1, next = 0;
    for (uint32_t i = 0; i < m.count; i++) {
        m.ordinals[i] = next + harness_below(room);
        next = m.ordinals[i] + 1;
        m.wdf[i] = harness_below(10) ? harness_below(5) : (uint32_t)harness_random();
    }
    return m;
}

static void write_lists(uint32_t documents, uint32_t most)
{
    oir_error err;
    container_writer *file;
    termlists_writer *w;
    document_count = documents;
    models = malloc((documents + 1) * sizeof *models);
    REQUIRE_OK(container_writer_open(&file, world_path, &err), err);
    REQUIRE_OK(termlists_writer_new(&w, file, &err), err);
    for (uint32_t i = 0; i < documents; i++) {
        models[i] = random_list(i == 7 ? 60000 : most);
        REQUIRE_OK(termlists_writer_add(w, models[i].ordinals, models[i].wdf, models[i].count, &err), err);
    }
    REQUIRE_OK(termlists_writer_end(w, &err), err);
    termlists_writer_free(w);
    REQUIRE_OK(container_writer_commit(file, false, &err), err);
}

static void forget_lists(void)
{
    for (uint32_t i = 0; i < document_count; i++) {
        free(models[i].ordinals);
        free(models[i].wdf);
    }
    free(models);
    unlink(world_path);
}

static void round_trip(uint32_t documents, uint32_t most)
{
    oir_error err;
    container *c;
    termlists *t;
    termlist list = {0};
    write_lists(documents, most);
    REQUIRE_OK(container_open(&c, world_path, &err), err);
    EXPECT_EQ(termlists_open(&t, c, documents + 1, TERMS, &err), OIR_CORRUPT);
    REQUIRE_OK(termlists_open(&t, c, documents, TERMS, &err), err);
    REQUIRE_OK(termlists_check(t, &err), err);
    for (uint32_t n = 0; n < 2 * documents; n++) {
        uint32_t local = n < documents ? n : harness_below(documents);
        const model *m = models + local;
        REQUIRE_OK(termlists_get(t, local, &list, &err), err);
        EXPECT_EQ(list.count, m->count);
        EXPECT(m->count == 0 || memcmp(list.ordinals, m->ordinals, m->count * sizeof(uint32_t)) == 0);
        EXPECT(m->count == 0 || memcmp(list.wdf, m->wdf, m->count * sizeof(uint32_t)) == 0);
    }
    termlists_release(&list);
    termlists_close(t);
    container_close(c);
    forget_lists();
}

static void round_trips(void)
{
    round_trip(5, 100);
    round_trip(1, 0);
    round_trip(0, 0);
    round_trip(5000, 150);
}

static void use_damaged(const container *c)
{
    oir_error err;
    termlists *t;
    termlist list = {0};
    if (termlists_open(&t, c, document_count, TERMS, &err) != OIR_OK)
        return;
    (void)termlists_check(t, &err);
    for (uint32_t local = 0; local < document_count; local++) {
        oir_status status = termlists_get(t, local, &list, &err);
        EXPECT(status == OIR_OK || status == OIR_CORRUPT);
        for (uint32_t i = 0; status == OIR_OK && i < list.count; i++)
            EXPECT(list.ordinals[i] < TERMS && (i == 0 || list.ordinals[i - 1] < list.ordinals[i]));
    }
    termlists_release(&list);
    termlists_close(t);
}

static void damage(void)
{
    write_lists(6, 40);
    world_damage(use_damaged);
    forget_lists();
    write_lists(150, 10);
    world_damage(use_damaged);
    forget_lists();
}

int main(void)
{
    harness_seed(20250103);
    world_open();
    TEST(round_trips);
    TEST(damage);
    world_close();
    return harness_end();
}
