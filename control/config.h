/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The configuration: what a file says, over the defaults of control/uproar.yaml, checked. That file
 * is the commented sample and the source of the defaults at once; it is carried in the program.
 */
#ifndef CONTROL_CONFIG_H
#define CONTROL_CONFIG_H

#include "control/mood.h"
#include "dataplane/dataplane.h"
#include "fanout/fanout.h"
#include "wire/limits.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	CONFIG_NAME_MAX = 32,
	CONFIG_LISTENERS_MAX = 16,
	CONFIG_ORIGINS_MAX = 64,
	CONFIG_PROXIES_MAX = 64,
	CONFIG_EAL_MAX = 32,
	CONFIG_SESSIONS_MAX = 1 << 28,
	CONFIG_EXCEPTION_PER_SECOND = 100000, // of each port, unless it says another
	CONFIG_EXCEPTION_MAX = 100000000,
	CONFIG_KEYS_PATH_MAX = 127,
	CONFIG_TLS_PATH_MAX = 200,
	CONFIG_JOURNAL_PATH_MAX = 400,
	CONFIG_KEEP_DAYS_MAX = 36500,
	CONFIG_STRINGS_MAX = 16, // emoji, shortcodes, patterns of one reaction
	CONFIG_NODE_MAX = 63,
	CONFIG_PARTITIONS_MAX = 1024,
	CONFIG_CLUSTER_WINDOW_MIN = 1000, // milliseconds: the number of a window is a second
	CONFIG_KAFKA_MAX = 64,
};

enum config_admission { ADMISSION_OPEN, ADMISSION_TICKETS };

struct config_channel {
	unsigned id;
	char *name;
	int *admission;   // NULL: as all channels
	unsigned *parent; // id of the channel that also counts what this one does; NULL: none
};

struct config_reaction {
	unsigned id;
	char *name;
	char **emoji;
	unsigned n_emoji;
	char **shortcodes;
	unsigned n_shortcodes;
	char **patterns;
	unsigned n_patterns;
	double weight;
};

/* The journal: docs/journal.md. */
struct config_journal {
	const char *file; // NULL: none
	unsigned keep_windows_hours;
	unsigned keep_minutes_days;
	unsigned keep_hours_days; // each: 0 for ever
};

struct config_answers {
	unsigned per_second; // 0: nobody is answered
	unsigned least_pace_ms, most_pace_ms;
	unsigned busy_low_percent, busy_high_percent;
};

struct config_sentiment {
	unsigned half_life_s;
	double surge_begins, surge_ends; // times the usual rate
	unsigned surge_taps;             // in a window
};

/* What this process does; all three unless there is a cluster. */
enum config_role { ROLE_INGEST = 1 << 0, ROLE_MERGE = 1 << 1, ROLE_FANOUT = 1 << 2 };

/* An option of librdkafka, by its own name, passed through. */
struct config_kafka_option {
	const char *name;
	const char *value;
};

/* Other machines, through Kafka: docs/cluster.md. */
struct config_cluster {
	const char *node; // this one's name, unlike all others'
	unsigned partitions;
	const char *tallies, *frames; // topics
	const char *group;            // of the mergers
	/* Those of cluster.kafka, then those of kafka_file, which config_read() leaves out. Values
	 * may be secrets: print none. */
	const struct config_kafka_option *kafka;
	unsigned n_kafka;       // 0: there is no cluster
	unsigned n_kafka_shown; // of cluster.kafka
	const char *kafka_file; // NULL: none
};

/* How much each module says: one of DPDK's RTE_LOG_ levels. */
struct config_log {
	uint32_t level; // of those that have none of their own
#define LOG_MODULE(name) uint32_t name;
#include "control/log_module.def"
#undef LOG_MODULE
};

struct config_metrics {
	struct sockaddr_storage address;
	socklen_t len;    // 0: switched off
	const char *text; // as it was written
};

