/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* One document over plain HTTP, bounded in size and time. */
#ifndef CLIENT_HTTP_GET_H
#define CLIENT_HTTP_GET_H

#include "client/endpoint.h"

#include <stddef.h>
#include <stdint.h>

/*
 * GET path; the answer must be 200 with a body of at most 1 MiB. *body is the caller's to free and
 * ends in a zero that *len does not count. 0, or -errno: -ENOENT for 404, -EPROTO for any other
 * status and for what is no HTTP answer.
 */
int http_get(
	const struct endpoint *at, const char *path, uint64_t deadline, char **body, size_t *len);

/* What http_get does with the bytes of a whole answer: where the body is. 0, -ENOENT, -EPROTO. */
int http_answer_body(const char *answer, size_t len, const char **body, size_t *body_len);

#endif
