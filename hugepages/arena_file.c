/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/arena_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REGION_ALIGN = 4096, HEADER_VERSION = 1 };

static const char magic[8] = "uproar\n\x1a";

static uint64_t round_up(uint64_t n, uint64_t to)
{
	return (n + to - 1) / to * to;
}

static int map(struct arena_file *file, int fd, size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED)
		return -errno;
	file->header = memory;
	file->mapped = size;
	return 0;
}

static void fill_header(
	struct arena_header *h, const struct arena_region *regions, unsigned n, uint64_t size)
{
	uint64_t offset = round_up(sizeof(*h), REGION_ALIGN);

	memcpy(h->magic, magic, sizeof(magic));
	h->version = HEADER_VERSION;
	h->n_regions = n;
	h->size = size;
	while (h->generation == 0) {
		if (getrandom(&h->generation, sizeof(h->generation), 0) < 0)
			h->generation = (uint64_t)getpid();
	}
	for (unsigned i = 0; i < n; i++) {
		h->regions[i] = regions[i];
		h->offsets[i] = offset;
		offset += round_up(regions[i].size, REGION_ALIGN);
	}
}

uint64_t arena_bytes(const struct arena_region *regions, unsigned n)
{
	uint64_t size = round_up(sizeof(struct arena_header), REGION_ALIGN);

	for (unsigned i = 0; i < n; i++)
		size += round_up(regions[i].size, REGION_ALIGN);
	return round_up(size, ARENA_HUGE_PAGE);
}

int arena_file_create(
	struct arena_file *file, const char *path, const struct arena_region *regions, unsigned n)
{
	uint64_t size = arena_bytes(regions, n);
	int ret = 0;

	if (n > ARENA_REGIONS_MAX)
		return -E2BIG;

	unlink(path); // left by a start that was killed
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	/* fallocate() takes the pages now: too few of them is an error here, not a SIGBUS later. */
	if (ftruncate(fd, (off_t)size) < 0 || fallocate(fd, 0, 0, (off_t)size) < 0)
		ret = -errno;
	if (ret == 0)
		ret = map(file, fd, size);
	if (ret == 0)
		fill_header(file->header, regions, n, size);
	else
		unlink(path);
	close(fd);
	return ret;
}

static bool header_sound(const struct arena_header *h, uint64_t size)
{
	if (memcmp(h->magic, magic, sizeof(magic)) != 0 || h->version != HEADER_VERSION)
		return false;
	if (h->n_regions > ARENA_REGIONS_MAX || h->size != size)
		return false;
	for (unsigned i = 0; i < h->n_regions; i++) {
		if (h->offsets[i] < sizeof(*h) || h->offsets[i] % REGION_ALIGN != 0)
			return false;
		if (h->offsets[i] > size || h->regions[i].size > size - h->offsets[i])
			return false;
		if (memchr(h->regions[i].name, 0, ARENA_NAME_MAX) == NULL)
			return false;
	}
	return true;
}

int arena_file_map(struct arena_file *file, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		ret = -errno;
	else if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size < sizeof(struct arena_header))
		ret = -EBADMSG;
	else
		ret = map(file, fd, (size_t)st.st_size);
	close(fd);
	if (ret == 0 && !header_sound(file->header, file->mapped)) {
		arena_file_unmap(file);
		ret = -EBADMSG;
	}
	return ret;
}

void arena_file_unmap(struct arena_file *file)
{
	munmap(file->header, file->mapped);
	file->header = NULL;
}

static int index_of(const struct arena_header *h, const char *name)
{
	for (unsigned i = 0; i < h->n_regions; i++) {
		if (strcmp(h->regions[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

const struct arena_region *arena_file_find(const struct arena_file *file, const char *name)
{
	int i = index_of(file->header, name);

	return i < 0 ? NULL : &file->header->regions[i];
}

void *arena_file_memory(const struct arena_file *file, const char *name)
{
	int i = index_of(file->header, name);

	return i < 0 ? NULL : (char *)file->header + file->header->offsets[i];
}

static bool is_file_at(int fd, const char *path)
{
	struct stat open_one, named;

	return fstat(fd, &open_one) == 0 && lstat(path, &named) == 0 &&
	       open_one.st_dev == named.st_dev && open_one.st_ino == named.st_ino;
}

/* A process that ends removes its lock file: a lock on one that is no longer there is none. */
int arena_lock(const char *path, int *descriptor, pid_t *holder)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd;

	for (;;) {
		fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd < 0)
			return -errno;
		if (fcntl(fd, F_SETLK, &lock) < 0)
			break;
		if (is_file_at(fd, path)) {
			*descriptor = fd;
			return 0;
		}
		close(fd);
	}
	int ret = errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
	if (ret == -EBUSY && fcntl(fd, F_GETLK, &lock) == 0)
		*holder = lock.l_pid;
	close(fd);
	return ret;
}
