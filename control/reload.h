/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Changing a running process, after SIGHUP or `uproar reload`. The configuration is read again,
 * with the files that it names. Everything is made ready first, by a thread that may take its time
 * (reload_job.h); then the control thread lets all of it take effect, between two windows and
 * without a step that can fail. Or nothing changes, and the log says why.
 *
 * One reload is under way at a time; the next one begins behind it, and reads the files then.
 */
#ifndef CONTROL_RELOAD_H
#define CONTROL_RELOAD_H

#include "control/reload_job.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct service;

/* Who is reloaded: the appliance, or a node that counts nothing. Called by the control thread. */
struct reload_target {
	/* Fills in what the job starts from. */
	void (*prepare)(void *context, struct reload_job *job);
	/* Is there room for what the job made? 0, or -errno with a sentence in job->error. */
	int (*fits)(void *context, struct reload_job *job);
	/* Lets it take effect, takes out of the job what it keeps, and writes what there is to say
	 * about tickets. Cannot fail, but for what only says so in the log. */
	void (*take_effect)(void *context, struct reload_job *job, char tickets[TICKET_REPORT_MAX]);
	/* Has everybody what the last one brought? */
	bool (*settled)(void *context);
	void *context;
	struct service *service;
};

struct reload {
	struct reload_target target;
	int done; // eventfd: the thread writes to it when the job is done; -1: none
	bool running;
	bool settling;   // not all workers have what it brought
	bool wanted;     // another one, behind that
	uint64_t number; // of the one that runs, or ran last
	pthread_t thread;
	struct reload_job job;
	char *answer;         // to the last one; NULL: no memory, or none yet
	uint64_t finished_ns; // when that one took effect, monotonic
};

/* 0 or -errno. */
int reload_open(struct reload *r, const struct reload_target *target);

/* Waits for the thread; what it made has no effect any more. */
void reload_close(struct reload *r);

/* Begins a reload, or sees to it that one begins later. Returns its number. */
uint64_t reload_ask(struct reload *r);

/* done can be read: lets it take effect. */
void reload_finish(struct reload *r);

/* Looks whether the workers have what the last one brought. One that hangs is not waited for for
 * ever. */
void reload_settle(struct reload *r);

/* How long to wait at most before looking again, in milliseconds; -1: for ever. */
int reload_patience(const struct reload *r);

/* Behind what was answered to the last one: begins the one that waits, if any. */
void reload_turn(struct reload *r);

/*
 * For `uproar reload`: begins one at the first call, when *number is 0, and is
 * control_socket_later as long as it is under way or a worker has not taken over what it brought.
 * Then what happened as one JSON object without a line end: whether it was "reloaded", a "message",
 * and the "changes" as config_diff() has them, or null without a configuration file. NULL: no
 * memory. free() it.
 */
char *reload_json(struct reload *r, uint64_t *number);

#endif
