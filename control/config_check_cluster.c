/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_check.h"

#include <errno.h>
#include <string.h>

enum { TOPIC_MAX = 249, GROUP_MAX = 200 }; // the brokers' limit of a topic; ours

static const unsigned all_roles = ROLE_INGEST | ROLE_MERGE | ROLE_FANOUT;

/* Nothing of it means anything without brokers. */
static int check_alone(const struct config_check *k, const struct config *c)
{
	if (c->cluster.kafka_file != NULL)
		return config_wrong(k, "cluster.kafka_file",
			"there are no brokers: write them into cluster.kafka, for example "
			"[\"bootstrap.servers=kafka1:9092\"]");
	if (c->roles != all_roles)
		return config_wrong(k, "roles",
			"less than [ingest, merge, fanout], but there is no cluster whose other "
			"nodes do the rest: write its brokers into cluster.kafka, for example "
			"[\"bootstrap.servers=kafka1:9092\"]");
	return 0;
}

static bool has_brokers(const struct config_cluster *cluster)
{
	for (unsigned i = 0; i < cluster->n_kafka; i++) {
		const struct config_kafka_option *o = &cluster->kafka[i];

		if ((strcmp(o->name, "bootstrap.servers") == 0 ||
			    strcmp(o->name, "metadata.broker.list") == 0) &&
			o->value[0] != '\0')
			return true;
	}
	return false;
}

/* "localhost" is the name of every machine that was not given one. */
static int check_node(const struct config_check *k, const char *node)
{
	if (node != NULL && config_is_name(node, "._-") && strlen(node) <= CONFIG_NODE_MAX &&
		strcmp(node, "localhost") != 0)
		return 0;
	return config_wrong(k, "cluster.node",
		"'%.80s' does not name a node: write a name that no other node has, letters, "
		"digits, ., - and _, at most %d; left empty it is this host's name",
		node != NULL ? node : "", CONFIG_NODE_MAX);
}

static int check_topic(const struct config_check *k, const char *path, const char *topic)
{
	if (config_is_name(topic, "._-") && strlen(topic) <= TOPIC_MAX && strcmp(topic, ".") != 0 &&
		strcmp(topic, "..") != 0)
		return 0;
	return config_wrong(k, path,
		"'%.80s' is no name of a topic: letters, digits, ., - and _, at most %d", topic,
		TOPIC_MAX);
}

static int check_names(const struct config_check *k, const struct config_cluster *cluster)
{
	if (check_topic(k, "cluster.tallies", cluster->tallies) < 0 ||
		check_topic(k, "cluster.frames", cluster->frames) < 0)
		return -EINVAL;
	if (strcmp(cluster->tallies, cluster->frames) == 0)
		return config_wrong(k, "cluster.frames",
			"'%s' is the topic of the tallies: frames need one of their own",
			cluster->frames);
	if (!config_is_name(cluster->group, "._-") || strlen(cluster->group) > GROUP_MAX)
		return config_wrong(k, "cluster.group",
			"'%.80s' is no name of a group: letters, digits, ., - and _, at most %d",
			cluster->group, GROUP_MAX);
	return 0;
}

/* What only the ingest role has a use for, and is not there by default. */
static int check_roles(const struct config_check *k, const struct config *c)
{
	if (c->roles == 0)
		return config_wrong(k, "roles", "none: write one or more of ingest, merge, fanout");
	if ((c->roles & ROLE_INGEST) == 0 && c->journal.file != NULL)
		return config_wrong(k, "journal.file",
			"only nodes with the role ingest keep a journal: leave it empty here");
	return 0;
}

int config_check_cluster(const struct config_check *k, const struct config *c)
{
	if (check_roles(k, c) < 0)
		return -EINVAL;
	if (c->cluster.n_kafka == 0)
		return check_alone(k, c);
	if (!has_brokers(&c->cluster))
		return config_wrong(k, "cluster.kafka",
			"there are no brokers among these: write "
			"\"bootstrap.servers=HOST:PORT,HOST:"
			"PORT\"");
	if (check_node(k, c->cluster.node) < 0 || check_names(k, &c->cluster) < 0 ||
		config_in_range(k, "cluster.partitions", c->cluster.partitions, 1,
			CONFIG_PARTITIONS_MAX) < 0)
		return -EINVAL;
	if (c->window_ms < CONFIG_CLUSTER_WINDOW_MIN)
		return config_wrong(k, "window_ms",
			"%u, but in a cluster windows are numbered by the second: %d or more",
			c->window_ms, CONFIG_CLUSTER_WINDOW_MIN);
	return 0;
}
