/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/cluster.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Parts are woken when there is something to do; this is for what they do by the clock. */
enum { PATIENCE_MS = 500 };

struct cluster {
	int wake; // eventfd, of the publisher and the follower
	const struct windows *windows;
	struct publisher *publisher; // each NULL: this node has not that part
	struct merger *merger;
	struct follower *follower;
	struct publisher_status publisher_status;
	struct merger_status merger_status;
	struct follower_status follower_status;
};

static int open_parts(struct cluster *c, const struct config *config,
	const struct follower_sink *sink, char *error, size_t cap)
{
	int ret = 0;

	if (c->windows != NULL)
		ret = publisher_open(&c->publisher, config, c->windows, c->wake, error, cap);
	if (ret == 0 && (config->roles & ROLE_MERGE) != 0)
		ret = merger_start(&c->merger, config, error, cap);
	if (ret == 0 && sink != NULL)
		ret = follower_open(&c->follower, config, sink, c->wake, error, cap);
	return ret;
}

int cluster_open(struct cluster **out, const struct config *config, const struct windows *windows,
	const struct follower_sink *sink, char *error, size_t cap)
{
	struct cluster *c = calloc(1, sizeof(*c));

	if (c != NULL) {
		c->windows = windows;
		c->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	}
	if (c == NULL || c->wake < 0) {
		snprintf(error, cap, "no memory or no descriptor for the cluster");
		free(c);
		return -ENOMEM;
	}
	int ret = open_parts(c, config, sink, error, cap);
	if (ret < 0) {
		cluster_close(c, false);
		return ret;
	}
	*out = c;
	return 0;
}

int cluster_fd(const struct cluster *c)
{
	return c->wake;
}

int cluster_patience(const struct cluster *c)
{
	return PATIENCE_MS;
}

void cluster_serve(struct cluster *c)
{
	eventfd_t n;

	(void)eventfd_read(c->wake, &n);
	if (c->publisher != NULL)
		publisher_serve(c->publisher, c->windows);
	if (c->follower != NULL)
		follower_serve(c->follower);
}

void cluster_window(struct cluster *c)
{
	if (c->publisher != NULL)
		publisher_window(c->publisher, c->windows);
}

int cluster_take_config(struct cluster *c, const struct config *config)
{
	return c->merger != NULL ? merger_take_config(c->merger, config) : 0;
}

/* The tallies leave first, then whoever merges them: another merger gets their last window. */
void cluster_close(struct cluster *c, bool orderly)
{
	if (c == NULL)
		return;
	if (c->publisher != NULL)
		publisher_close(c->publisher, c->windows, orderly);
	if (c->merger != NULL)
		merger_stop(c->merger);
	if (c->follower != NULL)
		follower_close(c->follower);
	close(c->wake);
	free(c);
}

struct cluster_status cluster_read_status(struct cluster *c)
{
	struct cluster_status s = {0};

	if (c->publisher != NULL) {
		publisher_read_status(c->publisher, &c->publisher_status);
		s.publisher = &c->publisher_status;
	}
	if (c->merger != NULL) {
		merger_read_status(c->merger, &c->merger_status);
		s.merger = &c->merger_status;
	}
	if (c->follower != NULL) {
		follower_read_status(c->follower, &c->follower_status);
		s.follower = &c->follower_status;
	}
	return s;
}
