/* Weights with AVX-512, of sixteen neighbours at a time. */
#include "codec/kernels.h"

#if ISA_X86

#include "codec/kernels_avx512.h"
#include "codec/kernels_plain.h"

#define TARGET ISA_TARGET_AVX512
#define INLINE AVX512_INLINE

/* Without optimisation gcc's gathers are macros, which give their masks to functions of signed ones. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"

INLINE __m512i gather32_masked(__mmask16 there, const void *from, __m512i at)
{
    return _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), there, at, from, 1);
}

#pragma GCC diagnostic pop

INLINE __m512 norms(const weigh_input *in, __m512i lengths)
{
    __m512 norm = _mm512_mul_ps(_mm512_cvtepu32_ps(lengths), _mm512_set1_ps(in->norm_slope));
    return _mm512_max_ps(_mm512_add_ps(norm, _mm512_set1_ps(in->norm_base)), _mm512_set1_ps(in->norm_min));
}

INLINE __m512i sixteen_bytes(const uint8_t *at)
{
    return _mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)at));
}

/* What a list adds to the weights of 16 documents. */
INLINE __m512 share_of(__m128i wdf, float factor, __m512 norm)
{
    __m512i bytes = _mm512_cvtepu8_epi32(wdf);
    __mmask16 endless = _mm512_cmpeq_epi32_mask(bytes, _mm512_set1_epi32(255));
    __m512 f = _mm512_mask_mov_ps(_mm512_cvtepi32_ps(bytes), endless, _mm512_set1_ps(PLAIN_ENDLESS));
    return _mm512_div_ps(_mm512_mul_ps(f, _mm512_set1_ps(factor)), _mm512_add_ps(f, norm));
}

/* The total weights of the 16 documents from d on. */
INLINE __m512 weigh_sixteen(const weigh_input *in, uint32_t d)
{
    __m512i lengths = sixteen_bytes(in->length[0] + d);
    for (uint32_t p = 1; p < in->planes; p++) {
        __m512i more = sixteen_bytes(in->length[p] + d);
        lengths = _mm512_or_si512(lengths, _mm512_sll_epi32(more, _mm_cvtsi32_si128((int)(8 * p))));
    }
    __m512 norm = norms(in, lengths), total = _mm512_setzero_ps();
    for (uint32_t j = 0; j < in->lists; j++)
        total = _mm512_add_ps(total, share_of(_mm_loadu_si128((const void *)(in->wdf[j] + d)), in->factor[j], norm));
    return total;
}

TARGET uint64_t kernels_avx512_weigh(const weigh_input *in, uint64_t wanted, float threshold)
{
    uint64_t good = 0, left = wanted;
    while (left) {
        uint32_t d = bits_lowest(left) & ~15u;
        __mmask16 enough = _mm512_cmp_ps_mask(weigh_sixteen(in, d), _mm512_set1_ps(threshold), _CMP_GE_OQ);
        good |= (uint64_t)enough << d;
        left &= ~(UINT64_C(0xffff) << d);
    }
    return good & wanted;
}

/* A list's wdf by document, put where they belong. */
INLINE __m512i put_wdf(const weigh_list *l)
{
    __m512i v;
    if (l->dense)
        v = avx512_dense_wdf(l->dense, bits_count(l->mask), l->before);
    else if (l->wdf)
        v = _mm512_loadu_si512(l->wdf);
    else
        return _mm512_loadu_si512(l->out);
    v = _mm512_maskz_expand_epi8(l->mask, v);
    _mm512_storeu_si512(l->out, v);
    return v;
}

