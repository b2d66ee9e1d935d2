/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Compiled databases in a file, so that the next start need not compile them.
 *
 * Hyperscan reads serialised databases in good faith. So a file is taken only if it is ours alone
 * (owner, mode 0600, no symbolic link), holds what it was written with (SHA-256), and was made from
 * the same expressions by the same version of Hyperscan for the same processor (another SHA-256,
 * the key). Any other is as good as none, and the next store replaces it.
 */
#ifndef DATAPLANE_TEXT_CACHE_H
#define DATAPLANE_TEXT_CACHE_H

#include "dataplane/text_expressions.h"

#include <stdbool.h>
#include <stdint.h>

enum { TEXT_CACHE_DATABASES = 3 };

struct text_cache_key {
	uint8_t digest[32];
};

/* 0 or -ENOMEM. */
int text_cache_key_of(
	struct text_cache_key *key, const struct text_expressions lists[TEXT_CACHE_DATABASES]);

/* Databases that are empty stay NULL. False, and all are NULL: there is none. */
bool text_cache_load(const char *path, const struct text_cache_key *key,
	hs_database_t *databases[TEXT_CACHE_DATABASES]);

/* By renaming: the file is the old one or the new one. 0 or -errno. */
int text_cache_store(const char *path, const struct text_cache_key *key,
	hs_database_t *const databases[TEXT_CACHE_DATABASES]);

#endif
