/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The ledger at the end of a run, as two lines of the log: nobody can ask for it any more. */
#ifndef CONTROL_LAST_ACCOUNT_H
#define CONTROL_LAST_ACCOUNT_H

struct appliance;

/* When the workers have stopped and the last window is closed, before devices are. */
void last_account(const struct appliance *a);

#endif
