/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/tls_bio.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A frame in its record has a chunk of its own; small ones that meet before a send share one. */
enum { CHUNK_MIN = 512 - 16 };

struct tls_chunk {
	struct tls_chunk *next;
	uint32_t len, cap;
	uint8_t bytes[];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static BIO_METHOD *method; // of all of them; lives as long as the process

static struct tls_chunk *add_chunk(struct tls_bio *b, size_t len)
{
	size_t cap = len > CHUNK_MIN ? len : CHUNK_MIN;
	struct tls_chunk *chunk = malloc(sizeof(*chunk) + cap);

	if (chunk == NULL)
		return NULL;
	*chunk = (struct tls_chunk){.cap = (uint32_t)cap};
	if (b->last != NULL)
		b->last->next = chunk;
	else
		b->first = chunk;
	b->last = chunk;
	return chunk;
}

bool tls_bio_put(struct tls_bio *b, const void *bytes, size_t len)
{
	struct tls_chunk *chunk = b->last;

	if (len > b->limit - b->waiting)
		return false;
	if (chunk == NULL || (chunk == b->first && b->lent) || len > chunk->cap - chunk->len)
		chunk = add_chunk(b, len);
	if (chunk == NULL)
		return false;
	memcpy(chunk->bytes + chunk->len, bytes, len);
	chunk->len += (uint32_t)len;
	b->waiting += len;
	return true;
}

size_t tls_bio_output(struct tls_bio *b, const uint8_t **bytes)
{
	if (b->first == NULL)
		return 0;
	b->lent = true;
	*bytes = b->first->bytes + b->sent;
	return b->first->len - b->sent;
}

static void drop_first(struct tls_bio *b)
{
	struct tls_chunk *chunk = b->first;

	b->first = chunk->next;
	if (b->first == NULL)
		b->last = NULL;
	b->lent = false;
	b->sent = 0;
	free(chunk);
}

void tls_bio_sent(struct tls_bio *b, size_t len)
{
	b->waiting -= len;
	b->sent += len;
	if (b->sent == b->first->len)
		drop_first(b);
}

void tls_bio_clear(struct tls_bio *b)
{
	while (b->first != NULL)
		drop_first(b);
	b->waiting = 0;
}

static int on_write(BIO *bio, const char *bytes, int len)
{
	BIO_clear_retry_flags(bio);
	return tls_bio_put(BIO_get_data(bio), bytes, (size_t)len) ? len : -1;
}

static int on_read(BIO *bio, char *out, int cap)
{
	struct tls_bio *b = BIO_get_data(bio);
	size_t n = b->in_len < (size_t)cap ? b->in_len : (size_t)cap;

	BIO_clear_retry_flags(bio);
	if (n == 0) {
		BIO_set_retry_read(bio);
		return -1;
	}
	memcpy(out, b->in, n);
	b->in += n;
	b->in_len -= n;
	return (int)n;
}

static long on_ctrl(BIO *bio, int command, long number, void *pointer)
{
	return command == BIO_CTRL_FLUSH; // of which there is nothing to do; all else is unknown
}

static void make_method(void)
{
	BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "memory");

	if (m != NULL && BIO_meth_set_write(m, on_write) == 1 &&
		BIO_meth_set_read(m, on_read) == 1 && BIO_meth_set_ctrl(m, on_ctrl) == 1)
		method = m;
}

BIO *tls_bio_new(struct tls_bio *b)
{
	pthread_once(&once, make_method);
	BIO *bio = method != NULL ? BIO_new(method) : NULL;
	if (bio != NULL) {
		BIO_set_data(bio, b);
		BIO_set_init(bio, 1);
	}
	return bio;
}
