/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Clients that lose nothing, whatever happens to the appliance: tells the story of session_story.h
 * through two memif ports, by a process each, side by side. Whenever its link is lost, a process
 * goes back by more rounds than the ring and the worker's hands can have held of them, waits for
 * the next appliance, and tells them again. So all of it is delivered at least once, to one that
 * lives.
 *
 * A line on standard input ends the story; then each channel's count of each reaction is printed,
 * and how many datagrams the last appliance was sent. The links stay until standard input ends.
 */

#include "client/clock.h"
#include "client/complain.h"
#include "client/device/device.h"
#include "client/relay/viewer_flow.h"
#include "session_story.h"
#include "wire/limits.h"

#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	BACK = 2, // rounds: a ring has 1024 places, a burst 64, a round more than that of each port
	APART = 1024, // turns by which one process may be ahead of the other
	PATIENCE = 4,
	LINK_POLL_NS = 5000000,
};

/* Turns are counted through: round * STORY_VIEWERS + viewer. */
struct shared {
	atomic_uint_fast64_t at[STORY_PORTS];
	atomic_uint_fast64_t furthest[STORY_PORTS]; // where it ever was
	atomic_uint_fast32_t rounds;                // of the story; UINT32_MAX: it goes on
	atomic_uint_fast64_t sent[STORY_PORTS];     // datagrams, since the link came up
	atomic_bool told[STORY_PORTS];
	atomic_bool quit;
};

static struct story story;

struct teller {
	struct shared *shared;
	unsigned port;
	struct device device;
	uint64_t turn;
	uint64_t sure; // turns before it were delivered to one that lived
	unsigned n;    // datagrams of this burst
	struct story_datagram datagrams[DEVICE_BURST];
	struct parcel parcels[DEVICE_BURST];
};

static bool story_is_over(const struct teller *t)
{
	uint32_t rounds = (uint32_t)atomic_load(&t->shared->rounds);

	return rounds != UINT32_MAX &&
	       t->turn >= (uint64_t)(rounds + STORY_AGAIN_MAX) * STORY_VIEWERS;
}

/* As many turns as surely fit, and no further than the other process lets us. */
static void fill(struct teller *t)
{
	uint32_t rounds = (uint32_t)atomic_load(&t->shared->rounds);
	uint64_t limit = atomic_load(&t->shared->at[!t->port]) + APART;

	if (atomic_load(&t->shared->told[!t->port]))
		limit = UINT64_MAX;
	t->n = 0;
	while (t->n + STORY_TURN_MAX <= DEVICE_BURST && t->turn < limit && !story_is_over(t)) {
		uint32_t viewer = (uint32_t)(t->turn % STORY_VIEWERS);
		unsigned end = t->n + story_turn(&story, (uint32_t)(t->turn / STORY_VIEWERS),
					      viewer, t->port, rounds, &t->datagrams[t->n]);

		for (; t->n < end; t->n++) {
			t->parcels[t->n].payload = t->datagrams[t->n].payload;
			t->parcels[t->n].len = t->datagrams[t->n].len;
			viewer_flow(viewer, WIRE_PORT_REACTIONS, &t->parcels[t->n].flow);
		}
		t->turn++;
	}
}

static void go_back(struct teller *t)
{
	t->turn = t->sure;
	t->n = 0;
	atomic_store(&t->shared->at[t->port], t->turn);
	atomic_store(&t->shared->told[t->port], false);
	atomic_store(&t->shared->sent[t->port], 0);
}

/* False if the link was lost. */
static bool send_all(struct teller *t)
{
	unsigned sent = 0, in_vain = 0;

	while (sent < t->n && !atomic_load(&t->shared->quit)) {
		if (!device_has_link(&t->device))
			return false;
		unsigned taken = device_send(&t->device, t->parcels + sent, t->n - sent);

		sent += taken;
		in_vain = taken == 0 ? in_vain + 1 : 0;
		if (in_vain > PATIENCE) // the appliance may need this core
			sched_yield();
	}
	atomic_fetch_add(&t->shared->sent[t->port], sent);
	return device_has_link(&t->device);
}

