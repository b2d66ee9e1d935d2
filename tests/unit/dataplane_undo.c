/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A kill between any two instructions of a worker neither loses nor doubles a tap of a session. A
 * child counts a datagram, one instruction after the other, in memory that it shares with us. After
 * each we do to a copy of that memory what the next process would find and do: recover, and get
 * the same datagram again, for the client did not see it counted.
 */

#include "counting_rig.h"
#include "dataplane/counting_single.h"
#include "wire/bytes.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 2, BUCKETS = 4, PAYLOAD = 128, STEPS_MAX = 200000 };

/* What would lie in the arena, and survives. */
struct memory {
	_Alignas(64) struct session_head head;
	struct session_bucket buckets[BUCKETS];
	struct undo undo[WORKERS];
	struct worker_block blocks[WORKERS];
	uint64_t tallies[WORKERS][RIG_ROWS][RIG_STRIDE];
};

struct datagram {
	uint8_t bytes[PAYLOAD];
	size_t len;
};

static struct counting_rig *rig;
static struct memory *live; // shared with the child

static void set_up(void)
{
	rig = counting_rig_new();
	live = mmap(NULL, sizeof(*live), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	cr_assert_neq(live, MAP_FAILED);
	live->head.key[0] = 1;
	live->head.key[1] = 0x9e3779b97f4a7c15;
}

static void tear_down(void)
{
	munmap(live, sizeof(*live));
	counting_rig_free(rig);
}

TestSuite(dataplane_undo, .init = set_up, .fini = tear_down);

static struct counter worker_in(struct memory *m, unsigned w)
{
	struct counter c = rig->counter;

	c.stats = &m->blocks[w].stats;
	c.tallies = m->tallies[w][0];
	c.owner = w;
	c.undo = &m->undo[w];
	sessions_view(&c.sessions, &m->head, BUCKETS);
	return c;
}

/*
 * Batches of the sequences down from this one. Each has two reactions that follow from it; but one
 * alone, of the even sessions, one reaction, so that it goes the short way.
 */
static struct datagram datagram_of(uint64_t session, uint32_t sequence, unsigned batches)
{
	const struct reaction_datagram head = {.session = session,
		.sequence = sequence,
		.channel = 1,
		.batches = (uint8_t)batches};
	struct datagram d;

	d.len = reaction_put_header(d.bytes, sizeof(d.bytes), &head);
	for (unsigned i = 0; i < batches; i++) {
		uint8_t s = (uint8_t)(sequence - i);
		const uint8_t pairs[] = {s % 24, (uint8_t)(s + 1), (s + 5) % 24, 100};

		d.len = reaction_put_batch(
			d.bytes, sizeof(d.bytes), d.len, pairs, session % 2 == 0 ? 1 : 2);
	}
	cr_assert_neq(d.len, 0);
	return d;
}

/* By the way that a worker takes: the short one if the datagram is of that kind. */
static void take(struct memory *m, unsigned w, const struct datagram *d)
{
	struct counter c = worker_in(m, w);
	struct counted sum = {0};
	struct pending p;

	if (!counting_is_single(d->bytes, d->len)) {
		cr_assert_eq(counter_take(&c, d->bytes, d->len), REFUSED_none);
		return;
	}
	cr_assert(counting_admit_single(&c, d->bytes, &p));
	counting_find_session(&c, &p);
	counting_settle_single(&c, &p, &sum);
}

static uint64_t taps_in(const struct memory *m)
{
	uint64_t sum = 0;

	for (unsigned w = 0; w < WORKERS; w++) {
		for (unsigned i = 0; i < RIG_ROWS * RIG_STRIDE; i++)
			sum += m->tallies[w][i / RIG_STRIDE][i % RIG_STRIDE];
	}
	return sum;
}

/* Returns how many taps are in doubt. */
static uint64_t recover(struct memory *m)
{
	struct sessions s;
	uint64_t in_doubt = 0;

	sessions_view(&s, &m->head, BUCKETS);
	for (unsigned w = 0; w < WORKERS; w++)
		undo_resolve(
			m->undo, WORKERS, w, &s, m->tallies[w][0], RIG_ROWS, RIG_STRIDE, &in_doubt);
	for (unsigned w = 0; w < WORKERS; w++)
		cr_assert_eq(undo_resolve(m->undo, WORKERS, w, &s, m->tallies[w][0], RIG_ROWS,
				     RIG_STRIDE, &in_doubt),
			UNDO_NOTHING, "once is enough");
	return in_doubt;
}

/* A child that has stopped just before it counts; or recovers, without a datagram. */
static pid_t start_child(const struct datagram *d)
{
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(3);
		raise(SIGSTOP);
		if (d != NULL)
			take(live, 0, d);
		else
			recover(live);
		raise(SIGSTOP);
		_exit(0);
	}
	return pid;
}

