/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout_rig.h"

#include "tls_certificate.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { DEADLINE_MS = 20000 };

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static uint16_t free_port(void)
{
	struct sockaddr_in address = loopback(0);
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	cr_assert_eq(bind(fd, (struct sockaddr *)&address, len), 0);
	cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	close(fd);
	return ntohs(address.sin_port);
}

static struct fanout_listener listener(enum fanout_protocol protocol, uint16_t port)
{
	struct fanout_listener l = {
		.protocol = protocol, .address_len = sizeof(struct sockaddr_in)};
	struct sockaddr_in address = loopback(port);

	memcpy(&l.address, &address, sizeof(address));
	return l;
}

__attribute__((format(printf, 2, 0))) static void log_line(
	enum fanout_severity severity, const char *format, va_list args)
{
	if (severity < FANOUT_WARNING)
		return;
	fprintf(stderr, "fanout: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
}

struct rig rig_start_with(struct fanout_config config, bool proxied)
{
	char error[512] = "";
	struct rig rig = {0};
	int ret = -EADDRINUSE;

	if (config.log == NULL)
		config.log = log_line;
	if (config.max_filters == 0)
		config.max_filters = RIG_FILTERS;
	for (unsigned tries = 0; ret == -EADDRINUSE && tries < 5; tries++) { // somebody was faster
		rig.tcp = free_port();
		rig.http = free_port();
		rig.mqtt = free_port();
		rig.https = free_port();
		rig.mqtts = free_port();
		struct fanout_listener listeners[] = {
			listener(FANOUT_TCP, rig.tcp),
			listener(FANOUT_HTTP, rig.http),
			listener(FANOUT_MQTT, rig.mqtt),
			listener(FANOUT_HTTP, rig.https),
			listener(FANOUT_MQTT, rig.mqtts),
		};
		listeners[0].proxied = listeners[1].proxied = listeners[2].proxied = proxied;
		listeners[3].tls = listeners[4].tls = true;
		listeners[3].proxied = listeners[4].proxied = proxied;
		config.listeners = listeners;
		config.n_listeners = config.tls_certificate != NULL ? 5 : 3;
		ret = fanout_start(&rig.fanout, &config, error, sizeof(error));
	}
	cr_assert_eq(ret, 0, "%s", error);
	for (uint16_t channel = 1; channel <= 3; channel++)
		fanout_open_channel(rig.fanout, channel);
	return rig;
}

struct rig rig_start(unsigned threads, unsigned limit)
{
	return rig_start_with((struct fanout_config){.threads = threads,
				      .max_connections = limit == 0 ? 1000 : limit,
				      .handshake_seconds = 10},
		false);
}

struct rig rig_start_hasty(void)
{
	return rig_start_with(
		(struct fanout_config){
			.threads = 1, .max_connections = 1000, .handshake_seconds = 1},
		false);
}

struct rig rig_start_tls(const struct tls_certificate *certificate, unsigned threads,
	unsigned limit, unsigned handshake_seconds)
{
	return rig_start_with((struct fanout_config){.threads = threads,
				      .max_connections = limit,
				      .handshake_seconds = handshake_seconds,
				      .tls_certificate = certificate->certificate,
				      .tls_key = certificate->key},
		false);
}

void rig_stop(struct rig *rig)
{
	fanout_stop(rig->fanout);
}

size_t rig_binary(uint8_t *out, uint16_t channel, uint32_t number, size_t len)
{
	uint32_t word = htonl(number);

	for (size_t i = 0; i < len; i++)
		out[i] = ((const uint8_t *)&word)[i % 4];
	return len;
}

size_t rig_json(char *out, uint16_t channel, uint32_t number, size_t len)
{
	int head = sprintf(out, "{\"channel\":%u,\"window\":%u,\"pad\":\"", channel, number);
	size_t pad = len > (size_t)head + 2 ? len - (size_t)head - 2 : 0;

	memset(out + head, 'a' + (int)(number % 26), pad);
	memcpy(out + head + pad, "\"}", 3);
	return (size_t)head + pad + 2;
}

void rig_publish(struct rig *rig, uint16_t channel, uint32_t number, size_t len)
{
	rig_put(rig, channel, number, len);
	fanout_flush(rig->fanout);
}

void rig_put(struct rig *rig, uint16_t channel, uint32_t number, size_t len)
{
	uint8_t binary[65536];
	char json[65536];
	struct fanout_frame frame = {
		.channel = channel,
		.window = number,
		.binary = binary,
		.binary_len = rig_binary(binary, channel, number, len),
		.json = json,
		.json_len = rig_json(json, channel, number, len),
	};

	fanout_publish(rig->fanout, &frame);
}

struct fanout_stats rig_stats(const struct rig *rig)
{
	struct fanout_stats stats;

