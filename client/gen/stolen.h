/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* On a virtual machine: the time that its CPUs wanted to run and the hypervisor ran others. */
#ifndef CLIENT_GEN_STOLEN_H
#define CLIENT_GEN_STOLEN_H

/* Of all CPUs together, since the machine began; counted in 10 ms. 0 where nobody tells. */
double stolen_seconds(void);

#endif
