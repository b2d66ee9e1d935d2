/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What a reload says that it changes, and what of it takes effect.
 */

#include "control/config_diff.h"
#include "control/config_lines.h"
#include "control/config_options.h"
#include "yaml_file.h"

#include <yaml.h>

extern const unsigned char default_config[];
extern const unsigned long default_config_len;

static struct config start, wanted;
static char text[4096];

static void load(struct config *c, const char *yaml)
{
	char error[1024];

	cr_assert_eq(load_text(c, yaml, error, sizeof(error)), 0, "%s%s", yaml, error);
}

/* The difference as JSON, from what a first file says to what a second one does. */
static void expect_diff(const char *before, const char *after, const char *json, const char *words)
{
	load(&start, before);
	load(&wanted, after);
	json_t *diff = config_diff(&start, &start, &wanted);
	json_t *expected = json_loads(json, 0, NULL);
	char *found = json_dumps(diff, JSON_COMPACT), *said = config_diff_words(diff, start.roles);

	cr_assert_not_null(expected, "%s", json);
	cr_expect(json_equal(diff, expected), "%s", found);
	cr_expect_str_eq(said, words);
	free(said);
	free(found);
	json_decref(expected);
	json_decref(diff);
	config_free(&start);
	config_free(&wanted);
}

#define CHANNELS(opened, closed, renamed, changed)                                        \
	"{\"channels\":{\"opened\":" opened ",\"closed\":" closed ",\"renamed\":" renamed \
	",\"changed\":" changed "},"
#define REACTIONS(added, removed, changed) \
	"\"reactions\":{\"added\":" added ",\"removed\":" removed ",\"changed\":" changed "},"
#define OPTIONS(options, restart) "\"options\":" options ",\"needs_restart\":" restart "}"
#define NO_CHANNELS CHANNELS("[]", "[]", "[]", "[]")
#define NO_REACTIONS REACTIONS("[]", "[]", "[]")

Test(control_config_diff, the_same_is_no_difference)
{
	expect_diff("unsequenced: yes\n", "# nothing\nunsequenced: true\n",
		NO_CHANNELS NO_REACTIONS OPTIONS("[]", "[]"), "");
}

Test(control_config_diff, channels_open_close_and_have_other_names)
{
	expect_diff("plain_text: {channel: 2}\nchannels: [{id: 1, name: a}, {id: 2, name: b}]\n",
		"plain_text: {channel: 2}\nchannels: [{id: 2, name: c}, {id: 7, name: a}]\n",
		CHANNELS("[7]", "[1]", "[2]", "[]") NO_REACTIONS OPTIONS("[]", "[]"),
		"channels: opened 7, closed 1, renamed 2");
}

Test(control_config_diff, fan_out_nodes_do_not_pretend_to_open_channels)
{
#define FANOUT "roles: [fanout]\ncluster: {node: a, kafka: [bootstrap.servers=a]}\n"
	expect_diff(FANOUT "channels: [{id: 1, name: a}]\n",
		FANOUT "channels: [{id: 1, name: a}, {id: 9, name: b}]\n",
		CHANNELS("[9]", "[]", "[]", "[]") NO_REACTIONS OPTIONS("[]", "[]"),
		"channels: opened 9 (not used by this role: they come from the mergers)");
}

Test(control_config_diff, a_password_is_not_in_it)
{
	expect_diff("cluster: {node: a, kafka: [bootstrap.servers=a, sasl.password=b]}\n",
		"roles: [merge]\ncluster:\n  node: b\n  kafka: [bootstrap.servers=a, "
		"sasl.password=c]\n",
		NO_CHANNELS NO_REACTIONS OPTIONS("[]",
			"[{\"option\":\"roles\",\"line\":1},{\"option\":\"cluster.node\","
			"\"line\":3},{\"option\":\"cluster.kafka\",\"line\":4}]"),
		"needs a restart: roles (line 1), cluster.node (line 3), cluster.kafka (line 4)");
}

