/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/metrics_cluster.h"

#include "control/window_clock.h"

static void put_publisher(struct metrics *m, const struct publisher_status *p)
{
	metrics_count(m, METRIC_published_rounds, p->rounds, "%s", "");
	metrics_count(m, METRIC_published_records, p->records, "%s", "");
	metrics_count(m, METRIC_published_bytes, p->bytes, "%s", "");
	metrics_count(m, METRIC_publish_failures, p->failed, "%s", "");
	metrics_gauge(m, METRIC_published_end, (double)p->ends / 1e3, "%s", "");
	metrics_count(m, METRIC_unpublished_channels, p->marked_rows, "%s", "");
}

/* Names of nodes are letters, digits and . _ -. */
static void put_nodes(struct metrics *m, const struct merger_status *s)
{
	for (unsigned i = 0; i < s->n_nodes; i++)
		metrics_count(
			m, METRIC_node_live, s->nodes[i].live, "node=\"%s\"", s->nodes[i].name);
	for (unsigned i = 0; i < s->n_nodes; i++)
		metrics_count(
			m, METRIC_node_late, s->nodes[i].late, "node=\"%s\"", s->nodes[i].name);
	for (unsigned i = 0; i < s->n_nodes; i++)
		metrics_gauge(m, METRIC_node_end, (double)s->nodes[i].ends / 1e3, "node=\"%s\"",
			s->nodes[i].name);
}

static void put_merger(struct metrics *m, const struct merger_status *s)
{
	metrics_count(m, METRIC_merge_partitions, s->partitions, "state=\"serving\"");
	metrics_count(m, METRIC_merge_partitions, s->partitions_coming, "state=\"coming\"");
	metrics_count(m, METRIC_merge_rebalances, s->rebalances, "%s", "");
	metrics_count(m, METRIC_merge_windows, s->windows, "outcome=\"committed\"");
	metrics_count(m, METRIC_merge_windows, s->aborted, "outcome=\"aborted\"");
	metrics_count(m, METRIC_merge_fenced, s->fenced, "%s", "");
	metrics_count(m, METRIC_merge_records, s->records, "outcome=\"taken\"");
	metrics_count(m, METRIC_merge_records, s->malformed, "outcome=\"malformed\"");
	metrics_count(m, METRIC_merge_records, s->retired_refused, "outcome=\"retired\"");
	metrics_count(m, METRIC_merge_late, s->late, "%s", "");
	metrics_count(m, METRIC_merge_retired, s->retired, "%s", "");
	metrics_count(m, METRIC_merge_frames, s->frames, "%s", "");
	metrics_count(m, METRIC_merge_bytes, s->bytes, "%s", "");
	metrics_count(m, METRIC_merge_taps, s->taps, "%s", "");
	metrics_gauge(m, METRIC_merge_end, (double)s->ends / 1e3, "%s", "");
	metrics_histogram(m, METRIC_merge_close, &s->close_ns, "");
	put_nodes(m, s);
}

static void put_follower(struct metrics *m, const struct follower_status *f)
{
	uint64_t now_ms = window_clock_read().wall / 1000000;

	metrics_count(m, METRIC_followed_up, f->caught_up, "%s", "");
	metrics_count(m, METRIC_followed_frames, f->frames, "outcome=\"taken\"");
	metrics_count(m, METRIC_followed_frames, f->older, "outcome=\"older\"");
	metrics_count(m, METRIC_followed_frames, f->malformed, "outcome=\"malformed\"");
	metrics_count(m, METRIC_followed_channels, f->channels, "%s", "");
	metrics_gauge(m, METRIC_followed_end, (double)f->ends / 1e3, "%s", "");
	if (f->ends != 0)
		metrics_gauge(m, METRIC_frame_age,
			now_ms > f->ends ? (double)(now_ms - f->ends) / 1e3 : 0, "of=\"newest\"");
	if (f->oldest_ends != 0)
		metrics_gauge(m, METRIC_frame_age,
			now_ms > f->oldest_ends ? (double)(now_ms - f->oldest_ends) / 1e3 : 0,
			"of=\"oldest\"");
	metrics_histogram(m, METRIC_followed_behind, &f->behind_ns, "");
}

static void put_complaints(struct metrics *m, const struct cluster_status *s)
{
	if (s->publisher != NULL)
		metrics_count(m, METRIC_cluster_complaint, s->publisher->complaint[0] != '\0',
			"part=\"publisher\"");
	if (s->merger != NULL)
		metrics_count(m, METRIC_cluster_complaint, s->merger->complaint[0] != '\0',
			"part=\"merger\"");
	if (s->follower != NULL)
		metrics_count(m, METRIC_cluster_complaint, s->follower->complaint[0] != '\0',
			"part=\"follower\"");
}

void metrics_cluster(struct metrics *m, struct cluster *c)
{
	if (c == NULL)
		return;
	struct cluster_status s = cluster_read_status(c);
	put_complaints(m, &s);
	if (s.publisher != NULL)
		put_publisher(m, s.publisher);
	if (s.merger != NULL)
		put_merger(m, s.merger);
	if (s.follower != NULL)
		put_follower(m, s.follower);
}
