/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The fan-out: io_uring threads that send the newest frame of each channel to everybody who
 * subscribed to it, over TCP, WebSocket, server-sent events and MQTT, and serve a few documents
 * over HTTP.
 *
 * It is handed finished frames and finished documents and asks nobody. Newest replaces older
 * everywhere: in the mailbox between control and a thread, and on the way to a subscriber. One that
 * takes nothing at all for two minutes is closed by the kernel. The calls below never wait for a
 * subscriber or for a fan-out thread. They belong to one thread, the one that started the fan-out,
 * unless said otherwise.
 */
#ifndef FANOUT_FANOUT_H
#define FANOUT_FANOUT_H

#include "fanout/address_range.h"
#include "fanout/histogram.h"
#include "fanout/refusal.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct fanout;

enum fanout_protocol { FANOUT_TCP, FANOUT_HTTP, FANOUT_MQTT };

enum fanout_severity { FANOUT_DEBUG, FANOUT_INFO, FANOUT_WARNING, FANOUT_ERROR };

struct fanout_listener {
	enum fanout_protocol protocol;
	struct sockaddr_storage address; // IPv4 or IPv6, port in network order
	socklen_t address_len;
	bool proxied; // only proxies connect, with a header of the PROXY protocol (version 2)
	bool tls;     // clients are to speak TLS
};

enum { FANOUT_FILTERS_MAX = 1024 };

struct fanout_config {
	const struct fanout_listener *listeners;
	unsigned n_listeners;
	bool holds;               // nobody is let in before fanout_admit()
	unsigned threads;         // 1 or more
	unsigned max_connections; // in all; further ones are told why and closed
	unsigned max_per_source;  // of one address (sources.h); 0: no limit
	/* Who comes beyond waits in the kernel's backlog; 0: no limit. */
	unsigned max_accepts_per_second;
	unsigned max_subscriptions; // channels that one connection may have; 0: no limit
	unsigned max_filters;       // of one MQTT connection, up to FANOUT_FILTERS_MAX
	unsigned handshake_seconds; // one that has not asked for anything (more) by then is closed
	/* Web pages of other origins that may read ("https://example.com"); copied. n_origins 0:
	 * all may. */
	const char *const *origins;
	unsigned n_origins;
	/* From where proxies may connect; copied. */
	const struct address_range *proxies;
	unsigned n_proxies;
	const char *tls_certificate; // files, PEM (docs/operating.md); for listeners with tls only
	const char *tls_key;
	/* Called from any thread of the fan-out; as for vprintf(), one line without a line end.
	 * Each kind of line has a format of its own. NULL: nothing is said. */
	void (*log)(enum fanout_severity severity, const char *format, va_list args);
};

/* Files that its process has open when so many are connected, with room for what is none of its
 * own. */
uint64_t fanout_descriptors(unsigned connections, unsigned threads, unsigned listeners);

/*
 * Binds the listeners and starts the threads. 0, or -errno with a sentence in error that says what
 * was wanted, what was found and what to do. *out is set only on success.
 */
int fanout_start(struct fanout **out, const struct fanout_config *config, char *error, size_t cap);

/*
 * Of one that holds: lets in who has come meanwhile and waits in the kernel's backlog. For a
 * fan-out that learns its channels after its start, since who asks for one that is not open is
 * refused.
 */
void fanout_admit(struct fanout *f);

/*
 * Before the end: accepts no more, and tells everybody of it over so many milliseconds (1 or more),
 * at random moments. Frames still go to those who are there. Whoever has been told is closed soon.
 */
void fanout_drain(struct fanout *f, unsigned milliseconds);

/* How many connections are open. */
unsigned fanout_connections(const struct fanout *f);

/*
 * Sends what was published, and then that this is the end (to a WebSocket: 1001, going away), to
 * those who can take it at once, for at most half a second; closes every connection, ends the
 * threads, frees all.
 */
void fanout_stop(struct fanout *f);

/*
 * A channel that was opened exists for subscribers, also before its first frame. It may be opened
 * again after it was closed.
 */
void fanout_open_channel(struct fanout *f, uint16_t channel);

/*
 * After its last frame, which is published before. Takes effect at once: for new subscribers the
 * channel is unknown; those that have no other open channel are closed behind that frame; others
 * stay.
 */
void fanout_close_channel(struct fanout *f, uint16_t channel);

/* A finished frame in its encodings. The bytes are copied before the call returns. */
struct fanout_frame {
	uint16_t channel;
	uint32_t window;
	const uint8_t *binary;
	size_t binary_len; // at most 65535: TCP writes it in two bytes
	const char *json;  // one line without a line end
	size_t json_len;   // at most FANOUT_JSON_MAX
};

enum { FANOUT_JSON_MAX = 1 << 20 };

/*
 * Replaces the channel's newest frame. Call fanout_flush() behind the last one of a window. A frame
 * of a channel that is not open, or a longer one, is dropped and logged.
 */
void fanout_publish(struct fanout *f, const struct fanout_frame *frame);

/* Wakes the threads: what was published since the last call goes out. */
void fanout_flush(struct fanout *f);

