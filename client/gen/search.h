/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The search for the highest load that loses no more than a goal allows, for several goals at once:
 * the throughput of RFC 2544, 26.1, found in the manner of MLRsearch (RFC 9971). Trials are short
 * and bounds wide at first, long and narrow in the end; the smallest load that lost too much is the
 * upper bound, whatever a higher one did.
 *
 * Pure: it asks for trials and is told their results. The same results make the same search.
 */
#ifndef CLIENT_GEN_SEARCH_H
#define CLIENT_GEN_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

enum { SEARCH_GOALS_MAX = 4, SEARCH_PHASES_MAX = 8, SEARCH_TRIALS_MAX = 200 };

struct search_settings {
	double min_rate, max_rate; // frames a second
	double width;              // (upper - lower) / upper, of bounds that are narrow enough
	double initial_seconds, final_seconds; // of a trial
	unsigned phases;  // from the one to the other; the width halves with each
	unsigned repeats; // so often a trial that was disturbed is repeated before it counts
	unsigned trials;  // at most SEARCH_TRIALS_MAX
	unsigned goals_n;
	double goals[SEARCH_GOALS_MAX]; // shares of the frames that may be lost, ascending
};

/* A trial that is wanted. */
struct search_order {
	double rate, seconds;
	bool confirms; // repeats a load that was found
};

struct search_trial {
	struct search_order order;
	double offered_rate;    // frames a second that really were offered
	uint64_t offered, lost; // frames
	bool disturbed;         // somebody else had a CPU meanwhile
	bool foreign;           // somebody else sent, which may hide a loss
	bool saturated;         // the generator had no time left
	// the search fills in:
	bool limited; // the generator did not reach the rate
	bool aside;   // disturbed, with frames of others, or less than was reached before, and so
		      // repeated
	double load;  // what it is a trial of: the rate, or what was offered if that was less
};

struct search {
	struct search_settings settings;
	unsigned phase, n;
	unsigned repeated;      // how often the trial that is wanted now was repeated already
	double reached;         // the most that the generator has offered
	double max_rate;        // what settings say, or what the generator can do
	bool generator_limited; // the generator cannot do what settings say
	bool limit_disturbed;   // or would, if it had its CPUs to itself
	struct search_order order;
	struct search_trial trials[SEARCH_TRIALS_MAX];
};

/* What was found for a goal. Of trials of the full length, or of shorter ones if it was cut short.
 */
struct search_result {
	double goal;
	bool has_lower, has_upper;
	double lower, upper; // frames a second: it held here, and not here
	double loss;         // share that was lost at the lower bound
	bool final;          // bounds come from trials of the full length and are narrow enough
	bool confirmed;      // it held again when it was repeated
	bool at_least;       // it held at the highest load that could be tried
	bool below_minimum;  // not even the lowest rate held
	bool disturbed;      // what ended it did so in a trial that was disturbed
	unsigned revoked;    // loads that held once, and not when they were repeated
};

void search_begin(struct search *s, const struct search_settings *settings);

/* What to try next. False: nothing more is to be found, or all trials are used up. */
bool search_next(struct search *s, struct search_order *out);

/* Takes the result of the trial that search_next() wanted. */
void search_take(struct search *s, const struct search_trial *trial);

struct search_result search_result(const struct search *s, unsigned goal);

/* lost / offered; 0 if nothing was offered. */
double search_loss(const struct search_trial *t);

#endif
