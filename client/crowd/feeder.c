/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/crowd/feeder.h"

#include "client/clock.h"

void feeder_start(struct feeder *f, struct tapper *tapper, struct sink sink, uint64_t rate,
	uint64_t seed, uint64_t now)
{
	*f = (struct feeder){.tapper = tapper, .sink = sink, .rate = rate, .last = now};
	match_start(&f->match, seed, now);
	random_seed(&f->chance, ~seed);
	f->next_taps = tapper_taps(tapper);
	pace_pay(&f->pace, f->next_taps, &f->chance); // the first price; nothing is paid yet
}

static void make_burst(struct feeder *f)
{
	f->first = 0;
	while (f->waiting < FEEDER_BURST && pace_due(&f->pace)) {
		tapper_make(f->tapper, &f->match, f->next_taps, &f->burst[f->waiting++]);
		f->next_taps = tapper_taps(f->tapper);
		pace_pay(&f->pace, f->next_taps, &f->chance);
	}
}

/* How many were taken, or -errno. */
static int send_burst(struct feeder *f)
{
	int taken = f->sink.send(f->sink.ctx, f->burst + f->first, f->waiting);

	for (int i = 0; i < taken; i++) {
		f->taps_sent += f->burst[f->first++].taps;
		f->datagrams_sent++;
		f->waiting--;
	}
	return taken;
}

int feeder_turn(struct feeder *f, uint64_t now)
{
	uint64_t passed = now - f->last;
	uint64_t rate = (uint64_t)((double)f->rate * match_advance(&f->match, now));

	if (passed > CLOCK_SECOND)
		passed = CLOCK_SECOND;
	f->last = now;
	pace_earn(&f->pace, rate, passed);
	pace_forget(&f->pace, (int64_t)(rate * CLOCK_SECOND));
	for (unsigned sent = 0; sent < FEEDER_TURN_MAX;) {
		if (f->waiting == 0)
			make_burst(f);
		if (f->waiting == 0)
			return 0;
		int taken = send_burst(f);
		if (taken <= 0)
			return taken;
		sent += (unsigned)taken;
	}
	return f->waiting > 0 || pace_due(&f->pace) ? 1 : 0;
}
