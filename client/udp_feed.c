/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/udp_feed.h"

#include "client/clock.h"
#include "wire/reaction.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { ANSWER_SECONDS = 1, PAUSE_FIRST_MS = 1000, PAUSE_DOUBLINGS = 5 };

int udp_feed_init(struct udp_feed *f, const struct endpoint *from, uint64_t session,
	const uint8_t *ticket, const uint16_t *channels, unsigned n)
{
	*f = (struct udp_feed){
		.from = *from, .session = session, .ticket = ticket, .fd = -1, .n = n};
	f->channels = calloc(n, sizeof(*f->channels));
	if (f->channels == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++)
		f->channels[i].id = channels[i];
	return 0;
}

static void close_socket(struct udp_feed *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

void udp_feed_close(struct udp_feed *f)
{
	close_socket(f);
	free(f->channels);
	f->channels = NULL;
}

static int open_socket(struct udp_feed *f)
{
	struct sockaddr_storage address;
	socklen_t len;
	int ret = endpoint_resolve(&f->from, SOCK_DGRAM, &address, &len);

	if (ret < 0)
		return ret;
	f->fd = socket(address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (f->fd < 0 || connect(f->fd, (struct sockaddr *)&address, len) < 0) {
		ret = -errno;
		close_socket(f);
	}
	return ret;
}

/* Half of the pause is certain, half is chance, so that a crowd does not ask again at once. */
static int give_up(struct udp_feed *f, int error)
{
	unsigned doublings = f->unanswered < PAUSE_DOUBLINGS ? f->unanswered : PAUSE_DOUBLINGS;
	uint64_t pause = (uint64_t)PAUSE_FIRST_MS << doublings;
	uint32_t chance = 0;

	if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) < 0)
		chance = (uint32_t)clock_now();
	if (error != 0)
		close_socket(f);
	f->waiting = false;
	f->unanswered++;
	f->error = error;
	f->due = clock_now() + (pause / 2 + chance % (pause / 2 + 1)) * CLOCK_MS;
	return 1;
}

/* As long as the longest answer, so that any frame comes back. */
static size_t put_question(const struct udp_feed *f, uint8_t out[ANSWER_MAX])
{
	const struct reaction_datagram d = {
		.session = f->session,
		.channel = f->channels[f->turn].id,
		.flags = (uint8_t)(REACTION_FRAME | (f->ticket != NULL ? REACTION_TICKET : 0)),
		.ticket = f->ticket,
	};

	memset(out, 0, ANSWER_MAX);
	reaction_put_header(out, ANSWER_MAX, &d);
	return ANSWER_MAX;
}

static int ask(struct udp_feed *f)
{
	uint8_t question[ANSWER_MAX];
	int ret = f->fd < 0 ? open_socket(f) : 0;

	if (ret < 0)
		return give_up(f, ret);
	if (send(f->fd, question, put_question(f, question), 0) < 0 && errno != EAGAIN)
		return give_up(f, -errno);
	f->waiting = true;
	f->asked_at = clock_now();
	f->due = f->asked_at + ANSWER_SECONDS * CLOCK_SECOND;
	return 0;
}

/* RFC 1982: window numbers go round. */
static bool is_newer(const struct udp_feed_channel *c, const struct frame *frame)
{
	return !c->seen || (int32_t)(frame->window - c->window) > 0;
}

static int take(struct udp_feed *f, const struct answer *a, udp_feed_handler *handler, void *ctx)
{
	struct udp_feed_channel *c = &f->channels[f->turn];
	uint64_t pace = a->pace * (CLOCK_SECOND / ANSWER_PACE_HZ);

	if (a->status == ANSWER_UNKNOWN)
		return -EPERM;
	f->waiting = false;
	f->unanswered = 0;
	f->due = f->asked_at + (pace > CLOCK_SECOND ? pace : CLOCK_SECOND);
	f->turn = (f->turn + 1) % f->n;
	if (!a->has_frame || !is_newer(c, &a->frame))
		return 0;
	c->seen = true;
	c->window = a->frame.window;
	return handler(ctx, &a->frame);
}

/* What is no answer to this question may come from anybody, and is nobody's business. */
static bool is_ours(const struct udp_feed *f, const uint8_t *bytes, size_t len, struct answer *a)
{
	return answer_decode(bytes, len, a) == 0 && a->session == f->session &&
	       a->channel == f->channels[f->turn].id;
}

static int receive(struct udp_feed *f, udp_feed_handler *handler, void *ctx)
{
	uint8_t bytes[ANSWER_MAX + 1];
	struct answer a;
	ssize_t len = recv(f->fd, bytes, sizeof(bytes), 0);

	if (len < 0)
		return errno == EAGAIN || errno == EINTR || !f->waiting ? 0 : give_up(f, -errno);
	return is_ours(f, bytes, (size_t)len, &a) ? take(f, &a, handler, ctx) : 0;
}

int udp_feed_turn(struct udp_feed *f, short revents, udp_feed_handler *handler, void *ctx)
{
	int ret = revents != 0 ? receive(f, handler, ctx) : 0;

	if (ret != 0 || clock_now() < f->due) // what strangers send puts nothing off
		return ret;
	return f->waiting ? give_up(f, 0) : ask(f);
}

struct pollfd udp_feed_poll(const struct udp_feed *f)
{
	return (struct pollfd){.fd = f->fd, .events = POLLIN};
}

int udp_feed_timeout(const struct udp_feed *f)
{
	return clock_left_ms(f->due);
}
