/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Configurations that are good: the defaults, and what a file changes of them.
 */

#include "control/ready.h"
#include "yaml_file.h"

#include <arpa/inet.h>

extern const unsigned char default_config[];
extern const unsigned long default_config_len;

static struct config must_load(const char *text)
{
	struct config c;
	char error[1024];

	cr_assert_eq(load_text(&c, text, error, sizeof(error)), 0, "%s%s", text, error);
	return c;
}

static void expect_strings(char *const *a, unsigned n_a, char *const *b, unsigned n_b)
{
	cr_assert_eq(n_a, n_b);
	for (unsigned i = 0; i < n_a; i++)
		cr_expect_str_eq(a[i], b[i]);
}

static void expect_same_lists(const struct config *a, const struct config *b)
{
	cr_assert_eq(a->n_ports, b->n_ports);
	for (unsigned i = 0; i < a->n_ports; i++) {
		cr_expect_str_eq(a->ports[i].device, b->ports[i].device);
		cr_expect_eq(a->ports[i].queues, b->ports[i].queues);
		cr_expect_eq(a->ports[i].exception, b->ports[i].exception);
		cr_expect_eq(a->ports[i].exception_per_second, b->ports[i].exception_per_second);
		cr_expect_eq(a->ports[i].local, b->ports[i].local);
	}
	cr_expect_eq(a->n_cores, b->n_cores);
	cr_expect_eq(a->n_eal, b->n_eal);
	cr_assert_eq(a->n_listeners, b->n_listeners);
	cr_expect_eq(
		memcmp(a->listeners, b->listeners, a->n_listeners * sizeof(a->listeners[0])), 0);
	cr_assert_eq(a->n_channels, b->n_channels);
	for (unsigned i = 0; i < a->n_channels; i++) {
		cr_expect_eq(a->channels[i].id, b->channels[i].id);
		cr_expect_str_eq(a->channels[i].name, b->channels[i].name);
	}
}

static void expect_same(const struct config *a, const struct config *b)
{
	cr_expect_str_eq(a->name, b->name);
	cr_expect_eq(a->reaction_port, b->reaction_port);
	cr_expect_eq(a->tcp_port, b->tcp_port);
	cr_expect_eq(a->http_port, b->http_port);
	cr_expect_eq(a->mqtt_port, b->mqtt_port);
	cr_expect_eq(a->window_ms, b->window_ms);
	cr_expect_eq(a->plain_text, b->plain_text);
	cr_expect_eq(a->text_channel, b->text_channel);
	cr_expect_eq(a->unsequenced, b->unsequenced);
	cr_expect_eq(a->idle_us, b->idle_us);
	cr_expect_eq(a->arena_folder, NULL);
	cr_expect_eq(b->arena_folder, NULL);
	cr_expect_eq(a->cache_folder, NULL);
	cr_expect_eq(b->cache_folder, NULL);
	cr_expect_eq(a->arena_channels, b->arena_channels);
	cr_expect_eq(a->arena_reactions, b->arena_reactions);
	cr_expect_eq(a->fanout_threads, b->fanout_threads);
	cr_expect_eq(a->max_connections, b->max_connections);
	cr_expect_eq(a->max_per_source, b->max_per_source);
	cr_expect_eq(a->max_accepts_per_second, b->max_accepts_per_second);
	cr_expect_eq(a->max_subscriptions, b->max_subscriptions);
	cr_expect_eq(a->max_filters, b->max_filters);
	cr_expect_eq(a->n_origins, b->n_origins);
	cr_expect_eq(a->n_proxies, b->n_proxies);
	cr_expect_eq(a->handshake_seconds, b->handshake_seconds);
	cr_expect_eq(a->drain_seconds, b->drain_seconds);
	expect_same_lists(a, b);
	cr_assert_eq(a->n_catalogue, b->n_catalogue);
	for (unsigned i = 0; i < a->n_catalogue; i++) {
		const struct config_reaction *x = &a->catalogue[i], *y = &b->catalogue[i];

		cr_expect_eq(x->id, y->id);
		cr_expect_str_eq(x->name, y->name);
		cr_expect_eq(x->weight, y->weight);
		expect_strings(x->emoji, x->n_emoji, y->emoji, y->n_emoji);
		expect_strings(x->shortcodes, x->n_shortcodes, y->shortcodes, y->n_shortcodes);
		expect_strings(x->patterns, x->n_patterns, y->patterns, y->n_patterns);
	}
}

