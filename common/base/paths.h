/* Ways to an answer that may be done without: all give the same answers, and tests force each.
 *
 * The environment variable OIR_PATHS, read once, has the names of those to do without, with commas between. What is
 * stored is the same then, in other forms:
 *     inlined    lists of one or two documents within the dictionary: they are short
 *     short      lists that are decoded whole: they are sparse, or dense
 *     sparse     lists by samples: they are dense, or short
 *     dense      lists by windows: they are sparse, or short
 *     bitset     windows of dense lists as bits, however full: they are counts and places
 *     counted    windows of dense lists as counts and places, however empty: they are bits
 *     tight      counts of as few bits as the largest needs: they have six
 *     even       extents of positions by window: they are by document
 *     extents    lengths as extents of positions, where they are the same: extents are stored too
 *     narrow     offsets of positions of two bytes: they have four
 *     implied    wdf as the number of positions, where it is: the number is stored too
 *     marked     pairs as marks on the documents that have both words: they are lists
 *     copied     positions copied by merges as the bits that they are: they are decoded and encoded
 *     intact     terms of a document that is not large kept together while it is made: they are put away in small parts
 *     buffered   such parts in one segment, where there is memory: each is written as one, and then they are united
 * And of searches:
 *     pairs      lists for pairs of frequent words: phrases look at positions instead
 *     rarer      leaving such a list alone where another word of the phrase is rarer
 *     order      the best windows first: they are visited as they lie in the index instead
 *     bounds     leaving out windows and ranges that cannot reach the threshold
 *     filter     weighing in single precision first: all is weighed exactly instead
 *     stored     bounds of ranges that are stored: they are made like those that are not
 *     placed     bounds of ranges that say where documents are: the window's is every range's
 *     exact      bounds of ranges that are made of their postings: the window's is that of all that have documents
 *     lazy       looking at few ranges at once, without their exact bounds
 *     rarest     looking at a query's rarest parts first
 *     heap       keeping few best documents in a heap: they are gathered and cut like many
 *     gather     gathering and cutting many best documents: they are kept in a heap like few
 *     complete   counting what was weighed, where that was all: it is counted anew
 *     passes     counting by a second look where the first would look at more: all is counted in the first
 *     tallies    counts that are stored: documents are counted
 *     words      counting a window's ranges together: they are counted one by one
 *     few        counting few ranges one by one: all are counted together
 *     whole      decoding a window whole where many of its ranges are asked for: they are decoded one by one
 *     alone      decoding ranges one by one where few are asked for: the window is decoded whole
 *     equal      taking equal groups of terms as one
 *     kept       keeping what was made of a group's windows: it is made again
 *     ranges     keeping bounds of a group's ranges: they are made again
 *     windows    evaluating a group's long lists by windows: they are decoded whole and sorted
 *     sorted     decoding a group's lists with few postings a window whole: they are evaluated by windows
 *     together   checking two words of a phrase for the documents of a range together: documents are checked alone
 *     adjacent   checking words side by side by shifting positions: they are checked as words within a window
 *     masks      checking few positions as bits of a word: they are decoded
 *     skips      finding positions by the size of those before: places of a block are added up
 *     runs       gathering many of a group's short lists before they are sorted: few are sorted, and merged
 *     distinct   taking it that parts of NEAR stand at different positions where they do: places are chosen for all
 *     small      one thread for a small search of which more may be used: it is shared out
 *     cuts       passing terms by how they begin or end, where patterns and fuzzy terms want others: each is read
 *     flat       looking at a query's terms list by list, where its tree can be told so: operator by operator
 *     lone       looking at a query's only list by itself: like at one of several
 *     spared     reading positions of few documents rather than a pair's marks: marks are always asked
 *     known      beginning with the threshold that follows from what is stored of lists: with none
 *     frequent   finding frequent terms by their hash: they are looked up in the dictionary's blocks
 * Who makes something asks once and keeps the answer. Shared. */
