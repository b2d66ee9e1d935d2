/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "decoders_agree.h"

#include "plain_decoder.h"
#include "wire/reaction.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static bool same_batches(const struct plain_datagram *p, const struct reaction_datagram *f)
{
	const uint8_t *at = f->body;

	for (unsigned i = 0; i < p->n_batches; i++) {
		struct reaction_batch batch = reaction_batch_at(at);

		if (batch.n != p->batches[i].n)
			return false;
		for (unsigned j = 0; j < batch.n; j++) {
			if (batch.pairs[2 * j] != p->batches[i].pairs[j].reaction ||
				batch.pairs[2 * j + 1] != p->batches[i].pairs[j].count)
				return false;
		}
		at = reaction_batch_end(batch);
	}
	return at == f->body + f->body_len;
}

static bool same(const struct plain_datagram *p, const struct reaction_datagram *f)
{
	unsigned flags = (p->has_header ? 0 : REACTION_PLAIN) |
			 (p->wants_ticket ? REACTION_TICKET : 0) |
			 (p->wants_receipt ? REACTION_RECEIPT : 0) |
			 (p->is_text ? REACTION_TEXT : 0) | (p->wants_frame ? REACTION_FRAME : 0);

	if (f->flags != flags || f->session != p->session || f->sequence != p->sequence ||
		f->batches != p->n_batches)
		return false;
	if (f->channel != (p->has_header ? p->channel : WIRE_CHANNEL_NONE))
		return false;
	if (p->wants_ticket ? memcmp(f->ticket, p->ticket, 16) != 0 : f->ticket != NULL)
		return false;
	if (p->is_text)
		return f->body_len == p->text_len && memcmp(f->body, p->text, p->text_len) == 0;
	return same_batches(p, f);
}

void dump_bytes(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		fprintf(stderr, "%02x%s", bytes[i], i % 32 == 31 || i + 1 == len ? "\n" : " ");
}

enum refusal decoders_agree(const uint8_t *payload, size_t len)
{
	struct plain_datagram plain;
	struct reaction_datagram fast;
	enum refusal expected = plain_decode(payload, len, &plain);
	enum refusal got = reaction_decode(payload, len, &fast);

	if (got != expected || (got == REFUSED_none && !same(&plain, &fast)))
		dump_bytes(payload, len);
	cr_assert_eq(
		got, expected, "%s, but plainly %s", refusal_name(got), refusal_name(expected));
	cr_assert(got != REFUSED_none || same(&plain, &fast), "decoded to something else");
	return got;
}
