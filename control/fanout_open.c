/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/fanout_open.h"

#include "control/log.h"
#include "control/pages.h"

#include <stdio.h>
#include <string.h>

int fanout_open(struct fanout **out, const struct config *c, char *error, size_t cap)
{
	bool serves = (c->roles & ROLE_FANOUT) != 0;
	const struct fanout_config fanout = {
		.listeners = c->listeners,
		.n_listeners = serves ? c->n_listeners : 0,
		.holds = c->cluster.n_kafka > 0,
		.threads = serves ? c->fanout_threads : 1,
		.max_connections = serves ? c->max_connections : 1,
		.max_per_source = c->max_per_source,
		.max_accepts_per_second = c->max_accepts_per_second,
		.max_subscriptions = c->max_subscriptions,
		.proxies = c->proxies,
		.n_proxies = c->n_proxies,
		.max_filters = c->max_filters,
		.origins = c->origins,
		.n_origins = c->n_origins,
		.handshake_seconds = c->handshake_seconds,
		.tls_certificate = c->tls_certificate,
		.tls_key = c->tls_key,
		.log = log_of_fanout,
	};
	int ret = fanout_start(out, &fanout, error, cap);

	if (ret < 0)
		return ret;
	ret = pages_publish(*out, c);
	if (ret < 0)
		snprintf(error, cap, "cannot prepare the pages: %s", strerror(-ret));
	return ret;
}
