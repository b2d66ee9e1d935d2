/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* `uproar-gen search`: trials, until the search has found what it looks for or time is up. */

#include "client/clock.h"
#include "client/command.h"
#include "client/complain.h"
#include "client/gen/command.h"

#include <errno.h>
#include <math.h>
#include <rte_ethdev.h>

enum { AROUND_A_FRAME = 24 }; // bytes on the wire: preamble, frame check, gap

static const double saturated = 0.9; // of the time of the cores that send

static struct search search;
static struct trial trials[SEARCH_TRIALS_MAX];

/* What the link of a card carries; without end where no wire is. */
static double line_rate(const struct bench *b, const struct report *r)
{
	struct rte_eth_link link;

	if (eal_device_is_virtual(r->options->eal.device) ||
		rte_eth_link_get_nowait(b->device->port, &link) < 0 ||
		link.link_speed == RTE_ETH_SPEED_NUM_NONE ||
		link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN)
		return INFINITY;
	return link.link_speed * 1e6 / 8 / (r->frame_bytes + AROUND_A_FRAME);
}

/* Sends as fast as it goes for as long as a first trial. 0, or as trial_run(). */
static int find_ceiling(const struct bench *b, struct report *r, double *max_rate)
{
	const struct search_settings *s = &r->options->search;
	static struct trial t;
	int ret = trial_run(b, 0, s->initial_seconds, NULL, NULL, &t);

	if (ret < 0)
		return ret;
	if (t.sent.sum.tally.frames == 0) {
		complain("nothing could be sent: the ring of the device stays full");
		return -EIO;
	}
	r->frame_bytes = (double)t.sent.sum.tally.bytes / (double)t.sent.sum.tally.frames;
	r->ceiling = t.sent.ceiling;
	double top = r->ceiling > 0 ? r->ceiling : 2 * t.sent.offered_rate;
	*max_rate = s->max_rate > 0 ? s->max_rate : fmin(top, line_rate(b, r));
	return 0;
}

static struct search_trial in_short(const struct trial *t)
{
	return (struct search_trial){
		.offered_rate = t->sent.offered_rate,
		.offered = t->sent.sum.offered,
		.lost = t->lost,
		.disturbed = t->disturbed,
		.foreign = t->foreign > 0,
		.saturated = t->sent.busy > saturated,
	};
}

/* 0 when it has ended or was cut short, or -errno after a complaint. */
static int look(const struct bench *b, struct report *r, uint64_t ends)
{
	struct search_order order;

	while (search_next(&search, &order)) {
		unsigned i = search.n;

		if (clock_now() + (uint64_t)(order.seconds * CLOCK_SECOND) > ends) {
			r->cut_short = "the time of --limit is over";
			return 0;
		}
		int ret = trial_run(b, order.rate, order.seconds, NULL, NULL, &trials[i]);
		if (ret == -EINTR) {
			r->cut_short = "by a signal";
			return 0;
		}
		if (ret < 0)
			return ret;
		struct search_trial t = in_short(&trials[i]);
		search_take(&search, &t);
		if (!r->options->json)
			table_trial(r, i);
	}
	if (search.n >= search.settings.trials)
		r->cut_short = "there were too many trials";
	return 0;
}

static int show(const struct report *r, int ret)
{
	const char *svg = r->options->svg;

	(r->options->json ? json_search : table_results)(r);
	if (svg != NULL && plot_search(r, svg) < 0)
		return EXIT_FAILED;
	return ret < 0 || r->cut_short != NULL ? EXIT_FAILED : EXIT_OK;
}

int gen_search(const struct bench *b, struct report *r)
{
	struct search_settings settings = r->options->search;
	uint64_t ends = clock_now() + (uint64_t)(r->options->limit * CLOCK_SECOND);
	int ret = find_ceiling(b, r, &settings.max_rate);

	if (ret < 0)
		return EXIT_FAILED;
	settings.min_rate = fmin(settings.min_rate, settings.max_rate);
	search_begin(&search, &settings);
	r->search = &search;
	r->trials = trials;
	if (!r->options->json)
		table_ceiling(r);
	ret = look(b, r, ends);
	if (ret < 0)
		r->cut_short = "a trial failed";
	return show(r, ret);
}
