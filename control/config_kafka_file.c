/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * cluster.kafka_file: options of librdkafka, NAME=VALUE, one a line; a line that begins with # is a
 * comment. Messages repeat nothing of it: it is there for passwords.
 */

#include "control/config_check.h"
#include "wire/secret_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t\r";

/* Ends the text before the blanks at its end, and gives its beginning behind those there. */
static char *trimmed(char *text)
{
	text += strspn(text, blanks);
	for (size_t len = strlen(text); len > 0 && strchr(blanks, text[len - 1]) != NULL; len--)
		text[len - 1] = '\0';
	return text;
}

/* NULL, or what is wrong with the line. */
static const char *take_line(
	struct config *c, struct config_kafka *kafka, char *line, char *why, size_t cap)
{
	char *text = trimmed(line), *equals = strchr(text, '=');

	if (text[0] == '\0' || text[0] == '#')
		return NULL;
	if (equals == NULL || equals == text)
		return "it is no NAME=VALUE";
	if (c->cluster.n_kafka == CONFIG_KAFKA_MAX) {
		snprintf(why, cap, "more than %d options, with those of cluster.kafka",
			CONFIG_KAFKA_MAX);
		return why;
	}
	*equals = '\0';
	struct config_kafka_option o = {.name = trimmed(text), .value = trimmed(equals + 1)};
	if (config_check_kafka_option(&c->cluster, &o, true, why, cap) < 0)
		return why;
	kafka->options[c->cluster.n_kafka++] = o;
	return NULL;
}

static int take_lines(const struct config_check *k, struct config *c, struct config_kafka *kafka)
{
	char why[256], *rest = kafka->secrets, *line;

	if (strlen(rest) != kafka->secrets_len)
		return config_wrong(k, "cluster.kafka_file",
			"%s: it is no text: there is a zero byte in it", c->cluster.kafka_file);
	for (unsigned number = 1; (line = strsep(&rest, "\n")) != NULL; number++) {
		const char *wrong = take_line(c, kafka, line, why, sizeof(why));

		if (wrong != NULL)
			return config_wrong(k, "cluster.kafka_file", "%s: line %u: %s",
				c->cluster.kafka_file, number, wrong);
	}
	return 0;
}

int config_take_kafka_file(struct config *c, struct config_kafka *kafka,
	const struct config_source *source, char *error, size_t cap)
{
	const struct config_check k = {source, error, cap};
	char why[160];

	if (c->cluster.kafka_file == NULL)
		return 0;
	kafka->secrets = calloc(1, SECRET_FILE_MAX + 1);
	if (kafka->secrets == NULL)
		return config_wrong(&k, "cluster.kafka_file", "no memory");
	int ret = secret_file_read(c->cluster.kafka_file, "passwords", kafka->secrets,
		&kafka->secrets_len, why, sizeof(why));
	if (ret < 0)
		return config_wrong(&k, "cluster.kafka_file", "%s: %s", c->cluster.kafka_file, why);
	kafka->secrets[kafka->secrets_len] = '\0';
	return take_lines(&k, c, kafka);
}
