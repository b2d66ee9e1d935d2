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
	pthread_rwlock_init(&o->lock, NULL);
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
	o->list = NULL;
	o->n = 0;
}

void origins_exchange(struct origins *a, struct origins *b)
{
	unsigned n = a->n;
	char **list = a->list;

	pthread_rwlock_wrlock(&a->lock);
	a->n = b->n;
	a->list = b->list;
	pthread_rwlock_unlock(&a->lock);
	b->n = n;
	b->list = list;
}

bool origins_any(struct origins *o)
{
	pthread_rwlock_rdlock(&o->lock);
	bool any = o->n > 0;
	pthread_rwlock_unlock(&o->lock);
	return any;
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

static bool is_listed(const struct origins *o, struct slice origin)
{
	for (unsigned i = 0; i < o->n; i++) {
		if (same(origin, (struct slice){.at = o->list[i], .len = strlen(o->list[i])}))
			return true;
	}
	return false;
}

bool origins_allow(struct origins *o, struct slice origin, struct slice host)
{
	if (origin.len == 0 || (host.len > 0 && same(host_of(origin), host)))
		return true;
	pthread_rwlock_rdlock(&o->lock);
	bool allowed = o->n == 0 || is_listed(o, origin);
	pthread_rwlock_unlock(&o->lock);
	return allowed;
}
