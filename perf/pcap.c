/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/frames.h"

#include "client/traffic/capture.h"

#include <errno.h>
#include <string.h>

enum { FRAMES = 4096, FRAME_MAX = 512, APART_NS = 1000 };

static int write_frames(struct capture *c)
{
	uint8_t frame[FRAME_MAX];
	int ret = 0;

	for (unsigned i = 0; i < FRAMES && ret == 0; i++) {
		uint32_t len = frames_make(&bench_cases[0], i, frame, sizeof(frame));

		ret = capture_put(c, (uint64_t)i * APART_NS, frame, len);
	}
	return ret;
}

int frames_write_pcap(const char *file)
{
	FILE *to = fopen(file, "we");
	struct capture c;
	int ret = to != NULL ? capture_begin(&c, to, false) : -errno;

	if (ret == 0) {
		int written = write_frames(&c), end = capture_end(&c);

		ret = written < 0 ? written : end;
	}
	if (ret < 0)
		fprintf(stderr, "%s cannot be written: %s\n", file, strerror(-ret));
	return ret;
}
