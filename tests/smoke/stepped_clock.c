/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * For LD_PRELOAD: a wall clock that a test may set without setting that of the machine. It is off
 * by the nanoseconds, a signed 64-bit number, that the file UPROAR_STEPPED_CLOCK has at the moment.
 */

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { SECOND = 1000000000 };

static const int64_t *offset;

__attribute__((constructor)) static void find_offset(void)
{
	const char *path = getenv("UPROAR_STEPPED_CLOCK");
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *memory;

	if (fd < 0)
		abort(); // a test without its clock would test nothing
	memory = mmap(NULL, sizeof(*offset), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (memory == MAP_FAILED)
		abort();
	offset = memory;
}

/* A constructor of another library may ask before ours has run. */
int clock_gettime(clockid_t clock, struct timespec *t)
{
	int ret = (int)syscall(SYS_clock_gettime, clock, t);

	if (ret < 0 || offset == NULL ||
		(clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
		return ret;
	int64_t at = t->tv_sec * (int64_t)SECOND + t->tv_nsec +
		     __atomic_load_n(offset, __ATOMIC_RELAXED);
	t->tv_sec = at / SECOND;
	t->tv_nsec = at % SECOND;
	return 0;
}

time_t time(time_t *out)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (out != NULL)
		*out = t.tv_sec;
	return t.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	out->tv_sec = t.tv_sec;
	out->tv_usec = t.tv_nsec / 1000;
	return 0;
}
