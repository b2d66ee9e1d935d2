/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The search for the highest load finds it, on simulated devices, within few trials. */

#include "client/gen/search.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { NDR, PDR, GOALS };

/* What a device does with a trial. */
struct device {
	double capacity;            // frames a second
	double kept_from;           // share of the frames that a noisy generator is kept from
	double always;              // share that is lost at every load
	double ceiling;             // of the generator; 0: none
	unsigned noisy_every;       // trials: one of them loses something though it need not
	bool disturbed;             // those trials say that they were disturbed
	double gap_from, gap_until; // loads at which it loses a tenth
	unsigned trials;            // so far
};

static struct search_settings usual(void)
{
	return (struct search_settings){.min_rate = 1000,
		.max_rate = 30e6,
		.width = 0.005,
		.initial_seconds = 0.5,
		.final_seconds = 10,
		.phases = 3,
		.repeats = 2,
		.trials = 120,
		.goals_n = GOALS,
		.goals = {0, 0.005}};
}

static struct search_trial try(struct device *d, const struct search_order *o)
{
	double offered = d->ceiling > 0 ? fmin(o->rate, d->ceiling) : o->rate;
	double lost;
	bool noisy = d->noisy_every > 0 && ++d->trials % d->noisy_every == 0;
	bool saturated = offered < o->rate;

	if (noisy && d->kept_from > 0)
		offered *= 1 - d->kept_from;
	lost = fmax(offered - d->capacity, 0) + offered * d->always;
	if (offered >= d->gap_from && offered < d->gap_until)
		lost += offered / 10;
	if (noisy && d->kept_from == 0)
		lost += offered / 50;
	return (struct search_trial){.offered_rate = offered,
		.offered = (uint64_t)(offered * o->seconds),
		.lost = (uint64_t)ceil(fmin(lost, offered) * o->seconds),
		.disturbed = noisy && d->disturbed,
		.saturated = saturated};
}

static struct search s;

/* To its end, which must come within so many trials. */
static void search(struct device *d, const struct search_settings *settings, unsigned trials)
{
	struct search_order o;

	search_begin(&s, settings);
	while (search_next(&s, &o)) {
		cr_assert(o.rate > 0 && o.rate <= settings->max_rate * 1.000001, "%f", o.rate);
		cr_assert(o.seconds >= settings->initial_seconds * 0.999 &&
			  o.seconds <= settings->final_seconds * 1.001);
		struct search_trial t = try(d, &o);
		search_take(&s, &t);
	}
	cr_assert_leq(s.n, trials, "%u trials", s.n);
}

/* Bounds that hold the truth between them, narrow, and confirmed. */
static void expect_between(unsigned goal, double truth)
{
	struct search_result r = search_result(&s, goal);

	cr_assert(r.has_lower && r.has_upper && r.final && r.confirmed, "goal %u of %u trials",
		goal, s.n);
	cr_expect(r.lower <= truth && truth < r.upper * 1.000001, "%f in %f to %f", truth, r.lower,
		r.upper);
	cr_expect_leq((r.upper - r.lower) / r.upper, 0.005);
	cr_expect(!r.at_least && !r.below_minimum);
}

Test(gen_search, a_sharp_knee_is_found_for_both_goals)
{
	for (double capacity = 5000; capacity < 29e6; capacity *= 1.7) {
		struct device d = {.capacity = capacity};
		struct search_settings settings = usual();

		search(&d, &settings, 40);
		expect_between(NDR, capacity);
		expect_between(PDR, capacity / 0.995);
		cr_expect_eq(search_result(&s, NDR).loss, 0);
		cr_expect_leq(search_result(&s, PDR).loss, 0.005);
	}
}

Test(gen_search, a_device_faster_than_the_highest_load_has_at_least_that)
{
	struct device d = {.capacity = 60e6};
	struct search_settings settings = usual();
	struct search_result r;

	search(&d, &settings, 8);
	r = search_result(&s, NDR);
	cr_expect(r.at_least && r.final && r.confirmed && !r.has_upper && r.lower == 30e6);
	cr_expect_not(s.generator_limited);
}

