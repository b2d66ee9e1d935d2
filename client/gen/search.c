/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/search.h"

#include <math.h>
#include <string.h>

/* Loads nearer to each other are the same. */
static const double same = 1e-9;

/* A generator that offers less than this share of what it did before is kept from its work. */
static const double slow = 0.9;

enum { STEP_MAX = 4 }; // a load outside the bounds is at most so many times away

struct bounds {
	bool has_lower, has_upper;
	double lower, upper;
};

double search_loss(const struct search_trial *t)
{
	return t->offered == 0 ? 0 : (double)t->lost / (double)t->offered;
}

static double seconds_of(const struct search *s, unsigned phase)
{
	const struct search_settings *w = &s->settings;
	double part = w->phases > 1 ? (double)phase / (w->phases - 1) : 1;

	return w->initial_seconds * pow(w->final_seconds / w->initial_seconds, part);
}

static double width_of(const struct search *s, unsigned phase)
{
	return s->settings.width * (1u << (s->settings.phases - 1 - phase));
}

/* Does it count for those who want trials of this length? */
static bool counts(const struct search_trial *t, double seconds)
{
	return !t->aside && t->order.seconds >= seconds * (1 - same);
}

/* With frames of others there is no saying that nothing was lost. */
static bool held(const struct search_trial *t, double goal)
{
	return search_loss(t) <= goal && !(t->foreign && goal == 0);
}

/* The smallest load that lost too much is the upper bound, so only loads below it are lower ones.
 */
static struct bounds bounds_of(const struct search *s, double goal, double seconds)
{
	struct bounds b = {0};

	for (unsigned i = 0; i < s->n; i++) {
		const struct search_trial *t = &s->trials[i];

		if (!counts(t, seconds) || held(t, goal) || (b.has_upper && t->load >= b.upper))
			continue;
		b.has_upper = true;
		b.upper = t->load;
	}
	for (unsigned i = 0; i < s->n; i++) {
		const struct search_trial *t = &s->trials[i];

		if (!counts(t, seconds) || !held(t, goal) ||
			(b.has_upper && t->load >= b.upper * (1 - same)) ||
			(b.has_lower && t->load <= b.lower))
			continue;
		b.has_lower = true;
		b.lower = t->load;
	}
	return b;
}

static bool at_top(const struct search *s, const struct bounds *b)
{
	return b->has_lower && b->lower >= s->max_rate * (1 - same);
}

static bool at_bottom(const struct search *s, const struct bounds *b)
{
	return b->has_upper && b->upper <= s->settings.min_rate * (1 + same);
}

static bool narrow_enough(const struct bounds *b, double width)
{
	return b->has_lower && b->has_upper && (b->upper - b->lower) / b->upper <= width;
}

/* The nearest load beyond `from` that a trial of this length was of; `from` if there is none. */
static double neighbour(const struct search *s, double seconds, double from, int direction)
{
	double nearest = from;

	for (unsigned i = 0; i < s->n; i++) {
		const struct search_trial *t = &s->trials[i];
		bool beyond = (t->load - from) * direction > from * same;

		if (counts(t, seconds) && beyond &&
			(nearest == from || (nearest - t->load) * direction > 0))
			nearest = t->load;
	}
	return nearest;
}

/* What came through at the upper bound: a device beyond its limit goes on at about that. */
static double forwarded(const struct search *s, double seconds, double upper, double goal)
{
	double least = upper;

	for (unsigned i = 0; i < s->n; i++) {
		const struct search_trial *t = &s->trials[i];

		if (counts(t, seconds) && fabs(t->load - upper) <= upper * same)
			least = fmin(least, t->load * (1 - search_loss(t)) / (1 - goal));
	}
	return least;
}

