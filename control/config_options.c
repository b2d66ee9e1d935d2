/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_options.h"

#include <string.h>

static bool texts_differ(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a != b : strcmp(a, b) != 0;
}

#define TEXT_DIFFERS(member)                                                         \
	static bool member##_differs(const struct config *a, const struct config *b) \
	{                                                                            \
		return texts_differ(a->member, b->member);                           \
	}
TEXT_DIFFERS(name)
TEXT_DIFFERS(user)
TEXT_DIFFERS(ticket_keys)
TEXT_DIFFERS(tls_certificate)
TEXT_DIFFERS(tls_key)
TEXT_DIFFERS(arena_folder)
TEXT_DIFFERS(cache_folder)

static bool metrics_differ(const struct config *a, const struct config *b)
{
	return texts_differ(a->metrics.text, b->metrics.text);
}

static bool journal_differs(const struct config *a, const struct config *b)
{
	return texts_differ(a->journal.file, b->journal.file);
}

static bool node_differs(const struct config *a, const struct config *b)
{
	return texts_differ(a->cluster.node, b->cluster.node);
}

static bool tallies_differ(const struct config *a, const struct config *b)
{
	return texts_differ(a->cluster.tallies, b->cluster.tallies);
}

static bool frames_differ(const struct config *a, const struct config *b)
{
	return texts_differ(a->cluster.frames, b->cluster.frames);
}

static bool group_differs(const struct config *a, const struct config *b)
{
	return texts_differ(a->cluster.group, b->cluster.group);
}

static bool kafka_file_differs(const struct config *a, const struct config *b)
{
	return texts_differ(a->cluster.kafka_file, b->cluster.kafka_file);
}

/* Of what stands in the configuration itself. */
static bool kafka_differs(const struct config *a, const struct config *b)
{
	bool differ = a->cluster.n_kafka_shown != b->cluster.n_kafka_shown;

	for (unsigned i = 0; !differ && i < a->cluster.n_kafka_shown; i++)
		differ = texts_differ(a->cluster.kafka[i].name, b->cluster.kafka[i].name) ||
			 texts_differ(a->cluster.kafka[i].value, b->cluster.kafka[i].value);
	return differ;
}

static bool ports_differ(const struct config *a, const struct config *b)
{
	bool differ = a->n_ports != b->n_ports;

	for (unsigned i = 0; !differ && i < a->n_ports; i++)
		differ = texts_differ(a->ports[i].device, b->ports[i].device) ||
			 a->ports[i].queues != b->ports[i].queues ||
			 a->ports[i].local != b->ports[i].local ||
			 a->ports[i].exception != b->ports[i].exception ||
			 texts_differ(a->ports[i].exception_interface,
				 b->ports[i].exception_interface) ||
			 a->ports[i].exception_per_second != b->ports[i].exception_per_second;
	return differ;
}

static bool lists_differ(const char *const *a, unsigned n_a, const char *const *b, unsigned n_b)
{
	bool differ = n_a != n_b;

	for (unsigned i = 0; !differ && i < n_a; i++)
		differ = texts_differ(a[i], b[i]);
	return differ;
}

static bool eal_differs(const struct config *a, const struct config *b)
{
	return lists_differ(a->eal, a->n_eal, b->eal, b->n_eal);
}

static bool origins_differ(const struct config *a, const struct config *b)
{
	return lists_differ(a->origins, a->n_origins, b->origins, b->n_origins);
}

static bool poll_differs(const struct config *a, const struct config *b)
{
	return (a->idle_us == 0) != (b->idle_us == 0);
}

static bool idle_differs(const struct config *a, const struct config *b)
{
	return a->idle_us != b->idle_us && !poll_differs(a, b);
}

/* The next listener of this kind behind place i; NULL: none. */
static const struct fanout_listener *next_listener(
	const struct config *c, enum fanout_protocol protocol, bool tls, unsigned *i)
{
	while (*i < c->n_listeners) {
		const struct fanout_listener *l = &c->listeners[(*i)++];

		if (l->protocol == protocol && l->tls == tls)
			return l;
	}
	return NULL;
}

static bool same_address(const struct fanout_listener *a, const struct fanout_listener *b)
{
	return a->address_len == b->address_len &&
	       memcmp(&a->address, &b->address, a->address_len) == 0;
}

static bool listeners_differ(
	const struct config *a, const struct config *b, enum fanout_protocol protocol, bool tls)
{
	const struct fanout_listener *x, *y;
	unsigned i = 0, j = 0;

	do {
		x = next_listener(a, protocol, tls, &i);
		y = next_listener(b, protocol, tls, &j);
	} while (x != NULL && y != NULL && same_address(x, y));
	return x != y; // both are NULL if all were the same
}

#define LISTENERS_DIFFER(name, protocol, tls)                                      \
	static bool name##_differs(const struct config *a, const struct config *b) \
	{                                                                          \
		return listeners_differ(a, b, protocol, tls);                      \
	}
