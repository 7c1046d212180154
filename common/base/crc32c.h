/* CRC32C (Castagnoli; iSCSI, RFC 3720): the checksum of everything on disk. Lowest bits first, polynomial 0x82f63b78,
 * all bits inverted before and after. By the processor's instruction where it has one, by tables else; the same number
 * either way. */
#ifndef BASE_CRC32C_H
#define BASE_CRC32C_H

#include <oir/types.h>

/* The checksum of bytes that follow those of checksum `crc`; 0 to begin: crc32c_add(0, "123456789", 9) is
 * 0xe3069283. */
uint32_t crc32c_add(uint32_t crc, const void *bytes, size_t size);
/* The same by tables, whatever the machine has. For tests. */
uint32_t crc32c_add_scalar(uint32_t crc, const void *bytes, size_t size);

#endif
