/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/questions.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

int questions_open(struct questions *q)
{
	pthread_condattr_t monotonic;

	*q = (struct questions){.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
	if (q->fd < 0)
		return -errno;
	pthread_mutex_init(&q->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&q->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return 0;
}

void questions_close(struct questions *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->changed);
	pthread_mutex_unlock(&q->lock);
}

/* False: not in time, or never. Under the lock. */
static bool wait_until(struct questions *q, const struct timespec *deadline, const bool *wanted)
{
	int ret = 0;

	while (!*wanted && !q->closed && ret == 0)
		ret = pthread_cond_timedwait(&q->changed, &q->lock, deadline);
	return *wanted;
}

static void tell_control(const struct questions *q)
{
	const uint64_t one = 1;

	if (write(q->fd, &one, sizeof(one)) < 0) {
		// it is readable already
	}
}

char *questions_ask(struct questions *q, const char *text)
{
	struct timespec deadline;
	char *answer = NULL;
	int ret = 0;

	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += QUESTION_PATIENCE_S;
	pthread_mutex_lock(&q->lock);
	while (q->text != NULL && !q->closed && ret == 0) // another one's
		ret = pthread_cond_timedwait(&q->changed, &q->lock, &deadline);
	if (q->text == NULL && !q->closed) {
		q->text = text;
		q->answered = false;
		tell_control(q);
		if (wait_until(q, &deadline, &q->answered))
			answer = q->answer;
		q->text = NULL;
		q->answer = NULL;
		pthread_cond_broadcast(&q->changed);
	}
	pthread_mutex_unlock(&q->lock);
	return answer;
}

void questions_serve(
	struct questions *q, char *(*answer)(void *context, const char *text), void *context)
{
	uint64_t told;

	if (read(q->fd, &told, sizeof(told)) < 0)
		return;
	pthread_mutex_lock(&q->lock);
	if (q->text != NULL && !q->answered) {
		q->answer = answer(context, q->text);
		q->answered = true;
		pthread_cond_broadcast(&q->changed);
	}
	pthread_mutex_unlock(&q->lock);
}
