/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/origins.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int origins_init(struct origins *o, const char *const *list, unsigned n)
{
	*o = (struct origins){.list = calloc(n == 0 ? 1 : n, sizeof(o->list[0]))};
	if (o->list == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++) {
		o->list[i] = strdup(list[i]);
		if (o->list[i] == NULL)
			return -ENOMEM;
		o->n++;
	}
	return 0;
}

void origins_free(struct origins *o)
{
	for (unsigned i = 0; i < o->n; i++)
		free(o->list[i]);
	free(o->list);
	*o = (struct origins){0};
}

static bool same(struct slice a, struct slice b)
{
	return a.len == b.len && strncasecmp(a.at, b.at, a.len) == 0;
}

static struct slice host_of(struct slice origin)
{
	static const char MARK[] = "://";
	const char *mark = memmem(origin.at, origin.len, MARK, sizeof(MARK) - 1);

	if (mark == NULL)
		return (struct slice){.at = origin.at, .len = 0};
	mark += sizeof(MARK) - 1;
	return (struct slice){.at = mark, .len = origin.len - (size_t)(mark - origin.at)};
}

bool origins_allow(const struct origins *o, struct slice origin, struct slice host)
{
	if (o->n == 0 || origin.len == 0)
		return true;
	if (host.len > 0 && same(host_of(origin), host))
		return true;
	for (unsigned i = 0; i < o->n; i++) {
		if (same(origin, (struct slice){.at = o->list[i], .len = strlen(o->list[i])}))
			return true;
	}
	return false;
}
