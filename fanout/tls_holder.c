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
	struct tls_context *loaded, *before;
	int ret = tls_context_load(&loaded, h->certificate, h->key, report, cap);

	if (ret < 0)
		return ret;
	pthread_mutex_lock(&h->lock);
	before = h->context;
	h->context = loaded;
	pthread_mutex_unlock(&h->lock);
	tls_context_unref(before);
	return ret;
}

struct tls_context *tls_holder_take(struct tls_holder *h)
{
	pthread_mutex_lock(&h->lock);
	struct tls_context *context = tls_context_ref(h->context);
	pthread_mutex_unlock(&h->lock);
	return context;
}
