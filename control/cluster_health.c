/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster_health.h"

#include "control/pages.h"
#include "control/window_clock.h"

#include <stdio.h>

enum { OFTEN_MS = 1000 };

static bool complains(const struct cluster_status *s)
{
	return s->follower->complaint[0] != '\0' ||
	       (s->publisher != NULL && s->publisher->complaint[0] != '\0') ||
	       (s->merger != NULL && s->merger->complaint[0] != '\0');
}

/* null: there was none yet. */
static const char *age_text(char out[32], uint64_t ends_ms, uint64_t now_ms)
{
	if (ends_ms == 0)
		return "null";
	snprintf(out, 32, "%.3f", now_ms > ends_ms ? (double)(now_ms - ends_ms) / 1e3 : 0);
	return out;
}

static void publish(const struct cluster_health *h, struct fanout *fanout,
	const struct cluster_status *s, const struct config *config)
{
	const struct follower_status *f = s->follower;
	struct window_now now = window_clock_read();
	uint64_t wall_ms = now.wall / 1000000, since_ms = f->ends != 0 ? f->ends : h->started_ms;
	char members[160], age[32];
	uint64_t until = now.monotonic / 1000000 + pages_health_ms(config->window_ms);
	uint64_t old_ms = wall_ms > since_ms ? wall_ms - since_ms : 0;

	snprintf(members, sizeof(members),
		"\"window\":%llu,\"ends_ms\":%llu,\"frame_age\":%s,\"complaint\":%s",
		(unsigned long long)f->window, (unsigned long long)f->ends,
		age_text(age, f->ends, wall_ms), complains(s) ? "true" : "false");
	pages_put_health(fanout, members, until > old_ms ? until - old_ms : 0);
}

void cluster_health_turn(struct cluster_health *h, struct fanout *fanout, struct cluster *c,
	const struct config *config)
{
	struct cluster_status s = cluster_read_status(c);
	uint64_t now_ms = window_clock_read().monotonic / 1000000;

	if (s.follower == NULL || (now_ms < h->next_ms && s.follower->window == h->window))
		return;
	h->window = s.follower->window;
	h->next_ms = now_ms + OFTEN_MS;
	publish(h, fanout, &s, config);
}
