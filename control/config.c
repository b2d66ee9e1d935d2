/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config.h"

#include "control/config_check.h"
#include "control/config_file.h"
#include "control/config_lines.h"
#include "control/emoji_weight.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 4 << 20 };

/* control/uproar.yaml, carried in the program. */
extern const unsigned char default_config[];
extern const unsigned long default_config_len;

struct config_files {
	struct config_file *defaults;
	struct config_file *user; // NULL: none, or an empty one
	struct config_reaction *catalogue;
	struct config_kafka kafka;
	char *text; // of the user's, or NULL
	size_t len;
};

static int read_file(const char *path, char **out, size_t *len, char *error, size_t cap)
{
	char *text = malloc(FILE_MAX + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	*len = 0;
	if (text == NULL || fd < 0) {
		snprintf(error, cap, "%s: %s", path, strerror(errno));
		goto failed;
	}
	while ((n = read(fd, text + *len, FILE_MAX + 1 - *len)) > 0)
		*len += (size_t)n;
	if (n < 0 || *len > FILE_MAX) {
		snprintf(error, cap, "%s: %s", path, n < 0 ? strerror(errno) : "larger than 4 MiB");
		goto failed;
	}
	close(fd);
	*out = *len > 0 ? realloc(text, *len) : text;
	return 0;
failed:
	if (fd >= 0)
		close(fd);
	free(text);
	return -EINVAL;
}

/* The user's value if it is there, else the default's. */
#define PICK(member) (user != NULL && user->member != NULL ? user->member : base->member)
#define PICK_IN(group, member)                                                                    \
	(user != NULL && user->group != NULL && user->group->member != NULL ? user->group->member \
									    : base->group->member)

/* NULL for what is empty. */
static const char *given(const char *text)
{
	return text != NULL && text[0] != '\0' ? text : NULL;
}

static void take_ports(struct config *c, const struct config_file *from)
{
	c->n_ports =
		from->ports_count < DATAPLANE_PORTS_MAX ? from->ports_count : DATAPLANE_PORTS_MAX;
	for (unsigned i = 0; i < c->n_ports; i++) {
		const struct file_port *p = &from->ports[i];

		c->ports[i] = (struct dataplane_port){
			.device = p->device,
			.queues = p->queues != NULL ? *p->queues : 1,
			.local = p->local != NULL ? *p->local : -1,
			.exception = p->exception != NULL ? *p->exception : -1,
			.exception_interface = given(p->exception_interface),
			.exception_per_second = p->exception_per_second != NULL
							? *p->exception_per_second
							: CONFIG_EXCEPTION_PER_SECOND,
		};
	}
}

static int take_catalogue(struct config *c, const struct config_file *from)
{
	struct config_reaction *list = calloc(from->catalogue_count + 1, sizeof(*list));

	if (list == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < from->catalogue_count; i++) {
		const struct file_reaction *r = &from->catalogue[i];

		list[i] = (struct config_reaction){
			.id = r->id,
			.name = r->name,
			.emoji = r->emoji,
			.n_emoji = r->emoji_count,
			.shortcodes = r->shortcodes,
			.n_shortcodes = r->shortcodes_count,
			.patterns = r->patterns,
			.n_patterns = r->patterns_count,
			.weight = r->weight != NULL ? *r->weight
						    : emoji_weight(r->emoji, r->emoji_count),
		};
	}
	c->files->catalogue = list;
	c->catalogue = list;
	c->n_catalogue = from->catalogue_count;
	return 0;
}

static void take_scalars(
	struct config *c, const struct config_file *user, const struct config_file *base)
{
	c->name = PICK(name);
	c->user = PICK(user);
	if (c->user[0] == '\0')
		c->user = NULL;
	c->window_ms = *PICK(window_ms);
	c->reaction_port = (uint16_t)*PICK_IN(listen, reactions);
	c->plain_text = *PICK_IN(plain_text, enabled) != 0;
	c->text_channel = (uint16_t)*PICK_IN(plain_text, channel);
	c->unsequenced = *PICK(unsequenced) != 0;
	c->reactors = *PICK(reactors) != 0;
	c->idle_us = *PICK(poll) == FILE_POLL_ALWAYS ? 0 : *PICK(idle_latency_us);
	c->admission = (enum config_admission) * PICK(admission);
	c->ticket_keys = PICK_IN(tickets, keys);
	if (c->ticket_keys[0] == '\0')
		c->ticket_keys = NULL;
	c->arena_folder = PICK_IN(arena, folder);
	if (c->arena_folder[0] == '\0')
		c->arena_folder = NULL;
	c->arena_channels = *PICK_IN(arena, channels);
	c->arena_reactions = *PICK_IN(arena, reactions);
	c->arena_sessions = *PICK_IN(arena, sessions);
	c->journal = (struct config_journal){
		.file = PICK_IN(journal, file),
		.keep_windows_hours = *PICK_IN(journal, keep_windows_hours),
		.keep_minutes_days = *PICK_IN(journal, keep_minutes_days),
		.keep_hours_days = *PICK_IN(journal, keep_hours_days),
	};
	if (c->journal.file[0] == '\0')
		c->journal.file = NULL;
	c->cluster = (struct config_cluster){
		.node = given(PICK_IN(cluster, node)),
		.partitions = *PICK_IN(cluster, partitions),
		.tallies = PICK_IN(cluster, tallies),
		.frames = PICK_IN(cluster, frames),
		.group = PICK_IN(cluster, group),
		.kafka_file = given(PICK_IN(cluster, kafka_file)),
	};
	c->taps_per_second = *PICK_IN(limits, taps_per_second);
	c->tap_burst = *PICK_IN(limits, burst);
	c->unsequenced_per_second = *PICK_IN(limits, unsequenced_per_second);
	c->answers = (struct config_answers){
		.per_second = *PICK_IN(answers, per_second),
		.least_pace_ms = *PICK_IN(answers, least_pace_ms),
		.most_pace_ms = *PICK_IN(answers, most_pace_ms),
		.busy_low_percent = *PICK_IN(answers, busy_low_percent),
		.busy_high_percent = *PICK_IN(answers, busy_high_percent),
	};
	c->sentiment = (struct config_sentiment){
		.half_life_s = *PICK_IN(sentiment, half_life_seconds),
		.surge_begins = *PICK_IN(sentiment, surge_begins),
		.surge_ends = *PICK_IN(sentiment, surge_ends),
		.surge_taps = *PICK_IN(sentiment, surge_taps),
	};
	c->tls_certificate = PICK_IN(tls, certificate);
	if (c->tls_certificate[0] == '\0')
		c->tls_certificate = NULL;
	c->tls_key = PICK_IN(tls, key);
	if (c->tls_key[0] == '\0')
		c->tls_key = NULL;
	c->metrics.text = PICK_IN(metrics, listen);
	c->cache_folder = PICK(cache_folder);
	if (c->cache_folder[0] == '\0')
		c->cache_folder = NULL;
	c->fanout_threads = *PICK_IN(fanout, threads);
	c->max_connections = *PICK_IN(fanout, max_connections);
	c->max_per_source = *PICK_IN(fanout, max_per_source);
	c->max_accepts_per_second = *PICK_IN(fanout, max_accepts_per_second);
	c->max_subscriptions = *PICK_IN(fanout, max_subscriptions);
	c->max_filters = *PICK_IN(fanout, max_filters);
	c->handshake_seconds = *PICK_IN(fanout, handshake_seconds);
	c->drain_seconds = *PICK_IN(fanout, drain_seconds);
}

/* A list of the user's replaces the default's whole, also an empty one, which libcyaml does not
 * tell from a missing one. */
static const struct config_file *list_from(
	const struct config *c, const struct config_source *source, const char *path)
{
	if (c->files->user != NULL && config_present(source->text, source->len, path))
		return c->files->user;
	return c->files->defaults;
}

static int take_lists(struct config *c, const struct config_source *source)
{
	const struct config_file *cores = list_from(c, source, "cores");
	const struct config_file *eal = list_from(c, source, "eal");
	const struct config_file *channels = list_from(c, source, "channels");

	take_ports(c, list_from(c, source, "ports"));
	for (; c->n_cores < cores->cores_count && c->n_cores < DATAPLANE_WORKERS_MAX; c->n_cores++)
		c->cores[c->n_cores] = cores->cores[c->n_cores];
	for (; c->n_eal < eal->eal_count && c->n_eal < CONFIG_EAL_MAX; c->n_eal++)
		c->eal[c->n_eal] = eal->eal[c->n_eal];
	c->channels = channels->channels;
	c->n_channels = channels->channels_count;
	return take_catalogue(c, list_from(c, source, "catalogue"));
}

static int take_listeners(
	struct config *c, const struct config_source *source, char *error, size_t cap)
{
	const char *path;
	int ret = 0;

	for (unsigned kind = 0; ret == 0 && (path = config_listener_path(kind)) != NULL; kind++)
		ret = config_take_listeners(
			c, kind, list_from(c, source, path)->listen, source, error, cap);
	return ret;
}

static int take_proxies(
	struct config *c, const struct config_source *source, char *error, size_t cap)
{
	return config_take_proxies(c,
		list_from(c, source, "proxy_protocol.listeners")->proxy_protocol,
		list_from(c, source, "proxy_protocol.from")->proxy_protocol, source, error, cap);
}

static int assemble(struct config *c, const struct config_source *source, char *error, size_t cap)
{
	int ret = config_check_file(c->files->user, source, error, cap);

	if (ret < 0)
		return ret;
	take_scalars(c, c->files->user, c->files->defaults);
	ret = take_lists(c, source);
	if (ret == 0)
		ret = take_listeners(c, source, error, cap);
	if (ret == 0)
		ret = take_proxies(c, source, error, cap);
	if (ret == 0)
		ret = config_take_metrics(c, c->metrics.text, source, error, cap);
	if (ret == 0)
		ret = config_take_log(c, c->files->user != NULL ? c->files->user->log : NULL,
			c->files->defaults->log, source, error, cap);
	if (ret == 0)
		ret = config_take_origins(
			c, list_from(c, source, "fanout.origins")->fanout, source, error, cap);
	if (ret == 0)
		ret = config_take_cluster(c, &c->files->kafka, list_from(c, source, "roles"),
			list_from(c, source, "cluster.kafka")->cluster, source, error, cap);
	return ret < 0 ? ret : config_check(c, source, error, cap);
}

/* What was read last, for messages about it. */
static struct config_source source_of(const struct config *c, const char *path)
{
	if (path == NULL)
		return (struct config_source){.path = "defaults",
			.text = (const char *)default_config,
			.len = default_config_len};
	return (struct config_source){.path = path, .text = c->files->text, .len = c->files->len};
}

static int read_files(struct config_files *files, const char *path, char *error, size_t cap)
{
	char inner[512];
	int ret = config_file_load(
		&files->defaults, (const char *)default_config, default_config_len, error, cap);

	if (ret < 0 || path == NULL)
		return ret;
	ret = read_file(path, &files->text, &files->len, error, cap);
	if (ret < 0)
		return ret;
	ret = config_file_load(&files->user, files->text, files->len, inner, sizeof(inner));
	if (ret < 0)
		snprintf(error, cap, "%s: %s", path, inner);
	return ret;
}

int config_read(struct config *c, const char *path, char *error, size_t cap)
{
	*c = (struct config){.files = calloc(1, sizeof(*c->files))};
	if (c->files == NULL)
		return -ENOMEM;
	int ret = read_files(c->files, path, error, cap);
	const struct config_source source = source_of(c, path);
	if (ret == 0)
		ret = assemble(c, &source, error, cap);
	if (ret < 0)
		config_free(c);
	return ret;
}

int config_load(struct config *c, const char *path, char *error, size_t cap)
{
	int ret = config_read(c, path, error, cap);

	if (ret < 0)
		return ret;
	const struct config_source source = source_of(c, path);
	ret = config_check_files(c, &source, error, cap);
	if (ret == 0)
		ret = config_take_kafka_file(c, &c->files->kafka, &source, error, cap);
	if (ret == 0)
		ret = config_check_kafka(c, &source, error, cap);
	if (ret < 0)
		config_free(c);
	return ret;
}

unsigned config_line_of(const struct config *c, const char *option)
{
	const struct config_files *files = c->files;

	if (files->text == NULL || !config_present(files->text, files->len, option))
		return 0;
	return config_line(files->text, files->len, option);
}

bool config_wants_tickets(const struct config *c, unsigned channel)
{
	const int *own = c->channels[channel].admission;

	return (own != NULL ? (enum config_admission) * own : c->admission) == ADMISSION_TICKETS;
}

bool config_any_wants_tickets(const struct config *c)
{
	for (unsigned i = 0; i < c->n_channels; i++) {
		if (config_wants_tickets(c, i))
			return true;
	}
	return false;
}

void config_free(struct config *c)
{
	config_file_free(c->files->user);
	config_file_free(c->files->defaults);
	free(c->files->catalogue);
	config_kafka_free(&c->files->kafka);
	free(c->files->text);
	free(c->files);
	c->files = NULL;
}