Test(gen_search, a_generator_slower_than_the_device_gives_at_least_what_it_can_do)
{
	struct device d = {.capacity = 60e6, .ceiling = 12e6};
	struct search_settings settings = usual();
	struct search_result r;

	search(&d, &settings, 8);
	r = search_result(&s, NDR);
	cr_expect(r.at_least && r.confirmed && fabs(r.lower - 12e6) < 1, "%f", r.lower);
	cr_expect(s.generator_limited && s.trials[0].limited);
}

Test(gen_search, a_generator_that_reaches_beyond_the_knee_does_not_matter)
{
	struct device d = {.capacity = 9e6, .ceiling = 12e6};
	struct search_settings settings = usual();

	search(&d, &settings, 40);
	expect_between(NDR, 9e6);
	expect_between(PDR, 9e6 / 0.995);
	cr_expect(s.generator_limited);
}

Test(gen_search, a_device_that_takes_nothing_is_told_soon)
{
	struct device d = {.capacity = 0};
	struct search_settings settings = usual();

	search(&d, &settings, 10);
	for (unsigned g = 0; g < GOALS; g++) {
		struct search_result r = search_result(&s, g);

		cr_expect(r.below_minimum && !r.has_lower && r.final && r.upper == 1000);
	}
}

Test(gen_search, a_loss_at_every_load_has_no_ndr)
{
	struct device d = {.capacity = 10e6, .always = 0.001};
	struct search_settings settings = usual();

	search(&d, &settings, 60);
	cr_expect(search_result(&s, NDR).below_minimum);
	// lost: what is beyond the capacity and a thousandth of all
	expect_between(PDR, 10e6 / (1 - 0.004));
}

Test(gen_search, the_smallest_load_that_loses_is_the_bound)
{
	struct device d = {.capacity = 20e6, .gap_from = 8e6, .gap_until = 22e6};
	struct search_settings settings = usual();

	search(&d, &settings, 60);
	struct search_result r = search_result(&s, NDR);
	cr_expect(r.confirmed && r.lower < 8e6, "%f", r.lower);
	for (unsigned i = 0; i < s.n; i++)
		cr_expect(search_loss(&s.trials[i]) == 0 || s.trials[i].load > r.lower);
}

Test(gen_search, noise_ends_it_all_the_same_and_what_it_says_held)
{
	for (unsigned every = 2; every < 12; every++) {
		struct device d = {.capacity = 10e6, .noisy_every = every};
		struct search_settings settings = usual();

		search(&d, &settings, 120);
		struct search_result r = search_result(&s, NDR);
		cr_expect(!r.has_lower || r.lower <= 10e6, "every %u: %f", every, r.lower);
		if (r.confirmed)
			cr_expect(r.lower > 0 && r.loss == 0);
	}
}

Test(gen_search, disturbed_trials_are_repeated_and_stay_aside)
{
	struct device d = {.capacity = 10e6, .noisy_every = 5, .disturbed = true};
	struct search_settings settings = usual();
	unsigned aside = 0;

	search(&d, &settings, 60);
	expect_between(NDR, 10e6);
	expect_between(PDR, 10e6 / 0.995);
	for (unsigned i = 0; i < s.n; i++) {
		aside += s.trials[i].aside;
		if (s.trials[i].aside)
			cr_expect_eq(s.trials[i].order.rate, s.trials[i + 1].order.rate);
	}
	cr_expect_gt(aside, 0);
}

Test(gen_search, a_generator_that_is_kept_from_its_work_is_none_that_is_too_slow)
{
	for (unsigned every = 1; every < 6; every++) {
		struct device d = {.capacity = 10e6, .noisy_every = every, .kept_from = 0.01};
		struct search_settings settings = usual();

		d.disturbed = true;
		search(&d, &settings, 120);
		cr_expect_not(s.generator_limited);
		if (every > 1)
			expect_between(NDR, 10e6);
		else // it is never undisturbed, and what held really held
			cr_expect(search_result(&s, NDR).lower <= 10e6);
	}
}

Test(gen_search, a_generator_that_has_done_more_is_not_too_slow)
{
	struct search_settings settings = usual();
	struct device d = {.capacity = 10e6}, slow = {.capacity = 10e6, .ceiling = 3e6};
	struct search_order o;

	search_begin(&s, &settings);
	while (search_next(&s, &o)) { // slow for a while, without a word of a disturbance
		struct search_trial t = try(s.n >= 8 && s.n < 15 ? &slow : &d, &o);

		search_take(&s, &t);
	}
	cr_assert_leq(s.n, 50);
	cr_expect_not(s.generator_limited);
	expect_between(NDR, 10e6);
	expect_between(PDR, 10e6 / 0.995);
}

