/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What one may ask of generated traffic: the same options in each program that makes some. */
#ifndef CLIENT_TRAFFIC_OPTIONS_H
#define CLIENT_TRAFFIC_OPTIONS_H

#include "client/traffic/spec.h"

#include <getopt.h>

/* Values for getopt_long(), above those of any program's own. */
enum {
	TRAFFIC_OPTION = 0x200,
	TRAFFIC_SESSIONS = TRAFFIC_OPTION,
	TRAFFIC_CHANNELS,
	TRAFFIC_BATCHES_OF,
	TRAFFIC_REACTIONS_OF,
	TRAFFIC_TAPS_OF,
	TRAFFIC_IDS,
	TRAFFIC_TEXT_SHARE,
	TRAFFIC_UNSEQUENCED_SHARE,
	TRAFFIC_HOSTILE_SHARE,
	TRAFFIC_REASONS,
	TRAFFIC_IPV6,
	TRAFFIC_VLAN,
	TRAFFIC_NET,
	TRAFFIC_TO,
	TRAFFIC_TO_MAC,
	TRAFFIC_FROM_MAC,
	TRAFFIC_SEED,
};

/* Entries of a table of `struct option`. */
#define TRAFFIC_LONG_OPTIONS                                                         \
	{"sessions", required_argument, NULL, TRAFFIC_SESSIONS},                     \
		{"channels", required_argument, NULL, TRAFFIC_CHANNELS},             \
		{"batches", required_argument, NULL, TRAFFIC_BATCHES_OF},            \
		{"reactions", required_argument, NULL, TRAFFIC_REACTIONS_OF},        \
		{"taps", required_argument, NULL, TRAFFIC_TAPS_OF},                  \
		{"reaction-ids", required_argument, NULL, TRAFFIC_IDS},              \
		{"text", required_argument, NULL, TRAFFIC_TEXT_SHARE},               \
		{"unsequenced", required_argument, NULL, TRAFFIC_UNSEQUENCED_SHARE}, \
		{"hostile", required_argument, NULL, TRAFFIC_HOSTILE_SHARE},         \
		{"hostile-reasons", required_argument, NULL, TRAFFIC_REASONS},       \
		{"ipv6", no_argument, NULL, TRAFFIC_IPV6},                           \
		{"vlan", required_argument, NULL, TRAFFIC_VLAN},                     \
		{"source-net", required_argument, NULL, TRAFFIC_NET},                \
		{"to", required_argument, NULL, TRAFFIC_TO},                         \
		{"to-mac", required_argument, NULL, TRAFFIC_TO_MAC},                 \
		{"from-mac", required_argument, NULL, TRAFFIC_FROM_MAC},             \
	{                                                                            \
		"seed", required_argument, NULL, TRAFFIC_SEED                        \
	}

/* The lines of a --help text that say what they are. */
extern const char traffic_options_help[];

struct traffic_options {
	struct traffic_spec spec;
	bool v6;
	const char *to, *net; // as given, or NULL
};

void traffic_options_default(struct traffic_options *o);

/*
 * One option that getopt_long() found, its value in optarg: 0, or -EINVAL after a complaint. What
 * is not one of these options is -EINVAL without.
 */
int traffic_option(int option, struct traffic_options *o);

/* After the last one o->spec is complete. 0, or -EINVAL after a complaint. */
int traffic_options_end(struct traffic_options *o);

#endif