Test(control_config_diff, many_channels_are_told_by_their_number)
{
	char *at = text + sprintf(text, "channels:\n");

	for (unsigned i = 0; i < 12; i++)
		at += sprintf(at, "- {id: %u, name: \"%u\"}\n", i, i);
	load(&start, "channels: [{id: 0, name: \"0\"}]\n");
	load(&wanted, text);
	json_t *diff = config_diff(&start, &start, &wanted);
	char *said = config_diff_words(diff, start.roles);
	cr_expect_str_eq(said, "channels: opened 1, 2, 3, 4, 5, 6, 7, 8 and 3 more");
	free(said);
	json_decref(diff);
	config_free(&start);
	config_free(&wanted);
}

Test(control_config_diff, admission_is_that_of_the_channel)
{
	char keys[] = "/tmp/unit-keys-XXXXXX";
	int fd = mkstemp(keys);

	dprintf(fd, "1 000102030405060708090a0b0c0d0e0f\n");
	close(fd);
	snprintf(text, sizeof(text),
		"tickets: {keys: %s}\nchannels: [{id: 0, name: a}, {id: 1, name: b, admission: "
		"tickets}]\n",
		keys);
	expect_diff("channels: [{id: 0, name: a}, {id: 1, name: b}]\n", text,
		CHANNELS("[]", "[]", "[]", "[1]") NO_REACTIONS OPTIONS("[\"tickets.keys\"]", "[]"),
		"channels: changed 1; tickets.keys");
	unlink(keys);
}

Test(control_config_diff, reactions_come_go_and_mean_something_else)
{
	expect_diff("catalogue: [{id: 1, name: a, weight: 0}, {id: 2, name: b, shortcodes: [x]},\n"
		    "  {id: 3, name: c, patterns: [go+a+l]}, {id: 4, name: d, emoji: [🔥]}]\n",
		"catalogue: [{id: 1, name: a, weight: 0.5}, {id: 2, name: b, shortcodes: [y]},\n"
		"  {id: 4, name: d, emoji: [🔥]}, {id: 5, name: e, shortcodes: [e]}]\n",
		NO_CHANNELS REACTIONS("[\"e\"]", "[\"c\"]", "[\"a\", \"b\"]") OPTIONS("[]", "[]"),
		"reactions: added e, removed c, changed a, b");
}

Test(control_config_diff, what_needs_a_restart_is_named_with_its_line)
{
	expect_diff("limits:\n  burst: 500\nreactors: false\n",
		"window_ms: 500\nlimits:\n  burst: 600\nfanout:\n  threads: 2\n",
		NO_CHANNELS NO_REACTIONS OPTIONS("[\"limits.burst\"]",
			"[{\"option\":\"window_ms\",\"line\":1},{\"option\":\"reactors\"},"
			"{\"option\":\"fanout.threads\",\"line\":5}]"),
		"limits.burst; needs a restart: window_ms (line 1), reactors, fanout.threads (line "
		"5)");
}

Test(control_config_diff, tables_have_the_size_of_the_start)
{
	expect_diff("fanout: {max_connections: 100, max_per_source: 0}\n",
		"fanout: {max_connections: 50, max_per_source: 0}\n",
		NO_CHANNELS NO_REACTIONS OPTIONS("[\"fanout.max_connections\"]", "[]"),
		"fanout.max_connections");
	expect_diff("fanout: {max_connections: 100, max_per_source: 0}\n",
		"fanout: {max_connections: 101, max_per_source: 1}\n",
		NO_CHANNELS NO_REACTIONS OPTIONS("[]",
			"[{\"option\":\"fanout.max_connections\",\"line\":1},"
			"{\"option\":\"fanout.max_per_source\",\"line\":1}]"),
		"needs a restart: fanout.max_connections (line 1), fanout.max_per_source (line 1)");
}

