/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/metrics_collect.h"

#include "control/journal_json.h"
#include "control/metrics_cluster.h"
#include "control/metrics_fanout.h"

#include <rte_cycles.h>
#include <stdlib.h>
#include <time.h>

enum { LABEL_MAX = 256 };

static void put_process(struct metrics *m, const struct appliance *a)
{
	metrics_count(m, METRIC_build_info, 1, "version=\"%s\"", UPROAR_VERSION);
	metrics_gauge(m, METRIC_start_time, (double)a->started_wall_ms / 1e3, "%s", "");
	metrics_count(m, METRIC_arena_hugepages, arena_in_hugepages(a->store.arena), "%s", "");
}

static void put_ports(struct metrics *m, const struct dataplane *d)
{
	struct dataplane_port_info ports[DATAPLANE_PORTS_MAX];
	unsigned n = dataplane_ports(d);

	for (unsigned i = 0; i < n; i++)
		dataplane_port_info(d, i, &ports[i]);
	for (unsigned i = 0; i < n; i++)
		metrics_count(m, METRIC_port_up, ports[i].link_up, "port=\"%u\"", i);
	for (unsigned i = 0; i < n; i++) {
		if (ports[i].tells_offered)
			metrics_count(m, METRIC_port_offered, ports[i].offered, "port=\"%u\"", i);
	}
	for (unsigned i = 0; i < n; i++)
		metrics_count(m, METRIC_port_received, ports[i].rx, "port=\"%u\"", i);
	for (unsigned i = 0; i < n; i++)
		metrics_count(m, METRIC_port_missed, ports[i].imissed, "port=\"%u\"", i);
	for (unsigned i = 0; i < n; i++)
		metrics_count(m, METRIC_port_no_buffer, ports[i].nombuf, "port=\"%u\"", i);
}

/* Of the ports that have one. */
static void put_exceptions(struct metrics *m, const struct dataplane *d)
{
	struct dataplane_exception of[DATAPLANE_PORTS_MAX];
	unsigned ports[DATAPLANE_PORTS_MAX], n = 0;

	for (unsigned i = 0; i < dataplane_ports(d); i++) {
		struct dataplane_port_info info;

		dataplane_port_info(d, i, &info);
		of[n] = info.exception;
		ports[n] = i;
		n += info.exception.interface[0] != '\0';
	}
	for (unsigned i = 0; i < n; i++)
		metrics_count(
			m, METRIC_exception_delivered, of[i].delivered, "port=\"%u\"", ports[i]);
	for (unsigned i = 0; i < n; i++)
		metrics_count(m, METRIC_exception_taken, of[i].taken, "port=\"%u\"", ports[i]);
	for (unsigned i = 0; i < n; i++)
		metrics_count(
			m, METRIC_exception_returned, of[i].returned, "port=\"%u\"", ports[i]);
	for (unsigned i = 0; i < n; i++) {
		metrics_count(m, METRIC_exception_lost, of[i].kernel_full, "port=\"%u\",way=\"to\"",
			ports[i]);
		metrics_count(m, METRIC_exception_lost, of[i].return_full,
			"port=\"%u\",way=\"from\"", ports[i]);
	}
}

static void put_worker_metric(struct metrics *m, const struct appliance *a, enum metric metric)
{
	double hz = (double)rte_get_tsc_hz();

	for (unsigned w = 0; w < a->store.workers; w++) {
		const struct worker_block *b = &a->store.blocks[w];
		struct worker_load load = load_read(&b->load);
		const double value = metric == METRIC_worker_frames    ? (double)b->stats.rx
				     : metric == METRIC_worker_bytes   ? (double)b->stats.rx_bytes
				     : metric == METRIC_worker_bursts  ? (double)b->stats.bursts
				     : metric == METRIC_worker_seconds ? (double)load.ticks_all / hz
				     : metric == METRIC_worker_busy ? (double)load.ticks_busy / hz
								    : (double)load.naps;

		metrics_gauge(m, metric, value, "worker=\"%u\"", w);
	}
}

static void put_workers(struct metrics *m, const struct appliance *a)
{
	for (enum metric metric = METRIC_worker_frames; metric <= METRIC_worker_naps; metric++)
		put_worker_metric(m, a, metric);
}

static void put_answers(struct metrics *m, const struct worker_stats *s)
{
	metrics_count(m, METRIC_answers, s->answers_sent, "outcome=\"sent\"");
	metrics_count(m, METRIC_answers, s->answers_dropped, "outcome=\"dropped\"");
	metrics_count(m, METRIC_answers, s->answers_limited, "outcome=\"limited\"");
	metrics_count(m, METRIC_answers, s->answers_unfit, "outcome=\"unfit\"");
	metrics_count(m, METRIC_answers_with_frame, s->answers_with_frame, "%s", "");
}

