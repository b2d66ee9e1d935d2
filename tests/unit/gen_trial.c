/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* A trial ends, and says what was lost, whatever the appliance answers. Nobody sends here. */

#include "client/clock.h"
#include "client/gen/stolen.h"
#include "client/gen/trial.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <time.h>
#include <unistd.h>

enum { SENT = 1000, STEP_MS = 20 };

static struct appliance_counts answer, growth; // now, and what each look adds
static unsigned looks;
static uint64_t clock_ns; // goes on by itself, each time that one looks

int __wrap_clock_gettime(clockid_t id, struct timespec *at);
int __wrap_clock_gettime(clockid_t id, struct timespec *at)
{
	(void)id;
	clock_ns += STEP_MS * CLOCK_MS;
	*at = (struct timespec){(time_t)(clock_ns / CLOCK_SECOND), (long)(clock_ns % CLOCK_SECOND)};
	return 0;
}

int __wrap_appliance_ask(const struct appliance *a, struct appliance_counts *out);
int __wrap_appliance_ask(const struct appliance *a, struct appliance_counts *out)
{
	(void)a;
	*out = answer;
	looks++;
	answer.rx += growth.rx;
	answer.missed += growth.missed;
	answer.pid += growth.pid;
	return 0;
}

static bool spent;                // of its sequence numbers
static double stolen, stolen_now; // so far, and by each trial

double __wrap_stolen_seconds(void);
double __wrap_stolen_seconds(void)
{
	return stolen;
}

bool device_has_link(struct device *d)
{
	(void)d;
	return true;
}

uint64_t crew_late_answers(struct crew *c)
{
	(void)c;
	return 0;
}

int crew_send(struct crew *c, double rate, double seconds, int signals, crew_watcher *watch,
	void *ctx, struct crew_report *out)
{
	(void)c, (void)rate, (void)seconds, (void)signals, (void)watch, (void)ctx;
	out->sum.offered = out->sum.tally.frames = SENT;
	out->sum.spent = spent;
	stolen += stolen_now;
	return 0;
}

static struct bench bench = {.appliance = {.by = APPLIANCE_SOCKET}, .drain_ms = 200, .signals = -1};
static struct trial trial;

static int run(void)
{
	return trial_run(&bench, 1000, 1, NULL, NULL, &trial);
}

Test(gen_trial, frames_that_always_come_do_not_hold_it_up)
{
	growth.rx = 1;
	cr_assert_eq(run(), 0);
	cr_expect(trial.took.rx < SENT && looks > 200 / STEP_MS);
	cr_expect_eq(trial.lost, SENT - trial.took.rx);
}

Test(gen_trial, a_signal_ends_the_wait)
{
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(write(ends[1], "", 1), 1);
	bench.signals = ends[0];
	cr_assert_eq(run(), -EINTR);
	cr_expect_eq(trial.lost, SENT, "what was done so far is told");
}

Test(gen_trial, an_appliance_that_began_anew_is_no_loss)
{
	growth.pid = 1;
	growth.rx = SENT;
	cr_expect_eq(run(), -ESTALE);
	growth.pid = 0;
	answer.rx = 2 * SENT;
	growth.rx = (uint64_t)-SENT;
	cr_expect_eq(run(), -ESTALE);
}

Test(gen_trial, frames_of_others_hide_no_loss)
{
	growth.rx = SENT;
	growth.missed = 7;
	cr_assert_eq(run(), 0);
	cr_expect_eq(trial.lost, 7);
	cr_expect(trial.foreign == 7 && trial.disturbed);
	growth.rx = SENT - 7;
	cr_assert_eq(run(), 0);
	cr_expect(trial.lost == 7 && trial.foreign == 0 && !trial.disturbed);
	growth.rx = SENT + 1;
	growth.missed = 0;
	cr_assert_eq(run(), 0);
	cr_expect(trial.lost == 0 && trial.foreign == 1 && trial.disturbed);
}

Test(gen_trial, time_that_a_hypervisor_takes_disturbs_it)
{
	growth.rx = SENT;
	stolen = 5;
	cr_assert_eq(run(), 0);
	cr_expect(trial.stolen == 0 && !trial.disturbed);
	stolen_now = 0.25;
	cr_assert_eq(run(), 0);
	cr_expect(trial.stolen == 0.25 && trial.disturbed);
}

Test(gen_trial, without_sequence_numbers_it_ends_with_what_was_done)
{
	growth.rx = SENT;
	spent = true;
	cr_assert_eq(run(), -ERANGE);
	cr_expect(trial.took.rx == SENT && trial.lost == 0);
}
