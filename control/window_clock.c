/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/window_clock.h"

#include <time.h>

enum { MS = 1000000 };

static uint64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000 * MS + (uint64_t)t.tv_nsec;
}

struct window_now window_clock_read(void)
{
	return (struct window_now){
		.wall = read_clock(CLOCK_REALTIME), .monotonic = read_clock(CLOCK_MONOTONIC)};
}

void window_clock_start(
	struct window_clock *c, uint32_t length_ms, uint64_t last_end_ms, struct window_now now)
{
	uint64_t wall_ms = now.wall / MS;

	c->length_ms = length_ms;
	c->last_end_ms = wall_ms > last_end_ms ? wall_ms : last_end_ms;
	c->last_end_mono = now.monotonic;
}

void window_clock_reach_back(struct window_clock *c, uint64_t since_ms, struct window_now now)
{
	uint64_t ago;

	if (since_ms == 0 || since_ms >= now.wall / MS)
		return;
	ago = now.wall - since_ms * MS;
	if (ago > now.monotonic) // before the machine started: the wall clock was set
		return;
	c->last_end_ms = since_ms;
	c->last_end_mono = now.monotonic - ago;
}

/*
 * The wall clock is asked at each end, so that windows stay aligned when it is set. It never makes
 * a window longer than two lengths by being set back.
 */
uint64_t window_clock_next(const struct window_clock *c, struct window_now now)
{
	uint64_t length = c->length_ms * MS;
	uint64_t at = now.monotonic + length - now.wall % length;

	/* A first stretch shorter than half a window is joined to the next. */
	if (at < c->last_end_mono + length / 2)
		at += length;
	return at;
}

static struct window_span close_at(
	struct window_clock *c, uint64_t ends_ms, uint64_t end_mono, uint64_t now_mono)
{
	struct window_span span;
	uint64_t length = (end_mono - c->last_end_mono + MS / 2) / MS;

	if (ends_ms <= c->last_end_ms) // the wall clock was set back
		ends_ms = c->last_end_ms + (length > 0 ? length : 1);
	span.ends_ms = ends_ms;
	span.length_ms = length > UINT32_MAX ? UINT32_MAX : (uint32_t)length;
	span.ends_mono = end_mono;
	span.late_ns = now_mono - end_mono;
	span.late_ms = (uint32_t)(span.late_ns / MS);
	c->last_end_ms = ends_ms;
	c->last_end_mono = end_mono;
	return span;
}

struct window_span window_clock_close(struct window_clock *c, struct window_now now)
{
	uint64_t length = c->length_ms * MS, past = now.wall % length;
	uint64_t end_mono = now.monotonic - past;

	/* Only if the wall clock was set does the boundary lie so near the last end, or before it.
	 * The taps until now in a window of a moment would look like a surge: close now. */
	if (past + length / 2 > now.monotonic - c->last_end_mono)
		return window_clock_close_now(c, now);
	return close_at(c, (now.wall - past) / MS, end_mono, now.monotonic);
}

struct window_span window_clock_close_now(struct window_clock *c, struct window_now now)
{
	return close_at(c, now.wall / MS, now.monotonic, now.monotonic);
}
