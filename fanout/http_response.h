/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The head of an answer, with the fields that every answer carries.
 */
#ifndef FANOUT_HTTP_RESPONSE_H
#define FANOUT_HTTP_RESPONSE_H

#include "fanout/http_request.h"

#include <stdbool.h>
#include <stddef.h>

enum { HTTP_RESPONSE_HEAD_MAX = 1024 };

struct http_response {
	int status;
	const char *content_type;
	const char *extra; // further fields, each with CR LF; may be NULL
	size_t content_length;
	bool until_close;    // a stream: no Content-Length, ends with the connection
	bool cross_origin;   // web pages of other origins may read it
	struct slice origin; // those: *, or the one that asks; empty: none
	bool by_origin;      // another page may get another answer
	bool close;          // the connection ends behind this answer
};

/* "Not Found" */
const char *http_reason(int status);

/* Writes the head with its empty line; returns its length. extra must leave it below the maximum.
 */
size_t http_put_head(char out[static HTTP_RESPONSE_HEAD_MAX], const struct http_response *r);

#endif
