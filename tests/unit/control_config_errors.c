/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Configurations that are wrong: the message has the line and says what is wrong there.
 */

#include "yaml_file.h"

#include <errno.h>

struct row {
	const char *text;
	unsigned line;
	const char *says; // some words of the message
};

static const struct row of_the_schema[] = {
	{"name: a\nwindow: 5\n", 2,
		"there is no option 'window' here; did you mean 'window_ms'? uproard "
		"--print-config"},
	{"listen:\n  reactions: 7700\n  udp: 5\n", 3,
		"listen: there is no option 'udp' here; uproard --print-config"},
	{"ports:\n  - device: a\n    speed: 5\n", 3, "'speed'"},
	{"channels:\n  - {id: 0, name: a}\n  - {id: 1, name: b, colour: 0}\n", 3, "'colour'"},
	{"window_ms: soon\n", 1, "window_ms: 'soon' is no whole number"},
	{"windows_ms: 2000\n", 1, "did you mean 'window_ms'?"},
	{"window_ms: 2 s\n", 1, "window_ms: '2 s' is no whole number: write it in digits"},
	{"window_ms:\n", 1, "window_ms: nothing stands here: write it in digits"},
	{"\n\nwindow_ms: -5\n", 3, "window_ms: '-5' is no whole number"},
	{"window_ms: 99999999999\n", 1,
		"window_ms: '99999999999' is too large: at most 4294967295"},
	{"window_ms: [5]\n", 1, "window_ms: a list is no whole number"},
	{"unsequenced: perhaps\n", 1, "'perhaps' is none of: false, no, off, true, yes, on"},
	{"name: a\npoll: never\n", 2, "poll: 'never' is none of: adaptive, always"},
	{"idle_latency_us: short\n", 1, "idle_latency_us"},
	{"admission: closed\n", 1, "admission: 'closed' is none of: open, tickets"},
	{"channels:\n  - {id: 0, name: a, admission: closed}\n", 2,
		"channels[0].admission: 'closed'"},
	{"tickets:\n  key: a\n", 2, "'key' here; did you mean 'keys'?"},
	{"name: [a]\n", 1, "name: a list is no text"},
	{"ports: 5\n", 1, "ports: '5' is no list: write each entry"},
	{"listen: {tcp: '127.0.0.1:7701'}\n", 1, "is no list: write ['127.0.0.1:7701']"},
	{"listen: [a]\n", 1, "listen: a list is no group of options"},
	{"channels:\n  - 5\n", 2, "channels[0]: '5' is no group of options"},
	{"cores:\n  - 1\n  - one\n", 3, "cores[1]: 'one' is no whole number"},
	{"ports:\n  - queues: 1\n", 2, "ports[0]: 'device' is missing"},
	{"channels:\n  - {id: 0, name: a}\n  - {name: b}\n", 3, "channels[1]: 'id' is missing"},
	{"catalogue:\n  - {id: 0, emoji: ['🔥']}\n", 2, "'name' is missing"},
	{"catalogue:\n  - {id: 0, name: a, weight: much}\n", 2, "'much' is no number"},
	{"channels:\n  - {id: 0, name: ''}\n", 2, "channels[0].name: nothing stands here"},
	{"window_ms: 500\nwindow_ms: 600\n", 2, "'window_ms' stands here a second time"},
	{"- a\n- b\n", 1, ""},
	{"just words\n", 1, ""},
	{"---\n", 2, "nothing stands here"},
	{"window_ms: \"5\\n6\"\n", 1, "'5 6'"},
	{"? [a]\n: 5\n", 1, "no option a list"},
	{"name: a\nlisten:\n  reactions: 1\n  tcp: []\n  reactions: 2\n", 5, "'reactions'"},
};

static const struct row of_yaml[] = {
	{"name: a\nlisten: {tcp: [\n", 3, "not YAML"},
	{"name: a\n\tlisten: 5\n", 2, "not YAML"},
	{"name: 'a\n", 2, "not YAML"},
	{"a: b: c\n", 1, "not YAML"},
	{"name: *nobody\n", 1, "not YAML"},
};

