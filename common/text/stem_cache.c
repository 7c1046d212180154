#include "text/stem_cache.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"

/* 128 KiB in all: most words that come often are known by how they are written, and do not come here again. */
#define STEM_CACHE_ENTRIES 4096u

/* The stem is the word's first `keep` bytes and what tail holds, stem_size bytes in all. No word is all zeros. */
struct stem_cache_entry {
    uint64_t word[STEM_CACHE_WORD / 8];
    uint8_t stem_size, keep;
    char tail[STEM_CACHE_TAIL];
};

oir_status stem_cache_set(stem_cache *cache, const char *language, oir_error *err)
{
    oir_stemmer *stemmer = NULL;
    stem_cache_entry *entries = NULL;
    ERROR_FORWARD(oir_stemmer_new(&stemmer, language, err));
    if (oir_stemmer_is_none(stemmer)) {
        oir_stemmer_free(stemmer);
        stemmer = NULL;
    } else {
        entries = memory_new_zeroed(STEM_CACHE_ENTRIES, sizeof *entries);
        if (!entries) {
            oir_stemmer_free(stemmer);
            return error_no_memory(err, "a cache of stems");
        }
    }
    stem_cache_release(cache);
    cache->stemmer = stemmer;
    cache->entries = entries;
    return OIR_OK;
}

void stem_cache_release(stem_cache *cache)
{
    oir_stemmer_free(cache->stemmer);
    memory_free(cache->entries);
    cache->stemmer = NULL;
    cache->entries = NULL;
}

static uint64_t masked(const char *bytes, size_t size)
{
    return bits_load64(bytes) & bits_low(size >= 8 ? 64 : (uint32_t)size * 8);
}

/* The word with zero bytes behind it: words hold none, so that equal keys are equal words. */
static void make_key(const char *word, size_t size, uint64_t key[STEM_CACHE_WORD / 8])
{
    for (size_t i = 0; i < STEM_CACHE_WORD / 8; i++)
        key[i] = size > i * 8 ? masked(word + i * 8, size - i * 8) : 0;
}

static uint32_t key_place(const uint64_t key[STEM_CACHE_WORD / 8])
{
    uint64_t hash = hash_mix(key[0] ^ UINT64_C(0x9e3779b97f4a7c15), key[1] ^ UINT64_C(0xff51afd7ed558ccd));
    return (uint32_t)hash_mix(hash, key[2] ^ UINT64_C(0x8bb84b93962eacc9)) % STEM_CACHE_ENTRIES;
}

static void remember(stem_cache_entry *entry, const uint64_t key[STEM_CACHE_WORD / 8], const char *word, size_t size,
                     oir_bytes stem)
{
    size_t keep = 0;
    while (keep < size && keep < stem.size && word[keep] == stem.data[keep])
        keep++;
    size_t tail = stem.size - keep;
    if (tail > STEM_CACHE_TAIL)
        return;
    memcpy(entry->word, key, STEM_CACHE_WORD);
    entry->stem_size = (uint8_t)stem.size;
    entry->keep = (uint8_t)keep;
    memcpy(entry->tail, stem.data + keep, tail);
}

oir_bytes stem_cache_get(stem_cache *cache, const char *word, size_t size)
{
    if (size == 0 || size > STEM_CACHE_WORD)
        return oir_stemmer_stem(cache->stemmer, word, size);
    uint64_t key[STEM_CACHE_WORD / 8];
    make_key(word, size, key);
    stem_cache_entry *entry = &cache->entries[key_place(key)];
    if (((entry->word[0] ^ key[0]) | (entry->word[1] ^ key[1]) | (entry->word[2] ^ key[2])) != 0) {
        oir_bytes stem = oir_stemmer_stem(cache->stemmer, word, size);
        remember(entry, key, word, size, stem);
        return stem;
    }
    memcpy(cache->stem, entry->word, STEM_CACHE_WORD);
    memcpy(cache->stem + entry->keep, entry->tail, sizeof entry->tail);
    return (oir_bytes){cache->stem, entry->stem_size};
}
