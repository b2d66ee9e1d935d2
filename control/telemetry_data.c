/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/telemetry_data.h"

#include <errno.h>
#include <rte_version.h>
#include <stdio.h>
#include <string.h>

#if RTE_VERSION < RTE_VERSION_NUM(23, 3, 0, 0)
#define rte_tel_data_add_dict_uint rte_tel_data_add_dict_u64
#endif

static void put_real(struct rte_tel_data *d, const char *name, double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.6g", value);
	rte_tel_data_add_dict_string(d, name, text);
}

static void put_object(struct rte_tel_data *d, const char *name, const json_t *object)
{
	struct rte_tel_data *inner = rte_tel_data_alloc();

	if (inner == NULL)
		return;
	telemetry_put_dict(inner, object, false);
	if (rte_tel_data_add_dict_container(d, name, inner, 0) < 0)
		rte_tel_data_free(inner);
}

static void put(struct rte_tel_data *d, const char *name, const json_t *value, bool nested)
{
	if (json_is_integer(value))
		rte_tel_data_add_dict_uint(d, name, (uint64_t)json_integer_value(value));
	else if (json_is_boolean(value))
		rte_tel_data_add_dict_uint(d, name, json_is_true(value));
	else if (json_is_real(value))
		put_real(d, name, json_real_value(value));
	else if (json_is_string(value))
		rte_tel_data_add_dict_string(d, name, json_string_value(value));
	else if (json_is_object(value) && nested)
		put_object(d, name, value);
}

int telemetry_put_dict(struct rte_tel_data *d, const json_t *object, bool nested)
{
	const char *name;
	json_t *value;

	rte_tel_data_start_dict(d);
	json_object_foreach ((json_t *)object, name, value)
		put(d, name, value, nested);
	return 0;
}

static json_int_t id_of(const json_t *list, size_t i, const char *id)
{
	return id != NULL ? json_integer_value(json_object_get(json_array_get(list, i), id))
			  : (json_int_t)i;
}

int telemetry_put_ids(struct rte_tel_data *d, const json_t *list, const char *id)
{
	rte_tel_data_start_array(d, RTE_TEL_INT_VAL);
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (rte_tel_data_add_array_int(d, (int)id_of(list, i, id)) < 0)
			break; // no more fit
	}
	return 0;
}

int telemetry_put_element(
	struct rte_tel_data *d, const json_t *list, const char *id, const char *name)
{
	char own[24];

	for (size_t i = 0; i < json_array_size(list); i++) {
		snprintf(own, sizeof(own), "%lld", (long long)id_of(list, i, id));
		if (strcmp(own, name) == 0)
			return telemetry_put_dict(d, json_array_get(list, i), true);
	}
	return -EINVAL;
}