Test(control_config, the_defaults_are_what_the_manual_promises)
{
	struct config c;
	char error[1024];

	cr_assert_eq(config_load(&c, NULL, error, sizeof(error)), 0, "%s", error);
	cr_expect_str_eq(c.name, "default");
	cr_assert_eq(c.n_ports, 1);
	cr_expect_str_eq(c.ports[0].device, DATAPLANE_DEVICE_AUTO);
	cr_expect_eq(c.ports[0].queues, 1);
	cr_expect(c.ports[0].local);
	cr_expect_eq(c.ports[0].exception, -1);
	cr_expect_null(c.ports[0].exception_interface);
	cr_expect_eq(c.ports[0].exception_per_second, 100000);
	cr_expect_eq(c.reaction_port, 7700);
	cr_expect_eq(c.tcp_port, 7701);
	cr_expect_eq(c.http_port, 7780);
	cr_expect_eq(c.mqtt_port, 1883);
	cr_expect_eq(c.n_listeners, 6);
	cr_expect_eq(c.window_ms, 2000);
	cr_expect(c.plain_text);
	cr_expect_eq(c.text_channel, 0);
	cr_expect(c.unsequenced);
	cr_expect_eq(c.idle_us, 100);
	cr_expect_eq(c.arena_folder, NULL);
	cr_expect_eq(c.cache_folder, NULL);
	cr_expect_eq(c.arena_reactions, 64);
	cr_expect_eq(c.n_channels, 4);
	cr_expect_eq(c.n_catalogue, 24);
	config_free(&c);
}

Test(control_config, listeners_are_on_this_machine_only_unless_asked_otherwise)
{
	struct config c = must_load("");

	for (unsigned i = 0; i < c.n_listeners; i++) {
		const struct sockaddr_in *v4 = (const void *)&c.listeners[i].address;
		const struct sockaddr_in6 *v6 = (const void *)&c.listeners[i].address;

		if (c.listeners[i].address.ss_family == AF_INET)
			cr_expect_eq(ntohl(v4->sin_addr.s_addr), INADDR_LOOPBACK);
		else
			cr_expect(IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr));
	}
	config_free(&c);
}

Test(control_config, an_empty_file_and_the_sample_are_the_defaults)
{
	static const char *const nothing[] = {"", "\n", "# a comment\n"};
	char error[1024];
	struct config defaults, c;

	cr_assert_eq(config_load(&defaults, NULL, error, sizeof(error)), 0, "%s", error);
	for (unsigned i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
		c = must_load(nothing[i]);
		expect_same(&c, &defaults);
		config_free(&c);
	}
	cr_assert_eq(load_bytes(&c, default_config, default_config_len, error, sizeof(error)), 0,
		"%s", error);
	expect_same(&c, &defaults);
	config_free(&c);
	config_free(&defaults);
}

