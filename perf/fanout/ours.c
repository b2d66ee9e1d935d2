/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Servers that are built here: the floor, and the fan-out alone in a process, which is published to
 * as fast as it delivers.
 */

#include "perf/fanout/contestants.h"

#include <stdlib.h>

static void floor_arguments(
	const struct server_place *place, const char *argv[SERVER_ARGUMENTS_MAX])
{
	argv[1] = place->port_word;
}

const struct server_kind server_floor = {
	.program = "fanout-floor", .ours = true, .arguments = floor_arguments};

static void tcp_arguments(const struct server_place *place, const char *argv[SERVER_ARGUMENTS_MAX])
{
	argv[1] = "tcp";
	argv[2] = place->port_word;
}

const struct server_kind server_engine_tcp = {
	.program = "fanout-engine",
	.ours = true,
	.arguments = tcp_arguments,
	.poke = "?\n", // a refusal is an answer
	.poke_len = 2,
};

static void http_arguments(const struct server_place *place, const char *argv[SERVER_ARGUMENTS_MAX])
{
	argv[1] = "http";
	argv[2] = place->port_word;
}

const struct server_kind server_engine_http = {
	.program = "fanout-engine",
	.ours = true,
	.arguments = http_arguments,
	.poke = "?\r\n\r\n",
	.poke_len = 5,
};

static void mqtt_arguments(const struct server_place *place, const char *argv[SERVER_ARGUMENTS_MAX])
{
	argv[1] = "mqtt";
	argv[2] = place->port_word;
}

const struct server_kind server_engine_mqtt = {
	.program = "fanout-engine",
	.ours = true,
	.arguments = mqtt_arguments,
	.poke = mqtt_connect_me,
	.poke_len = sizeof(mqtt_connect_me),
};

/* In the place's folder, where the engine finds them. */
static void make_certificate(FILE *to, const struct server_place *place)
{
	char command[512];

	snprintf(command, sizeof(command),
		"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 7 "
		"-subj /CN=localhost -keyout %s/key.pem -out %s/certificate.pem 2>/dev/null",
		place->folder, place->folder);
	if (system(command) != 0)
		fprintf(stderr,
			"no certificate was made; openssl comes with: apt-get install openssl\n");
}

static void https_arguments(
	const struct server_place *place, const char *argv[SERVER_ARGUMENTS_MAX])
{
	argv[1] = "https";
	argv[2] = place->port_word;
}

/* Whoever does not speak TLS gets an alert. */
const struct server_kind server_engine_https = {
	.program = "fanout-engine",
	.ours = true,
	.configure = make_certificate,
	.arguments = https_arguments,
	.poke = "?\r\n\r\n",
	.poke_len = 5,
};
