/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A real fan-out on ports of 127.0.0.1 that were free, and plain sockets as its clients. Everything
 * waits for what it expects, with a deadline; nothing sleeps.
 */
#ifndef TESTS_UNIT_FANOUT_RIG_H
#define TESTS_UNIT_FANOUT_RIG_H

#include "fanout/fanout.h"

struct rig {
	struct fanout *fanout;
	uint16_t tcp;
	uint16_t http;
	uint16_t mqtt;
	uint16_t https, mqtts; // where there is a certificate
};

struct tls_certificate;

enum { RIG_FILTERS = 100 }; // of one MQTT connection

/* Listeners are filled in, and the log if there is none; proxied: the listeners are for proxies. */
struct rig rig_start_with(struct fanout_config config, bool proxied);

/* Channels 1, 2 and 3 are open. limit: of connections, 0 for plenty. */
struct rig rig_start(unsigned threads, unsigned limit);
void rig_stop(struct rig *rig);

/* The same with one thread and a handshake that has to be done within a second or two. */
struct rig rig_start_hasty(void);

/* With HTTP and MQTT over TLS too. */
struct rig rig_start_tls(const struct tls_certificate *certificate, unsigned threads,
	unsigned limit, unsigned handshake_seconds);

/*
 * A frame of len bytes that says which it is in every 4 bytes: the binary form begins with number,
 * the JSON form is {"channel":C,"window":N,"pad":"..."}.
 */
void rig_publish(struct rig *rig, uint16_t channel, uint32_t number, size_t len);

/* The same without the flush that sends it. */
void rig_put(struct rig *rig, uint16_t channel, uint32_t number, size_t len);

/* Both forms of that frame, for comparing. Return the length. */
size_t rig_binary(uint8_t *out, uint16_t channel, uint32_t number, size_t len);
size_t rig_json(char *out, uint16_t channel, uint32_t number, size_t len);

struct fanout_stats rig_stats(const struct rig *rig);

/* Waits until the counter, found by its offset in struct fanout_stats, is value. */
void rig_await(const struct rig *rig, size_t offset, uint64_t value);

/* A small receive buffer makes a client that does not read visible soon. 0: the default. */
int client_connect(uint16_t port, int receive_buffer);

/* From one of the addresses 127.0.0.0/8. */
int client_connect_from(const char *address, uint16_t port);
void client_connect_socket(int fd, uint16_t port);
void client_send(int fd, const char *text);
void client_send_bytes(int fd, const void *bytes, size_t len);

/* Reads exactly len bytes. */
void client_read(int fd, void *out, size_t len);

/* Reads until the bytes that were read end with end; their text. */
const char *client_read_until(int fd, const char *end, char *out, size_t cap);

/* Reads the next binary frame of a TCP subscriber, which is one of rig_publish(); its number. */
uint32_t client_frame(int fd, uint16_t channel, size_t len);

/* Reads and compares. */
void client_expect(int fd, const char *text);

/* Reads until the end of the stream; returns how many bytes came. A reset fails the test. */
size_t client_read_all(int fd, char *out, size_t cap);

#endif