#ifndef BASE_PATHS_H
#define BASE_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order of their names above. */
#define PATHS_INLINED (UINT64_C(1) << 0)
#define PATHS_SHORT (UINT64_C(1) << 1)
#define PATHS_SPARSE (UINT64_C(1) << 2)
#define PATHS_DENSE (UINT64_C(1) << 3)
#define PATHS_BITSET (UINT64_C(1) << 4)
#define PATHS_COUNTED (UINT64_C(1) << 5)
#define PATHS_TIGHT (UINT64_C(1) << 6)
#define PATHS_EVEN (UINT64_C(1) << 7)
#define PATHS_EXTENTS (UINT64_C(1) << 8)
#define PATHS_NARROW (UINT64_C(1) << 9)
#define PATHS_IMPLIED (UINT64_C(1) << 10)
#define PATHS_MARKED (UINT64_C(1) << 11)
#define PATHS_COPIED (UINT64_C(1) << 12)
#define PATHS_INTACT (UINT64_C(1) << 13)
#define PATHS_BUFFERED (UINT64_C(1) << 14)
#define PATHS_PAIRS (UINT64_C(1) << 15)
#define PATHS_RARER (UINT64_C(1) << 16)
#define PATHS_ORDER (UINT64_C(1) << 17)
#define PATHS_BOUNDS (UINT64_C(1) << 18)
#define PATHS_FILTER (UINT64_C(1) << 19)
#define PATHS_STORED (UINT64_C(1) << 20)
#define PATHS_PLACED (UINT64_C(1) << 21)
#define PATHS_EXACT (UINT64_C(1) << 22)
#define PATHS_LAZY (UINT64_C(1) << 23)
#define PATHS_RAREST (UINT64_C(1) << 24)
#define PATHS_HEAP (UINT64_C(1) << 25)
#define PATHS_GATHER (UINT64_C(1) << 26)
#define PATHS_COMPLETE (UINT64_C(1) << 27)
#define PATHS_PASSES (UINT64_C(1) << 28)
#define PATHS_TALLIES (UINT64_C(1) << 29)
#define PATHS_WORDS (UINT64_C(1) << 30)
#define PATHS_FEW (UINT64_C(1) << 31)
#define PATHS_WHOLE (UINT64_C(1) << 32)
#define PATHS_ALONE (UINT64_C(1) << 33)
#define PATHS_EQUAL (UINT64_C(1) << 34)
#define PATHS_KEPT (UINT64_C(1) << 35)
#define PATHS_RANGES (UINT64_C(1) << 36)
#define PATHS_WINDOWS (UINT64_C(1) << 37)
#define PATHS_SORTED (UINT64_C(1) << 38)
#define PATHS_TOGETHER (UINT64_C(1) << 39)
#define PATHS_ADJACENT (UINT64_C(1) << 40)
#define PATHS_MASKS (UINT64_C(1) << 41)
#define PATHS_SKIPS (UINT64_C(1) << 42)
#define PATHS_RUNS (UINT64_C(1) << 43)
#define PATHS_DISTINCT (UINT64_C(1) << 44)
#define PATHS_SMALL (UINT64_C(1) << 45)
#define PATHS_CUTS (UINT64_C(1) << 46)
#define PATHS_FLAT (UINT64_C(1) << 47)
#define PATHS_LONE (UINT64_C(1) << 48)
#define PATHS_SPARED (UINT64_C(1) << 49)
#define PATHS_KNOWN (UINT64_C(1) << 50)
#define PATHS_FREQUENT (UINT64_C(1) << 51)
enum { PATHS_COUNT = 52, PATHS_WRITTEN = 15 /* the first so many are of writing */ };

/* The ways that may be gone, as bits. */
uint64_t paths_get(void);
/* Whether all of some ways may be gone. */
bool paths_use(uint64_t paths);
/* The name of a way by its bit's number, below PATHS_COUNT. A constant. */
const char *paths_name(unsigned number);
/* The ways that are left without those that a list names; NULL names none. */
uint64_t paths_choose(const char *without);
/* From now on these, whatever the environment says. For tests. */
void paths_set(uint64_t paths);

#endif
