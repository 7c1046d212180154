#include "text/stem_cache.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/word_hash.h"

/* 1 MiB in all: about the second-level cache of one core. */
#define STEM_CACHE_ENTRIES 32768u

/* The stem is the word's first `keep` bytes and `tail_size` bytes of tail. word_size 0 is an empty place. */
struct stem_cache_entry {
    uint8_t word_size, keep, tail_size;
    char tail[STEM_CACHE_TAIL];
    char word[STEM_CACHE_WORD];
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

static void remember(stem_cache_entry *entry, const char *word, size_t size, oir_bytes stem)
{
    size_t keep = 0;
    while (keep < size && keep < stem.size && word[keep] == stem.data[keep])
        keep++;
    size_t tail = stem.size - keep;
    if (tail > STEM_CACHE_TAIL)
        return;
    entry->word_size = (uint8_t)size;
    entry->keep = (uint8_t)keep;
    entry->tail_size = (uint8_t)tail;
    memcpy(entry->word, word, size);
    memcpy(entry->tail, stem.data + keep, tail);
}

oir_bytes stem_cache_get(stem_cache *cache, const char *word, size_t size)
{
    if (size == 0 || size > STEM_CACHE_WORD)
        return oir_stemmer_stem(cache->stemmer, word, size);
    stem_cache_entry *entry = &cache->entries[word_hash(word, size) % STEM_CACHE_ENTRIES];
    if (entry->word_size != size || memcmp(entry->word, word, size) != 0) {
        oir_bytes stem = oir_stemmer_stem(cache->stemmer, word, size);
        remember(entry, word, size, stem);
        return stem;
    }
    memcpy(cache->stem, entry->word, STEM_CACHE_WORD);
    memcpy(cache->stem + entry->keep, entry->tail, STEM_CACHE_TAIL);
    return (oir_bytes){cache->stem, (size_t)entry->keep + entry->tail_size};
}
