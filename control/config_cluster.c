/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What of a cluster is more than a value to copy: the roles, the options of librdkafka, and the
 * name of a node that has none.
 */

#include "control/config_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void take_roles(struct config *c, const struct config_file *file)
{
	for (unsigned i = 0; i < file->roles_count; i++)
		c->roles |= (unsigned)file->roles[i];
}

/* Takes apart where it stands: the text is ours. */
static int take_option(
	const struct config_check *k, const char *path, char *text, struct config_kafka_option *out)
{
	char *equals = strchr(text, '=');

	if (equals == NULL || equals == text)
		return config_wrong(k, path,
			"no NAME=VALUE: write an option of librdkafka, for example "
			"\"bootstrap.servers=kafka1:9092\"");
	*equals = '\0';
	*out = (struct config_kafka_option){.name = text, .value = equals + 1};
	return 0;
}

static int take_options(const struct config_check *k, struct config *c, struct config_kafka *kafka,
	const struct file_cluster *file)
{
	char path[64];

	for (unsigned i = 0; i < file->kafka_count; i++) {
		snprintf(path, sizeof(path), "cluster.kafka[%u]", i);
		if (i == CONFIG_KAFKA_MAX)
			return config_wrong(k, path, "more than %d options", CONFIG_KAFKA_MAX);
		int ret = take_option(k, path, file->kafka[i], &kafka->options[i]);
		if (ret < 0)
			return ret;
	}
	c->cluster.kafka = kafka->options;
	c->cluster.n_kafka = file->kafka_count;
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

void config_kafka_free(struct config_kafka *kafka)
{
	if (kafka->secrets != NULL)
		explicit_bzero(kafka->secrets, kafka->secrets_len);
	free(kafka->secrets);
}
