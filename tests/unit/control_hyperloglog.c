/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The estimate of distinct sessions is as good as the manual says, through the same hash and the
 * same registers that workers use.
 */

#include "control/hyperloglog.h"
#include "seeded_random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

static const double standard_error = 0.0336; // 1.04 / √960, as in docs/sentiment.md

/* The registers of one row, as a worker fills them. */
struct crowd {
	struct reactors_head head;
	struct reactors_row row;
	struct reactors reactors;
};

static struct crowd *new_crowd(struct seeded_random *r)
{
	struct crowd *c = aligned_alloc(_Alignof(struct crowd), sizeof(*c));

	memset(c, 0, sizeof(*c));
	c->head.key[0] = random_next(r);
	c->head.key[1] = random_next(r);
	c->reactors.head = &c->head;
	c->reactors.rows = &c->row;
	reactors_begin(&c->reactors);
	return c;
}

static struct hyperloglog registers(struct crowd *c)
{
	struct hyperloglog h;

	reactors_end(&c->reactors);
	for (unsigned i = 0; i < REACTORS_LINES; i++)
		memcpy(h.registers[i], c->row.banks[0][i].registers, REACTORS_IN_LINE);
	return h;
}

/* Sessions as clients choose them: at random, counting, counting in their high bytes. */
static uint64_t session(unsigned trial, uint64_t seed, uint64_t i)
{
	switch (trial % 3) {
	case 0:
		return (seed + i * 0x9e3779b97f4a7c15) * 0xd1342543de82ef95 >> 8 | 1;
	case 1:
		return 1 + i;
	default:
		return (1 + i) << 32;
	}
}

enum { TRIALS = 90 };

static const unsigned cardinalities[] = {1, 2, 3, 5, 8, 10, 20, 50, 100, 200, 500, 960, 1000, 2000,
	5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000};

enum { STEPS = sizeof(cardinalities) / sizeof(cardinalities[0]) };

struct errors {
	unsigned all, large;
	double sum[STEPS], squares[STEPS];
};

static void run_trial(unsigned trial, struct seeded_random *r, struct errors *e)
{
	struct crowd *c = new_crowd(r);
	uint64_t seed = random_next(r);
	unsigned n = 0;

	for (unsigned step = 0; step < STEPS; step++) {
		for (; n < cardinalities[step]; n++)
			reactors_note(
				&c->reactors, 0, reactors_hash(&c->head, session(trial, seed, n)));
		struct hyperloglog h = registers(c);
		double error = (double)hyperloglog_estimate(&h) / n - 1;
		/* Half a session is what rounding may add. */
		e->all++;
		e->large += fabs(error) > 3 * standard_error + 0.5 / n;
		e->sum[step] += error;
		e->squares[step] += error * error;
		cr_expect(n > 1 || error == 0, "one session is one");
		cr_expect(n > 10 || fabs(error * n) < 2.5, "%u sessions: %f", n, error);
	}
	free(c);
}

Test(control_hyperloglog, the_error_is_within_three_standard_errors_from_one_to_a_million)
{
	struct seeded_random r = seeded_random_new("control_hyperloglog");
	struct errors e = {0};

	for (unsigned trial = 0; trial < TRIALS; trial++)
		run_trial(trial, &r, &e);
	cr_expect_leq(e.large * 100, e.all, "%u of %u are further off", e.large, e.all);
	for (unsigned i = 0; i < STEPS; i++) {
		double mean = e.sum[i] / TRIALS, deviation = sqrt(e.squares[i] / TRIALS);

		if (cardinalities[i] < 50)
			continue; // two that share a register weigh too much
		/* The mean of many trials is nearer to the truth by the root of their number. */
		cr_expect_lt(fabs(mean), 4 * standard_error / sqrt(TRIALS), "%u: biased by %f",
			cardinalities[i], mean);
		cr_expect_lt(
			deviation, 1.3 * standard_error, "%u: %f", cardinalities[i], deviation);
	}
}

/* What a register shows after so many sessions: P(rank <= k) = exp(-n / (960 2^k)). */
static struct hyperloglog drawn(struct seeded_random *r, double n)
{
	struct hyperloglog h;

	for (unsigned i = 0; i < REACTORS_REGISTERS; i++) {
		double u = ((double)(random_next(r) >> 11) + 0.5) / (double)(1ull << 53);
		unsigned k = 0;

		while (k < REACTORS_RANK_MAX && exp(-n / REACTORS_REGISTERS * exp2(-(double)k)) < u)
			k++;
		h.registers[i / REACTORS_IN_LINE][i % REACTORS_IN_LINE] = (uint8_t)k;
	}
	return h;
}

Test(control_hyperloglog, and_further_up_to_what_a_frame_can_say)
{
	static const double large[] = {1e6, 1e7, 1e8, 1e9, 3e9};
	struct seeded_random r = seeded_random_new("control_hyperloglog");

	for (unsigned i = 0; i < sizeof(large) / sizeof(large[0]); i++) {
		double sum = 0;

		for (unsigned trial = 0; trial < 400; trial++) {
			struct hyperloglog h = drawn(&r, large[i]);

			sum += hyperloglog_estimate(&h) / large[i] - 1;
		}
		cr_expect_lt(fabs(sum / 400), 4 * standard_error / 20, "%g: biased by %f", large[i],
			sum / 400);
	}
}

Test(control_hyperloglog, nothing_is_0_and_more_than_a_frame_can_say_is_its_most)
{
	struct hyperloglog h = {{{0}}};

	cr_expect_eq(hyperloglog_estimate(&h), 0);
	memset(&h, REACTORS_RANK_MAX, sizeof(h));
	cr_expect_eq(hyperloglog_estimate(&h), UINT32_MAX);
	memset(&h, REACTORS_RANK_MAX - 1, sizeof(h));
	cr_expect_eq(hyperloglog_estimate(&h), UINT32_MAX);
}

/* The smallest estimate of something: no register alone may round to 0. */
Test(control_hyperloglog, any_single_register_is_one)
{
	for (unsigned rank = 1; rank <= REACTORS_RANK_MAX; rank++) {
		struct hyperloglog h = {{{0}}};

		h.registers[rank % REACTORS_LINES][rank] = (uint8_t)rank;
		cr_expect_eq(
			hyperloglog_estimate(&h), 1, "rank %u: %u", rank, hyperloglog_estimate(&h));
	}
}

Test(control_hyperloglog, merging_is_showing_all_to_one)
{
	struct seeded_random r = seeded_random_new("control_hyperloglog");

	for (unsigned trial = 0; trial < 200; trial++) {
		struct crowd *a = new_crowd(&r), *b = new_crowd(&r), *both = new_crowd(&r);
		unsigned n = random_below(&r, 5000);

		for (unsigned i = 0; i < n; i++) {
			uint64_t hash = random_next(&r);
			unsigned who = random_below(&r, 3); // the third is seen by both

			if (who != 0)
				reactors_note(&a->reactors, 0, hash);
			if (who != 1)
				reactors_note(&b->reactors, 0, hash);
			reactors_note(&both->reactors, 0, hash);
		}
		struct hyperloglog merged = registers(a), other = registers(b),
				   all = registers(both);
		hyperloglog_merge(&merged, &other);
		cr_expect_eq(memcmp(&merged, &all, sizeof(all)), 0);
		hyperloglog_merge(&merged, &other);
		cr_expect_eq(memcmp(&merged, &all, sizeof(all)), 0, "twice is once");
		free(a);
		free(b);
		free(both);
	}
}
