/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/stats_json.h"

#include "control/appliance.h"
#include "control/cluster_json.h"
#include "control/fanout_json.h"
#include "control/journal_json.h"
#include "control/ledger.h"
#include "control/stats_value.h"

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

static json_t *describe_arena(const struct store *s)
{
	char generation[24];

	snprintf(generation, sizeof(generation), "%016llx",
		(unsigned long long)arena_generation(s->arena));
	return json_pack("{s:s, s:b, s:s, s:s}", "path", arena_path(s->arena), "hugepages",
		arena_in_hugepages(s->arena), "why_not_hugepages",
		arena_why_not_hugepages(s->arena), "generation", generation);
}

static json_t *describe_window(const struct appliance *a)
{
	const struct store_shown *shown = store_now_shown(&a->store);
	char ends[WIRE_TIME_LEN];

	wire_time(shown->ends, ends);
	return json_pack("{s:o, s:i, s:s, s:i, s:i, s:o, s:o}", "number",
		stats_number(shown->window), "length_ms", (int)a->config->window_ms, "ends", ends,
		"last_length_ms", (int)a->windows.span.length_ms, "late_ms",
		(int)a->windows.span.late_ms, "late_us", stats_histogram(&a->windows.late), "taps",
		stats_number(a->windows.taps));
}

static json_t *describe_ports(const struct dataplane *d)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < dataplane_ports(d); i++) {
		struct dataplane_port_info p;

		dataplane_port_info(d, i, &p);
		json_array_append_new(
			array, json_pack("{s:s, s:s, s:s, s:b, s:b, s:o, s:o, s:o, s:o}", "device",
				       p.device, "driver", p.driver, "steering", p.steering,
				       "local", p.local, "link_up", p.link_up, "offered",
				       p.tells_offered ? stats_number(p.offered) : json_null(),
				       "rx", stats_number(p.rx), "imissed", stats_number(p.imissed),
				       "nombuf", stats_number(p.nombuf)));
	}
	return array;
}

/* Of the ports that have one. */
static json_t *describe_exceptions(const struct dataplane *d)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < dataplane_ports(d); i++) {
		struct dataplane_port_info p;

		dataplane_port_info(d, i, &p);
		if (p.exception.interface[0] == '\0')
			continue;
		json_array_append_new(array,
			json_pack("{s:i, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "port", (int)i,
				"interface", p.exception.interface, "driver", p.exception.driver,
				"delivered", stats_number(p.exception.delivered), "kernel_full",
				stats_number(p.exception.kernel_full), "taken",
				stats_number(p.exception.taken), "returned",
				stats_number(p.exception.returned), "return_full",
				stats_number(p.exception.return_full)));
	}
	return array;
}

/* null where there is nothing to divide by. */
static json_t *ratio(uint64_t of, uint64_t by, double scale)
{
	return by > 0 ? json_real(scale * (double)of / (double)by) : json_null();
}

static json_t *describe_worker(const struct appliance *a, unsigned w)
{
	struct worker_load load = load_read(&a->store.blocks[w].load);
	struct worker_stats s;
	bool responds = worker_block_read(&a->store.blocks[w], &s, &a->store.hung_in[w]) &&
			!heartbeat_hangs(&a->heartbeat, w);
	struct dataplane_queue queue = dataplane_worker_queue(a->dataplane, w);

	return json_pack(
		"{s:i, s:i, s:i, s:i, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:f}",
		"worker", (int)w, "lcore", (int)dataplane_worker_core(a->dataplane, w), "port",
		(int)queue.port, "queue", (int)queue.queue, "responds", responds, "rx",
		stats_number(s.rx), "rx_bytes", stats_number(s.rx_bytes), "accepted",
		stats_number(s.accepted), "refused", stats_number(worker_stats_refused(&s)), "taps",
		stats_number(s.taps_counted), "bursts", stats_number(s.bursts), "ticks_all",
		stats_number(load.ticks_all), "ticks_busy", stats_number(load.ticks_busy), "naps",
		stats_number(load.naps), "busy_now_percent", (double)load.busy_permille / 10);
}

static json_t *describe_last_window(const struct workload_worker *w)
{
	return json_pack("{s:o, s:f, s:o, s:o, s:o}", "window_rx", stats_number(w->in.rx),
		"share_percent", w->share_permille / 10.0, "busy_percent",
		ratio(w->in.ticks_busy, w->in.ticks_all, 100), "ticks_per_datagram",
		ratio(w->in.ticks_busy, w->in.rx, 1), "mean_burst",
		ratio(w->in.rx, w->in.bursts, 1));
}

static json_t *describe_workers(const struct appliance *a)
{
	json_t *array = json_array();

	for (unsigned w = 0; w < a->store.workers; w++) {
		json_t *worker = describe_worker(a, w);

		json_object_update_new(worker, describe_last_window(&a->workload.workers[w]));
		json_array_append_new(array, worker);
	}
	return array;
}

static json_t *describe_refused(const struct worker_stats *s)
{
	json_t *object = json_object();

	for (unsigned r = REFUSED_none + 1; r < REFUSALS; r++)
		json_object_set_new(
			object, refusal_name((enum refusal)r), stats_number(s->refused[r]));
	return object;
}

