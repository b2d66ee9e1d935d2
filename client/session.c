/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/session.h"

#include "wire/bytes.h"
#include "wire/hex.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

enum { LEN = 7 };

uint64_t session_random(void)
{
	uint64_t session = 0;

	while (session == 0) {
		if (getrandom(&session, sizeof(session), 0) < 0)
			return 1;
		session >>= 8;
	}
	return session;
}

int session_parse(const char *text, uint64_t *out)
{
	uint8_t bytes[LEN];

	if (hex_parse(text, strlen(text), bytes, LEN) < 0 || load_be56(bytes) == 0)
		return -EINVAL;
	*out = load_be56(bytes);
	return 0;
}

const char *session_write(uint64_t session, char out[SESSION_TEXT_MAX])
{
	uint8_t bytes[LEN];

	store_be56(bytes, session);
	return hex_write(bytes, LEN, out);
}