LISTENERS_DIFFER(tcp, FANOUT_TCP, false)
LISTENERS_DIFFER(http, FANOUT_HTTP, false)
LISTENERS_DIFFER(mqtt, FANOUT_MQTT, false)
LISTENERS_DIFFER(https, FANOUT_HTTP, true)
LISTENERS_DIFFER(mqtts, FANOUT_MQTT, true)

static bool is_proxied(const struct config *c, const struct fanout_listener *wanted)
{
	for (unsigned i = 0; i < c->n_listeners; i++) {
		if (c->listeners[i].proxied && same_address(&c->listeners[i], wanted))
			return true;
	}
	return false;
}

static bool has_other_proxied(const struct config *a, const struct config *b)
{
	for (unsigned i = 0; i < a->n_listeners; i++) {
		if (a->listeners[i].proxied && !is_proxied(b, &a->listeners[i]))
			return true;
	}
	return false;
}

static bool proxied_differ(const struct config *a, const struct config *b)
{
	return has_other_proxied(a, b) || has_other_proxied(b, a);
}

static bool in_own_way(const struct config *a, const struct config *b)
{
	return false;
}

/* Tables of connections have the size of the start. */
static bool more_connections(const struct config *start, const struct config *wanted)
{
	return wanted->max_connections > start->max_connections;
}

/* Connections were not counted by their addresses. */
static bool was_without(const struct config *start, const struct config *wanted)
{
	return start->max_per_source == 0 && wanted->max_per_source != 0;
}

#define AT(member) offsetof(struct config, member)
#define OF(member) AT(member), sizeof(((struct config *)0)->member)
#define FROM_TO(first, last) AT(first), AT(last) + sizeof(((struct config *)0)->last) - AT(first)

