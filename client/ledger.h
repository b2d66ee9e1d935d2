/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The verdict in the answer to `stats`: does every identity of the ledger hold? */
#ifndef CLIENT_LEDGER_H
#define CLIENT_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ledger {
	bool balanced;
	bool settled; // nothing is waiting, in flight or not yet merged
};

/* Reads the appliance's answer. 0, or -EINVAL if it holds no ledger. */
int ledger_read(const char *json, size_t len, struct ledger *out);

/* Asks the appliance. 0 or -errno. */
int ledger_ask(const char *socket_path, uint64_t deadline, struct ledger *out);

#endif