struct config {
	const char *name;
	const char *user; // to run as; NULL: who started it
	struct dataplane_port ports[DATAPLANE_PORTS_MAX];
	unsigned n_ports;
	unsigned cores[DATAPLANE_WORKERS_MAX];
	unsigned n_cores;
	const char *eal[CONFIG_EAL_MAX];
	unsigned n_eal;
	uint16_t reaction_port;
	struct fanout_listener listeners[CONFIG_LISTENERS_MAX];
	unsigned n_listeners;
	struct address_range proxies[CONFIG_PROXIES_MAX]; // that may connect to those for proxies
	unsigned n_proxies;
	uint16_t tcp_port; // of the first listener; 0: none
	uint16_t http_port;
	uint16_t mqtt_port;
	uint16_t https_port;
	uint16_t mqtts_port;
	const char *tls_certificate; // files; NULL: none
	const char *tls_key;
	struct config_metrics metrics;
	struct config_log log;
	unsigned window_ms;
	bool plain_text;
	uint16_t text_channel;
	bool unsequenced;
	bool reactors;            // estimated
	unsigned taps_per_second; // of a session; 0: no limit
	unsigned tap_burst;
	unsigned unsequenced_per_second; // datagrams; 0: no limit
	struct config_answers answers;
	struct config_sentiment sentiment;
	unsigned idle_us;                // 0: poll always
	enum config_admission admission; // of channels that do not say
	const char *ticket_keys;         // file; NULL: none
	const char *arena_folder;        // NULL: found
	unsigned arena_channels;
	unsigned arena_reactions;
	unsigned arena_sessions;
	struct config_journal journal;
	unsigned roles; // enum config_role, a bit each
	struct config_cluster cluster;
	const char *cache_folder; // NULL: found
	unsigned fanout_threads;
	unsigned max_connections;
	unsigned max_per_source;                 // 0: no limit
	unsigned max_accepts_per_second;         // 0: no limit
	const char *origins[CONFIG_ORIGINS_MAX]; // of web pages that may read; none: all
	unsigned n_origins;
	unsigned max_subscriptions; // channels of one connection
	unsigned max_filters;       // of one MQTT connection
	unsigned handshake_seconds;
	unsigned drain_seconds; // 0: at once
	const struct config_channel *channels;
	unsigned n_channels;
	const struct config_reaction *catalogue;
	unsigned n_catalogue;

	struct config_files *files; // what the above points into
};

/*
 * Reads and checks a file, or the defaults alone if path is NULL. 0, or -EINVAL (or another -errno)
 * with a message in error: the file, the line, what was found, what was wanted.
 */
int config_load(struct config *c, const char *path, char *error, size_t cap);

/* The same without a look at the files that it names: keys of tickets, certificate. */
int config_read(struct config *c, const char *path, char *error, size_t cap);

void config_free(struct config *c);

/* Is something right, but not as it should be? Then the report says what: a certificate that has
 * expired. */
bool config_doubt(const struct config *c, char report[FANOUT_REPORT_MAX]);
/* The line of a file that was read in which an option stands, "channels[3].id"; 0: not there. */
unsigned config_line_of(const struct config *c, const char *option);

/* What the command line says in place of the file. */
struct config_overrides {
	const char *name;   // NULL: as the file says
	const char *user;   // "": none
	const char *device; // one port with it
	char *const *eal;   // behind those of the file
	unsigned n_eal;
};

/* 0, or -E2BIG with a sentence in error. Strings stay where they are. */
int config_override(struct config *c, const struct config_overrides *o, char *error, size_t cap);

/* What is unusual. The weights are not in it: they come with the catalogue. */
struct mood_rules config_mood_rules(const struct config *c);

/* How long clients are asked to wait. */
struct pace config_pace(const struct config *c);

/* Does the channel at this place of the list want tickets? Does any? */
bool config_wants_tickets(const struct config *c, unsigned channel);
bool config_any_wants_tickets(const struct config *c);

#endif
