#include "base/fork_mark.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef MADV_WIPEONFORK
static bool clear_in_children(void *page, size_t size)
{
    /* Some that only play Linux say yes to any advice, and do nothing. */
    return madvise(page, size, -1) != 0 && madvise(page, size, MADV_WIPEONFORK) == 0;
}
#else
static bool clear_in_children(void *page, size_t size)
{
    (void)page;
    (void)size;
    return false;
}
#endif

void fork_mark_init(fork_mark *mark)
{
    long size = sysconf(_SC_PAGESIZE);
    *mark = (fork_mark){.owner = getpid()};
    if (size <= 0)
        return;
    unsigned char *page = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return;
    if (!clear_in_children(page, (size_t)size)) {
        munmap(page, (size_t)size);
        return;
    }
    page[0] = 1;
    mark->page = page;
    mark->page_size = (size_t)size;
}

void fork_mark_release(fork_mark *mark)
{
    if (mark->page)
        munmap((void *)(uintptr_t)mark->page, mark->page_size);
    *mark = (fork_mark){0};
}

bool fork_mark_is_owner(const fork_mark *mark)
{
    return mark->page ? mark->page[0] == 1 : mark->owner == getpid();
}