Test(control_config, a_file_changes_what_it_names_and_nothing_else)
{
	struct config c = must_load("name: match-1\n"
				    "listen:\n  reactions: 9000\n"
				    "window_ms: 500\n"
				    "plain_text: {enabled: no}\n"
				    "unsequenced: off\n"
				    "arena: {folder: /dev/shm/x, channels: 10}\n"
				    "cache_folder: /srv/cache\n"
				    "cores: [1, 2, 3]\n"
				    "eal: [--log-level=8]\n"
				    "ports:\n"
				    "  - {device: '0000:3b:00.0', queues: 2}\n"
				    "  - {device: 'net_memif0', local: on}\n");

	cr_expect_str_eq(c.name, "match-1");
	cr_expect_eq(c.reaction_port, 9000);
	cr_expect_eq(c.tcp_port, 7701, "the other ports stay");
	cr_expect_eq(c.n_listeners, 6);
	cr_expect_eq(c.window_ms, 500);
	cr_expect_not(c.plain_text);
	cr_expect_not(c.unsequenced);
	cr_expect_str_eq(c.arena_folder, "/dev/shm/x");
	cr_expect_str_eq(c.cache_folder, "/srv/cache");
	cr_expect_eq(c.arena_channels, 10);
	cr_expect_eq(c.arena_reactions, 64);
	cr_expect_eq(c.n_cores, 3);
	cr_expect_eq(c.cores[2], 3);
	cr_expect_str_eq(c.eal[0], "--log-level=8");
	cr_assert_eq(c.n_ports, 2);
	cr_expect_str_eq(c.ports[0].device, "0000:3b:00.0");
	cr_expect_eq(c.ports[0].queues, 2);
	cr_expect_neq((int)c.ports[0].local, 1, "only what is marked so is local");
	cr_expect_eq(c.ports[1].queues, 1);
	cr_expect_eq((int)c.ports[1].local, 1);
	cr_expect_eq(c.n_catalogue, 24);
	config_free(&c);
}

Test(control_config, a_list_replaces_the_default_list_whole)
{
	struct config c = must_load("channels: [{id: 7, name: seven}]\n"
				    "plain_text: {channel: 7}\n"
				    "catalogue:\n  - {id: 63, name: yes, emoji: ['✅']}\n");

	cr_assert_eq(c.n_channels, 1);
	cr_expect_eq(c.channels[0].id, 7);
	cr_expect_eq(c.text_channel, 7);
	cr_assert_eq(c.n_catalogue, 1);
	cr_expect_eq(c.catalogue[0].id, 63);
	cr_expect_eq(c.catalogue[0].weight, 0);
	cr_expect_eq(c.catalogue[0].n_shortcodes, 0);
	config_free(&c);
}

Test(control_config, an_empty_list_switches_a_protocol_off)
{
	struct config c = must_load("listen: {tcp: []}\n");

	cr_expect_eq(c.tcp_port, 0);
	cr_expect_eq(c.http_port, 7780);
	cr_expect_eq(c.n_listeners, 4);
	config_free(&c);
	c = must_load("listen: {tcp: [], http: [], mqtt: []}\n");
	cr_expect_eq(c.n_listeners, 0);
	cr_expect_eq(c.http_port, 0);
	cr_expect_eq(c.mqtt_port, 0);
	config_free(&c);
}

Test(control_config, the_ports_that_are_there_are_told)
{
	static const struct {
		const char *text, *told;
	} rows[] = {
		{"", "subscribers on TCP port 7701, HTTP port 7780 and MQTT port 1883"},
		{"listen: {http: [], mqtt: []}", "subscribers on TCP port 7701"},
		{"listen: {tcp: [], http: [], mqtt: []}", "no subscribers"},
		{"listen: {tcp: [], http: ['[::1]:80', '[::1]:81']}",
			"subscribers on HTTP port 80 and MQTT port 1883"},
	};
	char told[READY_MAX];

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config c = must_load(rows[i].text);

		cr_expect_str_eq(ready_subscribers(&c, told), rows[i].told);
		config_free(&c);
	}
}

