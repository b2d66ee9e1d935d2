/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/document.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool fill(struct document *d, const char *content_type, const void *body, size_t len)
{
	snprintf(d->content_type, sizeof(d->content_type), "%s", content_type);
	d->until = 0;
	d->late = NULL;
	d->body = buffer_copy(body, len);
	return d->body != NULL;
}

static bool fill_late(struct document *d, uint64_t until, const void *late, size_t len)
{
	d->until = until;
	d->late = buffer_copy(late, len);
	return d->late != NULL;
}

static void empty(struct document *d)
{
	buffer_unref(d->body);
	buffer_unref(d->late);
}

static void document_free(struct document *d)
{
	if (d == NULL)
		return;
	empty(d);
	free(d);
}

struct document_version *document_version_new(
	const char *content_type, const void *body, size_t len, unsigned refs)
{
	struct document_version *v = malloc(sizeof(*v));

	if (v == NULL || !fill(&v->document, content_type, body, len)) {
		free(v);
		return NULL;
	}
	atomic_init(&v->refs, refs);
	return v;
}

bool document_version_until(
	struct document_version *v, uint64_t until, const void *late, size_t len)
{
	return fill_late(&v->document, until, late, len);
}

void document_version_free(struct document_version *v)
{
	empty(&v->document);
	free(v);
}

static void unref(struct document_version *v)
{
	if (v == NULL || atomic_fetch_sub_explicit(&v->refs, 1, memory_order_acq_rel) != 1)
		return;
	document_version_free(v);
}

static struct document *copy(const struct document *from)
{
	struct document *d = malloc(sizeof(*d));

	if (d == NULL || !fill(d, from->content_type, from->body->bytes, from->body->len)) {
		free(d);
		return NULL;
	}
	if (from->late != NULL && !fill_late(d, from->until, from->late->bytes, from->late->len)) {
		document_free(d);
		return NULL;
	}
	return d;
}

/* FNV-1a. The paths are the operator's; what clients ask for adds nothing. */
static unsigned slot_of(const char *path, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)path[i]) * 16777619u;
	return hash % DOCUMENT_SLOTS;
}

/* The slot of the path, or the empty one where it would be. */
static unsigned find_slot(const struct document_paths *p, const char *path, size_t len)
{
	unsigned slot = slot_of(path, len), place;

	while ((place = atomic_load_explicit(&p->slots[slot], memory_order_acquire)) != 0) {
		const char *there = p->paths[place - 1];

		if (strlen(there) == len && memcmp(there, path, len) == 0)
			break;
		slot = (slot + 1) % DOCUMENT_SLOTS;
	}
	return slot;
}

int document_path_find(const struct document_paths *p, const char *path, size_t len)
{
	unsigned place;

	if (len >= DOCUMENT_PATH_MAX)
		return -ENOENT;
	place = atomic_load_explicit(&p->slots[find_slot(p, path, len)], memory_order_acquire);
	return place == 0 ? -ENOENT : (int)place - 1;
}

int document_path_add(struct document_paths *p, const char *path)
{
	size_t len = strlen(path);
	int index = document_path_find(p, path, len);

	if (index >= 0)
		return index;
	if (len >= DOCUMENT_PATH_MAX)
		return -ENAMETOOLONG;
	if (p->n == DOCUMENTS_MAX)
		return -ENOSPC;
	p->paths[p->n] = strdup(path);
	if (p->paths[p->n] == NULL)
		return -ENOMEM;
	atomic_store_explicit(&p->slots[find_slot(p, path, len)], (unsigned short)(p->n + 1),
		memory_order_release);
	return (int)p->n++;
}

void document_paths_clear(struct document_paths *p)
{
	while (p->n > 0)
		free(p->paths[--p->n]);
}

void document_put(struct document_shelf *s, unsigned index, struct document_version *v)
{
	unref(atomic_exchange_explicit(&s->incoming[index], v, memory_order_acq_rel));
}

const struct document *document_get(struct document_shelf *s, unsigned index)
{
	struct document_version *v =
		atomic_exchange_explicit(&s->incoming[index], NULL, memory_order_acq_rel);
	struct document *d = v != NULL ? copy(&v->document) : NULL;

	unref(v);
	if (d != NULL) {
		document_free(s->current[index]);
		s->current[index] = d;
	}
	return s->current[index];
}

void document_shelf_clear(struct document_shelf *s)
{
	for (unsigned i = 0; i < DOCUMENTS_MAX; i++) {
		unref(atomic_exchange(&s->incoming[i], NULL));
		document_free(s->current[i]);
		s->current[i] = NULL;
	}
}
