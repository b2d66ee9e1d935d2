/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fake_grace.h"

uint64_t grace_begun, grace_passed;
const struct policy_edition *edition_given;

uint64_t __wrap_dataplane_grace(struct dataplane *d);
uint64_t __wrap_dataplane_grace(struct dataplane *d)
{
	return ++grace_begun;
}

bool __wrap_dataplane_grace_passed(struct dataplane *d, uint64_t grace);
bool __wrap_dataplane_grace_passed(struct dataplane *d, uint64_t grace)
{
	return grace <= grace_passed;
}

void __wrap_dataplane_switch(struct dataplane *d, const struct policy_edition *e);
void __wrap_dataplane_switch(struct dataplane *d, const struct policy_edition *e)
{
	edition_given = e;
}
