/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What holds of the answer to any frame, checked with the plain parser and the clients' decoder:
 * never longer, to nobody who may not get one, whole, and saying what it should.
 */
#ifndef TESTS_ANSWER_PROMISES_H
#define TESTS_ANSWER_PROMISES_H

#include "dataplane/answer_frame.h"

#include <stddef.h>
#include <stdint.h>

/* The newest frame of the channel, if facts have a slot for it; len 0: none. */
struct newest_frame {
	uint8_t bytes[WIRE_FRAME_MAX];
	size_t len;
};

/*
 * Makes the answer to a frame whose payload begins there. NULL, or the promise that was broken.
 * *made says what became of it.
 */
const char *broken_answer_promise(const uint8_t *frame, size_t len, size_t payload, unsigned port,
	const struct answer_facts *facts, const struct newest_frame *newest,
	struct answer_made *made);

#endif
