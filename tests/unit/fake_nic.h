/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A network card that is none: DPDK's calls of ports and rules end here (by the linker's --wrap),
 * are answered as the test wants, and are written down in order, rules in full.
 */
#ifndef TESTS_UNIT_FAKE_NIC_H
#define TESTS_UNIT_FAKE_NIC_H

#include <stdbool.h>
#include <stdint.h>

#define FAKE_NIC_ADDRESS "0000:03:00.0" // on the PCI bus

enum { FAKE_NIC_PORT = 7 };

struct fake_nic {
	const char *driver;
	uint16_t max_rx, max_tx, table;
	const char *refuses; // rules whose text has this in it are no good, "" for all; NULL: none
	const char *breaks;  // and these cannot be made, though they are good
	bool knows_no_rules; // as a driver without rte_flow
	bool table_is_fixed;
	bool cannot_be_isolated;
	bool does_not_start;
	bool does_not_configure;
	unsigned link_after; // so many looks at a link it is there
	unsigned looks;
	char trace[8192]; // a line a call
	unsigned living;  // rules
	bool isolated;
};

extern struct fake_nic fake_nic;

#endif