static const struct row of_meaning[] = {
	{"name: a b\n", 1, "name"},
	/* What libcyaml would read as 2000, 2, 2 and 64. */
	{"window_ms: 2000ms\n", 1, "window_ms"},
	{"name: a\nlimits: {unsequenced_per_second: 2e6}\n", 2, "limits.unsequenced_per_second"},
	{"limits:\n  burst: 2_000\n", 2, "limits.burst"},
	{"fanout: {threads: 010}\n", 1, "fanout.threads: '010' begins with 0"},
	{"name: ''\n", 1, "name"},
	{"name: ../etc\n", 1, "name"},
	{"name: abcdefghijklmnopqrstuvwxyz_-01234\n", 1, "name"},
	{"window_ms: 99\n", 1, "window_ms"},
	{"window_ms: 60001\n", 1, "window_ms"},
	{"poll: adaptive\nidle_latency_us: 9\n", 2, "idle_latency_us"},
	{"idle_latency_us: 1001\n", 1, "1001"},
	{"name: a\nlisten:\n  reactions: 0\n", 3, "listen.reactions"},
	{"listen:\n  reactions: 65536\n", 2, "listen.reactions"},
	{"arena:\n  channels: 0\n", 2, "arena.channels"},
	{"arena:\n  channels: 65535\n", 2, "arena.channels"},
	{"arena:\n  reactions: 257\n", 2, "arena.reactions"},
	{"fanout: {threads: 0}\n", 1, "fanout.threads"},
	{"fanout:\n  max_connections: 0\n", 2, "fanout.max_connections"},
	{"fanout:\n  max_filters: 1025\n", 2, "fanout.max_filters"},
	{"fanout:\n  origins: ['https://a.example/']\n", 2, "is no origin"},
	{"fanout:\n  origins:\n  - '*'\n", 3, "is no origin"},
	{"fanout:\n  origins:\n  - https://a.example\n  - a.example\n", 4, "is no origin"},
	{"listen:\n  mqtt: ['localhost:1883']\n", 2, "listen.mqtt[0]"},
	{"fanout:\n  handshake_seconds: 3601\n", 2, "fanout.handshake_seconds"},
	{"fanout:\n  drain_seconds: 601\n", 2, "fanout.drain_seconds"},
	{"fanout:\n  max_per_source: 1000001\n", 2, "fanout.max_per_source"},
	{"fanout:\n  max_per_source: 1e3\n", 2, "fanout.max_per_source"},
	{"fanout:\n  max_accepts_per_second: 1000001\n", 2, "fanout.max_accepts_per_second"},
	{"fanout:\n  max_subscriptions: 0\n", 2, "fanout.max_subscriptions"},
	{"fanout:\n  max_subscriptions: 65536\n", 2, "fanout.max_subscriptions"},
	{"proxy_protocol:\n  listeners: ['127.0.0.1:7780']\n", 2, "no proxy is trusted"},
	{"proxy_protocol:\n  from: ['::1']\n  listeners: ['127.0.0.1:80']\n", 3, "nothing listens"},
	{"proxy_protocol:\n  from: ['::1']\n  listeners:\n    - 'localhost'\n", 4, "no address"},
	{"proxy_protocol:\n  from:\n    - ::1\n    - 10.0.0.1/8\n", 4,
		"'10.0.0.1/8' has bits set behind its prefix"},
	{"proxy_protocol:\n  from: ['10.0.0.0/33']\n", 2, "no address or network"},
	{"proxy_protocol:\n  on: true\n", 2, "'on'"},
	{"name: a\ncache_folder: cache\n", 2, "cache_folder"},
	{"cache_folder: /a:/b\n", 1, "cache_folder"},
	{"answers: {least_pace_ms: 5000, most_pace_ms: 1000}\n", 1,
		"up to most_pace_ms, which is 1000"},
	{"answers: {busy_low_percent: 90, busy_high_percent: 80}\n", 1,
		"below busy_high_percent, which is 80"},
	{"ports: []\n", 1, "ports"},
	{"ports:\n  - {device: a}\n  - {device: b, queues: 65}\n", 3, "ports[1].queues"},
	{"ports:\n  - {device: a, queues: 0}\n", 2, "ports[0].queues"},
	{"ports:\n  - {device: a, exception_per_second: 0}\n", 2, "ports[0].exception_per_second"},
	{"ports:\n  - {device: a, exception_interface: a/b}\n", 2, "ports[0].exception_interface"},
	{"ports:\n  - {device: a, exception_interface: 'a,mac=zz'}\n", 2, "none of them a"},
	{"ports:\n  - {device: a, exception_interface: 'a='}\n", 2, "none of them a"},
	{"ports:\n  - {device: a, exception_interface: abcdefghijklmnop}\n", 2, "at most 15"},
	{"ports:\n  - {device: a, queues: 40}\n  - {device: b, queues: 40}\n", 2, "80 queues"},
	{"ports: [{device: a},{device: a},{device: a},{device: a},{device: a},{device: a},{device: "
	 "a},"
	 "{device: a},{device: a}]\n",
		1, "9 ports"},
	{"cores: [1, 2]\n", 1, "cores"},
	{"listen:\n  tcp: ['127.0.0.1:7701', 'localhost:7701']\n", 2, "localhost:7701"},
	{"listen:\n  tcp:\n    - '127.0.0.1:7701'\n    - '127.0.0.1'\n", 4, "listen.tcp[1]"},
	{"listen:\n  tcp: ['127.0.0.1:7701']\n  http: ['127.0.0.1:7701']\n", 3,
		"listen.http[0]: '127.0.0.1:7701' is taken in listen.tcp already"},
	{"listen:\n  mqtt: ['[::1]:80', '[0:0::1]:80']\n", 2, "in listen.mqtt already"},
	{"listen:\n  tcp: ['0.0.0.0:80']\n  mqtt: ['127.0.0.1:80']\n", 3, "in listen.tcp already"},
	{"listen:\n  tcp: ['[::1]:80', '[::]:80']\n", 2, "in listen.tcp already"},
	{"metrics:\n  listen: 127.0.0.1:7780\n", 2, "in listen.http already"},
	{"listen:\n  tcp: ['127.0.0.1:7701']\n  http:\n    - '[::1]:7780'\n    - "
	 "'127.0.0.1:07701'\n",
		5, "is taken in listen.tcp already"},
	{"listen:\n  mqtt: ['[::1]:1883', '[0::1]:1883']\n", 2, "listen.mqtt[1]"},
	{"listen:\n  http: ['::1:7780']\n", 2, "listen.http[0]"},
	{"listen:\n  http: ['[::1]:']\n", 2, "listen.http[0]"},
	{"listen:\n  http: ['127.0.0.1:65536']\n", 2, "listen.http[0]"},
	{"listen:\n  http: ['127.0.0.1:http']\n", 2, "listen.http[0]"},
	{"listen:\n  http: ['256.0.0.1:80']\n", 2, "listen.http[0]"},
	{"listen:\n  tcp: ['127.0.0.1:0']\n", 2, "listen.tcp[0]"},
	{"channels: []\n", 1, "channels"},
	{"channels:\n  - {id: 65535, name: a}\n", 2, "channels[0].id"},
	{"channels:\n  - {id: 0, name: a}\n  - {id: 0, name: b}\n", 3, "channels[1].id"},
	{"channels:\n  - {id: 1, name: a}\n", 0, "plain_text.channel"},
	{"plain_text:\n  channel: 9\n", 2, "plain_text.channel"},
	{"plain_text:\n  channel: 65535\n", 2, "plain_text.channel"},
	{"name: a\nadmission: tickets\n", 2, "admission: tickets, but there are no keys"},
	{"channels:\n  - {id: 0, name: a}\n  - {id: 1, name: b, admission: tickets}\n", 3,
		"channels[1].admission: tickets, but there are no keys"},
	{"tickets:\n  keys: /nowhere/keys\n", 2, "tickets.keys: /nowhere/keys: No such file"},
	{"tickets:\n  keys: /dev/null\n", 2, "a regular file"},
	{"tickets:\n  keys: "
	 "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	 "aaa"
	 "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
		2, "longer than 127 bytes"},
	{"arena:\n  channels: 3\n", 0, "arena.channels"},
	{"arena:\n  folder: " /* 270 bytes */
	 "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	 "aaa"
	 "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	 "aaa"
	 "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	 "aaa\n",
		2, "arena.folder"},
};