/* False when it has counted. */
static bool step(pid_t pid)
{
	int status;

	cr_assert_eq(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), 0);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFSTOPPED(status), "status %x", status);
	return WSTOPSIG(status) == SIGTRAP;
}

/*
 * Calls check with a copy of the memory after each instruction that changed it. Returns how many
 * did.
 */
static unsigned for_each_instruction(
	const struct datagram *d, void (*check)(struct memory *copy, void *with), void *with)
{
	struct memory *before = aligned_alloc(64, sizeof(*before));
	struct memory *copy = aligned_alloc(64, sizeof(*copy));
	pid_t pid = start_child(d);
	unsigned changes = 0, steps = 0;
	int status;

	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP,
		"the child cannot be traced: status %x", status);
	memset(before, 0xff, sizeof(*before));
	do {
		if (memcmp(before, live, sizeof(*before)) == 0)
			continue;
		memcpy(before, live, sizeof(*before));
		memcpy(copy, live, sizeof(*copy));
		check(copy, with);
		changes++;
	} while (++steps < STEPS_MAX && step(pid));
	cr_assert_lt(steps, STEPS_MAX);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	free(copy);
	free(before);
	return changes;
}

/* 1 or 2: the general way, and the short one where a datagram is of that kind. */
static uint64_t viewer = 1;

struct scenario {
	const char *name;
	/* What the memory has seen before. */
	uint32_t earlier[2]; // sequences of datagrams of the viewer, or 0
	unsigned others;     // sessions that came before, to fill the bucket
	uint32_t sequence;   // of the datagram that is cut off
	unsigned batches;
};

static const struct scenario scenarios[] = {
	{"the first of a session", {0}, 0, 1, 1},
	{"the first, with history", {0}, 0, 4, 4},
	{"of a session that began elsewhere", {0}, 0, 9, 3},
	{"the next of a known session", {3}, 0, 4, 1},
	{"the next, with history that was counted", {3}, 0, 5, 4},
	{"after a gap", {3}, 0, 60, 8},
	{"late", {3, 20}, 0, 14, 8},
	{"in the place of another session", {0}, 12, 1, 1},
	{"with history, in the place of another session", {0}, 12, 8, 8},
};

enum { SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]) };

static void prepare(const struct scenario *s)
{
	memset(live->buckets, 0, sizeof(*live) - offsetof(struct memory, buckets));
	for (unsigned i = 0; i < s->others; i++) {
		struct datagram d = datagram_of(100 + i, 1, 1);
		take(live, 0, &d);
	}
	for (unsigned i = 0; i < 2 && s->earlier[i] != 0; i++) {
		struct datagram d = datagram_of(viewer, s->earlier[i], 1);
		take(live, 0, &d);
	}
}

/* What the tallies hold when nobody is killed. */
static uint64_t undisturbed(const struct datagram *d, unsigned n)
{
	struct memory *copy = aligned_alloc(64, sizeof(*copy));

	memcpy(copy, live, sizeof(*copy));
	for (unsigned i = 0; i < n; i++)
		take(copy, 0, &d[i]);
	uint64_t taps = taps_in(copy);
	free(copy);
	return taps;
}

struct expectation {
	const struct scenario *scenario;
	const struct datagram *sent; // that is cut off, and what the client sends next
	uint64_t before, after;      // taps
	uint64_t in_doubt;           // the most that was seen
};

static void check_alone(struct memory *m, void *with)
{
	const struct expectation *e = with;

	cr_expect_eq(recover(m), 0, "%s: nobody else was there", e->scenario->name);
	uint64_t taps = taps_in(m);
	cr_expect(taps == e->before || taps == e->after, "%s: %lu taps", e->scenario->name,
		(unsigned long)taps);
	take(m, 1, &e->sent[0]);
	cr_expect_eq(taps_in(m), e->after, "%s: %lu taps after the client repeated it, not %lu",
		e->scenario->name, (unsigned long)taps_in(m), (unsigned long)e->after);
}

Test(dataplane_undo, a_kill_after_any_instruction_neither_loses_nor_doubles_a_tap)
{
	for (unsigned i = 0; i < 2 * SCENARIOS; i++) {
		const struct scenario *s = &scenarios[i / 2];

		viewer = 1 + i % 2;

		const struct datagram d = datagram_of(viewer, s->sequence, s->batches);

		prepare(s);
		struct expectation e = {.scenario = s,
			.sent = &d,
			.before = taps_in(live),
			.after = undisturbed(&d, 1)};
		unsigned changes = for_each_instruction(&d, check_alone, &e);
		/* At least: what the record says, armed, claimed, a step, an addition, idle. */
		cr_expect_geq(changes, 8, "%s: %u", s->name, changes);
		cr_expect_gt(e.after, e.before);
		cr_expect_eq(taps_in(live), e.after, "%s: the child did it all", s->name);
	}
}