static void await_link(struct teller *t)
{
	const struct timespec pause = {.tv_nsec = LINK_POLL_NS};

	while (!device_has_link(&t->device) && !atomic_load(&t->shared->quit))
		nanosleep(&pause, NULL);
}

static void arrive(struct teller *t)
{
	uint64_t back = (uint64_t)BACK * STORY_VIEWERS;

	if (t->turn > t->sure + back)
		t->sure = t->turn - back;
	atomic_store(&t->shared->at[t->port], t->turn);
	if (t->turn > atomic_load(&t->shared->furthest[t->port]))
		atomic_store(&t->shared->furthest[t->port], t->turn);
}

static void tell(struct teller *t)
{
	while (!atomic_load(&t->shared->quit)) {
		fill(t);
		if (!send_all(t)) {
			go_back(t);
			await_link(t);
			continue;
		}
		arrive(t);
		if (story_is_over(t))
			atomic_store(&t->shared->told[t->port], true);
		if (t->n == 0)
			sched_yield();
	}
}

static int run_teller(struct shared *shared, unsigned port, const char *socket)
{
	static struct teller t;
	char vdev[256];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	t.shared = shared;
	t.port = port;
	snprintf(vdev, sizeof(vdev), "net_memif0,role=client,id=0,socket=%s,socket-abstract=no",
		socket);
	if (device_open(&t.device, vdev, false) < 0)
		return 1;
	await_link(&t);
	tell(&t);
	device_close(&t.device);
	return 0;
}

static void print_counts(const struct shared *s)
{
	static uint64_t counts[STORY_CHANNELS][STORY_REACTIONS];

	story_count(&story, (uint32_t)atomic_load(&s->rounds), counts);
	for (unsigned c = 0; c < STORY_CHANNELS; c++) {
		for (unsigned r = 0; r < STORY_REACTIONS; r++)
			printf("%u %u %" PRIu64 "\n", c, r, counts[c][r]);
	}
	printf("sent %" PRIu64 " in %" PRIu64 " rounds\n",
		(uint64_t)(atomic_load(&s->sent[0]) + atomic_load(&s->sent[1])),
		(uint64_t)atomic_load(&s->rounds));
	fflush(stdout);
}

/* The story ends in a round that neither process has begun. */
static void end_story(struct shared *s)
{
	const struct timespec pause = {.tv_nsec = LINK_POLL_NS};
	uint64_t a = atomic_load(&s->furthest[0]), b = atomic_load(&s->furthest[1]);

	atomic_store(&s->rounds, (a > b ? a : b) / STORY_VIEWERS + 2);
	while (!atomic_load(&s->told[0]) || !atomic_load(&s->told[1]))
		nanosleep(&pause, NULL);
}

/* A line, or the end. */
static bool read_line(void)
{
	char c;

	while (read(STDIN_FILENO, &c, 1) == 1) {
		if (c == '\n')
			return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	pid_t tellers[STORY_PORTS];
	int status, ret = 0;

	if (argc != 1 + STORY_PORTS) {
		complain("usage: session-blast SOCKET SOCKET");
		return 2;
	}
	struct shared *s =
		mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s == MAP_FAILED)
		return 1;
	atomic_store(&s->rounds, UINT32_MAX);
	story_begin(&story);
	for (unsigned port = 0; port < STORY_PORTS; port++) {
		tellers[port] = fork();
		if (tellers[port] == 0)
			_exit(run_teller(s, port, argv[1 + port]));
	}
	if (read_line()) {
		end_story(s);
		print_counts(s);
		read_line();
	}
	atomic_store(&s->quit, true);
	for (unsigned port = 0; port < STORY_PORTS; port++) {
		if (tellers[port] < 0 || waitpid(tellers[port], &status, 0) < 0 || status != 0)
			ret = 1;
	}
	return ret;
}
