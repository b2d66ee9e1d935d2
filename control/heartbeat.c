/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/heartbeat.h"

#include "control/log.h"

static uint64_t ticks_of(const struct store *s, unsigned worker)
{
	return load_read(&s->blocks[worker].load).ticks_all;
}

void heartbeat_init(struct heartbeat *h, const struct store *s, uint64_t now_ns)
{
	*h = (struct heartbeat){
		.n_workers = s->workers, .next_ns = now_ns + HEARTBEAT_MS * 1000000ull};
	for (unsigned w = 0; w < h->n_workers; w++)
		h->workers[w].ticks = ticks_of(s, w);
}

bool heartbeat_hangs(const struct heartbeat *h, unsigned worker)
{
	return h->workers[worker].misses >= HEARTBEAT_MISSES;
}

unsigned heartbeat_polling(const struct heartbeat *h)
{
	unsigned n = 0;

	for (unsigned w = 0; w < h->n_workers; w++)
		n += !heartbeat_hangs(h, w);
	return n;
}

enum heartbeat_change heartbeat_look(struct heartbeat *h, unsigned worker, uint64_t ticks)
{
	bool hung = heartbeat_hangs(h, worker);

	if (h->workers[worker].ticks != ticks) {
		h->workers[worker].ticks = ticks;
		h->workers[worker].misses = 0;
		return hung ? HEARTBEAT_BACK : HEARTBEAT_SAME;
	}
	if (hung)
		return HEARTBEAT_SAME;
	h->workers[worker].misses++;
	return heartbeat_hangs(h, worker) ? HEARTBEAT_LOST : HEARTBEAT_SAME;
}

static void tell(const struct dataplane *d, unsigned worker, enum heartbeat_change change)
{
	struct dataplane_queue queue = dataplane_worker_queue(d, worker);
	struct dataplane_port_info info;

	if (change == HEARTBEAT_SAME)
		return;
	dataplane_port_info(d, queue.port, &info);
	if (change == HEARTBEAT_LOST)
		LOG_ERROR("worker %u does not poll: it has not looked at queue %u of %s for %u s. "
			  "Datagrams of that queue are lost. Does something else keep CPU %u?",
			worker, queue.queue, info.device, HEARTBEAT_MISSES * HEARTBEAT_MS / 1000,
			dataplane_worker_core(d, worker));
	else
		LOG_NOTICE(
			"worker %u polls queue %u of %s again", worker, queue.queue, info.device);
}

bool heartbeat_check(
	struct heartbeat *h, const struct store *s, const struct dataplane *d, uint64_t now_ns)
{
	if (now_ns < h->next_ns)
		return false;
	h->next_ns = now_ns + HEARTBEAT_MS * 1000000ull;
	for (unsigned w = 0; w < h->n_workers; w++)
		tell(d, w, heartbeat_look(h, w, ticks_of(s, w)));
	return true;
}
