/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Asks an appliance on this machine over its control socket (wire/socket_path.h). */
#ifndef CLIENT_CONTROL_CALL_H
#define CLIENT_CONTROL_CALL_H

#include <stddef.h>
#include <stdint.h>

/*
 * Sends one line, returns the whole answer: *answer is the caller's to free and ends in a zero that
 * *len does not count. 0, or -errno (-ENOENT, -ECONNREFUSED: no appliance there).
 */
int control_call(const char *socket_path, const char *request, uint64_t deadline, char **answer,
	size_t *len);

#endif
