/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The ledger balances when nothing was lost, and says which identity fails when something was.
 */

#include "control/ledger.h"
#include "store_rig.h"

#include <criterion/criterion.h>
#include <time.h>

static struct dataplane_port_info port;
static unsigned n_ports;

/* In place of the dataplane, which needs DPDK. */
unsigned __wrap_dataplane_ports(const struct dataplane *d);
unsigned __wrap_dataplane_ports(const struct dataplane *d)
{
	return n_ports;
}

void __wrap_dataplane_port_info(
	const struct dataplane *d, unsigned i, struct dataplane_port_info *out);
void __wrap_dataplane_port_info(
	const struct dataplane *d, unsigned i, struct dataplane_port_info *out)
{
	*out = port;
}

static struct store_rig rig;

/* Whether two workers find their queues empty while the ledger pauses to let them look. */
static bool polling;

int __real_nanosleep(const struct timespec *wanted, struct timespec *left);
int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left);
int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left)
{
	for (unsigned i = 0; polling && i < 2; i++) {
		worker_block_saw_empty_queue(&rig.store.blocks[0]);
		worker_block_saw_empty_queue(&rig.store.blocks[1]);
	}
	return __real_nanosleep(wanted, left);
}

static void set_up(void)
{
	store_rig_init(&rig, 2, 4, 8);
	store_rig_open(&rig);
	store_open_row(&rig.store, 5);
	n_ports = 1;
	polling = false;
	port = (struct dataplane_port_info){.tells_offered = true, .holds = 4096};
}

static void tear_down(void)
{
	store_rig_remove(&rig);
}

TestSuite(control_ledger, .init = set_up, .fini = tear_down);

/* As a worker would: so many datagrams of one tap each. */
static void count(unsigned worker, unsigned datagrams)
{
	struct worker_stats *s = &rig.store.blocks[worker].stats;

	store_row_tallies(&rig.store, worker, 0)[3] += datagrams;
	s->rx += datagrams;
	s->accepted += datagrams;
	s->batches += datagrams;
	s->batches_counted += datagrams;
	s->taps_counted += datagrams;
	port.offered += datagrams;
}

static const struct ledger *read_ledger(void)
{
	static struct ledger l;

	ledger_read(&l, &rig.store, NULL, 0);
	return &l;
}

static void expect_broken(unsigned identity)
{
	const struct ledger *l = read_ledger();

	cr_expect_not(l->balanced);
	for (unsigned i = 0; i < LEDGER_IDENTITIES; i++)
		cr_expect_eq(l->identities[i].holds, i != identity, "identity %u: %s", i,
			l->identities[i].text);
}

Test(control_ledger, what_was_counted_balances_before_and_after_a_window)
{
	count(0, 10);
	count(1, 5);
	const struct ledger *l = read_ledger();
	cr_expect(l->balanced);
	cr_expect_eq(l->workers.rx, 15);
	cr_expect_eq(l->offered, 15);
	cr_expect_eq(l->waiting, 0);
	cr_expect_eq(l->taps_in_windows, 0);
	cr_expect_eq(l->taps_not_yet_merged, 15);

	store_rig_window(&rig, NULL);
	count(1, 2);
	l = read_ledger();
	cr_expect(l->balanced);
	cr_expect_eq(l->taps_in_windows, 15);
	cr_expect_eq(l->taps_not_yet_merged, 2);
	cr_expect_eq(l->taps_in_flight, 0);
}

Test(control_ledger, refused_frames_and_losses_with_a_name_balance)
{
	count(0, 10);
	rig.store.blocks[1].stats.refused[REFUSED_magic] = 3;
	rig.store.blocks[1].stats.refused[REFUSED_text_no_reaction] = 4;
	rig.store.blocks[1].stats.rx = 7;
	port.offered = 10 + 7 + 2 + 1;
	port.imissed = 2;
	port.nombuf = 1;
	const struct ledger *l = read_ledger();
	cr_expect(l->balanced);
	cr_expect_eq(l->refused, 7);
	cr_expect_eq(l->imissed, 2);
	cr_expect_eq(l->nombuf, 1);
}

Test(control_ledger, what_waits_in_the_queues_is_no_loss_but_more_than_they_hold_is)
{
	count(0, 10);
	port.offered += 2000;
	const struct ledger *l = read_ledger();
	cr_expect(l->balanced);
	cr_expect_eq(l->waiting, 2000);
	port.offered += 100000;
	expect_broken(0);
}

Test(control_ledger, a_frame_that_is_in_no_queue_is_lost)
{
	count(0, 10);
	polling = true;
	cr_expect(read_ledger()->balanced);
	port.offered++;
	expect_broken(0);
	port.imissed++; // with a name it is no loss without a trace
	cr_expect(read_ledger()->balanced);
}

Test(control_ledger, windows_must_have_shown_what_the_rows_say_was_shown)
{
	struct store_shown *shown;

	count(0, 10);
	store_rig_window(&rig, NULL);
	shown = rig.store.shown[*rig.store.active];
	shown->tallies[3]--; // the next window would show this tap again
	expect_broken(3);
	shown->tallies[3]++;
	shown->taps_in_windows -= 2;
	expect_broken(3);
}

Test(control_ledger, a_device_that_does_not_tell_is_not_asked)
{
	count(0, 10);
	port = (struct dataplane_port_info){.offered = 999};
	const struct ledger *l = read_ledger();
	cr_expect(l->balanced);
	cr_expect_not(l->tells_offered);
}

Test(control_ledger, only_what_this_process_received_is_set_against_its_ports)
{
	struct ledger l;

	count(0, 10); // by the process before
	port.offered = 0;
	count(1, 4);
	ledger_read(&l, &rig.store, NULL, 10);
	cr_expect(l.balanced);
	cr_expect_eq(l.waiting, 0);
	ledger_read(&l, &rig.store, NULL, 0);
	cr_expect_not(l.balanced, "more received than offered");
}

Test(control_ledger, a_frame_without_a_verdict_is_seen)
{
	count(0, 10);
	rig.store.blocks[0].stats.rx++;
	port.offered++;
	expect_broken(1);
}

Test(control_ledger, a_batch_without_a_verdict_is_seen)
{
	count(0, 10);
	rig.store.blocks[0].stats.batches++;
	expect_broken(2);
}

Test(control_ledger, a_tap_that_was_lost_or_counted_twice_is_seen)
{
	count(0, 10);
	rig.store.blocks[0].stats.taps_counted++;
	expect_broken(3);
	rig.store.blocks[0].stats.taps_counted -= 2;
	expect_broken(3);
}

Test(control_ledger, a_worker_that_hangs_in_a_burst_is_seen_and_its_counts_are_shown)
{
	count(0, 10);
	worker_block_begin(&rig.store.blocks[1]);
	const struct ledger *l = read_ledger();
	cr_expect_not(l->balanced);
	cr_expect_eq(l->workers.rx, 10);
	cr_expect_eq(l->workers.taps_counted, 10);
}
