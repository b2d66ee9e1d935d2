/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* How a run ends: the line that says whether every tap came through. */
#ifndef CLIENT_CROWD_CLOSING_H
#define CLIENT_CROWD_CLOSING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct closing {
	bool taps; // else the crowd only showed what others tapped
	uint32_t windows;
	uint64_t taps_sent, taps_counted;
	bool balanced;
};

/* "windows W, taps sent S, taps counted C, ledger balanced", without a line end. */
void closing_write(const struct closing *c, char *out, size_t cap);

/*
 * The exit status: 0 if the ledger balances and, where the crowd taps, what it sent is what was
 * counted; else 1.
 */
int closing_status(const struct closing *c);

#endif
