/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What is remembered of each session, so that each (session, sequence) counts once: the newest
 * sequence, and which of the 32 up to it were counted. The table lies in the arena and is shared
 * by all workers without a lock.
 *
 * A session belongs to one bucket, a cache line of three slots. A slot is 16 bytes and changes only
 * as a whole, by compare-and-swap, so whatever two workers do at once, one of them came first and
 * the other looks again. A change also names its worker, which tells recovery after a kill who
 * claimed last (dataplane/undo.h).
 *
 * When a bucket is full, a new session takes the place of the one that came into it first: slots
 * are filled in turn, and two bits of each say in which round. So where the next session goes
 * follows from the bucket alone. Two workers that both see a session for the first time try to
 * write the same slot, and the second finds what the first wrote; by age or at random they could
 * both succeed. The session that had to go is forgotten: its next datagram is first sight again,
 * of which the newest batch counts, so that nothing is counted twice by what it repeats.
 *
 * Buckets are chosen by a hash under a secret key; nobody outside can aim sessions at one.
 */
#ifndef DATAPLANE_SESSIONS_H
#define DATAPLANE_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	SESSIONS_LAYOUT = 2,
	SESSION_SLOTS = 3,   // in a bucket
	SESSION_WINDOW = 32, // sequence numbers that a slot remembers
	SESSION_OWNERS = 64, // as many workers have a number of their own
	SESSION_ROUNDS = 4,  // in which a bucket is filled, modulo
};

struct session_slot {
	_Alignas(16) uint64_t who; // session (56 bits), worker (6), round (2); 0: empty
	uint64_t seen; // newest sequence (32 bits), window (32): bit d: newest - d was counted
};

struct session_bucket {
	_Alignas(64) struct session_slot slots[SESSION_SLOTS]; // workers: rw, compare-and-swap
	/* Per slot: until when its taps are paid for (session_limits.h). Not exact, never waited
	 * for. */
	uint32_t paid[SESSION_SLOTS];
	uint32_t reserved;
};

/* At the beginning of the memory; the buckets follow. */
struct session_head {
	_Alignas(64) uint64_t key[2];
};

struct sessions {
	uint64_t key[2];
	uint32_t n; // buckets, a power of two
	struct session_bucket *buckets;
};

/* Buckets of a table for so many sessions: the least power of two with two or fewer in each. */
uint32_t sessions_buckets(uint32_t sessions);

/* Bytes of memory for so many buckets; aligned to 64. */
size_t sessions_size(uint32_t buckets);

/* Looks at a table in memory. Zeroed memory is an empty table once it has a key. */
void sessions_view(struct sessions *s, void *memory, uint32_t buckets);

/* Gives a table without a key a random one. 0 or -errno. */
int sessions_make_key(void *memory);

/* Puts every session of one table into another. Returns how many had to go for it. No worker may
 * run. */
uint64_t sessions_carry(const struct sessions *from, struct sessions *to);

static inline uint64_t session_of(uint64_t who)
{
	return who << 8 >> 8;
}

static inline unsigned session_owner(uint64_t who)
{
	return who >> 56 & (SESSION_OWNERS - 1);
}

static inline uint64_t session_who(uint64_t session, unsigned owner, unsigned round)
{
	return session | (uint64_t)owner << 56 | (uint64_t)round << 62;
}

static inline unsigned session_round(uint64_t who)
{
	return who >> 62;
}

static inline uint64_t session_seen(uint32_t newest, uint32_t window)
{
	return (uint64_t)newest << 32 | window;
}

/*
 * Two products by secret numbers; what the high bits of each have is brought down between and after
 * them. One product is not enough: of sessions that are numbered through, one key in 30 put dozens
 * of fours into a bucket each.
 */
static inline uint64_t session_hash(const struct sessions *s, uint64_t session)
{
	unsigned __int128 product = (unsigned __int128)(session ^ s->key[0]) * (s->key[1] | 1);

	return ((uint64_t)(product >> 64) ^ (uint64_t)product) * (s->key[0] | 1) >> 32;
}

static inline struct session_bucket *session_bucket(const struct sessions *s, uint64_t hash)
{
	return &s->buckets[hash & (s->n - 1)];
}

/* What counting a datagram would do to the table, before it is done. */
struct session_claim {
	struct session_slot *slot;
	unsigned at; // its place in the bucket
	struct session_slot was, becomes;
	uint32_t fresh; // bit i: batch i of the datagram (0 is the newest) is to be counted
	unsigned stale; // batches older than the window, or than the first sight
	bool first;     // sight of this session
};

/* The window moves up to the newest sequence; everything between stays to be counted. */
static inline __attribute__((always_inline)) void session_claim_known(
	struct session_claim *c, uint32_t sequence, unsigned batches, unsigned owner)
{
	uint64_t who = c->was.who, seen = c->was.seen;
	uint32_t newest = (uint32_t)(seen >> 32), window = (uint32_t)seen, behind = 0;
	uint64_t asked = (1ull << batches) - 1;

