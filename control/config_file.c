/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_file.h"

#include "control/config_shape.h"

#include <cyaml/cyaml.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { REPORT_MAX = 256 };

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

/* Spelled out, because libcyaml's own booleans take any other word for false. */
static const cyaml_strval_t booleans[] = {
	{"false", 0}, {"no", 0}, {"off", 0}, {"true", 1}, {"yes", 1}, {"on", 1}};

static const cyaml_strval_t booleans_or_auto[] = {
	{"auto", -1}, {"false", 0}, {"no", 0}, {"off", 0}, {"true", 1}, {"yes", 1}, {"on", 1}};

static const cyaml_strval_t poll_modes[] = {
	{"adaptive", FILE_POLL_ADAPTIVE}, {"always", FILE_POLL_ALWAYS}};

static const cyaml_strval_t admissions[] = {
	{"open", ADMISSION_OPEN}, {"tickets", ADMISSION_TICKETS}};

static const cyaml_strval_t roles[] = {
	{"ingest", ROLE_INGEST}, {"merge", ROLE_MERGE}, {"fanout", ROLE_FANOUT}};

#define FIELD_ADMISSION(key, structure, member)                                                \
	CYAML_FIELD_ENUM_PTR(key, OPTIONAL | CYAML_FLAG_STRICT, structure, member, admissions, \
		CYAML_ARRAY_LEN(admissions))
#define FIELD_BOOL(key, structure, member)                                                   \
	CYAML_FIELD_ENUM_PTR(key, OPTIONAL | CYAML_FLAG_STRICT, structure, member, booleans, \
		CYAML_ARRAY_LEN(booleans))
#define FIELD_STRING(key, structure, member) \
	CYAML_FIELD_STRING_PTR(key, OPTIONAL, structure, member, 0, CYAML_UNLIMITED)
#define FIELD_UINT(key, structure, member) CYAML_FIELD_UINT_PTR(key, OPTIONAL, structure, member)
#define FIELD_FLOAT(key, structure, member) CYAML_FIELD_FLOAT_PTR(key, OPTIONAL, structure, member)
#define FIELD_STRINGS(key, structure, member) \
	CYAML_FIELD_SEQUENCE(key, OPTIONAL, structure, member, &string_value, 0, CYAML_UNLIMITED)

static const cyaml_schema_value_t string_value = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED)};
static const cyaml_schema_value_t uint_value = {CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, unsigned)};
static const cyaml_schema_value_t role_value = {
	CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, int, roles, CYAML_ARRAY_LEN(roles))};

static const cyaml_schema_field_t port_fields[] = {
	CYAML_FIELD_STRING_PTR(
		"device", CYAML_FLAG_POINTER, struct file_port, device, 1, CYAML_UNLIMITED),
	FIELD_UINT("queues", struct file_port, queues),
	CYAML_FIELD_ENUM_PTR("local", OPTIONAL | CYAML_FLAG_STRICT, struct file_port, local,
		booleans_or_auto, CYAML_ARRAY_LEN(booleans_or_auto)),
	CYAML_FIELD_ENUM_PTR("exception", OPTIONAL | CYAML_FLAG_STRICT, struct file_port, exception,
		booleans_or_auto, CYAML_ARRAY_LEN(booleans_or_auto)),
	FIELD_STRING("exception_interface", struct file_port, exception_interface),
	FIELD_UINT("exception_per_second", struct file_port, exception_per_second),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t port_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_port, port_fields)};

