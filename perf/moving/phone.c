/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/moving/phone.h"

#include "perf/moving/box.h"
#include "wire/reaction.h"

#include <math.h>
#include <stdlib.h>

static double delay(struct random *r)
{
	return 0.02 + 0.18 * random_unit(r);
}

/* The same draws whatever comes of them: so habits can be compared phone by phone. */
static void draw_fate(struct phone_datagram *d, const struct phone_habits *h, struct random *r)
{
	double there = delay(r), back = delay(r), late = random_unit(r);
	double lost_there = random_unit(r), lost_back = random_unit(r);

	if (late < h->late)
		there += random_unit(r) * PHONE_LATE_SECONDS;
	d->arrives = lost_there < h->loss ? INFINITY : d->sent + there;
	d->back = lost_back < h->loss ? INFINITY : back;
	d->chance = (uint32_t)(random_next(r) >> 32);
}

static int by_arrival(const void *a, const void *b)
{
	const struct phone_datagram *x = a, *y = b;

	if (x->arrives != y->arrives)
		return x->arrives < y->arrives ? -1 : 1;
	return x->sequence < y->sequence ? -1 : 1;
}

void phone_make(struct phone *p, const struct phone_habits *habits, uint64_t seed, double seconds)
{
	struct random random;

	random_seed(&random, seed);
	p->habits = *habits;
	p->session = random_next(&random) >> 8 | 1;
	p->n = 0;
	double now = random_unit(&random) * seconds;
	double ends = now + random_unit(&random) * seconds;
	for (; now < ends && p->n < PHONE_DATAGRAMS_MAX; p->n++) {
		struct phone_datagram *d = &p->datagrams[p->n];

		*d = (struct phone_datagram){.sequence = p->n + 1, .sent = now};
		draw_fate(d, habits, &random);
		/* The next tap comes when it comes; no datagram before the interval is over. */
		now += habits->interval * (1 + 0.3 * random_exponential(&random));
	}
	qsort(p->datagrams, p->n, sizeof(*p->datagrams), by_arrival);
	phone_begin(p);
}

void phone_begin(struct phone *p)
{
	for (unsigned i = 0; i <= p->n; i++)
		p->confirmed[i] = INFINITY;
}

unsigned phone_batches(const struct phone *p, const struct phone_datagram *d)
{
	unsigned n = d->sequence < p->habits.history ? d->sequence : p->habits.history;

	while (p->habits.confirms && n > 1 && p->confirmed[d->sequence - n + 1] <= d->sent)
		n--;
	return n;
}

size_t phone_payload(const struct phone *p, const struct phone_datagram *d, unsigned batches,
	uint8_t out[WIRE_PAYLOAD_MAX])
{
	struct reaction_datagram head = {
		.session = p->session, .sequence = d->sequence, .batches = (uint8_t)batches};
	size_t len = reaction_put_header(out, WIRE_PAYLOAD_MAX, &head);

	for (unsigned i = 0; i < batches; i++) {
		const uint8_t pair[2] = {box_reaction_of(d->sequence - i), 1};

		len = reaction_put_batch(out, WIRE_PAYLOAD_MAX, len, pair, 1);
	}
	return len;
}

void phone_receipt(struct phone *p, const struct phone_datagram *d, unsigned batches)
{
	double at = d->arrives + d->back;

	for (unsigned i = 0; i < batches; i++) {
		double *confirmed = &p->confirmed[d->sequence - i];

		*confirmed = at < *confirmed ? at : *confirmed;
	}
}
