/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/input.h"

#include <stdlib.h>
#include <string.h>

struct input *input_append(struct input *in, const uint8_t *bytes, size_t len)
{
	size_t have = in == NULL ? 0 : in->len;
	size_t cap = in == NULL ? 0 : in->cap;

	if (have + len > cap) {
		size_t wanted = have + len > 2 * cap ? have + len : 2 * cap;
		struct input *larger = realloc(in, sizeof(*in) + wanted);

		if (larger == NULL) {
			free(in);
			return NULL;
		}
		in = larger;
		in->cap = (uint32_t)wanted;
	}
	memcpy(in->bytes + have, bytes, len);
	in->len = (uint32_t)(have + len);
	return in;
}

void input_consume(struct input *in, size_t n)
{
	memmove(in->bytes, in->bytes + n, in->len - n);
	in->len -= (uint32_t)n;
}
