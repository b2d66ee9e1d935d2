/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Who reacted: for each channel and window a HyperLogLog (Flajolet, Fusy, Gandouet, Meunier, 2007)
 * of the sessions that a worker counted. A session's hash chooses one of 960 registers; a register
 * keeps the largest rank (leading zeros and one) that it was shown. Order and repetition change
 * nothing, and the registers of two workers make those of both by taking the larger of each.
 *
 * Registers come in cache lines that also say of which window they are. So a datagram touches one
 * line, and nobody clears a channel: a line is cleared by its worker when the first session of
 * another window falls on it, and until then a reader takes it as empty. There are two banks, in
 * turn for even and odd windows: control reads that of the window that has ended while the workers
 * fill the other.
 *
 * 16 lines of 60 registers, twice: 2 KiB a worker and channel, for a standard error of
 * 1.04 / √960 = 3.4 %. Control's side is control/reactor_count.h.
 */
#ifndef DATAPLANE_REACTORS_H
#define DATAPLANE_REACTORS_H

#include <stdint.h>
#include <string.h>

enum {
	REACTORS_LAYOUT = 1,
	REACTORS_LINES = 16, // the highest four bits of a hash choose one
	REACTORS_IN_LINE = 60,
	REACTORS_REGISTERS = REACTORS_LINES * REACTORS_IN_LINE,
	REACTORS_RANK_MAX = 33, // 32 bits of the hash, all zero
};

struct reactors_line {
	_Alignas(64) uint32_t window; // low bits of its number; worker: wo, control: ro
	uint8_t registers[REACTORS_IN_LINE];
};

/* One worker's share of one channel. */
struct reactors_row {
	struct reactors_line banks[2][REACTORS_LINES]; // [window & 1]; worker: wo, control: ro
};

/* What all workers share. The key is drawn once for an arena, so that registers stay comparable. */
struct reactors_head {
	_Alignas(64) uint64_t window; // that is being counted; control: wo, worker: ro
	uint64_t first_window;        // of this arena; control: rw
	uint64_t key[2];              // secret; control: wo before workers start, worker: ro
};

enum { REACTORS_PENDING = 64 };

/* A rank on its way to a register whose line is being fetched. */
struct reactors_pending {
	struct reactors_line *line;
	uint8_t place;
	uint8_t rank;
};

/* One worker's way to its registers; nobody else's. */
struct reactors {
	const struct reactors_head *head;
	struct reactors_row *rows; // by row of the tallies; NULL: nobody counts people
	uint32_t window;           // as this burst sees it
	uint32_t n;
	struct reactors_pending pending[REACTORS_PENDING];
};

/* Before each burst: all its sessions count for one window, and the shared line is read once. */
static inline void reactors_begin(struct reactors *r)
{
	r->window = (uint32_t)__atomic_load_n(&r->head->window, __ATOMIC_ACQUIRE);
}

static inline uint64_t reactors_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/*
 * The keyed hash of a session. Two folded multiplications, as in Wang Yi's wyhash: without the key
 * nobody can choose sessions that all have high ranks and so pass for millions.
 */
static inline uint64_t reactors_hash(const struct reactors_head *head, uint64_t session)
{
	uint64_t once = reactors_fold(session ^ head->key[0], 0xa0761d6478bd642f);

	return reactors_fold(once ^ head->key[1], 0xe7037ed1a0b428db);
}

/*
 * The window is written last, so that a worker that is killed in between leaves no old registers
 * under a new window. x86-64 keeps the order of stores; the fence keeps the compiler to it.
 */
static inline void reactors_renew(struct reactors_line *line, uint32_t window)
{
	memset(line->registers, 0, sizeof(line->registers));
	__atomic_thread_fence(__ATOMIC_RELEASE);
	__atomic_store_n(&line->window, window, __ATOMIC_RELAXED);
}

/*
 * After each burst: what it noted goes into the registers. With many channels the lines lie far
 * away; by now they have come. A kill before this loses a burst of an estimate, and no tap.
 */
static inline void reactors_end(struct reactors *r)
{
	for (uint32_t i = 0; i < r->n; i++) {
		const struct reactors_pending *p = &r->pending[i];
		struct reactors_line *line = p->line;

		if (__builtin_expect(line->window != r->window, 0))
			reactors_renew(line, r->window);
		if (__builtin_expect(line->registers[p->place] < p->rank, 0))
			__atomic_store_n(&line->registers[p->place], p->rank, __ATOMIC_RELAXED);
	}
	r->n = 0;
}

/* The session with this hash has reacted in the channel of the row. */
static inline void reactors_note(struct reactors *r, uint32_t row, uint64_t hash)
{
	struct reactors_line *line = &r->rows[row].banks[r->window & 1][hash >> 60];

	__builtin_prefetch(line);
	if (__builtin_expect(r->n == REACTORS_PENDING, 0))
		reactors_end(r);
	r->pending[r->n++] = (struct reactors_pending){.line = line,
		.place = (uint8_t)(((hash >> 32 & 0x0fffffff) * REACTORS_IN_LINE) >> 28),
		.rank = (uint8_t)(__builtin_clzll((hash & UINT32_MAX) << 1 | 1) - 30)};
}

#endif
