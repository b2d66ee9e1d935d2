/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Which web pages may read.
 */

#include "control/config_check.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { ORIGIN_TEXT_MAX = 255 };

/* "https://example.com" or "http://localhost:8080": no path, not even a last slash (RFC 6454). */
static bool is_origin(const char *text)
{
	size_t scheme = strncasecmp(text, "https://", 8) == 0  ? 8
			: strncasecmp(text, "http://", 7) == 0 ? 7
							       : 0;

	return scheme > 0 && text[scheme] != '\0' && strpbrk(text + scheme, "/ ?#@*") == NULL &&
	       strlen(text) <= ORIGIN_TEXT_MAX;
}

int config_take_origins(struct config *c, const struct file_fanout *file,
	const struct config_source *source, char *error, size_t cap)
{
	const struct config_check k = {source, error, cap};
	char path[64];

	for (unsigned i = 0; i < file->origins_count; i++) {
		snprintf(path, sizeof(path), "fanout.origins[%u]", i);
		if (i == CONFIG_ORIGINS_MAX)
			return config_wrong(&k, path, "more than %d origins", CONFIG_ORIGINS_MAX);
		if (!is_origin(file->origins[i]))
			return config_wrong(&k, path,
				"'%s' is no origin: write https://example.com, with a port if it "
				"has one, and nothing behind",
				file->origins[i]);
		c->origins[c->n_origins++] = file->origins[i];
	}
	return 0;
}
