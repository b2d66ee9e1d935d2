/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Frames by return (docs/protocol.md, 1.10), driven by the caller's poll loop: it asks for the
 * newest frame of one channel after the other in datagrams that report nothing, no more often than
 * once a second and than the last answer's pace allows. What is not answered within a second is
 * asked again, after pauses that double.
 */
#ifndef CLIENT_UDP_FEED_H
#define CLIENT_UDP_FEED_H

#include "client/endpoint.h"
#include "wire/answer.h"

#include <poll.h>

struct udp_feed_channel {
	uint16_t id;
	bool seen;       // a frame of it
	uint32_t window; // of the newest
};

struct udp_feed {
	struct endpoint from;
	uint64_t session;
	const uint8_t *ticket; // WIRE_TICKET_LEN bytes for this session, or NULL
	struct udp_feed_channel *channels;
	unsigned n;

	unsigned turn;       // whose turn it is
	int fd;              // -1 until the first question
	bool waiting;        // for an answer
	uint64_t asked_at;   // by clock_now()
	uint64_t due;        // the next question, or, while waiting, when it is given up
	unsigned unanswered; // questions in a row
	int error;           // of the last of them: -errno, 0: nothing came back
};

/* Called for each frame that is newer than what was seen of its channel. Non-zero ends the turn. */
typedef int udp_feed_handler(void *ctx, const struct frame *frame);

/* ticket may be NULL; it stays the caller's. 0 or -ENOMEM. */
int udp_feed_init(struct udp_feed *f, const struct endpoint *from, uint64_t session,
	const uint8_t *ticket, const uint16_t *channels, unsigned n);
void udp_feed_close(struct udp_feed *f);

/* What to poll for (fd -1: nothing), and for how long at most in ms. */
struct pollfd udp_feed_poll(const struct udp_feed *f);
int udp_feed_timeout(const struct udp_feed *f);

/*
 * Does what can be done now, revents being what poll found. 0; 1 if a question was given up in this
 * turn (it will be asked again); -EPERM if the channel whose turn it is does not exist there; or
 * what the handler returned.
 */
int udp_feed_turn(struct udp_feed *f, short revents, udp_feed_handler *handler, void *ctx);

#endif
