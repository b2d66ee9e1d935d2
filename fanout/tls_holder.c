/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/tls_holder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int tls_holder_init(struct tls_holder *h, const char *certificate, const char *key)
{
	pthread_mutex_init(&h->lock, NULL);
	h->context = NULL;
	h->certificate = certificate != NULL ? strdup(certificate) : NULL;
	h->key = key != NULL ? strdup(key) : NULL;
	if ((certificate != NULL && h->certificate == NULL) || (key != NULL && h->key == NULL))
		return -ENOMEM;
	return 0;
}

void tls_holder_fini(struct tls_holder *h)
{
	tls_context_unref(h->context);
	free(h->certificate);
	free(h->key);
	pthread_mutex_destroy(&h->lock);
}

int tls_holder_load(struct tls_holder *h, char *report, size_t cap)
{
	return tls_context_load(&h->context, h->certificate, h->key, report, cap);
}

void tls_holder_exchange(struct tls_holder *a, struct tls_holder *b)
{
	const struct tls_holder before = {
		.certificate = a->certificate, .key = a->key, .context = a->context};

	pthread_mutex_lock(&a->lock);
	a->context = b->context;
	pthread_mutex_unlock(&a->lock);
	a->certificate = b->certificate;
	a->key = b->key;
	b->certificate = before.certificate;
	b->key = before.key;
	b->context = before.context;
}

struct tls_context *tls_holder_take(struct tls_holder *h)
{
	pthread_mutex_lock(&h->lock);
	struct tls_context *context = tls_context_ref(h->context);
	pthread_mutex_unlock(&h->lock);
	return context;
}