	fanout_read_stats(rig->fanout, &stats);
	return stats;
}

void rig_await(const struct rig *rig, size_t offset, uint64_t value)
{
	struct timespec pause = {.tv_nsec = 1000000}; // between looks: there is nothing to poll
	uint64_t seen = 0;

	for (unsigned i = 0; i < DEADLINE_MS; i++) {
		struct fanout_stats stats = rig_stats(rig);

		memcpy(&seen, (char *)&stats + offset, sizeof(seen));
		if (seen == value)
			return;
		nanosleep(&pause, NULL);
	}
	cr_assert_fail("the counter at %zu is %llu, not %llu", offset, (unsigned long long)seen,
		(unsigned long long)value);
}

void client_connect_socket(int fd, uint16_t port)
{
	struct sockaddr_in address = loopback(port);

	cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0, "%s",
		strerror(errno));
}

int client_connect_from(const char *address, uint16_t port)
{
	struct sockaddr_in from = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_eq(inet_pton(AF_INET, address, &from.sin_addr), 1);
	cr_assert_eq(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0, "%s", strerror(errno));
	client_connect_socket(fd, port);
	return fd;
}

int client_connect(uint16_t port, int receive_buffer)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (receive_buffer > 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
	client_connect_socket(fd, port);
	return fd;
}

void client_send_bytes(int fd, const void *bytes, size_t len)
{
	cr_assert_eq(send(fd, bytes, len, MSG_NOSIGNAL), (ssize_t)len, "%s", strerror(errno));
}

void client_send(int fd, const char *text)
{
	client_send_bytes(fd, text, strlen(text));
}

static ssize_t read_some(int fd, void *out, size_t len)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	cr_assert_eq(poll(&p, 1, DEADLINE_MS), 1, "nothing came");
	ssize_t n = recv(fd, out, len, 0);
	cr_assert_geq(n, 0, "%s", strerror(errno));
	return n;
}

void client_read(int fd, void *out, size_t len)
{
	for (size_t have = 0; have < len;) {
		ssize_t n = read_some(fd, (char *)out + have, len - have);

		cr_assert_gt(n, 0, "the stream ended %zu bytes early", len - have);
		have += (size_t)n;
	}
}

const char *client_read_until(int fd, const char *end, char *out, size_t cap)
{
	size_t have = 0, end_len = strlen(end);

	do {
		cr_assert_lt(have + 1, cap);
		client_read(fd, out + have++, 1);
	} while (have < end_len || memcmp(out + have - end_len, end, end_len) != 0);
	out[have] = '\0';
	return out;
}

void client_expect(int fd, const char *text)
{
	static char got[65536];
	size_t len = strlen(text);

	cr_assert_lt(len, sizeof(got));
	client_read(fd, got, len);
	cr_assert_eq(memcmp(got, text, len), 0, "wanted %s, got %.*s", text, (int)len, got);
}

size_t client_read_all(int fd, char *out, size_t cap)
{
	size_t have = 0;

	for (;;) {
		cr_assert_lt(have + 1, cap);
		ssize_t n = read_some(fd, out + have, cap - 1 - have);
		if (n == 0)
			break;
		have += (size_t)n;
	}
	out[have] = '\0';
	return have;
}

uint32_t client_frame(int fd, uint16_t channel, size_t len)
{
	static uint8_t got[65536], wanted[65536];
	uint8_t head[2];
	uint32_t number;

	client_read(fd, head, 2);
	cr_assert_eq((size_t)(head[0] << 8 | head[1]), len);
	client_read(fd, got, len);
	memcpy(&number, got, sizeof(number));
	number = ntohl(number);
	rig_binary(wanted, channel, number, len);
	cr_assert_eq(memcmp(got, wanted, len), 0, "frame %u is whole", number);
	return number;
}
