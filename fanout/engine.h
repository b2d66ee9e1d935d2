/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The inside of the fan-out: what all threads share, and what each owns. Only the pieces in this
 * folder include it.
 */
#ifndef FANOUT_ENGINE_H
#define FANOUT_ENGINE_H

#include "fanout/accept_rate.h"
#include "fanout/address_range.h"
#include "fanout/channel.h"
#include "fanout/connection.h"
#include "fanout/connection_tls.h"
#include "fanout/deadlines.h"
#include "fanout/delivery.h"
#include "fanout/document.h"
#include "fanout/drain.h"
#include "fanout/fanout.h"
#include "fanout/handshakes.h"
#include "fanout/listener.h"
#include "fanout/mailbox.h"
#include "fanout/origins.h"
#include "fanout/pool.h"
#include "fanout/ring.h"
#include "fanout/slowest.h"
#include "fanout/sources.h"
#include "fanout/stalled.h"
#include "fanout/tls_holder.h"
#include "fanout/wave.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

enum {
	ENGINE_REFUSALS = 64, // refused connections that a thread holds to tell them why
	ENGINE_ERROR_MAX = 512,
	ENGINE_INPUT = 4096, // bytes that are read from a client at a time
};

/* What is warned of, so that a flood of one cause does not hide another. */
enum engine_warning {
	WARNING_RING,
	WARNING_ACCEPT,
	WARNING_FULL,
	WARNING_SOURCE,
	WARNING_PROXY,
	WARNING_LISTS,
	ENGINE_WARNINGS // how many there are
};

struct engine_thread {
	struct fanout *fanout;
	unsigned id;
	pthread_t pthread;
	struct ring ring;
	int wake_fd;                // eventfd; control: write, thread: read
	bool wake_armed;            // its read is under way
	uint64_t wake_value;        // the kernel's to write
	struct listener *listeners; // fanout->n_listeners of them
	struct accept_rate accept_rate;
	int spare_fd; // given up when there is no other; -1: it was
	struct connection_table connections;
	unsigned refusing;   // of these, may not be there
	struct pool proxies; // struct proxy_state of connections
	struct handshakes handshakes;
	struct mailbox *mailbox;  // control puts, thread takes
	struct channel *channels; // [MAILBOX_CHANNELS]
	struct topic_lists lists;
	uint32_t stamp; // of what was taken from the mailbox last (subscription.h)
	struct document_shelf *documents;
	struct wave wave;
	struct deadlines deadlines;
	struct drain drain;
	struct mqtt_thread *mqtt;
	struct stalled stalled;
	struct slowest slowest;
	struct slice origin;  // of the page whose request is being answered
	struct pool decoders; // struct websocket_decoder, of messages that are coming
	uint8_t input[ENGINE_INPUT];
	uint8_t decrypted[TLS_RECORD_MAX + ENGINE_INPUT]; // the end of a record, and what was read
	uint32_t now;                                     // seconds of CLOCK_MONOTONIC
	uint32_t warned[ENGINE_WARNINGS]; // when each was logged last, in those seconds
	struct delivery delivery;
	struct fanout_stats stats;    // thread: rw, others: ro
	sem_t started;                // posted by the thread: start_result is there
	int start_result;             // 0 or -errno
	char error[ENGINE_ERROR_MAX]; // then says why
};

struct fanout {
	unsigned n_threads;
	unsigned n_listeners;
	unsigned room; // connections that fit into what was made at the start
	/* control: wo, threads: ro; settings.c changes them. */
	atomic_uint max_connections;
	atomic_uint max_per_source;
	atomic_uint max_subscriptions; // channels of one connection
	atomic_uint max_filters;       // of one MQTT connection
	atomic_uint handshake_seconds;
	struct origins origins;
	struct sources *sources;       // NULL: no limit from one source
	struct address_range *proxies; // that are trusted
	unsigned n_proxies;
	void (*log)(enum fanout_severity severity, const char *format, va_list args);
	atomic_bool stopping;          // control: wo, threads: ro
	atomic_bool holding;           // until fanout_admit(); control: wo, threads: ro
	_Atomic uint64_t window_ended; // fanout_flush_window(); control: wo, threads: ro
	_Atomic uint64_t drain_ms; // over which all are told of the end; control: wo, threads: ro
	atomic_uint connections;   // open now, in all; threads: rw
	_Atomic uint32_t states[MAILBOX_CHANNELS]; // see channel.h; control: rw, threads: ro
	uint32_t numbers[MAILBOX_CHANNELS];        // of the channel's last frame; control only
	struct document_paths paths;
	struct mqtt_clients *mqtt_clients; // threads: rw
	struct tls_holder tls;
	struct engine_thread threads[];
};

/* The numbers among the settings. */
void fanout_set_limits(struct fanout *f, const struct fanout_settings *s);

/* One of them, as it is now. */
static inline unsigned engine_limit(const atomic_uint *limit)
{
	return atomic_load_explicit(limit, memory_order_relaxed);
}

/* The body of a fan-out thread; arg is its struct engine_thread. */
void *engine_run(void *arg);

/* Milliseconds of CLOCK_MONOTONIC. */
uint64_t engine_clock_ms(void);

/* Submits, waits for at least one completion or until the time is over, handles all there are. */
void engine_turn(struct engine_thread *t, unsigned wait_ms);

/* The end of a thread, which takes no more than a few seconds whatever clients do. */
void engine_stop(struct engine_thread *t);

/* control: the thread looks into its mailbox, or sees that it is to stop. */
void engine_wake(struct engine_thread *t);

__attribute__((format(printf, 3, 4))) void engine_log(
	const struct fanout *f, enum fanout_severity severity, const char *format, ...);

/* A warning that may come in floods: of each cause at most one in ten seconds of each thread. */
__attribute__((format(printf, 3, 4))) void engine_warn(
	struct engine_thread *t, enum engine_warning cause, const char *format, ...);

static inline uint32_t engine_channel(const struct fanout *f, uint16_t channel)
{
	return atomic_load_explicit(&f->states[channel], memory_order_acquire);
}

static inline bool engine_channel_is_open(const struct fanout *f, uint16_t channel)
{
	return channel_state(engine_channel(f, channel)) == CHANNEL_OPEN;
}

/*
 * Is it open? If it was opened since this thread has looked, it begins anew: the newest frame, of
 * before it was closed, is no answer to anybody any more.
 */
bool engine_see_opening(struct engine_thread *t, uint16_t channel);

enum { ENGINE_WHY_MAX = 96 };

/*
 * May a connection subscribe to these channels? FANOUT_REFUSALS: yes; else the reason, and a
 * sentence for the client in why.
 */
enum fanout_refusal engine_check_channels(
	struct engine_thread *t, const struct channel_list *list, char why[static ENGINE_WHY_MAX]);

#endif
