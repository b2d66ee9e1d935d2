/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/ready.h"

#include <stdio.h>

const char *ready_subscribers(const struct config *c, char out[READY_MAX])
{
	const struct {
		const char *name;
		uint16_t port;
	} kinds[] = {
		{"TCP", c->tcp_port},
		{"HTTP", c->http_port},
		{"MQTT", c->mqtt_port},
		{"HTTPS", c->https_port},
		{"MQTTS", c->mqtts_port},
	};
	unsigned n = sizeof(kinds) / sizeof(kinds[0]), left = 0, said = 0;
	int len = 0;

	for (unsigned i = 0; i < n && (c->roles & ROLE_FANOUT) != 0; i++)
		left += kinds[i].port != 0;
	if (left == 0)
		snprintf(out, READY_MAX, "no subscribers");
	for (unsigned i = 0; i < n && left > 0; i++) {
		if (kinds[i].port == 0)
			continue;
		left--;
		len += snprintf(out + len, READY_MAX - (size_t)len, "%s%s port %u",
			said++ == 0 ? "subscribers on "
			: left > 0  ? ", "
				    : " and ",
			kinds[i].name, kinds[i].port);
	}
	return out;
}