/* The next datagram, which repeats the one that is cut off, was counted on another queue. */
static void check_with_another(struct memory *m, void *with)
{
	const struct expectation *e = with;

	take(m, 1, &e->sent[1]);
	cr_expect_eq(recover(m), 0, "%s: the other's record tells", e->scenario->name);
	take(m, 1, &e->sent[0]);
	take(m, 0, &e->sent[1]);
	cr_expect_eq(taps_in(m), e->after, "%s: %lu taps, not %lu", e->scenario->name,
		(unsigned long)taps_in(m), (unsigned long)e->after);
}

Test(dataplane_undo, what_another_worker_did_with_the_session_is_told_by_its_record)
{
	for (unsigned i = 0; i < 2 * SCENARIOS; i++) {
		const struct scenario *s = &scenarios[i / 2];

		viewer = 1 + i % 2;

		for (uint32_t ahead = 0; ahead < 2; ahead++) {
			unsigned batches = s->batches + ahead < 8 ? s->batches + ahead : 8;
			const struct datagram sent[2] = {
				datagram_of(viewer, s->sequence, s->batches),
				datagram_of(viewer, s->sequence + ahead, batches)};

			/* At first sight the order would make a difference. */
			if (ahead > 0 && s->earlier[0] == 0 && s->sequence + ahead != batches)
				continue;
			prepare(s);
			struct expectation e = {.scenario = s,
				.sent = sent,
				.before = taps_in(live),
				.after = undisturbed(sent, 2)};
			for_each_instruction(&sent[0], check_with_another, &e);
		}
	}
}

/* And the other one went on to other sessions, so that its record is gone. */
static void check_in_doubt(struct memory *m, void *with)
{
	struct expectation *e = with;
	const struct datagram elsewhere = datagram_of(77, 1, 1);
	uint64_t taps_elsewhere = 2 + 100; // of two reactions

	take(m, 1, &e->sent[1]);
	take(m, 1, &elsewhere);
	uint64_t in_doubt = recover(m);
	take(m, 1, &e->sent[0]);
	take(m, 0, &e->sent[1]);
	uint64_t taps = taps_in(m) - taps_elsewhere;
	cr_expect_leq(taps, e->after, "%s: doubled", e->scenario->name);
	cr_expect_geq(taps + in_doubt, e->after, "%s: lost, and not in doubt", e->scenario->name);
	cr_expect_leq(in_doubt, e->after - e->before, "%s: more than the batches in flight",
		e->scenario->name);
	if (in_doubt > e->in_doubt)
		e->in_doubt = in_doubt;
}

Test(dataplane_undo, what_cannot_be_told_is_in_doubt_and_no_more_than_was_in_flight)
{
	for (unsigned i = 0; i < 2 * SCENARIOS; i++) {
		const struct scenario *s = &scenarios[i / 2];

		viewer = 1 + i % 2;

		const struct datagram sent[2] = {datagram_of(viewer, s->sequence, s->batches),
			datagram_of(viewer, s->sequence, s->batches)};

		prepare(s);
		struct expectation e = {.scenario = s,
			.sent = sent,
			.before = taps_in(live),
			.after = undisturbed(sent, 2)};
		for_each_instruction(&sent[0], check_in_doubt, &e);
		cr_expect_gt(e.in_doubt, 0, "%s: the same batch was in flight twice", s->name);
	}
}

/* Recovery, too, may be killed: after each of its instructions the next one starts over. */
static void check_recovered(struct memory *m, void *with)
{
	const struct expectation *e = with;

	cr_expect_eq(recover(m), 0);
	cr_expect_eq(taps_in(m), e->after);
}

static void kill_at_step(const struct datagram *d, unsigned wanted)
{
	pid_t pid = start_child(d);
	int status;

	cr_assert_eq(waitpid(pid, &status, 0), pid);
	while (undo_step_of(live->undo[0].progress) != wanted)
		cr_assert(step(pid), "it never came to addition %u", wanted);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

Test(dataplane_undo, recovery_may_be_killed_after_any_instruction)
{
	const struct scenario s = {"recovery", {3}, 0, 5, 4};
	const struct datagram d = datagram_of(viewer, s.sequence, s.batches);

	for (unsigned wanted = 1; wanted <= 4; wanted++) {
		prepare(&s);
		struct expectation e = {.after = undisturbed(&d, 1)};
		kill_at_step(&d, wanted);
		for_each_instruction(NULL, check_recovered, &e);
		cr_expect_eq(taps_in(live), e.after);
	}
}