static const cyaml_schema_field_t listen_fields[] = {
	FIELD_UINT("reactions", struct file_listen, reactions),
	FIELD_STRINGS("tcp", struct file_listen, tcp),
	FIELD_STRINGS("http", struct file_listen, http),
	FIELD_STRINGS("mqtt", struct file_listen, mqtt),
	FIELD_STRINGS("https", struct file_listen, https),
	FIELD_STRINGS("mqtts", struct file_listen, mqtts),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t proxy_protocol_fields[] = {
	FIELD_STRINGS("listeners", struct file_proxy_protocol, listeners),
	FIELD_STRINGS("from", struct file_proxy_protocol, from),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t metrics_fields[] = {
	FIELD_STRING("listen", struct file_metrics, listen),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t log_fields[] = {
	FIELD_STRING("level", struct file_log, level),
#define LOG_MODULE(name) FIELD_STRING(#name, struct file_log, name),
#include "control/log_module.def"
#undef LOG_MODULE
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t tls_fields[] = {
	FIELD_STRING("certificate", struct file_tls, certificate),
	FIELD_STRING("key", struct file_tls, key),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t plain_text_fields[] = {
	FIELD_BOOL("enabled", struct file_plain_text, enabled),
	FIELD_UINT("channel", struct file_plain_text, channel),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t tickets_fields[] = {
	FIELD_STRING("keys", struct file_tickets, keys),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t arena_fields[] = {
	FIELD_STRING("folder", struct file_arena, folder),
	FIELD_UINT("channels", struct file_arena, channels),
	FIELD_UINT("reactions", struct file_arena, reactions),
	FIELD_UINT("sessions", struct file_arena, sessions),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t journal_fields[] = {
	FIELD_STRING("file", struct file_journal, file),
	FIELD_UINT("keep_windows_hours", struct file_journal, keep_windows_hours),
	FIELD_UINT("keep_minutes_days", struct file_journal, keep_minutes_days),
	FIELD_UINT("keep_hours_days", struct file_journal, keep_hours_days),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t cluster_fields[] = {
	FIELD_STRING("node", struct file_cluster, node),
	FIELD_UINT("partitions", struct file_cluster, partitions),
	FIELD_STRING("tallies", struct file_cluster, tallies),
	FIELD_STRING("frames", struct file_cluster, frames),
	FIELD_STRING("group", struct file_cluster, group),
	FIELD_STRINGS("kafka", struct file_cluster, kafka),
	FIELD_STRING("kafka_file", struct file_cluster, kafka_file),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t limits_fields[] = {
	FIELD_UINT("taps_per_second", struct file_limits, taps_per_second),
	FIELD_UINT("burst", struct file_limits, burst),
	FIELD_UINT("unsequenced_per_second", struct file_limits, unsequenced_per_second),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t sentiment_fields[] = {
	FIELD_UINT("half_life_seconds", struct file_sentiment, half_life_seconds),
	FIELD_FLOAT("surge_begins", struct file_sentiment, surge_begins),
	FIELD_FLOAT("surge_ends", struct file_sentiment, surge_ends),
	FIELD_UINT("surge_taps", struct file_sentiment, surge_taps),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t answers_fields[] = {
	FIELD_UINT("per_second", struct file_answers, per_second),
	FIELD_UINT("least_pace_ms", struct file_answers, least_pace_ms),
	FIELD_UINT("most_pace_ms", struct file_answers, most_pace_ms),
	FIELD_UINT("busy_low_percent", struct file_answers, busy_low_percent),
	FIELD_UINT("busy_high_percent", struct file_answers, busy_high_percent),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t fanout_fields[] = {
	FIELD_UINT("threads", struct file_fanout, threads),
	FIELD_UINT("max_connections", struct file_fanout, max_connections),
	FIELD_UINT("max_per_source", struct file_fanout, max_per_source),
	FIELD_UINT("max_accepts_per_second", struct file_fanout, max_accepts_per_second),
	FIELD_UINT("max_subscriptions", struct file_fanout, max_subscriptions),
	FIELD_UINT("max_filters", struct file_fanout, max_filters),
	FIELD_STRINGS("origins", struct file_fanout, origins),
	FIELD_UINT("handshake_seconds", struct file_fanout, handshake_seconds),
	FIELD_UINT("drain_seconds", struct file_fanout, drain_seconds),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t channel_fields[] = {
	CYAML_FIELD_UINT("id", CYAML_FLAG_DEFAULT, struct config_channel, id),
	CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct config_channel, name, 1, 64),
	FIELD_ADMISSION("admission", struct config_channel, admission),
	FIELD_UINT("parent", struct config_channel, parent),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t channel_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_channel, channel_fields)};

static const cyaml_schema_field_t reaction_fields[] = {
	CYAML_FIELD_UINT("id", CYAML_FLAG_DEFAULT, struct file_reaction, id),
	CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct file_reaction, name, 1, 32),
	FIELD_STRINGS("emoji", struct file_reaction, emoji),
	FIELD_STRINGS("shortcodes", struct file_reaction, shortcodes),
	FIELD_STRINGS("patterns", struct file_reaction, patterns),
	FIELD_FLOAT("weight", struct file_reaction, weight),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t reaction_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_reaction, reaction_fields)};

#define FIELD_MAPPING(key, member, type, fields) \
	CYAML_FIELD_MAPPING_PTR(key, OPTIONAL, struct config_file, member, fields)
#define FIELD_SEQUENCE(key, member, value) \
	CYAML_FIELD_SEQUENCE(              \
		key, OPTIONAL, struct config_file, member, &(value), 0, CYAML_UNLIMITED)

static const cyaml_schema_field_t file_fields[] = {
	FIELD_STRING("name", struct config_file, name),
	FIELD_STRING("user", struct config_file, user),
	FIELD_SEQUENCE("ports", ports, port_value),
	FIELD_SEQUENCE("cores", cores, uint_value),
	FIELD_STRINGS("eal", struct config_file, eal),
	FIELD_MAPPING("listen", listen, struct file_listen, listen_fields),
	FIELD_MAPPING("proxy_protocol", proxy_protocol, struct file_proxy_protocol,
		proxy_protocol_fields),
	FIELD_MAPPING("metrics", metrics, struct file_metrics, metrics_fields),
	FIELD_MAPPING("log", log, struct file_log, log_fields),
	FIELD_MAPPING("tls", tls, struct file_tls, tls_fields),
	FIELD_UINT("window_ms", struct config_file, window_ms),
	FIELD_MAPPING("plain_text", plain_text, struct file_plain_text, plain_text_fields),
	FIELD_BOOL("unsequenced", struct config_file, unsequenced),
	FIELD_BOOL("reactors", struct config_file, reactors),
	FIELD_MAPPING("limits", limits, struct file_limits, limits_fields),
	FIELD_MAPPING("answers", answers, struct file_answers, answers_fields),
	FIELD_MAPPING("sentiment", sentiment, struct file_sentiment, sentiment_fields),
	CYAML_FIELD_ENUM_PTR("poll", OPTIONAL | CYAML_FLAG_STRICT, struct config_file, poll,
		poll_modes, CYAML_ARRAY_LEN(poll_modes)),
	FIELD_UINT("idle_latency_us", struct config_file, idle_latency_us),
	FIELD_ADMISSION("admission", struct config_file, admission),
	FIELD_MAPPING("tickets", tickets, struct file_tickets, tickets_fields),
	FIELD_MAPPING("arena", arena, struct file_arena, arena_fields),
	FIELD_MAPPING("journal", journal, struct file_journal, journal_fields),
	FIELD_SEQUENCE("roles", roles, role_value),
	FIELD_MAPPING("cluster", cluster, struct file_cluster, cluster_fields),
	FIELD_STRING("cache_folder", struct config_file, cache_folder),
	FIELD_MAPPING("fanout", fanout, struct file_fanout, fanout_fields),
	FIELD_SEQUENCE("channels", channels, channel_value),
	FIELD_SEQUENCE("catalogue", catalogue, reaction_value),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t file_value = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct config_file, file_fields)};

/* The first is what is wrong; the places follow. */
__attribute__((format(printf, 3, 0))) static void on_log(
	cyaml_log_t level, void *context, const char *format, va_list list)
{
	char *first = context;

	(void)level;
	if (first[0] == '\0')
		vsnprintf(first, REPORT_MAX, format, list);
}

static const cyaml_config_t settings = {
	.mem_fn = cyaml_mem, .log_fn = on_log, .log_level = CYAML_LOG_ERROR};

int config_file_load(
	struct config_file **out, const char *text, size_t len, char *error, size_t cap)
{
	char report[REPORT_MAX] = "";
	cyaml_config_t mine = settings;

	if (config_shape(&file_value, text, len, error, cap) < 0)
		return -EINVAL;
	mine.log_ctx = report;
	*out = NULL;
	int ret =
		cyaml_load_data((const uint8_t *)text, len, &mine, &file_value, (void **)out, NULL);
	if (ret == CYAML_OK)
		return 0;
	snprintf(error, cap, "line 1: %s: %.*s", cyaml_strerror((cyaml_err_t)ret),
		(int)strcspn(report, "\n"), report);
	return -EINVAL;
}

void config_file_free(struct config_file *file)
{
	cyaml_free(&settings, &file_value, file, 0);
}
