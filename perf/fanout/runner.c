/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/runner.h"

#include "perf/figures.h"
#include "wire/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { JOIN_SECONDS = 60, ROUND_SECONDS = 20, WARM_UP = 3, ROUNDS_MIN = 3 };

/* Looks like a frame of uproar as far as the window; the rest is noise without zeros. */
static void make_payload(uint8_t out[PAYLOAD_LEN], uint32_t window)
{
	for (unsigned i = 0; i < PAYLOAD_LEN; i++)
		out[i] = (uint8_t)(1 + i * 37 % 255);
	out[0] = 0xfc;
	out[1] = 0x10;
	store_be16(out + 2, 1);
	store_be32(out + PAYLOAD_WINDOW_AT, window);
}

static bool publish(struct runner *r)
{
	uint8_t payload[PAYLOAD_LEN];

	arrivals_empty(r->arrivals, ++r->window);
	make_payload(payload, r->window);
	return server_publish(&r->server, payload, sizeof(payload));
}

/* The kernel frees what it was told to a little later. */
static void settle(void)
{
	usleep(200000);
}

static double since(double before, double now)
{
	return before < 0 || now < 0 ? -1 : now - before;
}

static int join(struct runner *r, unsigned cpu, struct joining *out)
{
	double user = process_memory(r->server.pid), kernel = kernel_objects();
	double epoll = kernel_epoll_entries();
	struct core_time begin = core_now(cpu);

	holders_connect(&r->holders);
	if (!arrivals_await_ready(r->arrivals, JOIN_SECONDS)) {
		fprintf(stderr, "%s: %u of %u have subscribed, %u were lost\n", r->contestant->name,
			r->arrivals->ready, r->arrivals->subscribers, r->arrivals->lost);
		return -ETIMEDOUT;
	}
	struct core_time end = core_now(cpu);
	settle();
	*out = (struct joining){
		.seconds = end.wall - begin.wall,
		.busy = core_busy(&begin, &end),
		.user = process_memory(r->server.pid) - user,
		.kernel = since(kernel, kernel_objects()),
		.epoll = since(epoll, kernel_epoll_entries()),
	};
	return 0;
}

/* A rival may say that it has subscribed somebody a little before it has. */
static int warm_up(struct runner *r)
{
	struct round round;

	if (r->contestant->real)
		return 0;
	for (unsigned i = 0; i < 3 * WARM_UP; i++) {
		if (runner_round(r, &round) && i + 1 >= WARM_UP)
			return 0;
	}
	fprintf(stderr, "%s: frames do not reach all\n", r->contestant->name);
	return -ETIMEDOUT;
}

static int start_server(struct runner *r, const struct server_place *place)
{
	int ret = server_start(&r->server, r->contestant->server, place);

	/* The first subscribers find a newest frame, which tells them that they are some. */
	if (ret == 0 && !r->contestant->real && !publish(r))
		ret = -EPIPE;
	return ret;
}

int runner_start(struct runner *r, const struct contestant *c, const struct server_place *place,
	unsigned subscribers, unsigned payload_len, struct runner_cpus cpus,
	struct joining *joining)
{
	*r = (struct runner){.contestant = c,
		.dialogue = dialogue_make(c->dialogue, payload_len),
		.arrivals = arrivals_new(subscribers)};
	int ret = r->arrivals == NULL ? -ENOMEM : start_server(r, place);

	if (ret == 0)
		ret = holders_start(
			&r->holders, r->arrivals, &r->dialogue, r->server.place.port, cpus.clients);
	settle();
	if (ret == 0)
		ret = join(r, cpus.server, joining);
	if (ret == 0)
		ret = warm_up(r);
	if (ret < 0)
		runner_stop(r);
	return ret;
}

void runner_stop(struct runner *r)
{
	server_stop(&r->server);
	holders_stop(&r->holders);
	arrivals_free(r->arrivals);
	r->arrivals = NULL;
}

bool runner_round(struct runner *r, struct round *out)
{
	uint64_t begin = arrivals_now();

	if (!publish(r) || !arrivals_await(r->arrivals, r->window, ROUND_SECONDS))
		return false;
	uint32_t n = r->arrivals->awaited;
	const uint64_t *at = arrivals_of(r->arrivals, r->window);
	*out = (struct round){
		.first = (double)(at[0] - begin) / 1e3,
		.median = (double)(at[n / 2] - begin) / 1e3,
		.p99 = (double)(at[(uint64_t)n * 99 / 100] - begin) / 1e3,
		.last = (double)(at[n - 1] - begin) / 1e3,
	};
	return true;
}

static double median(const struct figures *f)
{
	return figures_sum_up(f).median;
}

bool runner_turn(struct runner *r, double seconds, struct turn *out)
{
	static struct figures first, middle, p99, last, skew;
	unsigned cpu = r->server.place.cpu;
	struct core_time begin = core_now(cpu), now = begin;
	double sum = 0;
	struct round o;

	first.n = middle.n = p99.n = last.n = skew.n = 0;
	while (now.wall - begin.wall < seconds || last.n < ROUNDS_MIN) {
		if (!runner_round(r, &o))
			return false;
		figures_add(&first, o.first);
		figures_add(&middle, o.median);
		figures_add(&p99, o.p99);
		figures_add(&last, o.last);
		figures_add(&skew, o.last - o.first);
		sum += o.last;
		now.wall = (double)arrivals_now() / 1e9;
	}
	now = core_now(cpu);
	double n = (double)last.n * r->arrivals->awaited;
	*out = (struct turn){
		.rounds = last.n,
		.seconds = now.wall - begin.wall,
		.busy = core_busy(&begin, &now),
		.deliveries = n / (now.wall - begin.wall),
		.wall = sum / n,
		.of = {median(&first), median(&middle), median(&p99), median(&last)},
		.skew = median(&skew),
	};
	return true;
}

static int descending(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return (x < y) - (x > y);
}

/* Bytes that the server's kernel holds for each subscriber, as ss says. Returns how many. */
static unsigned read_queues(const struct runner *r, unsigned *out, unsigned cap)
{
	char command[128], line[256];
	unsigned n = 0;

	snprintf(command, sizeof(command), "ss -Htn state established 'sport = :%u' 2>/dev/null",
		r->server.place.port);
	FILE *f = popen(command, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (n < cap && sscanf(line, "%*u %u", &out[n]) == 1)
			n++;
	}
	if (f != NULL)
		pclose(f);
	return n;
}

struct backlog runner_backlog(const struct runner *r)
{
	unsigned cap = r->arrivals->subscribers + 16;
	unsigned *queues = calloc(cap, sizeof(*queues)), stalled = r->holders.stalled;
	struct backlog b = {0};
	unsigned n = queues == NULL ? 0 : read_queues(r, queues, cap);

	if (n > stalled && stalled > 0) { // all others have got everything
		qsort(queues, n, sizeof(*queues), descending);
		b.most = (double)queues[0] / r->dialogue.message_len;
		b.median = (double)queues[stalled / 2] / r->dialogue.message_len;
	}
	free(queues);
	return b;
}
