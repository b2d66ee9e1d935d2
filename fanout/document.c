/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/document.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct document *document_new(const char *content_type, const void *body, size_t len)
{
	struct document *d = malloc(sizeof(*d));

	if (d == NULL)
		return NULL;
	d->body = buffer_copy(body, len);
	if (d->body == NULL) {
		free(d);
		return NULL;
	}
	d->until = 0;
	snprintf(d->content_type, sizeof(d->content_type), "%s", content_type);
	return d;
}

void document_free(struct document *d)
{
	if (d == NULL)
		return;
	buffer_unref(d->body);
	free(d);
}

int document_path_find(const struct document_paths *p, const char *path, size_t len)
{
	unsigned n = atomic_load_explicit(&p->n, memory_order_acquire);

	if (len >= DOCUMENT_PATH_MAX)
		return -ENOENT;
	for (unsigned i = 0; i < n; i++) {
		if (memcmp(p->paths[i], path, len) == 0 && p->paths[i][len] == '\0')
			return (int)i;
	}
	return -ENOENT;
}

int document_path_add(struct document_paths *p, const char *path)
{
	unsigned n = atomic_load_explicit(&p->n, memory_order_relaxed);
	size_t len = strlen(path);
	int index = document_path_find(p, path, len);

	if (index >= 0)
		return index;
	if (len >= DOCUMENT_PATH_MAX)
		return -ENAMETOOLONG;
	if (n == DOCUMENTS_MAX)
		return -ENOSPC;
	memcpy(p->paths[n], path, len + 1);
	atomic_store_explicit(&p->n, n + 1, memory_order_release);
	return (int)n;
}

void document_put(struct document_shelf *s, unsigned index, struct document *d)
{
	document_free(atomic_exchange_explicit(&s->incoming[index], d, memory_order_acq_rel));
}

const struct document *document_get(struct document_shelf *s, unsigned index)
{
	struct document *d =
		atomic_exchange_explicit(&s->incoming[index], NULL, memory_order_acq_rel);

	if (d != NULL) {
		document_free(s->current[index]);
		s->current[index] = d;
	}
	return s->current[index];
}

void document_shelf_clear(struct document_shelf *s)
{
	for (unsigned i = 0; i < DOCUMENTS_MAX; i++) {
		document_free(atomic_exchange(&s->incoming[i], NULL));
		document_free(s->current[i]);
		s->current[i] = NULL;
	}
}
