/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The Unix socket on which the `uproar` command asks (wire/socket_path.h). Served by the control
 * thread between windows: nothing here waits, and nothing grows with what a client sends.
 */
#ifndef CONTROL_CONTROL_SOCKET_H
#define CONTROL_CONTROL_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONTROL_CLIENTS_MAX = 8, CONTROL_REQUEST_MAX = 128 };

struct control_client {
	int fd;          // -1: free
	unsigned serial; // of its arrival
	char request[CONTROL_REQUEST_MAX];
	size_t request_len;
	bool waits;    // its answer is not there yet
	uint64_t note; // of whoever answers; 0 at first
	char *answer;  // NULL: still asking
	size_t answer_len, sent;
};

struct control_socket {
	int listener;
	unsigned arrivals;
	char path[256];
	struct control_client clients[CONTROL_CLIENTS_MAX];
	/* Answers a request with one line that is free()d afterwards; NULL: unknown request;
	 * control_socket_later: is to be called again in a moment, with the same note. */
	char *(*answer)(void *context, const char *request, uint64_t *note);
	void *context;
};

extern char control_socket_later[];

/* Binds NAME.sock for this user alone. 0, or -errno with a sentence in error. */
int control_socket_open(struct control_socket *s, const char *name,
	char *(*answer)(void *context, const char *request, uint64_t *note), void *context,
	char *error, size_t cap);

void control_socket_close(struct control_socket *s);

/* The descriptors to wait for, and what for (POLLIN, POLLOUT). Returns how many. */
struct pollfd;
unsigned control_socket_wants(const struct control_socket *s, struct pollfd *fds);

/* How long to wait at most before the next call of control_socket_serve(), in milliseconds; -1: for
 * ever. */
int control_socket_patience(const struct control_socket *s);

/* Serves those of them that are ready, and those whose answers were not there yet. */
void control_socket_serve(struct control_socket *s, const struct pollfd *fds, unsigned n);

#endif