	if (sequence > newest) {
		window = sequence - newest < SESSION_WINDOW ? window << (sequence - newest) : 0;
		newest = sequence;
	} else {
		behind = newest - sequence < SESSION_WINDOW ? newest - sequence : SESSION_WINDOW;
		asked <<= behind; // at most 8 bits by 32
	}
	c->first = false;
	c->stale = (unsigned)__builtin_popcountll(asked >> SESSION_WINDOW);
	c->fresh = (uint32_t)((uint64_t)((uint32_t)asked & ~window) >> behind);
	c->becomes.who = session_who(session_of(who), owner, session_round(who));
	c->becomes.seen = session_seen(newest, window | (uint32_t)asked);
}

/*
 * A session that begins here counts whole; of another one, whose past is not known, only the
 * newest batch does. Whatever is older is marked as counted either way.
 */
static inline __attribute__((always_inline)) void session_claim_first(struct session_claim *c,
	uint64_t session, uint32_t sequence, unsigned batches, unsigned owner)
{
	c->first = true;
	c->fresh = sequence == batches ? (1u << batches) - 1 : 1;
	c->stale = sequence == batches ? 0 : batches - 1;
	c->becomes.who =
		session_who(session, owner, (session_round(c->was.who) + 1) % SESSION_ROUNDS);
	c->becomes.seen = session_seen(sequence, UINT32_MAX);
}

/* Which slot is next: the first whose round is that of the last slot; all before it were filled
 * since. */
static inline unsigned session_turn(uint64_t first, uint64_t second, uint64_t third)
{
	unsigned round = session_round(third);

	return session_round(first) == round ? 0 : session_round(second) == round ? 1 : 2;
}

static inline uint64_t session_read_who(const struct session_bucket *b, unsigned i)
{
	return __atomic_load_n(&b->slots[i].who, __ATOMIC_ACQUIRE);
}

/*
 * What was read is what session_commit() compares with, so a change in between makes that fail.
 *
 * Where a new session goes follows from all three slots, and they are read one after the other. So
 * the first two are read again: if they are what they were, all three were so at the moment when
 * the third was read, and whoever puts a session into the bucket after that must take the very slot
 * that we compare.
 *
 * seen is read after who and not together with it; where nothing is to be committed, a second look
 * at who tells that both were of the same session.
 */
static inline __attribute__((always_inline)) void session_look(struct session_bucket *b,
	uint64_t session, uint32_t sequence, unsigned batches, unsigned owner,
	struct session_claim *c)
{
	for (;;) {
		uint64_t first = session_read_who(b, 0), second = session_read_who(b, 1),
			 third = session_read_who(b, 2);
		/* Which slot it is cannot be foretold, so without branches. */
		bool in_second = session_of(second) == session,
		     in_third = session_of(third) == session;
		bool known = in_second | in_third | (session_of(first) == session);
		unsigned i =
			known ? (in_third ? 2 : in_second) : session_turn(first, second, third);

		c->at = i;
		c->slot = &b->slots[i];
		c->was.who = i == 0 ? first : i == 1 ? second : third;
		c->was.seen = __atomic_load_n(&c->slot->seen, __ATOMIC_ACQUIRE);
		if (known) {
			session_claim_known(c, sequence, batches, owner);
			if (c->fresh != 0 || session_of(session_read_who(b, i)) == session)
				return;
		} else if (session_read_who(b, 0) == first && session_read_who(b, 1) == second) {
			session_claim_first(c, session, sequence, batches, owner);
			return;
		}
	}
}

/* The newest sequence that is held for a session; 0: none. Of the same session, as above. */
static inline uint32_t session_newest(const struct session_bucket *b, uint64_t session)
{
	for (unsigned i = 0; i < SESSION_SLOTS; i++) {
		const struct session_slot *slot = &b->slots[i];

		if (session_of(__atomic_load_n(&slot->who, __ATOMIC_ACQUIRE)) != session)
			continue;
		uint64_t seen = __atomic_load_n(&slot->seen, __ATOMIC_ACQUIRE);

		if (session_of(__atomic_load_n(&slot->who, __ATOMIC_RELAXED)) == session)
			return (uint32_t)(seen >> 32);
	}
	return 0;
}

/* False if the slot is no longer what was looked at: look again. */
static inline bool session_commit(const struct session_claim *c)
{
	/* Not by memcpy(): loading 16 bytes that were just stored as twice 8 stalls. */
	unsigned __int128 was = (unsigned __int128)c->was.seen << 64 | c->was.who;
	unsigned __int128 becomes = (unsigned __int128)c->becomes.seen << 64 | c->becomes.who;

	return __sync_bool_compare_and_swap((unsigned __int128 *)c->slot, was, becomes);
}

#endif
