/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The fan-out as the appliance has it, alone in a process: each payload that comes on standard
 * input is published on channel 1 and flushed.
 *
 * fanout-engine tcp|http|mqtt|https PORT
 *
 * For https, key.pem and certificate.pem lie in the current folder.
 */

#include "fanout/fanout.h"
#include "wire/bytes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CHANNEL = 1, PAYLOAD_MAX = 256 };

__attribute__((format(printf, 2, 0))) static void log_line(
	enum fanout_severity severity, const char *format, va_list args)
{
	if (severity < FANOUT_WARNING)
		return;
	fprintf(stderr, "fanout: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
}

static struct fanout *start(const char *protocol, const char *port)
{
	struct fanout_listener listener = {
		.protocol = strcmp(protocol, "tcp") == 0    ? FANOUT_TCP
			    : strcmp(protocol, "mqtt") == 0 ? FANOUT_MQTT
							    : FANOUT_HTTP,
		.tls = strcmp(protocol, "https") == 0,
		.address_len = sizeof(struct sockaddr_in),
	};
	struct sockaddr_in *a = (struct sockaddr_in *)&listener.address;
	char error[512];
	struct fanout *f;

	a->sin_family = AF_INET;
	a->sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	a->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	const struct fanout_config config = {
		.listeners = &listener,
		.n_listeners = 1,
		.threads = 1,
		.max_connections = 19900,
		.max_filters = 16,
		.tls_certificate = "certificate.pem",
		.tls_key = "key.pem",
		.handshake_seconds = 10,
		.log = log_line,
	};
	if (fanout_start(&f, &config, error, sizeof(error)) == 0)
		return f;
	fprintf(stderr, "%s\n", error);
	return NULL;
}

static void publish(struct fanout *f, const uint8_t *payload, size_t len)
{
	static const char json[] = "{}";
	const struct fanout_frame frame = {
		.channel = CHANNEL,
		.window = load_be32(payload + 4),
		.binary = payload,
		.binary_len = len,
		.json = json,
		.json_len = sizeof(json) - 1,
	};

	fanout_publish(f, &frame);
	fanout_flush(f);
}

static void allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	uint8_t payload[PAYLOAD_MAX];
	ssize_t n;

	if (argc != 3)
		return 2;
	allow_descriptors();
	struct fanout *f = start(argv[1], argv[2]);
	if (f == NULL)
		return 1;
	fanout_open_channel(f, CHANNEL);
	while ((n = read(0, payload, sizeof(payload))) > 8)
		publish(f, payload, (size_t)n);
	fanout_stop(f);
	return 0;
}
