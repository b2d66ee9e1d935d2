/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/publisher.h"

#include "control/cluster/log.h"
#include "control/cluster/publisher_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LEAVE_MS = 5000 };

static void free_publisher(struct publisher *p)
{
	kafka_trouble_forget(&p->trouble);
	free(p->lanes);
	free(p->marks);
	free(p);
}

static struct publisher *new_publisher(
	const struct config *config, const struct windows *w, int wake)
{
	struct publisher *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->cluster = &config->cluster;
	p->window_ms = config->window_ms;
	p->wake = wake;
	p->rows = w->merge.store->rows;
	p->lanes = calloc(config->cluster.partitions, sizeof(*p->lanes));
	p->marks = calloc(p->rows, sizeof(*p->marks));
	snprintf(p->tally.source.node, sizeof(p->tally.source.node), "%s", config->cluster.node);
	if (p->lanes != NULL && p->marks != NULL)
		return p;
	free_publisher(p);
	return NULL;
}

int publisher_open(struct publisher **out, const struct config *config, const struct windows *w,
	int wake, char *error, size_t cap)
{
	struct publisher *p = new_publisher(config, w, wake);

	if (p == NULL) {
		snprintf(error, cap, "cluster: out of memory");
		return -ENOMEM;
	}
	int ret = publisher_producer_open(p, error, cap);
	if (ret < 0) {
		free_publisher(p);
		return ret;
	}
	publisher_mark_all(p, w);
	*out = p;
	return 0;
}

/* Nobody knows what of the last rounds is there: all goes again. */
static void begin_anew(struct publisher *p, const struct windows *w)
{
	char error[KAFKA_SENTENCE_MAX];

	publisher_producer_close(p);
	publisher_mark_all(p, w);
	if (publisher_producer_open(p, error, sizeof(error)) < 0)
		LOG_ERROR("%s", error);
}

static void take_what_came(struct publisher *p, const struct windows *w)
{
	bool were_wrong = p->topics == TOPICS_WRONG;

	publisher_producer_serve(p, 0);
	if (were_wrong && p->topics == TOPICS_GOOD)
		publisher_mark_all(p, w); // they may have been made anew
}

void publisher_serve(struct publisher *p, const struct windows *w)
{
	take_what_came(p, w);
	publisher_begin_rounds(p, w);
}

static bool all_through(const struct publisher *p)
{
	for (unsigned i = 0; i < p->cluster->partitions; i++) {
		if (p->lanes[i].through != p->window)
			return false;
	}
	return true;
}

void publisher_window(struct publisher *p, const struct windows *w)
{
	take_what_came(p, w); // a round that began now would name the window before
	p->stuck = !all_through(p);
	p->window = w->number;
	p->ends = w->span.ends_ms;
	publisher_mark_grown(p, w);
	if (p->producer == NULL || p->fatal)
		begin_anew(p, w);
	publisher_begin_rounds(p, w);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Until nothing is on its way. */
static void wait_for_rounds(struct publisher *p, int64_t until)
{
	for (int64_t left = 1; publisher_on_way(p) > 0 && !p->fatal && left > 0;) {
		left = until - now_ms();
		publisher_producer_serve(p, left > 0 ? (int)left : 0);
	}
}

/* The last word in each partition: all that was counted, and that nobody is to wait for us. */
static void leave(struct publisher *p, const struct windows *w)
{
	int64_t until = now_ms() + LEAVE_MS;

	wait_for_rounds(p, until);
	p->leaves = true;
	for (unsigned i = 0; i < p->cluster->partitions; i++)
		p->lanes[i].window = 0;
	publisher_begin_rounds(p, w);
	wait_for_rounds(p, until);
	if (publisher_on_way(p) > 0 || p->status.marked_rows > 0)
		LOG_WARNING("this node stops before the brokers have its last tallies: they are in "
			    "the arena, and go out at the next start");
}

void publisher_close(struct publisher *p, const struct windows *w, bool orderly)
{
	if (p == NULL)
		return;
	if (orderly)
		leave(p, w);
	publisher_producer_close(p);
	free_publisher(p);
}

static const char *complaint(const struct publisher *p)
{
	if (p->topics == TOPICS_WRONG)
		return p->wrong;
	if (!p->stuck || all_through(p))
		return "";
	if (p->trouble.weight > 0)
		return p->trouble.sentence;
	return p->topics == TOPICS_UNKNOWN
		       ? "no broker has answered yet"
		       : "the broker of a partition has not taken the last window yet";
}

void publisher_read_status(const struct publisher *p, struct publisher_status *out)
{
	*out = p->status;
	out->window = UINT64_MAX;
	for (unsigned i = 0; i < p->cluster->partitions; i++) {
		if (p->lanes[i].through >= out->window)
			continue;
		out->window = p->lanes[i].through;
		out->ends = p->lanes[i].through_ends;
	}
	out->topics_good = p->topics == TOPICS_GOOD;
	snprintf(out->complaint, sizeof(out->complaint), "%s", complaint(p));
}
