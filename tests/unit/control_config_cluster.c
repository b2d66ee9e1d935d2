/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Roles and the options of a cluster: what is taken, what is refused and how, and that a password
 * is never repeated.
 */

#include "yaml_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char error[1024];

#define BROKERS "\"bootstrap.servers=a:9092,b:9092\""
#define CLUSTER(more) "cluster:\n  node: one\n  kafka:\n  - " BROKERS "\n" more

Test(control_config_cluster, one_machine_does_all_by_default)
{
	struct config c;

	cr_assert_eq(load_text(&c, "", error, sizeof(error)), 0, "%s", error);
	cr_expect_eq(c.roles, ROLE_INGEST | ROLE_MERGE | ROLE_FANOUT);
	cr_expect_eq(c.cluster.n_kafka, 0);
	cr_expect_null(c.cluster.kafka_file);
	config_free(&c);
}

Test(control_config_cluster, what_is_asked_for_is_taken)
{
	struct config c;

	cr_assert_eq(load_text(&c,
			     "roles: [fanout, merge]\n" CLUSTER(
				     "  - sasl.password=a=b \n") "  partitions: 7\n  tallies: t\n  "
								 "frames: f\n  group: g\n",
			     error, sizeof(error)),
		0, "%s", error);
	cr_expect_eq(c.roles, ROLE_MERGE | ROLE_FANOUT);
	cr_expect_str_eq(c.cluster.node, "one");
	cr_expect_eq(c.cluster.partitions, 7);
	cr_expect_str_eq(c.cluster.tallies, "t");
	cr_expect_str_eq(c.cluster.frames, "f");
	cr_expect_str_eq(c.cluster.group, "g");
	cr_assert_eq(c.cluster.n_kafka, 2);
	cr_expect_eq(c.cluster.n_kafka_shown, 2);
	cr_expect_str_eq(c.cluster.kafka[0].name, "bootstrap.servers");
	cr_expect_str_eq(c.cluster.kafka[0].value, "a:9092,b:9092");
	cr_expect_str_eq(c.cluster.kafka[1].name, "sasl.password");
	cr_expect_str_eq(c.cluster.kafka[1].value, "a=b");
	config_free(&c);
}

Test(control_config_cluster, a_node_has_the_name_of_its_host)
{
	char host[256] = "";
	struct config c;

	gethostname(host, sizeof(host) - 1);
	int ret = load_text(&c, "cluster: {kafka: [" BROKERS "]}\n", error, sizeof(error));
	if (strcmp(host, "localhost") == 0) {
		cr_expect_neq(strstr(error, "cluster.node"), NULL, "%s", error);
		return;
	}
	cr_assert_eq(ret, 0, "%s", error);
	cr_expect_str_eq(c.cluster.node, host);
	config_free(&c);
}

Test(control_config_cluster, who_takes_no_datagrams_needs_no_keys_for_tickets)
{
	struct config c;

	cr_assert_eq(
		load_text(&c,
			"roles: [fanout]\nadmission: tickets\nplain_text: {enabled: no}\n" CLUSTER(
				""),
			error, sizeof(error)),
		0, "%s", error);
	config_free(&c);
	cr_expect_eq(load_text(&c, "roles: [ingest]\nadmission: tickets\n" CLUSTER(""), error,
			     sizeof(error)),
		-EINVAL);
}

Test(control_config_cluster, who_takes_no_text_needs_no_channel_for_it)
{
	struct config c;

	cr_assert_eq(load_text(&c, "roles: [merge]\nchannels: [{id: 7, name: a}]\n" CLUSTER(""),
			     error, sizeof(error)),
		0, "%s", error);
	config_free(&c);
	cr_expect_eq(load_text(&c, "roles: [ingest]\nchannels: [{id: 7, name: a}]\n" CLUSTER(""),
			     error, sizeof(error)),
		-EINVAL);
}

Test(control_config_cluster, who_serves_nobody_needs_no_certificate)
{
	struct config c;

	cr_assert_eq(load_text(&c, "roles: [merge]\nlisten: {https: ['127.0.0.1:1']}\n" CLUSTER(""),
			     error, sizeof(error)),
		0, "%s", error);
	config_free(&c);
	cr_expect_eq(
		load_text(&c, "roles: [fanout]\nlisten: {https: ['127.0.0.1:1']}\n" CLUSTER(""),
			error, sizeof(error)),
		-EINVAL);
}

