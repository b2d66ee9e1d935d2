/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Between any two instructions of a worker that looks for a session, another may fill the whole
 * bucket, with this session too: it gets one place, and its batch counts once. A child looks and
 * claims, one instruction after the other, in memory that it shares with us.
 */

#include "dataplane/sessions.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SESSION = 1, STEPS_MAX = 20000 };

/* Sanitizers make several instructions of each of ours, and single steps slow. */
#ifdef __SANITIZE_ADDRESS__
enum { STRIDE = 5 };
#else
enum { STRIDE = 1 };
#endif

struct memory {
	struct session_bucket bucket;
	unsigned counted[SESSION_SLOTS + 1]; // by session
};

static struct memory *live; // shared with the child

static void set_up(void)
{
	live = mmap(NULL, sizeof(*live), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	cr_assert_neq(live, MAP_FAILED);
}

static void tear_down(void)
{
	munmap(live, sizeof(*live));
}

TestSuite(dataplane_session_race, .init = set_up, .fini = tear_down);

static void bring(uint64_t session, unsigned owner)
{
	struct session_claim claim;

	do {
		session_look(&live->bucket, session, 1, 1, owner, &claim);
		if (claim.fresh == 0)
			return;
	} while (!session_commit(&claim));
	live->counted[session]++;
}

/* A child that has stopped just before it brings the session. */
static pid_t start_child(void)
{
	pid_t pid = fork();
	int status;

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(3);
		raise(SIGSTOP);
		bring(SESSION, 0);
		raise(SIGSTOP);
		_exit(0);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP,
		"the child cannot be traced: status %x", status);
	return pid;
}

/* How the child stopped. */
static int resume(pid_t pid, int request)
{
	int status;

	cr_assert_eq(ptrace(request, pid, NULL, NULL), 0);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFSTOPPED(status), "%x", status);
	return WSTOPSIG(status);
}

/* False when the child has done its work in fewer steps. */
static bool interrupted_at(unsigned steps)
{
	pid_t pid = start_child();
	bool runs = true;

	for (unsigned i = 0; runs && i < steps; i++)
		runs = resume(pid, PTRACE_SINGLESTEP) == SIGTRAP;
	for (uint64_t session = SESSION; session <= SESSION_SLOTS; session++)
		bring(session, 1);
	if (runs)
		cr_assert_eq(resume(pid, PTRACE_CONT), SIGSTOP);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return runs;
}

static void expect_once(unsigned steps, unsigned full)
{
	for (uint64_t session = SESSION; session <= SESSION_SLOTS; session++)
		cr_assert_eq(live->counted[session], 1,
			"%u there, %u instructions: session %lu %u times", full, steps,
			(unsigned long)session, live->counted[session]);
}

/* Into a bucket that has none, some, or all places taken by older sessions. */
Test(dataplane_session_race, a_bucket_that_another_fills_meanwhile_gets_no_session_twice)
{
	for (unsigned full = 0; full <= 2 * SESSION_SLOTS; full++) {
		bool runs = true;
		unsigned steps;

		for (steps = 0; runs && steps < STEPS_MAX; steps += STRIDE) {
			memset(live, 0, sizeof(*live));
			for (unsigned i = 0; i < full; i++) {
				struct session_claim claim;

				session_look(&live->bucket, 100 + i, 1, 1, 2, &claim);
				cr_assert(session_commit(&claim));
			}
			runs = interrupted_at(steps);
			expect_once(steps, full);
		}
		cr_assert_lt(steps, STEPS_MAX);
		cr_expect_gt(steps, 30);
	}
}
