/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the appliance needs of its host, asked of the program that knows: `uproard --needs FILE`.
 */
#ifndef CLIENT_HOST_NEEDS_H
#define CLIENT_HOST_NEEDS_H

#include "hugepages/host/needs.h"

#include <stddef.h>

/*
 * Runs the uproard beside this program, else that of PATH, with this configuration (NULL: its
 * defaults). 0, or -errno after a complaint.
 */
int host_needs_ask(struct host_needs *needs, const char *config);

/* The answer. 0, or -EBADMSG with a sentence in error. */
int host_needs_parse(
	struct host_needs *needs, const char *text, size_t len, char *error, size_t cap);

#endif