Test(control_config, addresses_are_ipv4_or_ipv6_in_brackets)
{
	struct config c = must_load("listen: {tcp: ['0.0.0.0:1'], http: ['[fe80::1]:65535']}\n");
	const struct sockaddr_in6 *v6 = (const void *)&c.listeners[1].address;

	cr_expect_eq(c.tcp_port, 1);
	cr_expect_eq(c.http_port, 65535);
	cr_expect_eq(c.listeners[0].protocol, FANOUT_TCP);
	cr_expect_eq(c.listeners[1].protocol, FANOUT_HTTP);
	cr_expect_eq(c.listeners[0].address_len, sizeof(struct sockaddr_in));
	cr_expect_eq(c.listeners[1].address_len, sizeof(struct sockaddr_in6));
	cr_expect_eq(v6->sin6_addr.s6_addr[15], 1);
	config_free(&c);
}

Test(control_config, listeners_for_proxies_are_marked_wherever_they_come_from)
{
	struct sockaddr_in proxy = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0a010203)};
	struct config c = must_load("proxy_protocol:\n"
				    "  listeners: ['127.0.0.1:7780', '[::1]:7701']\n"
				    "  from: [10.1.0.0/16, '2001:db8::/32', '::1']\n");

	cr_assert_eq(c.n_listeners, 6);
	for (unsigned i = 0; i < 6; i++) {
		bool v6 = c.listeners[i].address.ss_family == AF_INET6;
		bool wanted = (c.listeners[i].protocol == FANOUT_HTTP && !v6) ||
			      (c.listeners[i].protocol == FANOUT_TCP && v6);

		cr_expect_eq(c.listeners[i].proxied, wanted);
	}
	cr_assert_eq(c.n_proxies, 3);
	cr_expect(address_range_contains(&c.proxies[0], (struct sockaddr *)&proxy));
	cr_expect_not(address_range_contains(&c.proxies[1], (struct sockaddr *)&proxy));
	config_free(&c);
}

Test(control_config, words_for_yes_and_no_are_the_usual_ones)
{
	static const struct {
		const char *word;
		bool value;
	} rows[] = {{"true", true}, {"yes", true}, {"on", true}, {"false", false}, {"no", false},
		{"off", false}};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[64];

		snprintf(text, sizeof(text), "unsequenced: %s\n", rows[i].word);
		struct config c = must_load(text);
		cr_expect_eq(c.unsequenced, rows[i].value, "%s", text);
		config_free(&c);
	}
}

Test(control_config, a_worker_polls_always_only_if_told_so)
{
	static const struct {
		const char *text;
		unsigned idle_us;
	} rows[] = {{"poll: adaptive\n", 100}, {"poll: always\n", 0}, {"idle_latency_us: 10\n", 10},
		{"idle_latency_us: 1000\n", 1000}, {"poll: always\nidle_latency_us: 50\n", 0}};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct config c = must_load(rows[i].text);
		cr_expect_eq(c.idle_us, rows[i].idle_us, "%s", rows[i].text);
		config_free(&c);
	}
}

Test(control_config, limits_of_numbers_are_taken)
{
	static const char *const good[] = {"window_ms: 100\n", "window_ms: 60000\n",
		"listen: {reactions: 1}\n", "listen: {reactions: 65535}\n",
		"arena: {reactions: 256}\n", "arena: {channels: 4}\n", "arena: {channels: 65534}\n",
		"channels: [{id: 65534, name: last}]\nplain_text: {channel: 65534}\n",
		"fanout: {threads: 64, max_connections: 1000000, handshake_seconds: 3600}\n",
		"fanout: {drain_seconds: 600, max_filters: 1024}\n",
		"fanout: {origins: ['https://a.example', 'http://localhost:8080']}\n",
		"fanout: {max_per_source: 0, max_accepts_per_second: 0, max_subscriptions: 1}\n",
		"fanout: {max_per_source: 1000000, max_accepts_per_second: 1000000}\n",
		"fanout: {max_subscriptions: 65535}\n", "ports: [{device: a, queues: 64}]\n",
		"name: abcdefghijklmnopqrstuvwxyz_-0123\n"};

	for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct config c = must_load(good[i]);
		config_free(&c);
	}
}