/* Of up to 16 documents, which are brought together. */
TARGET uint64_t kernels_avx512_weigh_lists(const weigh_input *in, const weigh_list *lists, uint64_t wanted,
                                           float threshold)
{
    if (bits_count(wanted) > 16) {
        for (uint32_t j = 0; j < in->lists; j++)
            put_wdf(&lists[j]);
        return kernels_avx512_weigh(in, wanted, threshold);
    }
    __m512i lengths = _mm512_setzero_si512();
    for (uint32_t p = 0; p < in->planes; p++) {
        __m512i plane = _mm512_maskz_compress_epi8(wanted, _mm512_loadu_si512(in->length[p]));
        plane = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(plane));
        lengths = _mm512_or_si512(lengths, _mm512_sll_epi32(plane, _mm_cvtsi32_si128((int)(8 * p))));
    }
    __m512 norm = norms(in, lengths), total = _mm512_setzero_ps();
    for (uint32_t j = 0; j < in->lists; j++) {
        __m512i v = _mm512_maskz_compress_epi8(wanted, put_wdf(&lists[j]));
        total = _mm512_add_ps(total, share_of(_mm512_castsi512_si128(v), in->factor[j], norm));
    }
    return _pdep_u64(_mm512_cmp_ps_mask(total, _mm512_set1_ps(threshold), _CMP_GE_OQ), wanted);
}

/* The lengths of the next eight documents, out of planes that are moved on. */
INLINE __m256i next_lengths(__m512i planes[4], uint32_t count)
{
    __m256i length = _mm256_cvtepu8_epi32(_mm512_castsi512_si128(planes[0]));
    planes[0] = _mm512_alignr_epi64(planes[0], planes[0], 1);
    for (uint32_t p = 1; p < count; p++) {
        __m256i more = _mm256_cvtepu8_epi32(_mm512_castsi512_si128(planes[p]));
        planes[p] = _mm512_alignr_epi64(planes[p], planes[p], 1);
        length = _mm256_or_si256(length, _mm256_sll_epi32(more, _mm_cvtsi32_si128((int)(8 * p))));
    }
    return length;
}

TARGET void kernels_avx512_weigh_exactly(const weigh_input *in, uint64_t wanted, double *out)
{
    uint32_t n = bits_count(wanted);
    __m512d norm[8], total[8];
    __m512i planes[4];
    if (n < 10) { /* bringing them together costs more than dividing them at once saves */
        plain_weigh_exactly(in, wanted, out);
        return;
    }
    for (uint32_t p = 0; p < in->planes; p++)
        planes[p] = _mm512_maskz_compress_epi8(wanted, _mm512_loadu_si512(in->length[p]));
    for (uint32_t i = 0; i < n; i += 8) {
        __m512d v = _mm512_cvtepu32_pd(next_lengths(planes, in->planes));
        v = _mm512_mul_pd(_mm512_set1_pd(in->exact_slope), v);
        norm[i / 8] = _mm512_max_pd(_mm512_add_pd(_mm512_set1_pd(in->exact_base), v), _mm512_set1_pd(in->exact_min));
        total[i / 8] = _mm512_setzero_pd();
    }
    for (uint32_t j = 0; j < in->lists; j++) {
        __m512i bytes = _mm512_maskz_compress_epi8(wanted, _mm512_loadu_si512(in->wdf[j]));
        for (uint32_t i = 0; i < n; i += 8) {
            __m512d wdf = _mm512_cvtepi32_pd(_mm256_cvtepu8_epi32(_mm512_castsi512_si128(bytes)));
            __mmask8 there = _mm512_cmp_pd_mask(wdf, _mm512_setzero_pd(), _CMP_GT_OQ);
            __m512d share = _mm512_maskz_div_pd(there, wdf, _mm512_add_pd(wdf, norm[i / 8]));
            total[i / 8] = _mm512_add_pd(total[i / 8], _mm512_mul_pd(_mm512_set1_pd(in->exact_factor[j]), share));
            bytes = _mm512_alignr_epi64(bytes, bytes, 1);
        }
    }
    for (uint32_t i = 0; i < n; i += 8)
        _mm512_storeu_pd(out + i, total[i / 8]);
}