struct row {
	const char *text, *says;
};

static void expect_refused(const struct row *rows, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct config c;

		cr_expect_eq(load_text(&c, rows[i].text, error, sizeof(error)), -EINVAL, "%s",
			rows[i].text);
		cr_expect_neq(strstr(error, rows[i].says), NULL, "%s: %s", rows[i].text, error);
		cr_expect_eq(strstr(error, "hunter2"), NULL, "%s", error);
		cr_expect_eq(strchr(error, '\n'), NULL, "%s", error);
	}
}
#define EXPECT_REFUSED(rows) expect_refused(rows, sizeof(rows) / sizeof((rows)[0]))

Test(control_config_cluster, what_makes_no_sense_is_named)
{
	static const struct row rows[] = {
		{"name: a\nroles: [ingest]\n", "line 2: roles: less than [ingest, merge, fanout]"},
		{"roles: []\n", "line 1: roles: none"},
		{"roles: [ingest, serve]\n", "roles[1]: 'serve' is none of: ingest, merge, fanout"},
		{"roles: []\n" CLUSTER(""), "roles: none"},
		{"cluster:\n  kafka_file: /x\n",
			"line 2: cluster.kafka_file: there are no brokers"},
		{"cluster:\n  kafka:\n  - linger.ms=5\n", "cluster.kafka: there are no brokers"},
		{"cluster:\n  kafka: [bootstrap.servers=]\n", "there are no brokers among"},
		{CLUSTER("  partitions: 0\n"),
			"line 5: cluster.partitions: 0 is outside 1 to 1024"},
		{CLUSTER("  partitions: 1025\n"), "cluster.partitions"},
		{CLUSTER("  tallies: a b\n"), "cluster.tallies: 'a b' is no name of a topic"},
		{CLUSTER("  frames: ..\n"), "cluster.frames"},
		{CLUSTER("  tallies: f\n  frames: f\n"),
			"line 6: cluster.frames: 'f' is the topic of"},
		{CLUSTER("  group: ''\n"), "cluster.group"},
		{"cluster: {node: 'a b', kafka: [" BROKERS "]}\n", "line 1: cluster.node: 'a b'"},
		{"cluster: {node: localhost, kafka: [" BROKERS "]}\n", "cluster.node"},
		{"cluster: {nodes: a}\n", "did you mean 'node'?"},
		{CLUSTER("window_ms: 999\n"), "line 5: window_ms: 999"},
		{"roles: [merge]\njournal: {file: /a}\n" CLUSTER(""), "line 2: journal.file"},
	};

	EXPECT_REFUSED(rows);
}

Test(control_config_cluster, options_of_librdkafka_are_looked_at)
{
	static const struct row rows[] = {
		{CLUSTER("  - security.protocl=ssl\n"), "line 5: cluster.kafka[1]: librdkafka "},
		{CLUSTER("  - security.protocl=ssl\n"), "did you mean 'security.protocol'?"},
		{CLUSTER("  - security.protocol=tls\n"),
			"this value of 'security.protocol': Inval"},
		{CLUSTER("  - socket.timeout.ms=1\n"), "outside allowed range 10"},
		{CLUSTER("  - security.protocol\n"), "cluster.kafka[1]: no NAME=VALUE"},
		{CLUSTER("  - =x\n"), "no NAME=VALUE"},
		{CLUSTER("  - group.id=x\n"), "'group.id' is not to be set: cluster.group"},
		{CLUSTER("  - isolation.level=read_uncommitted\n"), "not to be set"},
		{CLUSTER("  - delivery.timeout.ms=5\n"), "not to be set"},
		{CLUSTER("  - enable.idempotence=false\n"), "not to be set"},
		{CLUSTER("  - bootstrap.servers=x\n"), "'bootstrap.servers' is set a second time"},
	};

	EXPECT_REFUSED(rows);
}

Test(control_config_cluster, there_is_an_end_to_options)
{
	char list[2048] = CLUSTER("");
	const struct row row[] = {{list, "line 4: cluster.kafka: 65 options, at most 64"}};

	for (unsigned i = 0; i < CONFIG_KAFKA_MAX; i++)
		strcat(list, "  - linger.ms=5\n");
	EXPECT_REFUSED(row);
}