/* Below the upper bound: each step is twice as long as the one before it. */
static double go_down(const struct search *s, const struct bounds *b, double goal)
{
	double seconds = seconds_of(s, s->phase), width = width_of(s, s->phase);
	double above = neighbour(s, seconds, b->upper, 1);
	double step = fmax(width * b->upper, 2 * (above - b->upper));
	double rate = fmax(b->upper - step, b->upper / STEP_MAX);

	if (s->phase == 0 && above == b->upper) // the first one: there is a better guess
		rate = fmin(rate, forwarded(s, seconds, b->upper, goal));
	return fmax(rate, s->settings.min_rate);
}

static double go_up(const struct search *s, const struct bounds *b)
{
	double seconds = seconds_of(s, s->phase), width = width_of(s, s->phase);
	double below = neighbour(s, seconds, b->lower, -1);
	double step = fmax(width * b->lower, 2 * (b->lower - below));
	double rate = fmin(b->lower + step, b->lower * STEP_MAX);

	return rate >= s->max_rate * (1 - width) ? s->max_rate : rate;
}

/* What shorter trials found comes first; without bounds there, a step beyond the one that is known.
 */
static double look_outside(const struct search *s, const struct bounds *b, double goal)
{
	struct bounds before = {0};

	if (s->phase > 0)
		before = bounds_of(s, goal, seconds_of(s, s->phase - 1));
	if (!b->has_lower && !b->has_upper) {
		if (s->n == 0)
			return s->max_rate;
		return before.has_lower   ? before.lower
		       : before.has_upper ? before.upper
					  : s->max_rate;
	}
	if (b->has_upper)
		return before.has_lower && before.lower < b->upper * (1 - same)
			       ? before.lower
			       : go_down(s, b, goal);
	if (before.has_upper && before.upper > b->lower * (1 + same))
		return fmin(before.upper, s->max_rate);
	return go_up(s, b);
}

/* The load to try for a goal in this phase; 0: its bounds are narrow enough. */
static double narrow(const struct search *s, double goal)
{
	struct bounds b = bounds_of(s, goal, seconds_of(s, s->phase));

	if (at_top(s, &b) || at_bottom(s, &b) || narrow_enough(&b, width_of(s, s->phase)))
		return 0;
	if (b.has_lower && b.has_upper)
		return sqrt(b.lower * b.upper);
	return look_outside(s, &b, goal);
}

static unsigned times_held(const struct search *s, double load, double goal, double seconds)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->n; i++) {
		const struct search_trial *t = &s->trials[i];

		n += counts(t, seconds) && held(t, goal) && fabs(t->load - load) <= load * same;
	}
	return n;
}

/* The lower bound that has not been repeated yet; 0: there is none. */
static double confirm(const struct search *s, double goal)
{
	double seconds = s->settings.final_seconds;
	struct bounds b = bounds_of(s, goal, seconds);

	return b.has_lower && times_held(s, b.lower, goal, seconds) < 2 ? b.lower : 0;
}

static bool order(struct search *s, double rate, bool confirms)
{
	s->order = (struct search_order){rate, seconds_of(s, s->phase), confirms};
	return true;
}

static bool find_order(struct search *s)
{
	for (;; s->phase++) {
		for (unsigned g = 0; g < s->settings.goals_n; g++) {
			double rate = narrow(s, s->settings.goals[g]);

			if (rate > 0)
				return order(s, rate, false);
		}
		if (s->phase + 1 == s->settings.phases)
			break;
	}
	for (unsigned g = 0; g < s->settings.goals_n; g++) {
		double rate = confirm(s, s->settings.goals[g]);

		if (rate > 0)
			return order(s, rate, true);
	}
	return false;
}

void search_begin(struct search *s, const struct search_settings *settings)
{
	memset(s, 0, sizeof(*s));
	s->settings = *settings;
	s->max_rate = settings->max_rate;
	if (s->settings.trials > SEARCH_TRIALS_MAX)
		s->settings.trials = SEARCH_TRIALS_MAX;
}

