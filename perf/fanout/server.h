/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A server under measurement: a process on a CPU of its own, in a folder of its own, and how it is
 * made to send a frame to all its subscribers.
 */
#ifndef PERF_FANOUT_SERVER_H
#define PERF_FANOUT_SERVER_H

#include "perf/fanout/dialogue.h"

#include <limits.h>
#include <stdio.h>
#include <sys/types.h>

enum { SERVER_ARGUMENTS_MAX = 12, SERVER_PAYLOAD_MAX = 256, SERVER_MESSAGE_MAX = 1024 };

struct server_place {
	char folder[128]; // where its configuration lies
	char config[160]; // its path
	char port_word[8], window_word[8];
	uint16_t port;
	unsigned subscribers;
	unsigned cpu;
};

struct server_kind {
	const char *program; // in the PATH, or beside the benchmark
	bool ours;
	bool gently;         // it has things to put away: it is asked to end, also when we die
	const char *package; // of Debian, or NULL
	void (*configure)(FILE *to, const struct server_place *place); // or NULL
	void (*arguments)(const struct server_place *place, const char *argv[SERVER_ARGUMENTS_MAX]);
	/* What a stranger says to be answered at once; NULL: nothing. */
	const char *poke;
	unsigned poke_len;
	/* Through a connection: what is said first, and what its answer ends with. */
	size_t (*greet)(char out[DIALOGUE_SAY_MAX], unsigned index);
	const char *until;
	size_t until_len;
	/* What makes it send a payload; NULL: the payload itself, through the server's input. */
	size_t (*message)(uint8_t out[SERVER_MESSAGE_MAX], const uint8_t *payload, unsigned len);
};

struct server {
	const struct server_kind *kind;
	struct server_place place;
	pid_t pid;
	int input;     // of the process
	int publisher; // a connection, or -1
};

/* Why it cannot be started here, or NULL. */
const char *server_lacks(const struct server_kind *kind);

/* Only the process: 0, or -errno. */
int server_spawn(struct server *s);

/* Has it ended by itself? Then there is no process any more. */
bool server_has_ended(struct server *s);

/*
 * Starts it and waits until it answers. place: what is to be chosen is, that is port (0) and
 * config. 0, or -errno with the end of what it said on standard error.
 */
int server_start(
	struct server *s, const struct server_kind *kind, const struct server_place *place);

/* Makes it send. False: it does not take it. */
bool server_publish(struct server *s, const uint8_t *payload, unsigned len);

void server_stop(struct server *s);

/* Kills it and starts it anew, as often as it takes. Seconds until it answers again; < 0: never. */
double server_restart(struct server *s);

#endif
