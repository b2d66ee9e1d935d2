/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Documents that control hands over: bytes with a path and a type, served as they are. Paths are
 * only ever added. Each thread has its own copy of each document, so that its count of references
 * needs no lock; a new version waits in a slot until somebody asks that thread for it.
 */
#ifndef FANOUT_DOCUMENT_H
#define FANOUT_DOCUMENT_H

#include "fanout/buffer.h"

#include <stdatomic.h>

/* Room for a page and one document of each of 4096 channels; the index has twice as many slots. */
enum {
	DOCUMENTS_MAX = 8192,
	DOCUMENT_SLOTS = 2 * DOCUMENTS_MAX,
	DOCUMENT_PATH_MAX = 128,
	DOCUMENT_TYPE_MAX = 64,
};

struct document {
	char content_type[DOCUMENT_TYPE_MAX];
	uint64_t until; // milliseconds of CLOCK_MONOTONIC, when it is out of date; 0: never
	struct buffer *body;
};

/* Of all threads. control: rw, threads: ro */
struct document_paths {
	unsigned n;
	char *paths[DOCUMENTS_MAX];
	atomic_ushort slots[DOCUMENT_SLOTS]; // by hash: 1 + place in paths, stored behind it; or 0
};

/* Of one thread. */
struct document_shelf {
	_Atomic(struct document *) incoming[DOCUMENTS_MAX]; // control puts, the thread takes
	struct document *current[DOCUMENTS_MAX];            // thread
};

/* NULL if there is no memory. */
struct document *document_new(const char *content_type, const void *body, size_t len);
void document_free(struct document *d);

/* control: the index of the path, which is added if it is new; -ENOSPC, -ENAMETOOLONG, -ENOMEM. */
int document_path_add(struct document_paths *p, const char *path);

/* thread: the index of the path, or -ENOENT. */
int document_path_find(const struct document_paths *p, const char *path, size_t len);

/* control: d, no longer the caller's, replaces what was there. */
void document_put(struct document_shelf *s, unsigned index, struct document *d);

/* thread: the newest version, which stays the shelf's. NULL if none has been put yet. */
const struct document *document_get(struct document_shelf *s, unsigned index);

/* After the threads have ended. */
void document_paths_clear(struct document_paths *p);
void document_shelf_clear(struct document_shelf *s);

#endif
