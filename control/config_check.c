/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_check.h"

#include "hugepages/arena_place.h"
#include "wire/utf8.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int config_check_file(
	const struct config_file *user, const struct config_source *source, char *error, size_t cap)
{
	const struct config_check k = {source, error, cap};
	int ret = 0;

	if (user == NULL)
		return 0;
	if (user->listen != NULL && user->listen->reactions != NULL)
		ret = config_in_range(&k, "listen.reactions", *user->listen->reactions, 1, 65535);
	if (ret == 0 && user->plain_text != NULL && user->plain_text->channel != NULL)
		ret = config_in_range(&k, "plain_text.channel", *user->plain_text->channel, 0,
			WIRE_CHANNELS_MAX - 1);
	if (ret == 0 && user->idle_latency_us != NULL)
		ret = config_in_range(&k, "idle_latency_us", *user->idle_latency_us, 10, 1000);
	if (ret == 0 && user->ports_count > DATAPLANE_PORTS_MAX)
		ret = config_wrong(&k, "ports", "%u ports, at most %d", user->ports_count,
			DATAPLANE_PORTS_MAX);
	if (ret == 0 && user->cores_count > DATAPLANE_WORKERS_MAX)
		ret = config_wrong(&k, "cores", "%u cores, at most %d", user->cores_count,
			DATAPLANE_WORKERS_MAX);
	if (ret == 0 && user->eal_count > CONFIG_EAL_MAX)
		ret = config_wrong(
			&k, "eal", "%u arguments, at most %d", user->eal_count, CONFIG_EAL_MAX);
	return ret;
}

/* A name that the kernel takes (dev_valid_name()), and DPDK as the value of an argument. */
static bool names_interface(const char *name)
{
	return strlen(name) < IF_NAMESIZE && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	       strpbrk(name, "/:% \t\n\v\f\r,=[]\"") == NULL;
}

static int check_exception(const struct config_check *k, const struct config *c, unsigned i)
{
	const struct dataplane_port *p = &c->ports[i];
	char path[64];

	snprintf(path, sizeof(path), "ports[%u].exception_per_second", i);
	if (config_in_range(k, path, p->exception_per_second, 1, CONFIG_EXCEPTION_MAX) < 0)
		return -EINVAL;
	snprintf(path, sizeof(path), "ports[%u].exception_interface", i);
	if (p->exception_interface != NULL && !names_interface(p->exception_interface))
		return config_wrong(k, path,
			"'%s' is no name of an interface: at most %d characters, none of them a "
			"slash, a colon, a comma, an equals sign, a per cent sign, a bracket, a "
			"quotation mark or a space",
			p->exception_interface, IF_NAMESIZE - 1);
	return 0;
}

static int check_ports(const struct config_check *k, const struct config *c)
{
	unsigned workers = dataplane_workers(
		&(struct dataplane_config){.ports = c->ports, .n_ports = c->n_ports});
	char path[64];

	if (c->n_ports == 0)
		return config_wrong(k, "ports", "no port: give one, for example {device: auto}");
	for (unsigned i = 0; i < c->n_ports; i++) {
		snprintf(path, sizeof(path), "ports[%u].queues", i);
		if (config_in_range(k, path, c->ports[i].queues, 1, DATAPLANE_WORKERS_MAX) < 0)
			return -EINVAL;
		snprintf(path, sizeof(path), "ports[%u].device", i);
		if (strlen(c->ports[i].device) >= DATAPLANE_DEVICE_MAX)
			return config_wrong(
				k, path, "longer than %d characters", DATAPLANE_DEVICE_MAX - 1);
		if (check_exception(k, c, i) < 0)
			return -EINVAL;
	}
	if (workers > DATAPLANE_WORKERS_MAX)
		return config_wrong(
			k, "ports", "%u queues in all, at most %d", workers, DATAPLANE_WORKERS_MAX);
	if (c->n_cores > 0 && c->n_cores != workers)
		return config_wrong(k, "cores",
			"%u core%s for %u queue%s: name one for each queue, or none", c->n_cores,
			c->n_cores == 1 ? "" : "s", workers, workers == 1 ? "" : "s");
	return 0;
}

