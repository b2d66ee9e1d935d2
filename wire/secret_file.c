/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "wire/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODE = 0600 };

/* Of the file that is open, so that nobody can change it in between. */
static int check_owner(int fd, const char *what, char *error, size_t cap)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		int ret = -errno;

		snprintf(error, cap, "%s", strerror(-ret));
		return ret;
	}
	if (!S_ISREG(st.st_mode)) {
		snprintf(error, cap, "%s come from a regular file only", what);
		return -EPERM;
	}
	if (st.st_uid != geteuid() && st.st_uid != 0) {
		snprintf(error, cap,
			"it belongs to user %u; %s must belong to this user (%u) or to root: "
			"chown it",
			st.st_uid, what, geteuid());
		return -EPERM;
	}
	if ((st.st_mode & 07777) != MODE) {
		snprintf(error, cap,
			"its mode is %04o; %s are for their owner alone, mode 0600: chmod 600",
			st.st_mode & 07777, what);
		return -EPERM;
	}
	return 0;
}

static int read_text(int fd, char *text, size_t *len, char *error, size_t cap)
{
	ssize_t n;

	for (*len = 0; *len <= SECRET_FILE_MAX; *len += (size_t)n) {
		n = read(fd, text + *len, SECRET_FILE_MAX + 1 - *len);
		if (n == 0)
			return 0;
		if (n < 0) {
			int ret = -errno;

			snprintf(error, cap, "%s", strerror(-ret));
			return ret;
		}
	}
	snprintf(error, cap, "larger than 64 KiB");
	return -EINVAL;
}

int secret_file_read(const char *path, const char *what, char text[SECRET_FILE_MAX + 1],
	size_t *len, char *error, size_t cap)
{
	/* Without waiting, should it be a pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int ret;

	*len = 0;
	if (fd < 0) {
		ret = -errno;
		snprintf(error, cap, "%s",
			ret == -ELOOP ? "it is a symbolic link; name the file itself"
				      : strerror(-ret));
		return ret;
	}
	ret = check_owner(fd, what, error, cap);
	if (ret == 0)
		ret = read_text(fd, text, len, error, cap);
	close(fd);
	return ret;
}
