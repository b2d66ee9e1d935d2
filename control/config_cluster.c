/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What of a cluster is more than a value to copy: the roles, the options of librdkafka, and the
 * name of a node that has none.
 */

#include "control/cluster/kafka_option.h"
#include "control/cluster/kafka_options.h"
#include "control/config_check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void take_roles(struct config *c, const struct config_file *file)
{
	for (unsigned i = 0; i < file->roles_count; i++)
		c->roles |= (unsigned)file->roles[i];
}

int config_check_kafka_option(const struct config_cluster *cluster,
	const struct config_kafka_option *option, bool secret, char *error, size_t cap)
{
	for (unsigned i = 0; i < cluster->n_kafka; i++) {
		if (strcmp(cluster->kafka[i].name, option->name) == 0) {
			snprintf(error, cap, "'%s' is set a second time", option->name);
			return -EINVAL;
		}
	}
	return kafka_option_check(option->name, option->value, secret, error, cap);
}

/* Takes apart where it stands: the text is ours. */
static int take_option(const struct config_check *k, const char *path, char *text,
	const struct config_cluster *cluster, struct config_kafka_option *out)
{
	char *equals = strchr(text, '='), why[256];

	if (equals == NULL || equals == text)
		return config_wrong(k, path,
			"no NAME=VALUE: write an option of librdkafka, for example "
			"\"bootstrap.servers=kafka1:9092\"");
	*equals = '\0';
	*out = (struct config_kafka_option){.name = text, .value = equals + 1};
	if (config_check_kafka_option(cluster, out, false, why, sizeof(why)) < 0)
		return config_wrong(k, path, "%s", why);
	return 0;
}

static int take_options(const struct config_check *k, struct config *c, struct config_kafka *kafka,
	const struct file_cluster *file)
{
	char path[64];

	if (file->kafka_count > CONFIG_KAFKA_MAX)
		return config_wrong(k, "cluster.kafka", "%u options, at most %d", file->kafka_count,
			CONFIG_KAFKA_MAX);
	c->cluster.kafka = kafka->options;
	for (unsigned i = 0; i < file->kafka_count; i++) {
		snprintf(path, sizeof(path), "cluster.kafka[%u]", i);
		int ret = take_option(k, path, file->kafka[i], &c->cluster, &kafka->options[i]);
		if (ret < 0)
			return ret;
		c->cluster.n_kafka++;
	}
	c->cluster.n_kafka_shown = c->cluster.n_kafka;
	return 0;
}

int config_take_cluster(struct config *c, struct config_kafka *kafka,
	const struct config_file *roles, const struct file_cluster *file,
	const struct config_source *source, char *error, size_t cap)
{
	const struct config_check k = {source, error, cap};

	take_roles(c, roles);
	if (c->cluster.node == NULL && gethostname(kafka->host, sizeof(kafka->host) - 1) == 0)
		c->cluster.node = kafka->host;
	return take_options(&k, c, kafka, file);
}

int config_check_kafka(
	const struct config *c, const struct config_source *source, char *error, size_t cap)
{
	const struct config_check k = {source, error, cap};
	const struct config_cluster *cluster = &c->cluster;
	char path[64] = "cluster.kafka", why[640];
	unsigned which;

	if (cluster->n_kafka == 0 || kafka_options_check(cluster, &which, why, sizeof(why)) == 0)
		return 0;
	if (which < cluster->n_kafka_shown)
		snprintf(path, sizeof(path), "cluster.kafka[%u]", which);
	else if (which < cluster->n_kafka)
		snprintf(path, sizeof(path), "cluster.kafka_file");
	return config_wrong(&k, path, "%s", why);
}

void config_kafka_free(struct config_kafka *kafka)
{
	if (kafka->secrets != NULL)
		explicit_bzero(kafka->secrets, kafka->secrets_len);
	free(kafka->secrets);
}
