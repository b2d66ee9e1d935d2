/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/record_key.h"

#include <errno.h>

enum people_form { PEOPLE_UNKNOWN, PEOPLE_SPARSE, PEOPLE_DENSE };
enum { RANK_BITS = 6, SPARSE_MAX = REACTORS_REGISTERS / 2 - 1 }; // up to there it is shorter

_Static_assert(REACTORS_RANK_MAX < 1 << RANK_BITS, "a rank fits beside its place");
_Static_assert(REACTORS_REGISTERS <= 1 << (16 - RANK_BITS), "a place fits beside its rank");

size_t record_tally_key(const struct record_tally *t, uint8_t *out)
{
	return record_key_write(out, RECORD_TALLY, t->channel, &t->source);
}

int record_tally_key_decode(
	const void *key, size_t len, uint16_t *channel, struct record_source *source)
{
	struct record_source s;
	uint16_t c;

	if (record_key_read(key, len, RECORD_TALLY, &c, &s) != 0)
		return -EINVAL;
	if (c == WIRE_CHANNEL_NONE || s.generation == 0)
		return -EINVAL;
	*channel = c;
	*source = s;
	return 0;
}

static void write_counts(uint8_t **at, const uint64_t *counts)
{
	uint8_t *head = *at;
	uint16_t n = 0;

	*at += 2;
	for (unsigned i = 0; i < WIRE_REACTIONS_MAX; i++) {
		if (counts[i] == 0)
			continue;
		record_write_8(at, (uint8_t)i);
		record_write_64(at, counts[i]);
		n++;
	}
	store_be16(head, n);
}

static void read_counts(struct record_reader *r, uint64_t *counts)
{
	unsigned n = record_read_16(r), next = 0;

	memset(counts, 0, WIRE_REACTIONS_MAX * sizeof(*counts));
	for (unsigned i = 0; i < n && !r->failed; i++) {
		unsigned id = record_read_8(r);
		uint64_t count = record_read_64(r);

		// One way to write a tally: in order, without empty ones.
		r->failed = r->failed || id < next || count == 0;
		counts[id] = count;
		next = id + 1;
	}
}

static unsigned registers_used(const struct hyperloglog *h)
{
	const uint8_t *rank = (const uint8_t *)h->registers;
	unsigned n = 0;

	for (unsigned i = 0; i < REACTORS_REGISTERS; i++)
		n += rank[i] != 0;
	return n;
}

static void write_sparse(uint8_t **at, const struct hyperloglog *h, unsigned n)
{
	const uint8_t *rank = (const uint8_t *)h->registers;

	record_write_16(at, (uint16_t)n);
	for (unsigned i = 0; i < REACTORS_REGISTERS; i++) {
		if (rank[i] != 0)
			record_write_16(at, (uint16_t)(i << RANK_BITS | rank[i]));
	}
}

static void read_sparse(struct record_reader *r, struct hyperloglog *h)
{
	unsigned n = record_read_16(r), next = 0;

	r->failed = r->failed || n > SPARSE_MAX;
	for (unsigned i = 0; i < n && !r->failed; i++) {
		unsigned both = record_read_16(r), place = both >> RANK_BITS;
		uint8_t rank = both & ((1 << RANK_BITS) - 1);

		if (place < next || place >= REACTORS_REGISTERS || rank == 0 ||
			rank > REACTORS_RANK_MAX) {
			r->failed = true;
			return;
		}
		h->registers[place / REACTORS_IN_LINE][place % REACTORS_IN_LINE] = rank;
		next = place + 1;
	}
}

static void read_dense(struct record_reader *r, struct hyperloglog *h)
{
	const uint8_t *ranks = record_read(r, sizeof(h->registers));

	if (ranks == NULL)
		return;
	for (unsigned i = 0; i < sizeof(h->registers); i++)
		r->failed = r->failed || ranks[i] > REACTORS_RANK_MAX;
	memcpy(h->registers, ranks, sizeof(h->registers));
	r->failed = r->failed || registers_used(h) <= SPARSE_MAX;
}

static void read_people(struct record_reader *r, unsigned form, struct record_tally *t)
{
	t->has_people = form != PEOPLE_UNKNOWN;
	memset(&t->people, 0, sizeof(t->people));
	if (form == PEOPLE_SPARSE)
		read_sparse(r, &t->people);
	else if (form == PEOPLE_DENSE)
		read_dense(r, &t->people);
	else
		r->failed = r->failed || form != PEOPLE_UNKNOWN;
}

size_t record_tally_encode(const struct record_tally *t, uint8_t *out)
{
	unsigned used = t->has_people ? registers_used(&t->people) : 0;
	enum people_form form = !t->has_people       ? PEOPLE_UNKNOWN
				: used <= SPARSE_MAX ? PEOPLE_SPARSE
						     : PEOPLE_DENSE;
	uint8_t *at = out;

	record_write_8(&at, RECORD_VERSION);
	record_write_8(&at, (uint8_t)form);
	record_write_64(&at, t->window);
	record_write_64(&at, t->ends);
	write_counts(&at, t->counts);
	if (form == PEOPLE_SPARSE)
		write_sparse(&at, &t->people, used);
	else if (form == PEOPLE_DENSE)
		record_write(&at, t->people.registers, sizeof(t->people.registers));
	return (size_t)(at - out);
}

int record_tally_decode(
	const void *key, size_t key_len, const void *value, size_t len, struct record_tally *out)
{
	struct record_reader r = record_reader(value, len);
	uint8_t version = record_read_8(&r), form = record_read_8(&r);

	if (record_tally_key_decode(key, key_len, &out->channel, &out->source) != 0)
		return -EINVAL;
	out->window = record_read_64(&r);
	out->ends = record_read_64(&r);
	read_counts(&r, out->counts);
	read_people(&r, form, out);
	return record_read_whole(&r) && version == RECORD_VERSION ? 0 : -EINVAL;
}
