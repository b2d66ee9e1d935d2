/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What may change while the threads run: numbers that they read one by one, and what they look at
 * under a lock when a request comes. Tables have the size of the start.
 */

#include "fanout/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct fanout_change {
	struct fanout_settings limits; // of these the numbers only
	struct origins origins;
	struct tls_holder tls; // paths and what was loaded from them, if there is TLS
};

void fanout_change_drop(struct fanout_change *c)
{
	if (c == NULL)
		return;
	origins_free(&c->origins);
	tls_holder_fini(&c->tls);
	free(c);
}

static int load(const struct fanout *f, struct fanout_change *c, const struct fanout_settings *s,
	char report[FANOUT_REPORT_MAX])
{
	bool wanted = fanout_has_tls(f) && s->tls_certificate != NULL && s->tls_key != NULL;
	int ret = tls_holder_init(
		&c->tls, wanted ? s->tls_certificate : NULL, wanted ? s->tls_key : NULL);

	if (ret == 0)
		ret = origins_init(&c->origins, s->origins, s->n_origins);
	if (ret < 0)
		snprintf(report, FANOUT_REPORT_MAX, "no memory for the settings of the fan-out");
	return ret < 0 || !wanted ? ret : tls_holder_load(&c->tls, report, FANOUT_REPORT_MAX);
}

int fanout_prepare(const struct fanout *f, const struct fanout_settings *s,
	struct fanout_change **out, char report[FANOUT_REPORT_MAX])
{
	struct fanout_change *c = calloc(1, sizeof(*c));

	report[0] = '\0';
	if (c == NULL) {
		snprintf(report, FANOUT_REPORT_MAX, "no memory for the settings of the fan-out");
		return -ENOMEM;
	}
	c->limits = *s;
	int ret = load(f, c, s, report);
	if (ret < 0)
		fanout_change_drop(c);
	else
		*out = c;
	return ret;
}

void fanout_set_limits(struct fanout *f, const struct fanout_settings *s)
{
	unsigned connections = s->max_connections < f->room ? s->max_connections : f->room;
	unsigned subscriptions =
		s->max_subscriptions != 0 ? s->max_subscriptions : CHANNEL_LIST_MAX;

	atomic_store_explicit(&f->max_connections, connections, memory_order_relaxed);
	atomic_store_explicit(&f->max_per_source, s->max_per_source, memory_order_relaxed);
	atomic_store_explicit(&f->max_subscriptions, subscriptions, memory_order_relaxed);
	atomic_store_explicit(&f->max_filters, s->max_filters, memory_order_relaxed);
	atomic_store_explicit(&f->handshake_seconds, s->handshake_seconds, memory_order_relaxed);
}

void fanout_change(struct fanout *f, struct fanout_change *c)
{
	fanout_set_limits(f, &c->limits);
	if (f->sources != NULL)
		sources_set_limit(f->sources, c->limits.max_per_source);
	origins_exchange(&f->origins, &c->origins);
	if (c->tls.context != NULL)
		tls_holder_exchange(&f->tls, &c->tls);
	fanout_change_drop(c);
}