Test(control_config_diff, each_kind_of_listener_has_a_list_of_its_own)
{
	expect_diff("listen: {tcp: [\"127.0.0.1:1\"], http: [\"127.0.0.1:2\", \"[::1]:2\"]}\n",
		"listen: {tcp: [\"127.0.0.1:1\"], http: [\"127.0.0.1:2\"], mqtt: []}\n",
		NO_CHANNELS NO_REACTIONS OPTIONS("[]",
			"[{\"option\":\"listen.http\",\"line\":1},{\"option\":\"listen.mqtt\","
			"\"line\":1}]"),
		"needs a restart: listen.http (line 1), listen.mqtt (line 1)");
	expect_diff("listen: {tcp: [\"127.0.0.1:1\"]}\n",
		"listen: {tcp: [\"127.0.0.1:1\"]}\nproxy_protocol: {listeners: [\"127.0.0.1:1\"], "
		"from: [\"::/0\"]}\n",
		NO_CHANNELS NO_REACTIONS OPTIONS("[]",
			"[{\"option\":\"proxy_protocol.listeners\",\"line\":2},{\"option\":"
			"\"proxy_protocol.from\",\"line\":2}]"),
		"needs a restart: proxy_protocol.listeners (line 2), proxy_protocol.from (line 2)");
}

Test(control_config_diff, only_what_can_takes_effect)
{
	struct config effective;

	load(&start, "name: one\nwindow_ms: 1000\nlimits: {burst: 5}\nlisten: {mqtt: []}\n");
	load(&wanted,
		"name: two\nwindow_ms: 500\nlimits: {burst: 6}\nports: [{device: net_null0}]\n"
		"fanout: {max_connections: 20000, drain_seconds: 3, origins: [\"http://a\"]}\n"
		"channels: [{id: 0, name: other}]\n");
	config_take(&effective, &start, &start, &wanted);
	cr_expect_null(wanted.files, "it was taken over");
	cr_expect_str_eq(effective.name, "one");
	cr_expect_eq(effective.window_ms, 1000);
	cr_expect_str_eq(effective.ports[0].device, "auto");
	cr_expect_eq(effective.mqtt_port, 0);
	cr_expect_eq(effective.max_connections, 10000);
	cr_expect_eq(effective.tap_burst, 6);
	cr_expect_eq(effective.drain_seconds, 3);
	cr_expect_str_eq(effective.origins[0], "http://a");
	cr_expect_eq(effective.n_channels, 1);
	cr_expect_str_eq(effective.channels[0].name, "other");
	cr_expect_eq(config_line_of(&effective, "limits.burst"), 3);
	config_free(&effective);
	config_free(&start);
}

Test(control_config_diff, what_is_too_far_stays_as_it_is_now)
{
	struct config now, effective;

	load(&start, "fanout: {max_connections: 100}\n");
	load(&wanted, "fanout: {max_connections: 50}\n");
	config_take(&now, &start, &start, &wanted);
	cr_expect_eq(now.max_connections, 50);
	load(&wanted, "fanout: {max_connections: 200}\n");
	config_take(&effective, &now, &start, &wanted);
	cr_expect_eq(effective.max_connections, 50, "it needs a restart");
	config_free(&effective);
	config_free(&now);
	config_free(&start);
}

static bool is_listed(const char *path)
{
	for (unsigned i = 0; i < n_config_options; i++) {
		if (strcmp(config_options[i].path, path) == 0)
			return true;
	}
	return false;
}

/* Options of the sample, down to lists and values. */
static unsigned walk(yaml_document_t *d, yaml_node_t *node, const char *prefix)
{
	unsigned n = 0;

	for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top;
		p++) {
		yaml_node_t *value = yaml_document_get_node(d, p->value);
		char path[128];

		snprintf(path, sizeof(path), "%s%s", prefix,
			(const char *)yaml_document_get_node(d, p->key)->data.scalar.value);
		if (value->type == YAML_MAPPING_NODE) {
			strcat(path, ".");
			n += walk(d, value, path);
			continue;
		}
		cr_expect(is_listed(path), "%s: does it take effect at once, or need a restart?",
			path);
		n++;
	}
	return n;
}

Test(control_config_diff, of_each_option_it_is_known_when_it_takes_effect)
{
	yaml_document_t d;
	yaml_parser_t parser;

	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, default_config, default_config_len);
	cr_assert(yaml_parser_load(&parser, &d));
	cr_expect_eq(walk(&d, yaml_document_get_root_node(&d), ""), n_config_options);
	yaml_document_delete(&d);
	yaml_parser_delete(&parser);
}
