/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Changing a running appliance, after SIGHUP or `uproar reload`: the keys of tickets
 * and the certificate of TLS are read again. Of each all changes or nothing, and the log says what
 * happened.
 */
#ifndef CONTROL_RELOAD_H
#define CONTROL_RELOAD_H

struct appliance;

void reload(struct appliance *a);

/*
 * The same, and what happened as one JSON object without a line end: whether all of it is
 * "reloaded", and a "message". NULL: no memory. free() it.
 */
char *reload_json(struct appliance *a);

#endif
