/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Workers that are not there, in place of the dataplane's: grace periods that were begun, how many
 * of them have passed, and the edition that workers were given last.
 */
#ifndef TESTS_FAKE_GRACE_H
#define TESTS_FAKE_GRACE_H

#include "dataplane/dataplane.h"

extern uint64_t grace_begun, grace_passed;
extern const struct policy_edition *edition_given;

#endif