static void put_verdicts(struct metrics *m, const struct worker_stats *s)
{
	metrics_count(m, METRIC_accepted, s->accepted, "%s", "");
	for (unsigned r = REFUSED_none + 1; r < REFUSALS; r++)
		metrics_count(m, METRIC_refused, s->refused[r], "reason=\"%s\"",
			refusal_name((enum refusal)r));
	metrics_count(m, METRIC_passed, s->passed, "%s", "");
	metrics_count(m, METRIC_batches, s->batches_counted, "outcome=\"counted\"");
	metrics_count(m, METRIC_batches, s->batches_duplicate, "outcome=\"duplicate\"");
	metrics_count(m, METRIC_batches, s->batches_stale, "outcome=\"stale\"");
	metrics_count(m, METRIC_batches, s->batches_limited, "outcome=\"limited\"");
}

static void put_counts(struct metrics *m, const struct store *store)
{
	struct worker_stats s = {0};

	for (unsigned w = 0; w < store->workers; w++)
		worker_stats_add(&s, &store->blocks[w].stats);
	put_verdicts(m, &s);
	metrics_count(m, METRIC_taps_counted, s.taps_counted, "%s", "");
	metrics_count(m, METRIC_taps_limited, s.taps_limited, "%s", "");
	metrics_count(m, METRIC_taps_recovered, s.taps_recovered, "%s", "");
	metrics_count(m, METRIC_taps_in_doubt, s.taps_in_doubt, "%s", "");
	metrics_count(m, METRIC_taps_in_windows, store_now_shown(store)->taps_in_windows, "%s", "");
	metrics_count(m, METRIC_sessions_begun, s.sessions_begun, "%s", "");
	metrics_count(m, METRIC_sessions_displaced, s.sessions_displaced, "%s", "");
	put_answers(m, &s);
}

static void put_windows(struct metrics *m, const struct appliance *a)
{
	const struct store_shown *shown = store_now_shown(&a->store);

	metrics_count(m, METRIC_window_number, shown->window, "%s", "");
	metrics_gauge(m, METRIC_window_end, (double)shown->ends / 1e3, "%s", "");
	metrics_gauge(m, METRIC_window_length, a->config->window_ms / 1e3, "%s", "");
	metrics_count(m, METRIC_window_taps, a->windows.taps, "%s", "");
	metrics_histogram(m, METRIC_window_late, &a->windows.late, "");
}

static void put_journal(struct metrics *m, const struct appliance *a)
{
	struct journal_status status;

	if (!journal_read_status(a->journal, &status))
		return;
	const struct journal_lag lag = journal_lag(&status, &a->store);
	metrics_count(m, METRIC_journal_window, status.window, "%s", "");
	metrics_count(m, METRIC_journal_lag_windows, lag.windows, "%s", "");
	metrics_gauge(m, METRIC_journal_lag, (double)lag.ms / 1e3, "%s", "");
	metrics_count(m, METRIC_journal_written, status.written, "%s", "");
	metrics_count(m, METRIC_journal_joined, status.joined, "%s", "");
	metrics_count(m, METRIC_journal_errors, status.errors, "%s", "");
	metrics_gauge(m, METRIC_journal_commit, (double)status.commit_us / 1e6, "%s", "");
	metrics_count(m, METRIC_journal_size, status.size, "%s", "");
}

static double channel_value(const struct windows *w, unsigned row, enum metric metric)
{
	const struct frame *f = &w->last[row];

	switch (metric) {
	case METRIC_channel_taps:
		return (double)f->total;
	case METRIC_channel_score:
		return f->score / (double)FRAME_SHARE_ONE;
	case METRIC_channel_intensity:
		return f->intensity / (double)FRAME_INTENSITY_ONE;
	case METRIC_channel_momentum:
		return mood_momentum(&w->memory[row]);
	case METRIC_channel_surge:
		return (f->flags & FRAME_SURGE) != 0;
	default:
		return f->reactors;
	}
}

static void put_channels(struct metrics *m, const struct appliance *a)
{
	const struct store *s = &a->store;
	char name[LABEL_MAX];

	for (unsigned i = 0; i < a->config->n_channels; i++)
		metrics_count(m, METRIC_channel_info, 1, "channel=\"%u\",name=\"%s\"",
			a->config->channels[i].id,
			metrics_label(a->config->channels[i].name, name, sizeof(name)));
	for (enum metric metric = METRIC_channel_taps; metric <= METRIC_channel_reactors;
		metric++) {
		for (unsigned row = 0; row < store_rows_used(s); row++) {
			if (s->row_table[row].state == STORE_ROW_OPEN)
				metrics_gauge(m, metric, channel_value(&a->windows, row, metric),
					"channel=\"%u\"", s->row_table[row].channel);
		}
	}
}

char *metrics_collect(const struct appliance *a)
{
	struct metrics m;

	metrics_begin(&m);
	put_process(&m, a);
	put_ports(&m, a->dataplane);
	put_exceptions(&m, a->dataplane);
	put_workers(&m, a);
	put_counts(&m, &a->store);
	put_windows(&m, a);
	put_journal(&m, a);
	put_channels(&m, a);
	metrics_fanout(&m, a->fanout);
	metrics_cluster(&m, a->cluster);
	if (!m.failed)
		return m.text;
	free(m.text);
	return NULL;
}
