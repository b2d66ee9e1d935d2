/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/ticket.h"

#include <string.h>

bool ticket_supported(void)
{
	return __builtin_cpu_supports("aes");
}

AES_CMAC void ticket_keys_expand(struct ticket_keys *out, const struct key_file *file)
{
	memset(out, 0, sizeof(*out));
	for (unsigned id = 0; id < WIRE_KEYS_MAX; id++) {
		if (!file->present[id])
			continue;
		aes_cmac_expand(&out->key[id].cmac, file->key[id]);
		out->key[id].present = 1;
	}
}