static const struct row of_the_catalogue[] = {
	{"catalogue: []\n", 1, "catalogue"},
	{"catalogue:\n  - {id: 64, name: a}\n", 2, "catalogue[0].id"},
	{"catalogue:\n  - {id: 0, name: a}\n  - {id: 0, name: b}\n", 3, "catalogue[1].id"},
	{"catalogue:\n  - {id: 0, name: a}\n  - {id: 1, name: a}\n", 3, "catalogue[1].name"},
	{"catalogue:\n  - {id: 0, name: 'a b'}\n", 2, "catalogue[0].name"},
	{"catalogue:\n  - {id: 0, name: a, weight: 1.5}\n", 2, "catalogue[0].weight"},
	{"catalogue:\n  - {id: 0, name: a, weight: nan}\n", 2, "weight"},
	{"catalogue:\n  - {id: 0, name: a, emoji: [goal]}\n", 2, "goal"},
	{"catalogue:\n  - id: 0\n    name: a\n    emoji:\n      - '🔥'\n      - ''\n", 6,
		"catalogue[0].emoji[1]"},
	{"catalogue:\n  - {id: 0, name: a, emoji: ['🔥']}\n  - {id: 1, name: b, emoji: ['🔥']}\n", 3,
		"catalogue[1].emoji[0]"},
	{"catalogue:\n  - {id: 0, name: a, emoji: ['🔥', '🔥']}\n", 2, "catalogue[0].emoji[1]"},
	{"catalogue:\n  - {id: 0, name: a, shortcodes: [':joy:']}\n", 2,
		"catalogue[0].shortcodes[0]"},
	{"catalogue:\n  - {id: 0, name: a, shortcodes: [j]}\n  - {id: 1, name: b, shortcodes: "
	 "[j]}\n",
		3, "catalogue[1].shortcodes[0]"},
	{"catalogue:\n  - id: 0\n    name: a\n    patterns: ['a+', '(']\n", 4,
		"catalogue[0].patterns[1]"},
	{"catalogue:\n  - {id: 0, name: a, patterns: ['a*']}\n", 2, "catalogue[0].patterns[0]"},
	{"catalogue:\n  - {id: 0, name: a, shortcodes: [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q]}\n", 2,
		"catalogue[0]"},
};

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct config c;
		char error[1024], line[32];
		int ret = load_text(&c, rows[i].text, error, sizeof(error));

		cr_expect_eq(ret, -EINVAL, "%s", rows[i].text);
		if (ret == 0) {
			config_free(&c);
			continue;
		}
		snprintf(line, sizeof(line), ": line %u: ", rows[i].line);
		cr_expect(rows[i].line == 0 || strncmp(error, line, strlen(line)) == 0,
			"%sline %u, but: %s", rows[i].text, rows[i].line, error);
		cr_expect_eq(strstr(error, "line 0"), NULL, "%s%s", rows[i].text, error);
		cr_expect_neq(strstr(error, rows[i].says), NULL, "%s%s in: %s", rows[i].text,
			rows[i].says, error);
	}
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

