/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The arena between processes: one holds it, and its death by SIGKILL takes nothing away.
 */

#include "hugepages_rig.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static enum rig_place places[] = {PLACE_SHM, PLACE_HUGETLBFS};

ParameterizedTestParameters(hugepages_process, what_a_killed_process_wrote_is_there)
{
	return cr_make_param_array(enum rig_place, places, 2, NULL);
}

/* What the child says of its own progress, outside of the arena: it writes n next; it wrote n. */
struct progress {
	uint64_t next, written;
};

static void write_until_killed(struct arena_rig *rig, volatile struct progress *progress, int ready)
{
	struct arena *a;

	if (arena_rig_open(rig, &a) < 0)
		_exit(1);
	volatile uint64_t *counts = arena_memory(a, "counts");
	for (uint64_t n = 1;; n++) {
		progress->next = n;
		counts[n % RIG_COUNTS] = n;
		progress->written = n;
		if (n == 10000 && write(ready, "x", 1) != 1)
			_exit(1);
	}
}

static uint64_t expected_at(unsigned i, uint64_t newest)
{
	return newest - (newest - i) % RIG_COUNTS;
}

ParameterizedTest(enum rig_place *place, hugepages_process, what_a_killed_process_wrote_is_there)
{
	struct progress *progress = mmap(
		NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct arena_rig rig;
	int ready[2], status;
	char byte;

	arena_rig_init(&rig, *place);
	arena_close(arena_rig_must_open(&rig));
	for (unsigned round = 0; round < 5; round++) {
		cr_assert_eq(pipe(ready), 0);
		pid_t child = fork();
		if (child == 0)
			write_until_killed(&rig, progress, ready[1]);
		close(ready[1]);
		cr_assert_eq(read(ready[0], &byte, 1), 1);
		kill(child, SIGKILL);
		cr_assert_eq(waitpid(child, &status, 0), child);
		cr_assert(WIFSIGNALED(status));
		close(ready[0]);

		struct arena *a = arena_rig_must_open(&rig);
		const uint64_t *counts = arena_memory(a, "counts");
		uint64_t newest = counts[progress->next % RIG_COUNTS] == progress->next
					  ? progress->next
					  : progress->written;
		for (unsigned i = 0; i < RIG_COUNTS; i++)
			cr_assert_eq(counts[i], expected_at(i, newest), "count %u", i);
		arena_close(a);
	}
	arena_remove(arena_rig_must_open(&rig));
	arena_rig_done(&rig);
	munmap(progress, sizeof(*progress));
}

static void hold_until_told(struct arena_rig *rig, int ready, int release)
{
	struct arena *a;
	char byte;

	if (arena_rig_open(rig, &a) < 0 || write(ready, "x", 1) != 1)
		_exit(1);
	_exit(read(release, &byte, 1) != 0);
}

Test(hugepages_process, a_second_process_is_told_who_holds_it)
{
	struct arena_rig rig;
	struct arena *none = NULL;
	int ready[2], release[2], status;
	char byte, pid[32];

	arena_rig_init(&rig, PLACE_SHM);
	cr_assert_eq(pipe(ready), 0);
	cr_assert_eq(pipe(release), 0);
	pid_t child = fork();
	if (child == 0) {
		close(release[1]);
		hold_until_told(&rig, ready[1], release[0]);
	}
	cr_assert_eq(read(ready[0], &byte, 1), 1);
	snprintf(pid, sizeof(pid), "process %d", (int)child);
	cr_expect_eq(arena_rig_open(&rig, &none), -EBUSY);
	cr_expect_neq(strstr(rig.error, pid), NULL, "%s", rig.error);
	cr_expect_neq(strstr(rig.error, rig.path), NULL, "%s", rig.error);
	cr_expect_eq(none, NULL);

	rig.options.discard = true;
	cr_expect_eq(arena_rig_open(&rig, &none), -EBUSY, "nor may it be discarded");
	rig.options.discard = false;

	close(release[1]);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_expect_eq(status, 0);
	arena_remove(arena_rig_must_open(&rig)); // its death releases it
	arena_rig_done(&rig);
	close(ready[0]);
	close(ready[1]);
	close(release[0]);
}

Test(hugepages_process, a_folder_of_somebody_else_is_not_used)
{
	struct arena_rig rig;
	struct arena *none;

	if (geteuid() != 0)
		cr_skip("only root may give a folder away");
	arena_rig_init(&rig, PLACE_SHM);
	cr_assert_eq(chown(rig.folder, 65534, 65534), 0);
	cr_expect_eq(arena_rig_open(&rig, &none), -EPERM);
	cr_expect_neq(strstr(rig.error, rig.folder), NULL, "%s", rig.error);
	arena_rig_done(&rig);
}
