/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The certificate under which new connections begin. Control replaces it; threads take it.
 */
#ifndef FANOUT_TLS_HOLDER_H
#define FANOUT_TLS_HOLDER_H

#include "fanout/tls_context.h"

#include <pthread.h>

struct tls_holder {
	char *certificate, *key;     // paths; NULL: there is no TLS; control only
	pthread_mutex_t lock;        // of context
	struct tls_context *context; // control: wo, threads: ro
};

/* Copies the paths, which may be NULL, and loads nothing. 0 or -ENOMEM. */
int tls_holder_init(struct tls_holder *h, const char *certificate, const char *key);
void tls_holder_fini(struct tls_holder *h);

/* Loads the files, once, before others have it. Returns and reports as tls_context_load(). */
int tls_holder_load(struct tls_holder *h, char *report, size_t cap);

/* b, which nobody else has, gets what a had, and a what was loaded into b. */
void tls_holder_exchange(struct tls_holder *a, struct tls_holder *b);

/* A reference to what was loaded last. */
struct tls_context *tls_holder_take(struct tls_holder *h);

#endif
