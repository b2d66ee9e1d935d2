/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* JSON as DPDK's telemetry carries it: text and whole numbers, bounded in number and length. */
#ifndef CONTROL_TELEMETRY_DATA_H
#define CONTROL_TELEMETRY_DATA_H

#include <jansson.h>
#include <rte_telemetry.h>
#include <stdbool.h>

/* An object. Members that are objects are put in if nested; lists are left out. 0. */
int telemetry_put_dict(struct rte_tel_data *d, const json_t *object, bool nested);

/* The numbers by which elements of the list are called: of their member id, or their places if it
 * is NULL. At most as many as DPDK takes (512). 0. */
int telemetry_put_ids(struct rte_tel_data *d, const json_t *list, const char *id);

/* The element that is called so. 0, or -EINVAL if there is none. */
int telemetry_put_element(
	struct rte_tel_data *d, const json_t *list, const char *id, const char *name);

#endif
