/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The file as it was written: every option may be missing. Loaded by libcyaml after this schema.
 */
#ifndef CONTROL_CONFIG_FILE_H
#define CONTROL_CONFIG_FILE_H

#include "control/config.h"

struct file_port {
	char *device;
	unsigned *queues;
	int *exception;
	const char *exception_interface;
	unsigned *exception_per_second;
	int *local;
};

struct file_listen {
	unsigned *reactions;
	char **tcp;
	unsigned tcp_count;
	char **http;
	unsigned http_count;
	char **mqtt;
	unsigned mqtt_count;
	char **https;
	unsigned https_count;
	char **mqtts;
	unsigned mqtts_count;
};

struct file_proxy_protocol {
	char **listeners;
	unsigned listeners_count;
	char **from;
	unsigned from_count;
};

struct file_metrics {
	char *listen;
};

struct file_log {
	char *level;
#define LOG_MODULE(name) char *name; // "": as level
#include "control/log_module.def"
#undef LOG_MODULE
};

struct file_tls {
	char *certificate;
	char *key;
};

struct file_plain_text {
	int *enabled;
	unsigned *channel;
};

struct file_tickets {
	char *keys;
};

struct file_arena {
	char *folder;
	unsigned *channels;
	unsigned *reactions;
	unsigned *sessions;
};

struct file_journal {
	char *file;
	unsigned *keep_windows_hours;
	unsigned *keep_minutes_days;
	unsigned *keep_hours_days;
};

struct file_limits {
	unsigned *taps_per_second;
	unsigned *burst;
	unsigned *unsequenced_per_second;
};

struct file_answers {
	unsigned *per_second;
	unsigned *least_pace_ms;
	unsigned *most_pace_ms;
	unsigned *busy_low_percent;
	unsigned *busy_high_percent;
};

struct file_sentiment {
	unsigned *half_life_seconds;
	double *surge_begins;
	double *surge_ends;
	unsigned *surge_taps;
};

struct file_cluster {
	char *node;
	unsigned *partitions;
	char *tallies;
	char *frames;
	char *group;
	char **kafka; // NAME=VALUE each
	unsigned kafka_count;
	char *kafka_file;
};

struct file_fanout {
	unsigned *threads;
	unsigned *max_connections;
	unsigned *max_per_source;
	unsigned *max_accepts_per_second;
	unsigned *max_subscriptions;
	unsigned *max_filters;
	char **origins;
	unsigned origins_count;
	unsigned *handshake_seconds;
	unsigned *drain_seconds;
};

struct file_reaction {
	unsigned id;
	char *name;
	char **emoji;
	unsigned emoji_count;
	char **shortcodes;
	unsigned shortcodes_count;
	char **patterns;
	unsigned patterns_count;
	double *weight;
};

enum file_poll { FILE_POLL_ADAPTIVE, FILE_POLL_ALWAYS };

struct config_file {
	char *name;
	char *user;
	struct file_port *ports;
	unsigned ports_count;
	unsigned *cores;
	unsigned cores_count;
	char **eal;
	unsigned eal_count;
	struct file_listen *listen;
	struct file_proxy_protocol *proxy_protocol;
	struct file_tls *tls;
	struct file_metrics *metrics;
	struct file_log *log;
	unsigned *window_ms;
	struct file_plain_text *plain_text;
	int *unsequenced;
	int *reactors;
	struct file_limits *limits;
	struct file_answers *answers;
	struct file_sentiment *sentiment;
	int *poll; // enum file_poll
	unsigned *idle_latency_us;
	int *admission;
	struct file_tickets *tickets;
	struct file_arena *arena;
	struct file_journal *journal;
	int *roles; // enum config_role
	unsigned roles_count;
	struct file_cluster *cluster;
	char *cache_folder;
	struct file_fanout *fanout;
	struct config_channel *channels;
	unsigned channels_count;
	struct file_reaction *catalogue;
	unsigned catalogue_count;
};

/* 0 with *out (NULL for an empty file), or -EINVAL with line and reason in error. */
int config_file_load(
	struct config_file **out, const char *text, size_t len, char *error, size_t cap);

void config_file_free(struct config_file *file);

#endif