/* The exact weights of eight documents by the only list. */
INLINE __m512d weigh_eight(const weigh_input *in, __m128i wdf, __m256i lengths)
{
    __m512d f = _mm512_cvtepi32_pd(_mm256_cvtepu8_epi32(wdf));
    __m512d norm = _mm512_mul_pd(_mm512_set1_pd(in->exact_slope), _mm512_cvtepu32_pd(lengths));
    norm = _mm512_max_pd(_mm512_add_pd(_mm512_set1_pd(in->exact_base), norm), _mm512_set1_pd(in->exact_min));
    __mmask8 there = _mm512_cmp_pd_mask(f, _mm512_setzero_pd(), _CMP_GT_OQ);
    __m512d share = _mm512_maskz_div_pd(there, f, _mm512_add_pd(f, norm));
    return _mm512_mul_pd(_mm512_set1_pd(in->exact_factor[0]), share);
}

TARGET size_t kernels_avx512_weigh_dense(const weigh_input *in, dense_window *w, uint64_t ranges, double least,
                                         uint64_t first, double *weights, uint64_t *places, uint32_t *matched)
{
    const __m512i numbers = _mm512_set_epi64(0x3f3e3d3c3b3a3938, 0x3736353433323130, 0x2f2e2d2c2b2a2928,
                                             0x2726252423222120, 0x1f1e1d1c1b1a1918, 0x1716151413121110,
                                             0x0f0e0d0c0b0a0908, 0x0706050403020100);
    size_t found = 0;
    uint32_t all = 0, before;
    for (; ranges; ranges &= ranges - 1) {
        uint32_t range = bits_lowest(ranges);
        uint64_t mask = w->kind == DENSE_BITSET ? avx512_bitset_range(w, range, &before)
                                                : avx512_counted_range(w, range, &before);
        uint32_t n = bits_count(mask);
        __m512i wdf = avx512_dense_wdf(w, n, before), at = _mm512_maskz_compress_epi8(mask, numbers), planes[4];
        for (uint32_t p = 0; p < in->planes; p++)
            planes[p] = _mm512_maskz_compress_epi8(mask, _mm512_loadu_si512(in->length[p] + (range << 6)));
        for (uint32_t i = 0; i < n; i += 8) {
            __mmask8 there = (__mmask8)avx512_low_ones(n - i);
            __m512d weight = weigh_eight(in, _mm512_castsi512_si128(wdf), next_lengths(planes, in->planes));
            __mmask8 good = _mm512_mask_cmp_pd_mask(there, weight, _mm512_set1_pd(least), _CMP_GE_OQ);
            __m512i place = _mm512_cvtepu8_epi64(_mm512_castsi512_si128(at));
            place = _mm512_or_si512(place, _mm512_set1_epi64((long long)(first | range << 6)));
            _mm512_storeu_pd(weights + found, _mm512_maskz_compress_pd(good, weight));
            _mm512_storeu_si512(places + found, _mm512_maskz_compress_epi64(good, place));
            found += bits_count(good);
            wdf = _mm512_alignr_epi64(wdf, wdf, 1);
            at = _mm512_alignr_epi64(at, at, 1);
        }
        all += n;
    }
    *matched = all;
    return found;
}

TARGET size_t kernels_avx512_weigh_split(double *weights, uint64_t *places, size_t n, double least, double *rest,
                                         uint64_t *rest_places)
{
    const __m512d pivot = _mm512_set1_pd(least);
    size_t front = 0, behind = 0;
    for (size_t i = 0; i < n; i += 8) {
        __mmask8 there = (__mmask8)avx512_low_ones(n - i < 8 ? (uint32_t)(n - i) : 8);
        __m512d w = _mm512_maskz_loadu_pd(there, weights + i);
        __m512i p = _mm512_maskz_loadu_epi64(there, places + i);
        __mmask8 good = _mm512_cmp_pd_mask(w, pivot, _CMP_GE_OQ) & there, bad = (__mmask8)(there & ~good);
        /* What is written behind the kept ones was read before, or is room. */
        _mm512_storeu_pd(weights + front, _mm512_maskz_compress_pd(good, w));
        _mm512_storeu_si512(places + front, _mm512_maskz_compress_epi64(good, p));
        _mm512_storeu_pd(rest + behind, _mm512_maskz_compress_pd(bad, w));
        _mm512_storeu_si512(rest_places + behind, _mm512_maskz_compress_epi64(bad, p));
        front += bits_count(good);
        behind += bits_count(bad);
    }
    return front;
}

