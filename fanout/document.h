/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Documents that control hands over: bytes with a path and a type, served as they are. Paths are
 * only ever added. A new version waits for each thread until somebody asks that thread for it; only
 * then it has a copy of its own, whose count of references needs no lock.
 */
#ifndef FANOUT_DOCUMENT_H
#define FANOUT_DOCUMENT_H

#include "fanout/buffer.h"

#include <stdatomic.h>
#include <stdbool.h>

/* Room for a page and one document of each of 4096 channels; the index has twice as many slots. */
enum {
	DOCUMENTS_MAX = 8192,
	DOCUMENT_SLOTS = 2 * DOCUMENTS_MAX,
	DOCUMENT_PATH_MAX = 128,
	DOCUMENT_TYPE_MAX = 64,
};

struct document {
	char content_type[DOCUMENT_TYPE_MAX];
	uint64_t until; // milliseconds of CLOCK_MONOTONIC, when it is out of date, if it has late
	struct buffer *body;
	struct buffer *late; // instead of body, when it is out of date; NULL: it never is
};

/* A version, for all threads. Nobody changes it, or takes a reference to its body. */
struct document_version {
	atomic_uint refs;
	struct document document;
};

/* Of all threads. control: rw, threads: ro */
struct document_paths {
	unsigned n;
	char *paths[DOCUMENTS_MAX];
	atomic_ushort slots[DOCUMENT_SLOTS]; // by hash: 1 + place in paths, stored behind it; or 0
};

/* Of one thread: control puts what comes in, the thread takes it and has the rest for itself. */
struct document_shelf {
	_Atomic(struct document_version *) incoming[DOCUMENTS_MAX];
	struct document *current[DOCUMENTS_MAX];
};

/* With so many references, each for one document_put(). NULL if there is no memory. */
struct document_version *document_version_new(
	const char *content_type, const void *body, size_t len, unsigned refs);

/* control, before it is put anywhere: what there is instead of it after until. False: no memory. */
bool document_version_until(
	struct document_version *v, uint64_t until, const void *late, size_t len);
void document_version_free(struct document_version *v); // that was put nowhere

/* control: the index of the path, which is added if it is new; -ENOSPC, -ENAMETOOLONG, -ENOMEM. */
int document_path_add(struct document_paths *p, const char *path);

/* thread: the index of the path, or -ENOENT. */
int document_path_find(const struct document_paths *p, const char *path, size_t len);

/* control: v replaces what was there; the reference is the shelf's then. */
void document_put(struct document_shelf *s, unsigned index, struct document_version *v);

/* thread: the newest version, which stays the shelf's; without memory for it the one before. NULL
 * if none has been put yet. */
const struct document *document_get(struct document_shelf *s, unsigned index);

/* After the threads have ended. */
void document_paths_clear(struct document_paths *p);
void document_shelf_clear(struct document_shelf *s);

#endif