const struct config_option config_options[] = {
	{"name", AT_A_RESTART, OF(name), name_differs, NULL},
	{"user", AT_A_RESTART, OF(user), user_differs, NULL},
	{"ports", AT_A_RESTART, FROM_TO(ports, n_ports), ports_differ, NULL},
	{"cores", AT_A_RESTART, FROM_TO(cores, n_cores), NULL, NULL},
	{"poll", AT_A_RESTART, OF(idle_us), poll_differs, NULL},
	{"idle_latency_us", AT_A_RESTART, OF(idle_us), idle_differs, NULL},
	{"eal", AT_A_RESTART, FROM_TO(eal, n_eal), eal_differs, NULL},
	{"listen.reactions", AT_A_RESTART, OF(reaction_port), NULL, NULL},
	{"listen.tcp", AT_A_RESTART, FROM_TO(listeners, n_listeners), tcp_differs, NULL},
	{"listen.http", AT_A_RESTART, FROM_TO(listeners, n_listeners), http_differs, NULL},
	{"listen.mqtt", AT_A_RESTART, FROM_TO(listeners, n_listeners), mqtt_differs, NULL},
	{"listen.https", AT_A_RESTART, FROM_TO(listeners, n_listeners), https_differs, NULL},
	{"listen.mqtts", AT_A_RESTART, FROM_TO(listeners, n_listeners), mqtts_differs, NULL},
	{"tls.certificate", AT_ONCE, OF(tls_certificate), tls_certificate_differs, NULL},
	{"tls.key", AT_ONCE, OF(tls_key), tls_key_differs, NULL},
	{"proxy_protocol.listeners", AT_A_RESTART, FROM_TO(listeners, n_listeners), proxied_differ,
		NULL},
	{"proxy_protocol.from", AT_A_RESTART, FROM_TO(proxies, n_proxies), NULL, NULL},
	{"window_ms", AT_A_RESTART, OF(window_ms), NULL, NULL},
	{"sentiment.half_life_seconds", AT_ONCE, OF(sentiment.half_life_s), NULL, NULL},
	{"sentiment.surge_begins", AT_ONCE, OF(sentiment.surge_begins), NULL, NULL},
	{"sentiment.surge_ends", AT_ONCE, OF(sentiment.surge_ends), NULL, NULL},
	{"sentiment.surge_taps", AT_ONCE, OF(sentiment.surge_taps), NULL, NULL},
	{"journal.file", AT_A_RESTART, OF(journal.file), journal_differs, NULL},
	{"journal.keep_windows_hours", AT_A_RESTART, OF(journal.keep_windows_hours), NULL, NULL},
	{"journal.keep_minutes_days", AT_A_RESTART, OF(journal.keep_minutes_days), NULL, NULL},
	{"journal.keep_hours_days", AT_A_RESTART, OF(journal.keep_hours_days), NULL, NULL},
	{"roles", AT_A_RESTART, OF(roles), NULL, NULL},
	{"cluster.node", AT_A_RESTART, OF(cluster.node), node_differs, NULL},
	{"cluster.partitions", AT_A_RESTART, OF(cluster.partitions), NULL, NULL},
	{"cluster.tallies", AT_A_RESTART, OF(cluster.tallies), tallies_differ, NULL},
	{"cluster.frames", AT_A_RESTART, OF(cluster.frames), frames_differ, NULL},
	{"cluster.group", AT_A_RESTART, OF(cluster.group), group_differs, NULL},
	{"cluster.kafka", AT_A_RESTART, FROM_TO(cluster.kafka, cluster.n_kafka_shown),
		kafka_differs, NULL},
	{"cluster.kafka_file", AT_A_RESTART, OF(cluster.kafka_file), kafka_file_differs, NULL},
	{"log.level", AT_ONCE, OF(log.level), NULL, NULL},
	{"log.cluster", AT_ONCE, OF(log.cluster), NULL, NULL},
	{"log.control", AT_ONCE, OF(log.control), NULL, NULL},
	{"log.dataplane", AT_ONCE, OF(log.dataplane), NULL, NULL},
	{"log.fanout", AT_ONCE, OF(log.fanout), NULL, NULL},
	{"metrics.listen", AT_A_RESTART, OF(metrics), metrics_differ, NULL},
	{"plain_text.enabled", AT_ONCE, OF(plain_text), NULL, NULL},
	{"plain_text.channel", AT_ONCE, OF(text_channel), NULL, NULL},
	{"unsequenced", AT_ONCE, OF(unsequenced), NULL, NULL},
	{"reactors", AT_A_RESTART, OF(reactors), NULL, NULL},
	{"limits.taps_per_second", AT_ONCE, OF(taps_per_second), NULL, NULL},
	{"limits.burst", AT_ONCE, OF(tap_burst), NULL, NULL},
	{"limits.unsequenced_per_second", AT_ONCE, OF(unsequenced_per_second), NULL, NULL},
	{"answers.per_second", AT_ONCE, OF(answers.per_second), NULL, NULL},
	{"answers.least_pace_ms", AT_ONCE, OF(answers.least_pace_ms), NULL, NULL},
	{"answers.most_pace_ms", AT_ONCE, OF(answers.most_pace_ms), NULL, NULL},
	{"answers.busy_low_percent", AT_ONCE, OF(answers.busy_low_percent), NULL, NULL},
	{"answers.busy_high_percent", AT_ONCE, OF(answers.busy_high_percent), NULL, NULL},
	{"admission", AT_ONCE, OF(admission), NULL, NULL},
	{"tickets.keys", AT_ONCE, OF(ticket_keys), ticket_keys_differs, NULL},
	{"arena.folder", AT_A_RESTART, OF(arena_folder), arena_folder_differs, NULL},
	{"arena.channels", AT_A_RESTART, OF(arena_channels), NULL, NULL},
	{"arena.reactions", AT_A_RESTART, OF(arena_reactions), NULL, NULL},
	{"arena.sessions", AT_A_RESTART, OF(arena_sessions), NULL, NULL},
	{"cache_folder", AT_ONCE, OF(cache_folder), cache_folder_differs, NULL},
	{"fanout.threads", AT_A_RESTART, OF(fanout_threads), NULL, NULL},
	{"fanout.max_connections", AT_ONCE, OF(max_connections), NULL, more_connections},
	{"fanout.max_per_source", AT_ONCE, OF(max_per_source), NULL, was_without},
	{"fanout.max_accepts_per_second", AT_A_RESTART, OF(max_accepts_per_second), NULL, NULL},
	{"fanout.max_subscriptions", AT_ONCE, OF(max_subscriptions), NULL, NULL},
	{"fanout.max_filters", AT_ONCE, OF(max_filters), NULL, NULL},
	{"fanout.origins", AT_ONCE, FROM_TO(origins, n_origins), origins_differ, NULL},
	{"fanout.handshake_seconds", AT_ONCE, OF(handshake_seconds), NULL, NULL},
	{"fanout.drain_seconds", AT_ONCE, OF(drain_seconds), NULL, NULL},
	{"channels", AT_ONCE, FROM_TO(channels, n_channels), in_own_way, NULL},
	{"catalogue", AT_ONCE, FROM_TO(catalogue, n_catalogue), in_own_way, NULL},
};
const unsigned n_config_options = sizeof(config_options) / sizeof(config_options[0]);

bool config_differs(const struct config_option *o, const struct config *a, const struct config *b)
{
	if (o->differs != NULL)
		return o->differs(a, b);
	return memcmp((const char *)a + o->offset, (const char *)b + o->offset, o->size) != 0;
}

bool config_takes_effect(
	const struct config_option *o, const struct config *start, const struct config *wanted)
{
	return o->when == AT_ONCE && (o->too_far == NULL || !o->too_far(start, wanted));
}

void config_take(struct config *effective, const struct config *now, const struct config *start,
	struct config *wanted)
{
	*effective = *start;
	for (unsigned i = 0; i < n_config_options; i++) {
		const struct config_option *o = &config_options[i];
		const struct config *from = config_takes_effect(o, start, wanted) ? wanted : now;

		if (o->when == AT_ONCE)
			memcpy((char *)effective + o->offset, (const char *)from + o->offset,
				o->size);
	}
	effective->files = wanted->files;
	wanted->files = NULL;
}