/* Lengths of 16 documents; gathers take numbers as signed, so those are turned and the address is moved to match. */
INLINE __m512i gather_lengths(const weigh_input *in, __m512i documents, __mmask16 there)
{
    const __m512i byte = _mm512_set1_epi32(255);
    __m512i at = _mm512_xor_si512(documents, _mm512_set1_epi32(INT32_MIN)), lengths = _mm512_setzero_si512();
    for (uint32_t p = 0; p < in->planes; p++) {
        const void *plane = (const void *)((uintptr_t)in->length[p] + (UINT64_C(1) << 31));
        __m512i v = _mm512_and_si512(gather32_masked(there, plane, at), byte);
        lengths = _mm512_or_si512(lengths, _mm512_sll_epi32(v, _mm_cvtsi32_si128((int)(8 * p))));
    }
    return lengths;
}

TARGET void kernels_avx512_weigh_saturate(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf,
                                          uint32_t n, uint8_t *out)
{
    const __m512i most = _mm512_set1_epi32(255), least = _mm512_set1_epi32(1);
    for (uint32_t i = 0; i < n; i += 16) {
        __mmask16 there = (__mmask16)avx512_low_ones(n - i);
        __m512i bytes = _mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)(wdf + i)));
        __m512 f = _mm512_cvtepi32_ps(bytes);
        __m512 norm = norms(in, gather_lengths(in, _mm512_maskz_loadu_epi32(there, documents + i), there));
        __m512 s = _mm512_mul_ps(_mm512_div_ps(f, _mm512_add_ps(f, norm)), _mm512_set1_ps(255 * 1.000002f));
        __m512i up = _mm512_cvt_roundps_epi32(s, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);
        up = _mm512_min_epi32(_mm512_max_epi32(up, least), most);
        up = _mm512_mask_mov_epi32(up, _mm512_cmpeq_epi32_mask(bytes, most), most);
        _mm_storeu_si128((void *)(out + i), _mm512_cvtepi32_epi8(up));
    }
}

TARGET size_t kernels_avx512_weigh_documents(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf,
                                             uint32_t n, double least, uint64_t first, double *weights,
                                             uint64_t *places)
{
    size_t found = 0;
    for (uint32_t i = 0; i < n; i += 8) {
        __mmask8 there = (__mmask8)avx512_low_ones(n - i);
        __m512i at = _mm512_maskz_loadu_epi32(there, documents + i);
        __m256i lengths = _mm512_castsi512_si256(gather_lengths(in, at, there));
        __m512d weight = weigh_eight(in, _mm_loadl_epi64((const void *)(wdf + i)), lengths);
        __mmask8 good = _mm512_mask_cmp_pd_mask(there, weight, _mm512_set1_pd(least), _CMP_GE_OQ);
        __m512i place = _mm512_cvtepu32_epi64(_mm512_castsi512_si256(at));
        place = _mm512_add_epi64(place, _mm512_set1_epi64((long long)first));
        _mm512_storeu_pd(weights + found, _mm512_maskz_compress_pd(good, weight));
        _mm512_storeu_si512(places + found, _mm512_maskz_compress_epi64(good, place));
        found += bits_count(good);
    }
    return found;
}

#else

typedef int kernels_avx512_weigh_is_empty; /* ISO C wants something in a file */

#endif