Test(control_config_cluster, a_password_is_never_repeated)
{
	static const struct row rows[] = {
		{CLUSTER("  - sasl.passwort=hunter2\n"), "did you mean 'sasl.password'?"},
		{CLUSTER("  - ssl.key.pem=hunter2\n  - ssl.key.pem=hunter2\n"), "second time"},
		{CLUSTER("  - hunter2\n"), "no NAME=VALUE"},
		{CLUSTER("  - {sasl.password: hunter2}\n"), "a group of options is no text"},
		{"cluster: {kafka: sasl.password=hunter2}\n", "is no list: write ['sasl.password="},
		{"cluster: sasl.password=hunter2\n", "'sasl.password=...'"},
	};

	EXPECT_REFUSED(rows);
}

/* --- cluster.kafka_file --- */

static char file[64], text[256];

static void make(void)
{
	snprintf(file, sizeof(file), "/tmp/kafka-options-%d", getpid());
	snprintf(text, sizeof(text), CLUSTER("  kafka_file: %s\n"), file);
}

static void clean(void)
{
	unlink(file);
}

static void write_file(const char *content, size_t len, mode_t mode)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	cr_assert_geq(fd, 0);
	cr_assert_eq(fchmod(fd, mode), 0);
	cr_assert_eq(write(fd, content, len), (ssize_t)len);
	close(fd);
}

TestSuite(control_config_kafka_file, .init = make, .fini = clean);

Test(control_config_kafka_file, its_options_follow_the_others)
{
	static const char content[] = "# who we are\n\n  sasl.username = joe \r\n"
				      "sasl.password=# a=b #";
	struct config c;

	write_file(content, sizeof(content) - 1, 0600);
	cr_assert_eq(load_text(&c, text, error, sizeof(error)), 0, "%s", error);
	cr_assert_eq(c.cluster.n_kafka, 3);
	cr_expect_eq(c.cluster.n_kafka_shown, 1);
	cr_expect_str_eq(c.cluster.kafka[1].name, "sasl.username");
	cr_expect_str_eq(c.cluster.kafka[1].value, "joe");
	cr_expect_str_eq(c.cluster.kafka[2].name, "sasl.password");
	cr_expect_str_eq(c.cluster.kafka[2].value, "# a=b #");
	config_free(&c);
}

Test(control_config_kafka_file, it_is_for_its_owner_alone)
{
	static const struct row row[] = {{text, "its mode is 0640; passwords are for their owner"}};

	write_file("\n", 1, 0640);
	EXPECT_REFUSED(row);
	unlink(file);
	cr_expect_eq(load_text(&(struct config){0}, text, error, sizeof(error)), -EINVAL);
	cr_expect_neq(strstr(error, "No such file"), NULL, "%s", error);
}

Test(control_config_kafka_file, nothing_of_it_is_repeated)
{
	static const struct row rows[] = {
		{"\nhunter2\n", "line 2: it is no NAME=VALUE"},
		{"hunter2==", "line 1: librdkafka "},
		{"sasl.usernam=hunter2", "did you mean 'sasl.username'?"},
		{"bootstrap.servers=hunter2", "line 1: 'bootstrap.servers' is set a second time"},
		{"sasl.kerberos.min.time.before.relogin=hunter2", "does not take this value of"},
		{"group.id=hunter2", "not to be set"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row row[] = {{text, rows[i].says}};

		write_file(rows[i].text, strlen(rows[i].text), 0600);
		EXPECT_REFUSED(row);
	}
	static const struct row row[] = {{text, "zero byte"}};
	write_file("a=b\0c", 5, 0600);
	EXPECT_REFUSED(row);
}

/* What else came out at the start only. */
Test(control_config_cluster, a_file_of_an_option_that_is_not_there_is_refused_with_its_line)
{
	struct config c;

	cr_assert_eq(load_text(&c,
			     CLUSTER("  - security.protocol=ssl\n  - "
				     "ssl.ca.location=/nowhere/ca.pem\n"),
			     error, sizeof(error)),
		-EINVAL);
	cr_expect_not_null(strstr(error, "line 6: cluster.kafka[2]: "), "%s", error);
	cr_expect_not_null(
		strstr(error, "/nowhere/ca.pem: No such file or directory"), "%s", error);
}
