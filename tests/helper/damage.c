#include "helper/damage.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

enum { FIRST_OFFSET = 16, CHANGES = 8, BLOCK = 1 << 16 };

typedef struct piece {
    uint8_t *bytes;
    size_t size;   /* without the tail */
    uint32_t kind;
} piece;

typedef struct change {
    uint8_t *at, old;
} change;

struct damage {
    container shape; /* the original's parts, with slots of our own */
    char *path;      /* the original file, whose tree container_check looks at */
    int fd;
    piece *pieces;
    uint32_t piece_count, slot_count;
    size_t largest;
    change changes[CHANGES];
    uint32_t change_count;
};

static void *must(void *block)
{
    if (!block) {
        fprintf(stderr, "damage: out of memory\n");
        exit(1);
    }
    return block;
}

/* Copies the piece that starts with `slot`; slots that go on with a large object get their bases from it too. */
static void copy_piece(damage *d, uint32_t kind, container_slot *slot, uint32_t left)
{
    piece *p = d->pieces + d->piece_count;
    const uint8_t *old = slot->base + FIRST_OFFSET;
    *p = (piece){NULL, slot->limit - FIRST_OFFSET, kind};
    p->bytes = must(malloc(p->size + CONTAINER_TAIL));
    memcpy(p->bytes, old, p->size + CONTAINER_TAIL);
    for (uint32_t i = 0; i < left && (i == 0 || slot[i].start == 0); i++) {
        slot[i].base = p->bytes + (slot[i].base + FIRST_OFFSET - old) - FIRST_OFFSET;
        slot[i].chunk = d->piece_count;
    }
    d->largest = p->size > d->largest ? p->size : d->largest;
    d->piece_count++;
}

damage *damage_new(const container *file)
{
    damage *d = must(calloc(1, sizeof *d));
    d->path = must(strdup(file->path));
    d->fd = open(d->path, O_RDONLY | O_CLOEXEC);
    for (uint32_t kind = 0; kind < PART_KIND_END; kind++)
        d->slot_count += file->parts[kind].slot_count;
    container_slot *slots = d->shape.slots = must(calloc(d->slot_count + 1, sizeof *slots));
    d->pieces = must(calloc(d->slot_count + 1, sizeof *d->pieces));
    for (uint32_t kind = 0; kind < PART_KIND_END; kind++) {
        container_part *part = &d->shape.parts[kind];
        *part = file->parts[kind];
        if (!part->slots)
            continue;
        memcpy(slots, part->slots, part->slot_count * sizeof *slots);
        part->slots = slots;
        for (uint32_t i = 0; i < part->slot_count; i++)
            if (slots[i].start != 0)
                copy_piece(d, kind, slots + i, part->slot_count - i);
        slots += part->slot_count;
    }
    return d;
}

void damage_free(damage *d)
{
    for (uint32_t i = 0; i < d->piece_count; i++)
        free(d->pieces[i].bytes);
    close(d->fd);
    free(d->path);
    free(d->pieces);
    free(d->shape.slots);
    free(d);
}

container *damage_open(damage *d)
{
    size_t words = d->largest / BLOCK / 64 + 2;
    container *c = must(memory_new_zeroed(1, sizeof *c));
    *c = d->shape;
    c->path = must(memory_copy(d->path, strlen(d->path)));
    c->fd = d->fd;
    c->slots = must(memory_new_zeroed(d->slot_count + 1, sizeof *c->slots));
    memcpy(c->slots, d->shape.slots, d->slot_count * sizeof *c->slots);
    for (uint32_t kind = 0; kind < PART_KIND_END; kind++)
        if (c->parts[kind].slots)
            c->parts[kind].slots = c->slots + (d->shape.parts[kind].slots - d->shape.slots);
    c->chunks = must(memory_new_zeroed(d->piece_count + 1, sizeof *c->chunks));
    for (uint32_t i = 0; i < d->piece_count; i++)
        c->chunks[i] = (container_chunk){d->pieces[i].bytes, (uint32_t)(d->pieces[i].size + CONTAINER_TAIL), 0};
    c->verified = must(memory_new(words * sizeof *c->verified));
    memset((void *)c->verified, 0xff, words * sizeof *c->verified);
    return c;
}

bool damage_make(damage *d, uint32_t kind, uint64_t (*random)(void))
{
    uint32_t candidates = 0;
    for (uint32_t i = 0; i < d->piece_count; i++)
        candidates += d->pieces[i].size > 0 && (kind == 0 || d->pieces[i].kind == kind);
    if (candidates == 0)
        return false;
    uint32_t wanted = (uint32_t)(random() % candidates), i = 0;
    for (;; i++)
        if (d->pieces[i].size > 0 && (kind == 0 || d->pieces[i].kind == kind) && wanted-- == 0)
            break;

    static const uint8_t favourites[] = {0, 1, 0x7f, 0x80, 0xff};
    const piece *p = d->pieces + i;
    uint64_t count = 1 + random() % (CHANGES / 2);
    size_t at = random() % p->size;
    for (uint64_t n = 0; n < count && d->change_count < CHANGES; n++) {
        uint8_t *byte = p->bytes + at;
        d->changes[d->change_count++] = (change){byte, *byte};
        if (random() % 2)
            *byte ^= (uint8_t)(1u << random() % 8);
        else
            *byte = favourites[random() % sizeof favourites];
        at = random() % 2 ? (at + 1) % p->size : random() % p->size;
    }
    return true;
}

void damage_undo(damage *d)
{
    while (d->change_count > 0) {
        d->change_count--;
        *d->changes[d->change_count].at = d->changes[d->change_count].old;
    }
}
