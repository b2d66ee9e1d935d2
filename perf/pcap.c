/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/frames.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FRAMES = 4096, FRAME_MAX = 512, ETHERNET = 1 };

/* As libpcap's manual has it: pcap-savefile(5). */
struct file_head {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, accuracy, frame_max, link;
};

struct frame_head {
	uint32_t seconds, microseconds, captured, len;
};

static bool write_frame(FILE *to, unsigned i)
{
	uint8_t frame[FRAME_MAX];
	uint32_t len = frames_make(&bench_cases[0], i, frame, sizeof(frame));
	struct frame_head head = {.microseconds = i, .captured = len, .len = len};

	return fwrite(&head, sizeof(head), 1, to) == 1 && fwrite(frame, len, 1, to) == 1;
}

int frames_write_pcap(const char *file)
{
	const struct file_head head = {.magic = 0xa1b2c3d4,
		.major = 2,
		.minor = 4,
		.frame_max = FRAME_MAX,
		.link = ETHERNET};
	FILE *to = fopen(file, "w");
	bool good = to != NULL && fwrite(&head, sizeof(head), 1, to) == 1;

	for (unsigned i = 0; good && i < FRAMES; i++)
		good = write_frame(to, i);
	if (to != NULL)
		good &= fclose(to) == 0;
	if (good)
		return 0;
	int ret = errno != 0 ? -errno : -EIO;
	fprintf(stderr, "%s cannot be written: %s\n", file, strerror(-ret));
	return ret;
}
