/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/sessions.h"

#include <errno.h>
#include <sys/random.h>

uint32_t sessions_buckets(uint32_t sessions)
{
	uint32_t buckets = 1;

	while (buckets < (sessions + 1) / 2)
		buckets *= 2;
	return buckets;
}

size_t sessions_size(uint32_t buckets)
{
	return sizeof(struct session_head) + buckets * sizeof(struct session_bucket);
}

void sessions_view(struct sessions *s, void *memory, uint32_t buckets)
{
	const struct session_head *head = memory;

	memcpy(s->key, head->key, sizeof(s->key));
	s->n = buckets;
	s->buckets = (struct session_bucket *)((char *)memory + sizeof(*head));
}

int sessions_make_key(void *memory)
{
	struct session_head *head = memory;

	if ((head->key[0] | head->key[1]) != 0)
		return 0;
	if (getrandom(head->key, sizeof(head->key), 0) != sizeof(head->key))
		return -errno;
	return 0;
}

static bool carry_slot(const struct session_slot *slot, uint32_t paid, struct sessions *to)
{
	uint64_t session = session_of(slot->who);
	struct session_bucket *b = session_bucket(to, session_hash(to, session));
	struct session_claim c;

	session_look(b, session, 1, 1, 0, &c);
	bool room = c.was.who == 0;
	c.becomes.seen = slot->seen;
	*c.slot = c.becomes;
	b->paid[c.slot - b->slots] = paid;
	return room;
}

/* From the oldest of a bucket to the newest, so that a smaller table keeps the newest. */
uint64_t sessions_carry(const struct sessions *from, struct sessions *to)
{
	uint64_t displaced = 0;

	for (uint32_t i = 0; i < from->n; i++) {
		const struct session_bucket *b = &from->buckets[i];
		unsigned oldest = session_turn(b->slots[0].who, b->slots[1].who, b->slots[2].who);

		for (unsigned j = 0; j < SESSION_SLOTS; j++) {
			unsigned at = (oldest + j) % SESSION_SLOTS;

			if (b->slots[at].who != 0)
				displaced += !carry_slot(&b->slots[at], b->paid[at], to);
		}
	}
	return displaced;
}