static int check_ranges(const struct config_check *k, const struct config *c)
{
	const struct {
		const char *path;
		unsigned value, low, high;
	} ranges[] = {
		{"window_ms", c->window_ms, 100, 60000},
		{"arena.channels", c->arena_channels, 1, WIRE_CHANNELS_MAX - 1},
		{"arena.reactions", c->arena_reactions, 1, WIRE_REACTIONS_MAX},
		{"arena.sessions", c->arena_sessions, 1024, CONFIG_SESSIONS_MAX},
		{"journal.keep_windows_hours", c->journal.keep_windows_hours, 0,
			CONFIG_KEEP_DAYS_MAX * 24},
		{"journal.keep_minutes_days", c->journal.keep_minutes_days, 0,
			CONFIG_KEEP_DAYS_MAX},
		{"journal.keep_hours_days", c->journal.keep_hours_days, 0, CONFIG_KEEP_DAYS_MAX},
		{"limits.taps_per_second", c->taps_per_second, 0, SESSION_LIMIT_RATE_MAX},
		{"limits.burst", c->tap_burst, 1, 1000000000},
		{"limits.unsequenced_per_second", c->unsequenced_per_second, 0, UINT32_MAX},
		{"fanout.threads", c->fanout_threads, 1, 64},
		{"fanout.max_connections", c->max_connections, 1, 1000000},
		{"fanout.max_per_source", c->max_per_source, 0, 1000000},
		{"fanout.max_accepts_per_second", c->max_accepts_per_second, 0, 1000000},
		{"fanout.max_subscriptions", c->max_subscriptions, 1, WIRE_CHANNELS_MAX},
		{"fanout.max_filters", c->max_filters, 1, FANOUT_FILTERS_MAX},
		{"fanout.handshake_seconds", c->handshake_seconds, 1, 3600},
		{"fanout.drain_seconds", c->drain_seconds, 0, 600},
	};

	for (unsigned i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (config_in_range(
			    k, ranges[i].path, ranges[i].value, ranges[i].low, ranges[i].high) < 0)
			return -EINVAL;
	}
	return 0;
}

/* The time in which a burst is worked off must fit the clock of the limits. */
static int check_limits(const struct config_check *k, const struct config *c)
{
	uint64_t most = (uint64_t)c->taps_per_second * SESSION_LIMIT_SECONDS_MAX;

	if (c->taps_per_second != 0 && c->tap_burst > most)
		return config_wrong(k, "limits.burst", "%u is more than %u a second bring in %d s",
			c->tap_burst, c->taps_per_second, SESSION_LIMIT_SECONDS_MAX);
	return 0;
}

static int check_channels(const struct config_check *k, const struct config *c)
{
	static _Thread_local uint8_t seen[(WIRE_CHANNELS_MAX + 8) / 8];
	char path[64];
	bool text_channel = false;

	memset(seen, 0, sizeof(seen));
	if (c->n_channels == 0 || c->n_channels > c->arena_channels)
		return config_wrong(k, "channels",
			"%u channels; wanted 1 to arena.channels, which is %u", c->n_channels,
			c->arena_channels);
	for (unsigned i = 0; i < c->n_channels; i++) {
		unsigned id = c->channels[i].id;

		snprintf(path, sizeof(path), "channels[%u].id", i);
		if (config_in_range(k, path, id, 0, WIRE_CHANNELS_MAX - 1) < 0)
			return -EINVAL;
		if ((seen[id / 8] >> id % 8 & 1) != 0)
			return config_wrong(k, path, "%u is the id of an earlier channel", id);
		seen[id / 8] |= (uint8_t)(1u << id % 8);
		text_channel = text_channel || id == c->text_channel;
		snprintf(path, sizeof(path), "channels[%u].name", i);
		if (!utf8_valid((const uint8_t *)c->channels[i].name, strlen(c->channels[i].name)))
			return config_wrong(k, path, "is not well-formed UTF-8");
	}
	if ((c->roles & ROLE_INGEST) != 0 && c->plain_text && !text_channel)
		return config_wrong(k, "plain_text.channel",
			"%u is not among the channels: open it, or set enabled: false",
			c->text_channel);
	return 0;
}

int config_check(
	const struct config *c, const struct config_source *source, char *error, size_t cap)
{
	const struct config_check k = {source, error, cap};

	if (!config_is_name(c->name, "_-") || strlen(c->name) > CONFIG_NAME_MAX)
		return config_wrong(&k, "name",
			"'%.40s' is no name: letters, digits, - and _, at most %d", c->name,
			CONFIG_NAME_MAX);
	if (c->arena_folder != NULL && strlen(c->arena_folder) >= ARENA_FOLDER_MAX)
		return config_wrong(
			&k, "arena.folder", "longer than %d bytes", ARENA_FOLDER_MAX - 1);
	if (c->cache_folder != NULL &&
		(c->cache_folder[0] != '/' || strchr(c->cache_folder, ':') != NULL))
		return config_wrong(&k, "cache_folder",
			"'%.60s' is no absolute path without a colon: write /var/cache/uproar, or "
			"leave it empty",
			c->cache_folder);
	if (check_ranges(&k, c) < 0 || check_limits(&k, c) < 0 || check_ports(&k, c) < 0 ||
		config_check_answers(&k, c) < 0 || config_check_sentiment(&k, c) < 0 ||
		check_channels(&k, c) < 0 || config_check_parents(&k, c) < 0 ||
		config_check_tickets(&k, c) < 0 || config_check_tls(&k, c) < 0 ||
		config_check_journal(&k, c) < 0 || config_check_cluster(&k, c) < 0)
		return -EINVAL;
	int ret = config_check_catalogue(&k, c);
	return ret < 0 ? ret : config_check_document(&k, c);
}

int config_check_files(
	const struct config *c, const struct config_source *source, char *error, size_t cap)
{
	const struct config_check k = {source, error, cap};
	int ret = config_check_keys(&k, c);

	return ret < 0 ? ret : config_check_certificate(&k, c);
}
