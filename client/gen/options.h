/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What `uproar-gen run` and `uproar-gen search` are told. */
#ifndef CLIENT_GEN_OPTIONS_H
#define CLIENT_GEN_OPTIONS_H

#include "client/device/eal_start.h"
#include "client/gen/appliance.h"
#include "client/gen/search.h"
#include "client/traffic/options.h"

struct gen_options {
	bool searches; // else it runs
	struct eal_wish eal;
	struct appliance appliance;
	struct traffic_options traffic;
	bool has_seed;
	bool json, answers;
	const char *svg; // NULL: no plot
	unsigned drain_ms;
	double rate;    // run: frames a second, all cores; 0: as fast as the device takes them
	double seconds; // run: 0: until a signal
	struct search_settings search; // max_rate 0: what the generator can do
	double limit;                  // search: seconds, all in all
};

/*
 * argv[1] is `run` or `search`. 0 to go on; 1 if help or version was asked for and given; -EINVAL
 * after a complaint.
 */
int gen_options_parse(int argc, char **argv, struct gen_options *o);

#endif