Test(control_config_errors, what_the_schema_does_not_know_is_named_with_its_line)
{
	CHECK(of_the_schema);
}

Test(control_config_errors, what_is_no_yaml_is_said_to_be_none)
{
	CHECK(of_yaml);
}

Test(control_config_errors, what_makes_no_sense_is_named_with_its_line)
{
	CHECK(of_meaning);
}

Test(control_config_errors, a_catalogue_that_makes_no_sense_is_named_with_its_line)
{
	CHECK(of_the_catalogue);
}

Test(control_config_errors, a_file_that_cannot_be_read_is_named)
{
	struct config c;
	char error[256] = "";

	cr_expect_eq(config_load(&c, "/nowhere/uproar.yaml", error, sizeof(error)), -EINVAL);
	cr_expect_neq(strstr(error, "/nowhere/uproar.yaml: No such file"), NULL, "%s", error);
	cr_expect_eq(config_load(&c, "/dev/shm", error, sizeof(error)), -EINVAL);
	cr_expect_neq(strstr(error, "/dev/shm: Is a directory"), NULL, "%s", error);
}

Test(control_config_errors, a_file_without_end_is_refused)
{
	struct config c;
	char error[256] = "";

	cr_expect_eq(config_load(&c, "/dev/zero", error, sizeof(error)), -EINVAL);
	cr_expect_neq(strstr(error, "larger than"), NULL, "%s", error);
}

/* A message fits in whatever room there is. */
Test(control_config_errors, a_message_is_cut_and_never_longer_than_its_room)
{
	struct config c;
	char error[40];

	memset(error, '~', sizeof(error));
	cr_expect_eq(config_load(&c, "/nowhere/uproar.yaml", error, 20), -EINVAL);
	cr_expect_eq(error[19], '\0');
	cr_expect_eq(error[20], '~');
}
