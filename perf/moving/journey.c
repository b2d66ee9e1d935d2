/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/moving/journey.h"

#include <string.h>

struct journey {
	const struct events *events;
	struct phone *phone;
	struct box *boxes;
	int last;                // box, or EVENTS_NONE
	bool seen[EVENTS_BOXES]; // by the box, as far as it knows
	bool died;
	enum arrival arrival;                         // the last one
	unsigned doubled;                             // since
	uint8_t counted[PHONE_DATAGRAMS_MAX + 1];     // by sequence, in the totals
	uint8_t unpublished[PHONE_DATAGRAMS_MAX + 1]; // of them, by the box that will die
};

/* What was not published yet is in no total any more. */
static void lose_arena(struct journey *j)
{
	box_forget(&j->boxes[j->events->box]);
	j->seen[j->events->box] = false;
	for (unsigned i = 1; i <= j->phone->n; i++)
		j->counted[i] = (uint8_t)(j->counted[i] - j->unpublished[i]);
}

static void pass_death(struct journey *j, double now)
{
	if (j->events->dies == 0 || j->died || now < j->events->dies)
		return;
	j->died = true;
	if (j->events->arena_gone)
		lose_arena(j);
}

static enum arrival kind_of(
	const struct journey *j, int box, const struct phone_datagram *d, unsigned batches)
{
	if (j->last == EVENTS_NONE)
		return ARRIVAL_BEGINS;
	if (j->seen[box])
		return ARRIVAL_RETURN;
	return d->sequence == batches ? ARRIVAL_YOUNG : ARRIVAL_OLDER;
}

static void arrive(struct journey *j, struct journey_sum *sum, int box,
	const struct phone_datagram *d, unsigned batches)
{
	if (box == j->last && j->seen[box])
		return;
	j->arrival = kind_of(j, box, d, batches);
	j->doubled = 0;
	sum->arrivals[j->arrival].n++;
	j->last = box;
	j->seen[box] = true;
}

static void count(struct journey *j, const struct phone_datagram *d, unsigned counted, int box)
{
	const struct events *e = j->events;
	bool unpublished =
		e->arena_gone && (unsigned)box == e->box && !j->died && d->arrives > e->published;

	for (unsigned i = 0; counted >> i != 0; i++) {
		uint32_t sequence = d->sequence - i;

		if ((counted >> i & 1) == 0)
			continue;
		j->doubled += j->counted[sequence] > 0;
		j->counted[sequence]++;
		j->unpublished[sequence] = (uint8_t)(j->unpublished[sequence] + unpublished);
	}
}

static void take(struct journey *j, struct journey_sum *sum, const struct phone_datagram *d)
{
	unsigned batches = phone_batches(j->phone, d), before;
	int box = events_box(j->events, j->phone->session, d);
	uint8_t payload[WIRE_PAYLOAD_MAX];

	pass_death(j, d->arrives);
	if (box == EVENTS_NONE)
		return;
	arrive(j, sum, box, d, batches);
	before = j->doubled;
	size_t len = phone_payload(j->phone, d, batches, payload);
	count(j, d, box_take(&j->boxes[box], payload, len, d->sequence, batches), box);
	phone_receipt(j->phone, d, batches);
	sum->arrivals[j->arrival].doubled += j->doubled - before;
	if (j->doubled > sum->arrivals[j->arrival].most)
		sum->arrivals[j->arrival].most = j->doubled;
}

unsigned journey_make(struct journey_sum *sum, struct box boxes[EVENTS_BOXES], struct phone *p,
	const struct events *e)
{
	struct journey j = {.events = e, .phone = p, .boxes = boxes, .last = EVENTS_NONE};
	unsigned lost = 0;

	phone_begin(p);
	for (unsigned i = 0; i < p->n && p->datagrams[i].arrives < INFINITY; i++)
		take(&j, sum, &p->datagrams[i]);
	pass_death(&j, INFINITY);
	for (unsigned i = 1; i <= p->n; i++)
		lost += j.counted[i] == 0;
	for (unsigned i = 0; i < EVENTS_BOXES; i++)
		box_forget(&boxes[i]);
	sum->sessions++;
	sum->batches += p->n;
	sum->lost += lost;
	return lost;
}
