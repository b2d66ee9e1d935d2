/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a reload (reload.h) means for an appliance: which parts of it take over what was made ready.
 */
#ifndef CONTROL_APPLIANCE_RELOAD_H
#define CONTROL_APPLIANCE_RELOAD_H

#include "control/reload.h"

struct appliance;

struct reload_target appliance_reload_target(struct appliance *a);

#endif
