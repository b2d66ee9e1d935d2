/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/ring_restrict.h"

static const __u8 operations[] = {
	IORING_OP_ACCEPT,
	IORING_OP_POLL_ADD,
	IORING_OP_SEND,
	IORING_OP_READ, // of the eventfd
	IORING_OP_ASYNC_CANCEL,
};

/* The ring's own descriptor, which saves time. */
static const __u8 registrations[] = {
	IORING_REGISTER_RING_FDS,
	IORING_UNREGISTER_RING_FDS,
};

enum { OPERATIONS = sizeof(operations), REGISTRATIONS = sizeof(registrations) };

/*
 * No flag of a submission is allowed, since none is used. liburing 2.3 does not export
 * io_uring_register_restrictions() and io_uring_enable_rings(), though its header has them.
 */
int ring_restrict(struct io_uring *uring)
{
	struct io_uring_restriction allowed[OPERATIONS + REGISTRATIONS] = {0};
	int ret;

	for (unsigned i = 0; i < OPERATIONS; i++) {
		allowed[i].opcode = IORING_RESTRICTION_SQE_OP;
		allowed[i].sqe_op = operations[i];
	}
	for (unsigned i = 0; i < REGISTRATIONS; i++) {
		allowed[OPERATIONS + i].opcode = IORING_RESTRICTION_REGISTER_OP;
		allowed[OPERATIONS + i].register_op = registrations[i];
	}
	ret = io_uring_register((unsigned)uring->ring_fd, IORING_REGISTER_RESTRICTIONS, allowed,
		OPERATIONS + REGISTRATIONS);
	if (ret < 0)
		return ret;
	return io_uring_register((unsigned)uring->ring_fd, IORING_REGISTER_ENABLE_RINGS, NULL, 0);
}
