/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The loop of a fan-out thread: hand over submissions and wait, handle completions, look at the
 * clock once a second, send the next part of a wave.
 */

#include "fanout/engine.h"

#include "fanout/mqtt.h"
#include "fanout/ring_probe.h"
#include "fanout/stats.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WARNING_SECONDS = 10 };

void engine_wake(struct engine_thread *t)
{
	uint64_t one = 1;

	while (write(t->wake_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

void engine_log(const struct fanout *f, enum fanout_severity severity, const char *format, ...)
{
	va_list args;

	if (f->log == NULL)
		return;
	va_start(args, format);
	f->log(severity, format, args);
	va_end(args);
}

void engine_warn(struct engine_thread *t, enum engine_warning cause, const char *format, ...)
{
	va_list args;

	if (t->fanout->log == NULL)
		return;
	if (t->warned[cause] != 0 && t->now - t->warned[cause] < WARNING_SECONDS)
		return;
	t->warned[cause] = t->now;
	va_start(args, format);
	t->fanout->log(FANOUT_WARNING, format, args);
	va_end(args);
}

bool engine_see_opening(struct engine_thread *t, uint16_t channel)
{
	struct channel *c = &t->channels[channel];
	uint32_t word = engine_channel(t->fanout, channel);

	if (channel_opening(word) != c->opening) {
		held_frame_free(c->newest);
		c->newest = NULL;
		c->opening = channel_opening(word);
		c->ended = false;
		t->lists.changes++;
	}
	return channel_state(word) == CHANNEL_OPEN;
}

enum fanout_refusal engine_check_channels(
	struct engine_thread *t, const struct channel_list *list, char why[static ENGINE_WHY_MAX])
{
	unsigned most = engine_limit(&t->fanout->max_subscriptions);

	if (list->n > most) {
		snprintf(why, ENGINE_WHY_MAX,
			"more channels than the %u that one connection may have", most);
		return FANOUT_REFUSED_too_many_channels;
	}
	for (unsigned i = 0; i < list->n; i++) {
		if (!engine_see_opening(t, list->channels[i])) {
			snprintf(why, ENGINE_WHY_MAX, "unknown channel %u", list->channels[i]);
			return FANOUT_REFUSED_unknown_channel;
		}
	}
	return FANOUT_REFUSALS;
}

uint64_t engine_clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void arm_wake(struct engine_thread *t)
{
	struct io_uring_sqe *sqe = ring_sqe(&t->ring);

	t->wake_armed = sqe != NULL;
	if (sqe == NULL) {
		engine_warn(t, WARNING_RING, "the ring takes no submissions; trying again");
		return;
	}
	io_uring_prep_read(sqe, t->wake_fd, &t->wake_value, sizeof(t->wake_value), 0);
	io_uring_sqe_set_data64(sqe, ring_user_data(RING_WAKE, 0, 0));
}

static void on_wake(struct engine_thread *t)
{
	if (atomic_load(&t->fanout->stopping))
		return;
	arm_wake(t);
	listeners_resume(t);
	mqtt_end_taken_over(t);
	wave_begin(t);
	slowest_step(t);
}

static void complete_connection(struct engine_thread *t, const struct io_uring_cqe *cqe)
{
	struct connection *c = &t->connections.slots[ring_index_of(cqe->user_data)];

	if ((c->generation & 0xffffff) != ring_generation_of(cqe->user_data))
		return; // cannot be: a slot is not reused before its operations have returned
	switch (ring_operation_of(cqe->user_data)) {
	case RING_RECEIVE:
		connection_on_receive(c, cqe->res);
		break;
	case RING_SEND:
		connection_on_send(c, cqe->res);
		break;
	case RING_WRITABLE:
		connection_on_writable(c, cqe->res);
		break;
	case RING_WATCH:
		connection_on_watch(c, cqe->res, cqe->flags);
		break;
	default:
		connection_on_cancel(c);
		break;
	}
	connection_settle(c);
}

static void complete(struct engine_thread *t, const struct io_uring_cqe *cqe)
{
	if (ring_operation_of(cqe->user_data) == RING_NOBODY)
		return;
	if (ring_operation_of(cqe->user_data) == RING_WAKE)
		on_wake(t);
	else if (ring_operation_of(cqe->user_data) == RING_ACCEPT)
		listener_on_accept(t, ring_index_of(cqe->user_data), cqe->res, cqe->flags);
	else
		complete_connection(t, cqe);
}

void engine_turn(struct engine_thread *t, unsigned wait_ms)
{
	struct __kernel_timespec ts = {
		.tv_sec = wait_ms / 1000,
		.tv_nsec = (long long)(wait_ms % 1000) * 1000000,
	};
	struct io_uring_cqe *cqe;
	unsigned head, n = 0;
	int ret = io_uring_submit_and_wait_timeout(&t->ring.uring, &cqe, 1, &ts, NULL);

	if (ret < 0 && ret != -ETIME && ret != -EINTR && ret != -EBUSY && ret != -EAGAIN)
		engine_warn(t, WARNING_RING, "io_uring_enter: %s", strerror(-ret));
	if (io_uring_cq_has_overflow(&t->ring.uring))
		stat_add(&t->stats.ring_overflows, 1);
	io_uring_for_each_cqe(&t->ring.uring, head, cqe)
	{
		complete(t, cqe);
		n++;
	}
	io_uring_cq_advance(&t->ring.uring, n);
}

/* Until the next second, until connections may be accepted again, or until more may be closed. */
static unsigned wait_ms(const struct engine_thread *t, uint64_t now)
{
	unsigned second = 1000 - (unsigned)(now % 1000);
	unsigned accepts = listeners_wait_ms(t);

	if (t->wave.left > 0 || handshakes_are_due(&t->handshakes))
		return 0;
	if (t->drain.begun)
		return DRAIN_TURN_MS;
	return accepts < second ? accepts : second;
}

static void serve(struct engine_thread *t)
{
	uint64_t now = engine_clock_ms();

	t->now = t->deadlines.now = (uint32_t)(now / 1000);
	arm_wake(t);
	for (unsigned i = 0; i < t->fanout->n_listeners; i++)
		listener_accept(t, i);
	while (!atomic_load_explicit(&t->fanout->stopping, memory_order_acquire)) {
		bool wave_over = t->wave.left == 0;

		engine_turn(t, wait_ms(t, now));
		delivery_turn(&t->delivery, t->stats.frames_sent, wave_over && t->wave.left == 0);
		now = engine_clock_ms();
		if (t->now != (uint32_t)(now / 1000)) {
			t->now = (uint32_t)(now / 1000);
			deadlines_pass(t, t->now, connection_on_deadline);
			listeners_resume(t);
		} else if (listeners_wait_ms(t) != UINT32_MAX) {
			listeners_resume(t);
		}
		if (!t->wake_armed)
			arm_wake(t);
		wave_step(t);
		drain_step(t);
		handshakes_step(t);
	}
}

/* What is true of the kernel is found out once, by the first thread. */
static int prepare_ring(struct engine_thread *t)
{
	int ret = ring_init(&t->ring, t->error, sizeof(t->error));

	if (ret < 0 || t->id > 0)
		return ret;
	if (!t->ring.restricted)
		engine_log(t->fanout, FANOUT_WARNING,
			"this system does not let an io_uring be restricted to the operations that "
			"are used; going on without (allow io_uring_register in a seccomp "
			"profile)");
	ret = ring_probe(&t->ring, RING_SEND_FLAGS, t->error, sizeof(t->error));
	if (ret < 0)
		ring_fini(&t->ring);
	return ret;
}

void *engine_run(void *arg)
{
	struct engine_thread *t = arg;

	t->start_result = prepare_ring(t);
	bool running = t->start_result == 0;
	sem_post(&t->started);
	if (!running)
		return NULL;
	serve(t);
	engine_stop(t);
	ring_fini(&t->ring);
	return NULL;
}
