/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The io_uring of one fan-out thread: set-up with what to do when the kernel refuses it, and the
 * meaning of user_data.
 *
 * Facts that are relied on (io_uring_setup(2), io_uring_enter(2); kernel 6.1 or later): completions
 * are never dropped (IORING_FEAT_NODROP); with DEFER_TASKRUN they appear only while this thread
 * waits for them.
 */
#ifndef FANOUT_RING_H
#define FANOUT_RING_H

#include <liburing.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum ring_operation {
	RING_NOBODY,  // the completion is thrown away; all of user_data is 0
	RING_WAKE,    // eventfd of the thread became readable
	RING_ACCEPT,  // index: listener
	RING_RECEIVE, // index: connection, as below
	RING_SEND,
	RING_WRITABLE, // one poll for POLLOUT
	RING_WATCH,    // multishot poll of a half-closed connection
	RING_CANCEL,
};

/* user_data: operation (8 bits), generation (24), index (32). */
static inline uint64_t ring_user_data(enum ring_operation op, uint32_t generation, uint32_t index)
{
	return (uint64_t)op << 56 | (uint64_t)(generation & 0xffffff) << 32 | index;
}

static inline enum ring_operation ring_operation_of(uint64_t user_data)
{
	return (enum ring_operation)(user_data >> 56);
}

static inline uint32_t ring_generation_of(uint64_t user_data)
{
	return (uint32_t)(user_data >> 32) & 0xffffff;
}

static inline uint32_t ring_index_of(uint64_t user_data)
{
	return (uint32_t)user_data;
}

enum {
	RING_SUBMISSIONS = 1024,
	RING_COMPLETIONS = 8192,

	/*
	 * Of every send. Without MSG_DONTWAIT one to a full socket would park inside the kernel,
	 * holding an old frame; with it, it ends with -EAGAIN. MSG_WAITALL makes one that could
	 * only place a part of its bytes say so.
	 */
	RING_SEND_FLAGS = MSG_DONTWAIT | MSG_WAITALL | MSG_NOSIGNAL,
};

struct ring {
	struct io_uring uring;
	bool restricted; // to what is used (ring_restrict.h)
};

/*
 * By the thread that will use the ring. Where the kernel does not let it be restricted it works
 * without. 0, or -errno with a sentence in error that says what to do.
 */
int ring_init(struct ring *r, char *error, size_t cap);
void ring_fini(struct ring *r);

/*
 * A submission to fill in, whose completion is for nobody unless user_data is set. Submits what is
 * there if the queue is full; NULL if even then.
 */
struct io_uring_sqe *ring_sqe(struct ring *r);

#endif
