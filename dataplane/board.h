/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The board: the newest frame of each channel, in the arena, where workers find it for their
 * answers. One writer, control at the end of a window; readers, the workers, never wait: a slot
 * has a sequence that is odd while it is written, and a reader that does not see the same even one
 * before and after it copied looks once more and then goes without.
 *
 * Stores need no fence on x86-64 (worker_stats.h says why). A slot that a killed process left odd,
 * or with a frame of before, is cleared at the next start.
 */
#ifndef DATAPLANE_BOARD_H
#define DATAPLANE_BOARD_H

#include "dataplane/checksum.h"
#include "wire/limits.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { BOARD_LAYOUT = 1, BOARD_TRIES = 2 };

struct board_slot {
	_Alignas(64) uint32_t sequence; // control: wo, worker: ro; and so is the rest
	uint16_t length;                // of the frame; 0: none yet
	uint16_t sum;                   // of its bytes, for UDP's checksum (checksum.h)
	uint8_t frame[WIRE_FRAME_MAX];
};

/* Before workers start. */
static inline void board_clear(struct board_slot *board, unsigned rows)
{
	memset(board, 0, rows * sizeof(*board));
}

/* len is at most WIRE_FRAME_MAX. */
static inline void board_put(struct board_slot *s, const uint8_t *frame, size_t len)
{
	__atomic_store_n(&s->sequence, s->sequence + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	memcpy(s->frame, frame, len);
	s->length = (uint16_t)len;
	s->sum = checksum_fold(checksum_add(0, frame, len));
	__atomic_store_n(&s->sequence, s->sequence + 1, __ATOMIC_RELEASE);
}

/* What a reader got. */
struct board_frame {
	uint16_t length; // 0: no frame
	uint16_t sum;
	bool too_long; // there is one, but it has no room
};

/* False if the slot changed meanwhile. */
static inline bool board_try(
	const struct board_slot *s, uint8_t *out, size_t room, struct board_frame *f)
{
	uint32_t before = __atomic_load_n(&s->sequence, __ATOMIC_ACQUIRE);
	uint16_t length = s->length;

	*f = (struct board_frame){.sum = s->sum, .too_long = length > room};
	if (!f->too_long && length <= WIRE_FRAME_MAX) {
		f->length = length;
		memcpy(out, s->frame, length);
	}
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return before % 2 == 0 && __atomic_load_n(&s->sequence, __ATOMIC_RELAXED) == before;
}

/* Copies the frame to out, if it fits in room; what lies there may change if it does not come to
 * be. */
static inline struct board_frame board_read(const struct board_slot *s, uint8_t *out, size_t room)
{
	struct board_frame f;

	for (unsigned i = 0; i < BOARD_TRIES; i++) {
		if (board_try(s, out, room, &f))
			return f;
	}
	return (struct board_frame){0};
}

static inline void board_fetch(const struct board_slot *s)
{
	for (size_t at = 0; at < sizeof(*s); at += 64)
		__builtin_prefetch((const char *)s + at);
}

#endif
