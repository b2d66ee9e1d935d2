/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Questions of other threads, which the control thread answers between windows: what it knows needs
 * no lock then. One at a time; who asks waits, within bounds, and the control thread never does.
 */
#ifndef CONTROL_QUESTIONS_H
#define CONTROL_QUESTIONS_H

#include <pthread.h>
#include <stdbool.h>

enum { QUESTION_PATIENCE_S = 3 };

struct questions {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int fd;           // readable when there is one; -1: not opened
	const char *text; // of the question that waits; NULL: none
	bool answered;
	bool closed; // nobody answers any more
	char *answer;
};

/* 0 or -errno. */
int questions_open(struct questions *q);

/* Whoever waits goes on without an answer, and so does who asks later. */
void questions_close(struct questions *q);

/* Any thread. The answer, which the caller free()s; NULL: there was none in time. */
char *questions_ask(struct questions *q, const char *text);

/* Control thread: answers the question that waits, if one does, by what answer() returns. */
void questions_serve(
	struct questions *q, char *(*answer)(void *context, const char *text), void *context);

#endif