bool search_next(struct search *s, struct search_order *out)
{
	if (s->n >= s->settings.trials)
		return false;
	if (s->repeated == 0 && !find_order(s))
		return false;
	*out = s->order;
	return true;
}

void search_take(struct search *s, const struct search_trial *trial)
{
	struct search_trial *t = &s->trials[s->n++];
	bool lossless = s->settings.goals_n == 0 || held(trial, s->settings.goals[0]);

	*t = *trial;
	t->order = s->order;
	// A share of the frames that is too small to move a bound may stay away.
	t->limited = t->offered_rate < t->order.rate * (1 - s->settings.width / 2);
	t->load = t->limited ? t->offered_rate : t->order.rate;
	bool slower = t->limited && t->offered_rate < s->reached * slow;
	t->aside = (slower || t->foreign || (t->disturbed && (t->limited || !lossless))) &&
		   s->repeated < s->settings.repeats;
	s->repeated = t->aside ? s->repeated + 1 : 0;
	s->reached = fmax(s->reached, t->offered_rate);
	if (!t->limited || t->aside || slower || (t->disturbed && !t->saturated))
		return; // where it was only kept from its work it may do more another time
	if (!s->generator_limited || t->load < s->max_rate)
		s->limit_disturbed = t->disturbed;
	s->generator_limited = true;
	s->max_rate = fmin(s->max_rate, t->load);
	s->settings.min_rate = fmin(s->settings.min_rate, s->max_rate);
}

/* Loads that held in one trial of the full length and lost too much in another. */
static unsigned count_revoked(const struct search *s, double goal)
{
	double seconds = s->settings.final_seconds;
	unsigned n = 0;

	for (unsigned i = 0; i < s->n; i++) {
		const struct search_trial *t = &s->trials[i];

		n += counts(t, seconds) && !held(t, goal) &&
		     times_held(s, t->load, goal, seconds) > 0;
	}
	return n;
}

static double loss_at(const struct search *s, double load, double goal, double seconds)
{
	double most = 0;

	for (unsigned i = 0; i < s->n; i++) {
		const struct search_trial *t = &s->trials[i];

		if (counts(t, seconds) && held(t, goal) && fabs(t->load - load) <= load * same)
			most = fmax(most, search_loss(t));
	}
	return most;
}

/* Every trial in which this load lost too much. */
static bool lost_disturbed(const struct search *s, double load, double goal, double seconds)
{
	for (unsigned i = 0; i < s->n; i++) {
		const struct search_trial *t = &s->trials[i];

		if (counts(t, seconds) && !held(t, goal) && !t->disturbed &&
			fabs(t->load - load) <= load * same)
			return false;
	}
	return true;
}

struct search_result search_result(const struct search *s, unsigned goal)
{
	struct search_result r = {.goal = s->settings.goals[goal]};
	unsigned phase = s->phase;
	struct bounds b = bounds_of(s, r.goal, seconds_of(s, phase));

	while (!b.has_lower && !at_bottom(s, &b) && phase > 0) // it was cut short
		b = bounds_of(s, r.goal, seconds_of(s, --phase));
	r.has_lower = b.has_lower;
	r.has_upper = b.has_upper;
	r.lower = b.lower;
	r.upper = b.upper;
	r.at_least = at_top(s, &b);
	r.below_minimum = !b.has_lower && at_bottom(s, &b);
	r.final = phase + 1 == s->settings.phases &&
		  (r.at_least || r.below_minimum || narrow_enough(&b, s->settings.width));
	double seconds = seconds_of(s, phase);
	r.disturbed = b.has_upper ? lost_disturbed(s, b.upper, r.goal, seconds)
				  : r.at_least && s->generator_limited && s->limit_disturbed;
	if (b.has_lower) {
		r.loss = loss_at(s, b.lower, r.goal, seconds);
		r.confirmed = r.final && times_held(s, b.lower, r.goal, seconds) >= 2;
	}
	r.revoked = count_revoked(s, r.goal);
	return r;
}
