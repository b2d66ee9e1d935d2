/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What systemd, or whoever else started us with NOTIFY_SOCKET, is told: sd_notify(3) of a unit of
 * Type=notify. Without such a manager nothing is said.
 *
 * The protocol is one datagram of text to a Unix socket, spoken here and not by libsystemd, because
 * that waits when the manager does not read: what comes again (the status, the watchdog) is said by
 * the thread that closes windows, so it is rather left out than waited for.
 */
#ifndef CONTROL_SERVICE_H
#define CONTROL_SERVICE_H

#include <stdint.h>

struct service {
	int socket;           // -1: nobody wants to be told
	uint64_t watchdog_ns; // how often it wants to hear from us; 0: it has no watchdog
	uint64_t next_ns;     // monotonic: when it is told next that we live
};

/* Takes what the manager set in the environment and removes it, so that no child speaks for us. */
void service_open(struct service *s);
void service_close(struct service *s);

/* Datagrams are taken and subscribers are let in; also after a reload. */
void service_ready(struct service *s);

/* The configuration is being read again; to be followed by service_ready(). */
void service_reloading(struct service *s);

/* The end has begun, and takes at most so many seconds. */
void service_stopping(struct service *s, unsigned seconds);

/* One line for `systemctl status`. */
__attribute__((format(printf, 2, 3))) void service_status(
	struct service *s, const char *format, ...);

/* All is well: feeds the watchdog, if it is time to. */
void service_alive(struct service *s, uint64_t now_ns);

#endif