/*
 * The same, behind the last frame of a window that ended then, in nanoseconds of CLOCK_MONOTONIC:
 * fanout_read_delivery() tells how long after it they went out.
 */
void fanout_flush_window(struct fanout *f, uint64_t ended);

/*
 * Serves body at path ("/", "/v1/catalogue") by GET and HEAD, replacing what was there. The bytes
 * are copied. Paths under /v1/ may be read by any web page (CORS). 0; -ENOSPC when there are more
 * than 8192 paths, -ENAMETOOLONG when this one has more than 127 bytes, -ENOMEM.
 */
int fanout_document(
	struct fanout *f, const char *path, const char *content_type, const void *body, size_t len);

/*
 * The same; who asks for it after that moment, in milliseconds of CLOCK_MONOTONIC, gets late
 * instead, with status 503: whoever should have replaced it has not.
 */
int fanout_document_until(struct fanout *f, const char *path, const char *content_type,
	const char *text, uint64_t until, const char *late);

/*
 * The catalogue: a document at /v1/catalogue, and a topic that subscribers may have like a channel.
 * JSON on one line, without a line end. As fanout_document().
 */
int fanout_catalogue(struct fanout *f, const char *json, size_t len);

enum { FANOUT_REPORT_MAX = 640 };

/* Are there TLS listeners? */
bool fanout_has_tls(const struct fanout *f);

/* Could TLS listeners have these? Returns and reports as fanout_prepare(). */
int fanout_check_tls(const char *certificate, const char *key, char report[FANOUT_REPORT_MAX]);

/* What may change while it runs; as in struct fanout_config. */
struct fanout_settings {
	unsigned max_connections; // never more than at the start
	unsigned max_per_source;  // if there was no limit at the start, there is none
	unsigned max_subscriptions;
	unsigned max_filters;
	unsigned handshake_seconds;
	const char *const *origins;
	unsigned n_origins;
	const char *tls_certificate; // read again, if there are TLS listeners; NULL: it stays
	const char *tls_key;
};

struct fanout_change;

/*
 * Makes everything ready for a change, and reads the certificate and its key. From any thread. 0:
 * the report says what was loaded, and is empty without TLS; 1: also what clients will not like
 * about it; -errno: it says why, and there is no change.
 */
int fanout_prepare(const struct fanout *f, const struct fanout_settings *s,
	struct fanout_change **out, char report[FANOUT_REPORT_MAX]);

/*
 * Takes effect at once, and cannot fail: connections stay, those that come from now on have the new
 * certificate and meet the new limits. The change is gone then.
 */
void fanout_change(struct fanout *f, struct fanout_change *c);

/* It is not to be, after all. NULL is allowed. */
void fanout_change_drop(struct fanout_change *c);

/* Counters of all threads added up; since the start unless said otherwise. */
struct fanout_stats {
	uint64_t tcp;            // connections open now
	uint64_t websocket;      // open now
	uint64_t sse;            // open now
	uint64_t mqtt;           // open now, over WebSocket, too
	uint64_t http;           // open now: plain requests and handshakes
	uint64_t tls;            // of all these, have shaken hands for TLS
	uint64_t accepted;       // connections
	uint64_t refused;        // connections and requests; told why where the protocol can
	uint64_t timed_out;      // of these, what did not come in time
	uint64_t tls_handshakes; // that were done
	uint64_t frames_sent;
	/* Replaced by a newer one before this subscriber could take it. Of one that takes nothing
	 * they are counted as the newer ones come; of one with several channels, some of them not
	 * before it has got through all. */
	uint64_t frames_skipped;
	uint64_t bytes_sent;
	uint64_t ring_overflows; // of completion queues: thousands of connections that change at
				 // once
	uint64_t refusals[FANOUT_REFUSALS]; // refused, by reason
};

/* May be called from any thread; the counters are read one by one, without a lock. */
void fanout_read_stats(const struct fanout *f, struct fanout_stats *out);

/*
 * From the end of a window until the kernel had the first, the middle and the last of its frames: a
 * value for each window and each thread that sent any.
 */
struct fanout_delivery {
	struct histogram first, median, last;
};

/* May be called from any thread. */
void fanout_read_delivery(const struct fanout *f, struct fanout_delivery *out);

enum { FANOUT_SLOWEST_MAX = 10, FANOUT_ADDRESS_MAX = 64 };

/* A subscriber whose socket takes no more for now. */
struct fanout_slow {
	/* Of the other end of its connection: 192.0.2.1:1234, [2001:db8::1]:1234. It is personal
	 * data: for whoever asks, and not for a log. */
	char address[FANOUT_ADDRESS_MAX];
	const char *protocol;     // as in struct fanout_stats
	uint32_t blocked_seconds; // in which it took nothing
	uint32_t frames_skipped;  // since it subscribed
	uint32_t kernel_bytes;    // that were sent, and are not acknowledged by the other end
};

/* Asks the threads who is slowest. They answer soon, between what else they do. */
void fanout_ask_slowest(struct fanout *f);

/*
 * The slowest of those threads that have answered, the slowest first; *n of them. Returns whether
 * all have answered.
 */
bool fanout_slowest(
	const struct fanout *f, struct fanout_slow out[static FANOUT_SLOWEST_MAX], unsigned *n);

#endif
