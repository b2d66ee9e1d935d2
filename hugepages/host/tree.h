/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Reading below the root of a host. Paths are those of the machine itself, "/proc/mounts".
 */
#ifndef HUGEPAGES_HOST_TREE_H
#define HUGEPAGES_HOST_TREE_H

#include "hugepages/host/host.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>

enum { HOST_PATH_MAX = 512, HOST_LINE_MAX = 512 };

/* The path as this process opens it; false: too long. */
bool tree_path(const struct host *h, char out[HOST_PATH_MAX], const char *path);

__attribute__((format(printf, 2, 3))) bool tree_has(const struct host *h, const char *format, ...);

/* The first line without its end; what is longer is cut. 0 or -errno. */
__attribute__((format(printf, 4, 5))) int tree_read(
	const struct host *h, char *out, size_t cap, const char *format, ...);

/* The number at the beginning of a file, or the other one. */
__attribute__((format(printf, 3, 4))) int64_t tree_number(
	const struct host *h, int64_t otherwise, const char *format, ...);

/* The last name that a link points to ("e1000e" of …/driver). 0 or -errno. */
__attribute__((format(printf, 4, 5))) int tree_link(
	const struct host *h, char *out, size_t cap, const char *format, ...);

/* Bytes that a file takes of its file system; 0 if there is none. */
__attribute__((format(printf, 2, 3))) uint64_t tree_bytes(
	const struct host *h, const char *format, ...);

__attribute__((format(printf, 2, 3))) FILE *tree_open(
	const struct host *h, const char *format, ...);
__attribute__((format(printf, 2, 3))) DIR *tree_list(const struct host *h, const char *format, ...);

/* May this process write to the file? */
bool tree_writable(const struct host *h, const char *path);

/* Does a line of a file of settings, such as /etc/fstab, have this word, outside of comments? */
__attribute__((format(printf, 3, 4))) bool tree_mentions(
	const struct host *h, const char *word, const char *format, ...);

#endif
