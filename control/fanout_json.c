/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/fanout_json.h"

#include "control/stats_value.h"

static json_t *describe_refusals(const struct fanout_stats *s)
{
	json_t *object = json_object();

	for (unsigned r = 0; r < FANOUT_REFUSALS; r++)
		json_object_set_new(object, fanout_refusal_name((enum fanout_refusal)r),
			stats_number(s->refusals[r]));
	return object;
}

json_t *fanout_json(const struct fanout *fanout)
{
	struct fanout_stats s;

	fanout_read_stats(fanout, &s);
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"tcp", stats_number(s.tcp), "websocket", stats_number(s.websocket), "sse",
		stats_number(s.sse), "mqtt", stats_number(s.mqtt), "http", stats_number(s.http),
		"tls", stats_number(s.tls), "accepted", stats_number(s.accepted), "refused",
		stats_number(s.refused), "timed_out", stats_number(s.timed_out), "tls_handshakes",
		stats_number(s.tls_handshakes), "frames_sent", stats_number(s.frames_sent),
		"frames_skipped", stats_number(s.frames_skipped), "bytes_sent",
		stats_number(s.bytes_sent), "ring_overflows", stats_number(s.ring_overflows),
		"refusals", describe_refusals(&s));
}

json_t *delivery_json(const struct fanout *fanout)
{
	struct fanout_delivery d;

	fanout_read_delivery(fanout, &d);
	return json_pack("{s:o, s:o, s:o}", "first_us", stats_histogram(&d.first), "median_us",
		stats_histogram(&d.median), "last_us", stats_histogram(&d.last));
}
