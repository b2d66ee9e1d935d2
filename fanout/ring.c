/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/ring.h"

#include "fanout/ring_restrict.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int disabled_by_sysctl(void)
{
	FILE *f = fopen("/proc/sys/kernel/io_uring_disabled", "re");
	int value = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%d", &value) != 1)
		value = 0;
	fclose(f);
	return value;
}

static void explain(int err, char *error, size_t cap)
{
	int disabled = disabled_by_sysctl();

	if (err == EPERM && disabled != 0)
		snprintf(error, cap,
			"the kernel refused an io_uring: kernel.io_uring_disabled is %d; "
			"run: sysctl -w kernel.io_uring_disabled=0",
			disabled);
	else if (err == EPERM || err == EACCES)
		snprintf(error, cap,
			"an io_uring was refused: %s, although the sysctl kernel.io_uring_disabled "
			"is 0; "
			"the seccomp profile of this container forbids it: allow io_uring_setup, "
			"io_uring_enter and io_uring_register",
			strerror(err));
	else if (err == ENOSYS)
		snprintf(error, cap,
			"this kernel has no io_uring: 6.1 or later with CONFIG_IO_URING is needed");
	else if (err == ENOMEM)
		snprintf(error, cap,
			"no memory for an io_uring: raise the memory limit of this process (or "
			"`ulimit -l` on kernels before 5.12)");
	else
		snprintf(error, cap,
			"an io_uring could not be set up: %s (kernel 6.1 or later is needed)",
			strerror(err));
}

/* The modes from best to most compatible, each with smaller queues if memory does not suffice. */
static int set_up(struct io_uring *uring, unsigned flags)
{
	static const unsigned modes[] = {
		IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
		IORING_SETUP_COOP_TASKRUN,
	};
	int ret = -EINVAL;

	for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]) && ret == -EINVAL; i++) {
		unsigned completions = RING_COMPLETIONS;

		do {
			struct io_uring_params params = {
				.flags = modes[i] | flags | IORING_SETUP_SUBMIT_ALL |
					 IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP,
				.cq_entries = completions,
			};
			ret = io_uring_queue_init_params(RING_SUBMISSIONS, uring, &params);
			completions /= 2;
		} while (ret == -ENOMEM && completions >= RING_SUBMISSIONS);
	}
	return ret;
}

static int set_up_restricted(struct io_uring *uring)
{
	int ret = set_up(uring, IORING_SETUP_R_DISABLED);

	if (ret < 0)
		return ret;
	ret = ring_restrict(uring);
	if (ret < 0)
		io_uring_queue_exit(uring);
	return ret;
}

int ring_init(struct ring *r, char *error, size_t cap)
{
	int ret = set_up_restricted(&r->uring);

	r->restricted = ret == 0;
	if (!r->restricted)
		ret = set_up(&r->uring, 0);
	if (ret < 0) {
		explain(-ret, error, cap);
		return ret;
	}
	io_uring_register_ring_fd(&r->uring); // only saves time: without it all works the same
	return 0;
}

void ring_fini(struct ring *r)
{
	io_uring_queue_exit(&r->uring);
}

struct io_uring_sqe *ring_sqe(struct ring *r)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&r->uring);

	if (sqe == NULL) {
		io_uring_submit(&r->uring);
		sqe = io_uring_get_sqe(&r->uring);
	}
	/* Neither get_sqe nor any prep clears it: it would still be that of an older submission. */
	if (sqe != NULL)
		io_uring_sqe_set_data64(sqe, RING_NOBODY);
	return sqe;
}
