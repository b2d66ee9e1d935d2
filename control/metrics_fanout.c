/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/metrics_fanout.h"

static void put_delivery(struct metrics *m, const struct fanout *f)
{
	struct fanout_delivery d;

	fanout_read_delivery(f, &d);
	metrics_histogram(m, METRIC_delivery, &d.first, "frame=\"first\"");
	metrics_histogram(m, METRIC_delivery, &d.median, "frame=\"median\"");
	metrics_histogram(m, METRIC_delivery, &d.last, "frame=\"last\"");
}

void metrics_fanout(struct metrics *m, const struct fanout *f)
{
	struct fanout_stats s;

	fanout_read_stats(f, &s);
	metrics_count(m, METRIC_subscribers, s.tcp, "protocol=\"tcp\"");
	metrics_count(m, METRIC_subscribers, s.websocket, "protocol=\"websocket\"");
	metrics_count(m, METRIC_subscribers, s.sse, "protocol=\"sse\"");
	metrics_count(m, METRIC_subscribers, s.mqtt, "protocol=\"mqtt\"");
	metrics_count(m, METRIC_subscribers, s.http, "protocol=\"http\"");
	metrics_count(m, METRIC_subscribers_tls, s.tls, "%s", "");
	metrics_count(m, METRIC_connections, s.accepted, "%s", "");
	for (unsigned r = 0; r < FANOUT_REFUSALS; r++)
		metrics_count(m, METRIC_subscribers_refused, s.refusals[r], "reason=\"%s\"",
			fanout_refusal_name((enum fanout_refusal)r));
	metrics_count(m, METRIC_handshakes_late, s.timed_out, "%s", "");
	metrics_count(m, METRIC_tls_handshakes, s.tls_handshakes, "%s", "");
	metrics_count(m, METRIC_frames_sent, s.frames_sent, "%s", "");
	metrics_count(m, METRIC_frames_skipped, s.frames_skipped, "%s", "");
	metrics_count(m, METRIC_sent_bytes, s.bytes_sent, "%s", "");
	metrics_count(m, METRIC_ring_overflows, s.ring_overflows, "%s", "");
	put_delivery(m, f);
}
