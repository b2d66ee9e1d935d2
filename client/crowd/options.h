/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What one may ask of the crowd; the same for `uproar crowd` and for the relay that holds one. */
#ifndef CLIENT_CROWD_OPTIONS_H
#define CLIENT_CROWD_OPTIONS_H

#include "client/option.h"

struct crowd_options {
	struct endpoint to, from, http;
	uint64_t taps_per_second;
	uint64_t seconds; // 0: until a signal
	uint64_t seed;
	char socket_path[OPTION_SOCKET_MAX];
	const char *ticket_key_file; // NULL: no tickets
	uint64_t ticket_key;         // id of the key in it
};

/* The part of a --help text that lists the options. */
extern const char crowd_options_help[];

/* 0, 1 if help was asked for, or -EINVAL after a complaint. argv[0] is skipped. */
int crowd_options_parse(int argc, char **argv, struct crowd_options *out);

#endif
