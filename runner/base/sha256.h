/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_BASE_SHA256_H
#define RUNNER_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* SHA-256 (FIPS 180-4), own because no library that nscheck needs anyway exports one. */

struct sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes taken so far */
	unsigned char block[64];
};

void sha256_begin(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *data, size_t len);

/* Ends the sum and writes it as 64 hexadecimal digits and a NUL. */
void sha256_end(struct sha256 *s, char hex[65]);

/* All of the above for one block of memory. */
void sha256_of(const void *data, size_t len, char hex[65]);

#endif
