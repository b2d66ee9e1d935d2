/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/rig.h"

#include "control/catalogue.h"
#include "perf/frames.h"
#include "perf/memory.h"

#include <errno.h>
#include <rte_cycles.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The matcher of the default catalogue, made once. */
static const struct text_matcher *matcher(void)
{
	static struct config config;
	static struct catalogue catalogue;
	char error[512];

	if (catalogue.matcher != NULL)
		return catalogue.matcher;
	if (config_load(&config, NULL, error, sizeof(error)) == 0 &&
		catalogue_make(&catalogue, &config, error, sizeof(error)) == 0)
		return catalogue.matcher;
	fprintf(stderr, "%s\n", error);
	return NULL;
}

static void admit_by_ticket(struct policy *p)
{
	static struct ticket_keys keys;
	struct key_file file = {.n = 1, .present = {[FRAMES_TICKET_KEY_ID] = true}};

	memcpy(file.key[FRAMES_TICKET_KEY_ID], frames_ticket_key, WIRE_KEY_LEN);
	ticket_keys_expand(&keys, &file);
	p->gate.keys = &keys;
	p->gate.now_s = 1;
}

/* Every id is known, also those that the default catalogue has not. */
static void make_policy(struct policy *p, const struct bench_case *c)
{
	memset(p->known, 0xff, RIG_STRIDE / 8);
	for (unsigned i = 0; i <= WIRE_CHANNELS_MAX; i++) {
		bool configured = i < c->worker.rows;

		p->row_of[i] = configured && !c->frames.ticket ? (uint16_t)i : POLICY_NO_ROW;
		p->gate.row_plus_1[i] = configured && c->frames.ticket ? (uint16_t)(i + 1) : 0;
	}
	p->plain_text = p->unsequenced = true;
	p->matcher = matcher();
	if (c->frames.ticket)
		admit_by_ticket(p);
	if (c->worker.limits)
		p->session_limits = session_limits_of(SESSION_LIMIT_RATE_MAX, 1000000);
}

static size_t tallies_size(const struct rig *r)
{
	return sizeof(uint64_t) * r->c->worker.rows * RIG_STRIDE;
}

static size_t reactors_size(const struct rig *r)
{
	return r->c->worker.reactors ? sizeof(struct reactors_row) * r->c->worker.rows : 0;
}

/* The key is any: it is a secret only of appliances. */
static int arm_reactors(struct rig *r, struct reactors *reactors)
{
	size_t bytes = reactors_size(r);

	r->reactors_head = (struct reactors_head){.window = 1, .key = {3, 5}};
	reactors->head = &r->reactors_head;
	reactors->rows = bytes > 0 ? memory_new(bytes, &r->ordinary) : NULL;
	return bytes > 0 && reactors->rows == NULL ? -ENOMEM : 0;
}

static int arm(struct rig *r, unsigned i)
{
	static const struct policy_notice none;
	struct worker *w = &r->workers[i];

	*w = (struct worker){
		.id = i,
		.tick_hz = rte_get_tsc_hz(),
		.block = &r->blocks[i],
		.notice = &none,
		.rules = {.port = WIRE_PORT_REACTIONS},
		.linear = malloc(WORKER_FRAME_MAX),
		.counter = {.policy = &r->policy,
			.stats = &r->blocks[i].stats,
			.tallies = memory_new(tallies_size(r), &r->ordinary),
			.stride = RIG_STRIDE,
			.moved = calloc(r->c->worker.rows, sizeof(bool)),
			.owner = i,
			.undo = &r->undo[i]},
	};
	sessions_view(&w->counter.sessions, r->sessions->memory, r->sessions->buckets);
	worker_prepare(w, 1);
	if (w->linear == NULL || w->counter.tallies == NULL || w->counter.moved == NULL ||
		arm_reactors(r, &w->counter.reactors) < 0)
		return -ENOMEM;
	return text_scanner_new(&w->counter.scanner, r->policy.matcher);
}

/* What the introduction of sessions counts is no part of the measurement. */
static void begin_sessions(struct rig *r)
{
	session_table_fill(r->sessions, r->c, &r->workers[0].counter);
	r->first = session_table_first(r->sessions, r->c);
	r->ordinary |= r->sessions->ordinary;
	r->blocks[0].stats = (struct worker_stats){0};
}

int rig_open(struct rig *r, const struct bench_case *c, unsigned workers)
{
	int ret;

	memset(r, 0, sizeof(*r));
	r->c = c;
	make_policy(&r->policy, c);
	r->sessions = session_table_of(c);
	ret = r->policy.matcher == NULL ? -EINVAL : r->sessions == NULL ? -ENOMEM : 0;
	for (; ret == 0 && r->n < workers; r->n++)
		ret = arm(r, r->n);
	if (ret == 0) {
		begin_sessions(r);
		return 0;
	}
	fprintf(stderr, "%s: no worker can be made: %s\n", c->name, strerror(-ret));
	rig_close(r);
	return ret;
}

void rig_close(struct rig *r)
{
	for (unsigned i = 0; i < r->n; i++) {
		struct worker *w = &r->workers[i];

		memory_free(w->counter.tallies, tallies_size(r));
		memory_free(w->counter.reactors.rows, reactors_size(r));
		free(w->linear);
		free(w->counter.moved);
		if (w->counter.scanner != NULL)
			text_scanner_free(w->counter.scanner);
	}
}

bool rig_accepted_all(const struct rig *r)
{
	for (unsigned i = 0; i < r->n; i++) {
		const struct worker_stats *s = &r->blocks[i].stats;

		if (s->rx > 0 && s->accepted == s->rx && s->batches_counted == s->rx)
			continue;
		fprintf(stderr, "%s: worker %u received %lu datagrams, accepted %lu, counted %lu\n",
			r->c->name, i, (unsigned long)s->rx, (unsigned long)s->accepted,
			(unsigned long)s->batches_counted);
		return false;
	}
	return true;
}