/* By channel; NULL: it is not in the configuration. free() it. */
static const char **channel_names(const struct config *config)
{
	const char **names = calloc(WIRE_CHANNELS_MAX, sizeof(*names));

	for (unsigned i = 0; names != NULL && i < config->n_channels; i++)
		names[config->channels[i].id] = config->channels[i].name;
	return names;
}

static json_t *parent_of(const struct store_row *r)
{
	return r->parent_plus_1 != 0 ? json_integer(r->parent_plus_1 - 1) : json_null();
}

static json_t *describe_channel(const struct appliance *a, unsigned row, const char *const *names)
{
	const struct store_row *r = &a->store.row_table[row];
	const struct frame *f = &a->windows.last[row];
	const char *name = names[r->channel];

	return json_pack("{s:i, s:s, s:o, s:o, s:o, s:f, s:f, s:f, s:b}", "channel",
		(int)r->channel, "name", name != NULL ? name : "", "parent", parent_of(r), "taps",
		stats_number(f->taps), "total", stats_number(f->total), "score",
		f->score / (double)FRAME_SHARE_ONE, "intensity",
		f->intensity / (double)FRAME_INTENSITY_ONE, "momentum",
		mood_momentum(&a->windows.memory[row]), "surge", (f->flags & FRAME_SURGE) != 0);
}

static json_t *describe_channels(const struct appliance *a)
{
	json_t *array = json_array();
	const char **names = channel_names(a->config);

	for (unsigned row = 0; names != NULL && row < store_rows_used(&a->store); row++) {
		if (a->store.row_table[row].state == STORE_ROW_OPEN)
			json_array_append_new(array, describe_channel(a, row, names));
	}
	free(names);
	return array;
}

static json_t *describe_answers(const struct worker_stats *s)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "sent", stats_number(s->answers_sent),
		"with_frame", stats_number(s->answers_with_frame), "dropped",
		stats_number(s->answers_dropped), "limited", stats_number(s->answers_limited),
		"unfit", stats_number(s->answers_unfit));
}

static json_t *describe_identities(const struct ledger *l)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < LEDGER_IDENTITIES; i++) {
		const struct ledger_identity *id = &l->identities[i];

		json_array_append_new(array,
			json_pack("{s:s, s:b, s:o, s:o}", "identity", id->text, "holds", id->holds,
				"left", stats_number(id->left), "right", stats_number(id->right)));
	}
	return array;
}

static json_t *describe_ledger(const struct ledger *l)
{
	const struct worker_stats *w = &l->workers;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
			 "s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}",
		"offered", l->tells_offered ? stats_number(l->offered) : json_null(), "rx",
		stats_number(w->rx), "imissed", stats_number(l->imissed), "nombuf",
		stats_number(l->nombuf), "waiting", stats_number(l->waiting), "accepted",
		stats_number(w->accepted), "refused", stats_number(l->refused), "passed",
		stats_number(w->passed), "batches", stats_number(w->batches), "batches_counted",
		stats_number(w->batches_counted), "batches_duplicate",
		stats_number(w->batches_duplicate), "batches_stale", stats_number(w->batches_stale),
		"batches_limited", stats_number(w->batches_limited), "sessions_begun",
		stats_number(w->sessions_begun), "sessions_displaced",
		stats_number(w->sessions_displaced), "taps_counted", stats_number(w->taps_counted),
		"taps_limited", stats_number(w->taps_limited), "taps_recovered",
		stats_number(w->taps_recovered), "taps_in_doubt", stats_number(w->taps_in_doubt),
		"taps_in_windows", stats_number(l->taps_in_windows), "taps_not_yet_merged",
		stats_number(l->taps_not_yet_merged), "taps_in_flight",
		stats_number(l->taps_in_flight), "identities", describe_identities(l), "balanced",
		l->balanced);
}

char *stats_json(const struct appliance *a)
{
	struct ledger ledger;
	double uptime = (double)(window_clock_read().monotonic - a->started_ns) / 1e9;

	ledger_read(&ledger, &a->store, a->dataplane, a->rx_before);
	json_t *object = json_pack(
		"{s:s, s:s, s:o, s:i, s:f, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
		"s:o, s:o, s:o, s:o, s:o, s:o}",
		"version", UPROAR_VERSION, "name", a->config->name, "roles",
		roles_json(a->config->roles), "pid", (int)getpid(), "uptime_s", uptime,
		"why_this_device", dataplane_why_this_device(a->dataplane), "arena",
		describe_arena(&a->store), "window", describe_window(a), "journal",
		journal_json(a->journal, &a->store), "ports", describe_ports(a->dataplane),
		"exceptions", describe_exceptions(a->dataplane), "workers", describe_workers(a),
		"refused", describe_refused(&ledger.workers), "channels", describe_channels(a),
		"fanout", fanout_json(a->fanout), "delivery", delivery_json(a->fanout), "answers",
		describe_answers(&ledger.workers), "ledger", describe_ledger(&ledger), "cluster",
		cluster_json(a->cluster, a->config));
	char *text =
		object != NULL ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;

	json_decref(object);
	return text;
}
