/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Web pages that may read streams and documents, by their origin (RFC 6454): "https://example.com".
 * A browser says which page a request comes from; other clients say nothing and are not asked.
 */
#ifndef FANOUT_ORIGINS_H
#define FANOUT_ORIGINS_H

#include "fanout/http_request.h"

#include <pthread.h>
#include <stdbool.h>

enum { ORIGIN_MAX = 255 }; // bytes

struct origins {
	pthread_rwlock_t lock; // of the rest: control may exchange it
	unsigned n;            // 0: all may
	char **list;
};

/* Copies. 0 or -ENOMEM; *o can be freed either way. */
int origins_init(struct origins *o, const char *const *list, unsigned n);
void origins_free(struct origins *o);

/* One gets what the other had; threads may be asking a. */
void origins_exchange(struct origins *a, struct origins *b);

/* Is there a list? */
bool origins_any(struct origins *o);

/*
 * May a page of this origin? A page of ours may: its origin is the host that it asks. Letters of
 * either case are the same.
 */
bool origins_allow(struct origins *o, struct slice origin, struct slice host);

#endif
