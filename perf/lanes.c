/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/lanes.h"

#include <errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>
#include <stdatomic.h>

/*
 * Datagrams of a lane. So few that a sample is over before the kernel gives the CPU to another, as
 * a rule. Small working sets go round several times, of large ones it is the next part.
 */
enum { SAMPLE = 8192 };

int lanes_open(struct lanes *l, const struct bench_case *c, unsigned n)
{
	int ret = rig_open(&l->rig, c, n);

	if (ret < 0)
		return ret;
	l->n = 0;
	l->arrived = 0;
	for (; ret == 0 && l->n < n; l->n++) {
		l->lane[l->n] = (struct lane){.all = l, .worker = &l->rig.workers[l->n]};
		ret = buffers_open(&l->lane[l->n].buffers, c, l->rig.first, l->n, n);
		if (ret < 0)
			break;
	}
	if (ret < 0)
		lanes_close(l);
	return ret;
}

void lanes_close(struct lanes *l)
{
	for (unsigned i = 0; i < l->n; i++)
		buffers_close(&l->lane[i].buffers);
	rig_close(&l->rig);
}

/* Waits for all lanes; the count only rises, so the line is where it is a multiple of them. */
static void line_up(struct lanes *l)
{
	unsigned line = atomic_fetch_add(&l->arrived, 1) / l->n * l->n + l->n;

	while ((int)(atomic_load_explicit(&l->arrived, memory_order_acquire) - line) < 0)
		rte_pause();
}

/* Renewing leaves the frames in another state of the cache than counting does: hence one more
 * touch. */
static int run_lane(void *arg)
{
	struct lane *lane = arg;
	struct buffers *b = &lane->buffers;

	unsigned n = b->n < SAMPLE ? b->n : SAMPLE;

	lane->touch = lane->count = 0;
	for (unsigned done = 0; done < SAMPLE; done += n) {
		if (b->c->frames.session_bits > 0) {
			buffers_renew(b);
			buffers_touch(b, b->n);
		}
		line_up(lane->all);
		lane->touch += buffers_touch(b, n);
		line_up(lane->all);
		lane->count += buffers_count(b, n, lane->worker);
	}
	return 0;
}

void lanes_sample(struct lanes *l, double *touch, double *count)
{
	uint64_t touched = 0, counted = 0;

	for (unsigned i = 1; i < l->n; i++)
		rte_eal_remote_launch(run_lane, &l->lane[i], i);
	run_lane(&l->lane[0]);
	for (unsigned i = 0; i < l->n; i++) {
		if (i > 0)
			rte_eal_wait_lcore(i);
		touched += l->lane[i].touch;
		counted += l->lane[i].count;
	}
	*touch = (double)touched / (l->n * (double)SAMPLE);
	*count = (double)counted / (l->n * (double)SAMPLE);
}
