/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the schema cannot say: ranges, uniqueness, references, and whether emoji and patterns mean
 * anything. Each message has the line, what was found and what was wanted.
 */
#ifndef CONTROL_CONFIG_CHECK_H
#define CONTROL_CONFIG_CHECK_H

#include "control/config_complaint.h"
#include "control/config_file.h"

/* The catalogue alone: config_check_catalogue.c. */
int config_check_catalogue(const struct config_check *k, const struct config *c);

/* Admission and whether there are keys for it, and the file of the keys: config_check_tickets.c. */
int config_check_tickets(const struct config_check *k, const struct config *c);
int config_check_keys(const struct config_check *k, const struct config *c);

/* The length of what clients are told of both: config_check_document.c. */
int config_check_document(const struct config_check *k, const struct config *c);

/* The tree of channels, whose ids have been checked: config_check_parents.c. */
int config_check_parents(const struct config_check *k, const struct config *c);

/* Certificate and key where a listener needs them, and their files: config_check_tls.c. */
int config_check_tls(const struct config_check *k, const struct config *c);
int config_check_certificate(const struct config_check *k, const struct config *c);

/* Bounds and pace of answers: config_answers.c. */
int config_check_answers(const struct config_check *k, const struct config *c);

/* The file of the journal and how long it keeps what: config_check_journal.c. */
int config_check_journal(const struct config_check *k, const struct config *c);

/* What is unusual: config_sentiment.c. */
int config_check_sentiment(const struct config_check *k, const struct config *c);

/* What a configuration of a cluster points into, besides its files. */
struct config_kafka {
	struct config_kafka_option options[CONFIG_KAFKA_MAX];
	char host[CONFIG_NODE_MAX + 1]; // the node's name, if the file has none
	char *secrets;                  // the text of cluster.kafka_file
	size_t secrets_len;
};
void config_kafka_free(struct config_kafka *kafka);

/* Roles, and cluster.kafka, each of the one or the other file. Takes values in the lists apart. */
int config_take_cluster(struct config *c, struct config_kafka *kafka,
	const struct config_file *roles, const struct file_cluster *file,
	const struct config_source *source, char *error, size_t cap);

/* Roles and names of a cluster: config_check_cluster.c. */
int config_check_cluster(const struct config_check *k, const struct config *c);

/*
 * Can it join these? 0, or -EINVAL with a sentence in error; secret: with nothing of it there.
 */
int config_check_kafka_option(const struct config_cluster *cluster,
	const struct config_kafka_option *option, bool secret, char *error, size_t cap);

/* Adds the options of cluster.kafka_file: config_kafka_file.c. */
int config_take_kafka_file(struct config *c, struct config_kafka *kafka,
	const struct config_source *source, char *error, size_t cap);

/* Does librdkafka start with all of them? Behind config_take_kafka_file(). */
int config_check_kafka(
	const struct config *c, const struct config_source *source, char *error, size_t cap);

/* Ranges of what is narrower in struct config than in the file. user may be NULL. */
int config_check_file(const struct config_file *user, const struct config_source *source,
	char *error, size_t cap);

/* The option with the addresses of one kind of listener, "listen.tcp"; NULL behind the last. */
const char *config_listener_path(unsigned kind);

/* Parses the addresses of this kind into c->listeners. */
int config_take_listeners(struct config *c, unsigned kind, const struct file_listen *listen,
	const struct config_source *source, char *error, size_t cap);

/* metrics.listen: config_metrics.c. */
int config_take_metrics(struct config *c, const char *listen, const struct config_source *source,
	char *error, size_t cap);

/* The levels of log; user may be NULL: config_log.c. */
int config_take_log(struct config *c, const struct file_log *user, const struct file_log *defaults,
	const struct config_source *source, char *error, size_t cap);

/* HOST:PORT with a numeric host, IPv6 in brackets. */
bool config_parse_address(const char *text, struct fanout_listener *out);

/* The option that listens on this address and port already, or on all addresses; NULL: none. */
const char *config_listening(const struct config *c, const struct fanout_listener *l);

/* The listener of that address, or NULL. */
struct fanout_listener *config_find_listener(
	struct config *c, const struct fanout_listener *address);

/* fanout.origins. 0 or -EINVAL, as above. */
int config_take_origins(struct config *c, const struct file_fanout *file,
	const struct config_source *source, char *error, size_t cap);

/* What is for proxies, of the two lists that each come from the one or the other file; behind
 * config_take_listeners(): config_proxies.c. */
int config_take_proxies(struct config *c, const struct file_proxy_protocol *listeners,
	const struct file_proxy_protocol *from, const struct config_source *source, char *error,
	size_t cap);

/* Everything else, on the assembled configuration, but for the files that it names. */
int config_check(
	const struct config *c, const struct config_source *source, char *error, size_t cap);

/* Those files. */
int config_check_files(
	const struct config *c, const struct config_source *source, char *error, size_t cap);

#endif
