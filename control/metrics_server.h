/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * GET /metrics for Prometheus, on a loopback address or a Unix socket (libmicrohttpd). It has no
 * thread: the control thread waits for its descriptor among the others and serves it between
 * windows, so that the figures need no lock.
 */
#ifndef CONTROL_METRICS_SERVER_H
#define CONTROL_METRICS_SERVER_H

#include "control/config.h"

struct MHD_Daemon;

struct metrics_server {
	struct MHD_Daemon *daemon; // NULL: switched off
	int fd;                    // readable when there is something to do; -1: never
	char path[108];            // of the Unix socket, removed at the end; "": none
	char *(*collect)(void *context);
	void *context;
};

/* 0 (also if it is switched off), or -errno with a sentence in error. */
int metrics_server_open(struct metrics_server *s, const struct config_metrics *at,
	char *(*collect)(void *context), void *context, char *error, size_t cap);
void metrics_server_close(struct metrics_server *s);

/* Milliseconds after which metrics_server_serve() is to be called also without being told; -1: not.
 */
int metrics_server_patience(const struct metrics_server *s);
void metrics_server_serve(struct metrics_server *s);

#endif
