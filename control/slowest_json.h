/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What `uproar stats --slowest` shows, as one JSON object: the subscribers that keep up worst.
 */
#ifndef CONTROL_SLOWEST_JSON_H
#define CONTROL_SLOWEST_JSON_H

#include <stdint.h>

struct fanout;

/*
 * Asks the fan-out at the first call, and answers with control_socket_later until its threads have
 * answered, for half a second at most; then with those that have. *asked_ns: 0 at first, and
 * between two questions. NULL: no memory. free() it. One line without a line end.
 */
char *slowest_json(struct fanout *fanout, uint64_t *asked_ns);

#endif
