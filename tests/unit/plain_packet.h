/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * An Ethernet frame read a second time, from the standards alone and for clarity alone: what the
 * fast parser must agree with, on anything.
 */
#ifndef TESTS_PLAIN_PACKET_H
#define TESTS_PLAIN_PACKET_H

#include "wire/refusal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known about a frame besides its bytes. */
struct plain_surroundings {
	unsigned port;
	bool from_local_kernel; // which may leave UDP checksums half made
	bool device_says_ip_good, device_says_ip_bad;
	bool device_says_udp_good, device_says_udp_bad;
};

struct plain_payload {
	size_t begin, len; // within the frame
};

/* REFUSED_none and where the payload of UDP lies, or the first check that fails. */
enum refusal plain_packet(const uint8_t *frame, size_t len, const struct plain_surroundings *around,
	struct plain_payload *out);

#endif