Test(gen_search, a_disturbance_without_end_counts_in_the_end)
{
	struct device d = {.capacity = 10e6, .always = 0.02, .noisy_every = 1, .disturbed = true};
	struct search_settings settings = usual();

	search(&d, &settings, 120);
	cr_expect(search_result(&s, NDR).below_minimum && search_result(&s, NDR).disturbed);
}

Test(gen_search, what_a_disturbed_generator_could_not_do_is_told)
{
	struct device d = {.capacity = 60e6, .ceiling = 12e6, .noisy_every = 1, .disturbed = true};
	struct search_settings settings = usual();

	settings.goals[0] = 0.5; // the noise is below it
	settings.goals_n = 1;
	search(&d, &settings, 20);
	struct search_result r = search_result(&s, 0);
	cr_expect(r.at_least && r.disturbed && s.generator_limited);
	d = (struct device){.capacity = 60e6, .ceiling = 12e6};
	search(&d, &settings, 20);
	cr_expect_not(search_result(&s, 0).disturbed);
}

Test(gen_search, with_frames_of_others_nobody_says_that_nothing_was_lost)
{
	struct search_settings settings = usual();
	struct device d = {.capacity = 10e6};
	struct search_order o;

	for (unsigned every = 1; every <= 4; every += 3) { // in all trials, and in some
		search_begin(&s, &settings);
		while (search_next(&s, &o)) {
			struct search_trial t = try(&d, &o);

			t.foreign = t.disturbed = s.n % every == 0;
			search_take(&s, &t);
			cr_expect(!t.foreign || s.trials[s.n - 1].aside ||
				  (every == 1 && s.n % (settings.repeats + 1) == 0));
		}
		struct search_result r = search_result(&s, NDR);
		if (every == 1)
			cr_expect(!r.has_lower && r.disturbed, "%f", r.lower);
		else
			expect_between(NDR, 10e6);
	}
}

Test(gen_search, a_load_that_does_not_hold_again_is_revoked)
{
	struct search_settings settings = usual();
	struct device d = {.capacity = 10e6};
	struct search_order o;
	bool failed = false;

	search_begin(&s, &settings);
	while (search_next(&s, &o)) {
		struct search_trial t = try(&d, &o);

		if (o.confirms && !failed) {
			t.lost += 1 + t.offered / 50;
			failed = true;
		}
		search_take(&s, &t);
	}
	cr_assert(failed);
	struct search_result r = search_result(&s, NDR);
	cr_expect(r.confirmed && r.revoked == 1 && r.lower < 10e6 * 0.9951, "%f, %u", r.lower,
		r.revoked);
}

Test(gen_search, one_cut_short_says_what_short_trials_found)
{
	struct device d = {.capacity = 10e6};
	struct search_settings settings = usual();

	settings.trials = 9;
	search(&d, &settings, 9);
	struct search_result r = search_result(&s, NDR);
	cr_expect(r.has_lower && r.lower <= 10e6 && !r.final && !r.confirmed);
	settings.trials = 1;
	search(&d, &settings, 1);
	r = search_result(&s, NDR);
	cr_expect(!r.has_lower && r.has_upper && !r.final && !r.below_minimum);
	settings.trials = 0;
	search(&d, &settings, 0);
	r = search_result(&s, NDR);
	cr_expect(!r.has_lower && !r.has_upper && !r.final);
}

Test(gen_search, trials_grow_and_the_last_ones_are_long)
{
	struct device d = {.capacity = 10e6};
	struct search_settings settings = usual();

	search(&d, &settings, 40);
	for (unsigned i = 1; i < s.n; i++)
		cr_expect_geq(s.trials[i].order.seconds, s.trials[i - 1].order.seconds * 0.999);
	cr_expect_float_eq(s.trials[0].order.seconds, 0.5, 1e-6);
	cr_expect_float_eq(s.trials[s.n - 1].order.seconds, 10, 1e-6);
}
