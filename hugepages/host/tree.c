/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/host/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool tree_path(const struct host *h, char out[HOST_PATH_MAX], const char *path)
{
	return (size_t)snprintf(out, HOST_PATH_MAX, "%s%s", h->root, path) < HOST_PATH_MAX;
}

__attribute__((format(printf, 3, 0))) static bool format_path(
	const struct host *h, char out[HOST_PATH_MAX], const char *format, va_list list)
{
	char path[HOST_PATH_MAX];
	int len = vsnprintf(path, sizeof(path), format, list);

	return len >= 0 && (size_t)len < sizeof(path) && tree_path(h, out, path);
}

#define PATH_OF(h, path, format)                                 \
	do {                                                     \
		va_list list;                                    \
		va_start(list, format);                          \
		if (!format_path(h, path, format, list))         \
			strcpy(path, ""); /* which nobody has */ \
		va_end(list);                                    \
	} while (0)

bool tree_has(const struct host *h, const char *format, ...)
{
	char path[HOST_PATH_MAX];

	PATH_OF(h, path, format);
	return access(path, F_OK) == 0;
}

static int read_line(const char *path, char *out, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), ret = 0;

	out[0] = '\0';
	if (fd < 0)
		return -errno;
	ssize_t len = read(fd, out, cap - 1);
	if (len < 0)
		ret = -errno;
	out[len > 0 ? len : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	close(fd);
	return ret;
}

int tree_read(const struct host *h, char *out, size_t cap, const char *format, ...)
{
	char path[HOST_PATH_MAX];

	PATH_OF(h, path, format);
	return read_line(path, out, cap);
}

int64_t tree_number(const struct host *h, int64_t otherwise, const char *format, ...)
{
	char path[HOST_PATH_MAX], line[64], *end;

	PATH_OF(h, path, format);
	if (read_line(path, line, sizeof(line)) < 0)
		return otherwise;
	int64_t n = strtoll(line, &end, 10);
	return end == line ? otherwise : n;
}

int tree_link(const struct host *h, char *out, size_t cap, const char *format, ...)
{
	char path[HOST_PATH_MAX], target[PATH_MAX];

	PATH_OF(h, path, format);
	ssize_t len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return -errno;
	target[len] = '\0';
	const char *slash = strrchr(target, '/');
	const char *name = slash != NULL ? slash + 1 : target;
	return (size_t)snprintf(out, cap, "%s", name) < cap ? 0 : -ENAMETOOLONG;
}

uint64_t tree_bytes(const struct host *h, const char *format, ...)
{
	char path[HOST_PATH_MAX];
	struct stat st;

	PATH_OF(h, path, format);
	return stat(path, &st) == 0 ? (uint64_t)st.st_blocks * 512 : 0;
}

FILE *tree_open(const struct host *h, const char *format, ...)
{
	char path[HOST_PATH_MAX];

	PATH_OF(h, path, format);
	return fopen(path, "re");
}

DIR *tree_list(const struct host *h, const char *format, ...)
{
	char path[HOST_PATH_MAX];

	PATH_OF(h, path, format);
	return opendir(path);
}

bool tree_writable(const struct host *h, const char *name)
{
	char path[HOST_PATH_MAX];

	return tree_path(h, path, name) && faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0;
}

bool tree_mentions(const struct host *h, const char *word, const char *format, ...)
{
	char path[HOST_PATH_MAX], line[HOST_LINE_MAX];
	bool found = false;

	PATH_OF(h, path, format);
	FILE *f = fopen(path, "re");
	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "#;")] = '\0';
		found = strstr(line, word) != NULL;
	}
	if (f != NULL)
		fclose(f);
	return found;
}
