/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/host/deeds.h"

#include "hugepages/host/host.h"
#include "hugepages/host/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char first_line[] = "uproar host 1\n";

static const char *const kinds[DEED_KINDS] = {
	[DEED_WRITE] = "write",
	[DEED_FOLDER] = "folder",
	[DEED_MOUNT] = "mount",
	[DEED_OWNER] = "owner",
	[DEED_MODULE] = "module",
	[DEED_NIC] = "nic",
	[DEED_STUCK] = "stuck",
};

static int append(struct deeds *d, const struct deed *deed)
{
	if (d->n == DEEDS_MAX)
		return -E2BIG;
	if (d->n == d->room) {
		size_t room = d->room > 0 ? 2 * d->room : 16;
		struct deed *list = realloc(d->list, room * sizeof(*list));

		if (list == NULL)
			return -ENOMEM;
		d->list = list;
		d->room = room;
	}
	d->list[d->n++] = *deed;
	return 0;
}

/* The field up to the next tab or the end; false if it does not fit or is not there. */
static bool take_field(char **at, char *out, size_t cap)
{
	if (*at == NULL)
		return false;
	char *field = strsep(at, "\t");
	return (size_t)snprintf(out, cap, "%s", field) < cap;
}

static bool parse(char *line, struct deed *deed)
{
	char kind[16];

	line[strcspn(line, "\n")] = '\0';
	if (!take_field(&line, deed->stage, sizeof(deed->stage)) ||
		!take_field(&line, kind, sizeof(kind)) ||
		!take_field(&line, deed->path, sizeof(deed->path)) ||
		!take_field(&line, deed->before, sizeof(deed->before)) ||
		!take_field(&line, deed->after, sizeof(deed->after)) || line != NULL)
		return false;
	for (unsigned i = 0; i < DEED_KINDS; i++) {
		deed->kind = (enum deed_kind)i;
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	}
	return false;
}

static int read_all(struct deeds *d, FILE *f)
{
	char line[DEED_STAGE_MAX + DEED_PATH_MAX + 2 * DEED_VALUE_MAX + 32];
	struct deed deed;
	int ret = 0;

	if (fgets(line, sizeof(line), f) == NULL || strcmp(line, first_line) != 0)
		return -EBADMSG;
	while (ret == 0 && fgets(line, sizeof(line), f) != NULL)
		ret = parse(line, &deed) ? append(d, &deed) : -EBADMSG;
	return ret;
}

/* Only this user may have written it, for what it says is done. */
static bool can_be_trusted(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	       st.st_nlink == 1 && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static void make_run(const struct host *h)
{
	char path[HOST_PATH_MAX];

	if (tree_path(h, path, "/run"))
		mkdir(path, 0755);
}

/* The lock is on a file beside, for the other one is replaced by each change. */
int deeds_lock(const struct host *h)
{
	char path[HOST_PATH_MAX];

	if (!tree_path(h, path, HOST_LOCK_FILE))
		return -ENAMETOOLONG;
	make_run(h); // which an initramfs may not have
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0; // and stays open
	int ret = errno == EWOULDBLOCK ? -EBUSY : -errno;
	close(fd);
	return ret;
}

int deeds_load(struct host *h)
{
	char path[HOST_PATH_MAX];
	int ret = -EPERM;

	h->deeds = (struct deeds){0};
	if (!tree_path(h, path, HOST_STATE_FILE))
		return -ENAMETOOLONG;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	FILE *f = can_be_trusted(fd) ? fdopen(fd, "r") : NULL;
	if (f == NULL) {
		close(fd);
		return ret;
	}
	ret = read_all(&h->deeds, f);
	fclose(f);
	if (ret < 0)
		deeds_free(&h->deeds);
	return ret;
}

void deeds_free(struct deeds *d)
{
	free(d->list);
	*d = (struct deeds){0};
}

static int write_all(const struct deeds *d, FILE *f)
{
	fputs(first_line, f);
	for (size_t i = 0; i < d->n; i++) {
		const struct deed *e = &d->list[i];

		fprintf(f, "%s\t%s\t%s\t%s\t%s\n", e->stage, kinds[e->kind], e->path, e->before,
			e->after);
	}
	return fflush(f) == 0 && fsync(fileno(f)) == 0 ? 0 : -EIO;
}

/* The file as a whole or as it was before. */
static int save(const struct host *h)
{
	char path[HOST_PATH_MAX], fresh[HOST_PATH_MAX];

	if (!tree_path(h, path, HOST_STATE_FILE) || !tree_path(h, fresh, HOST_STATE_FILE ".new"))
		return -ENAMETOOLONG;
	if (h->deeds.n == 0)
		return unlink(path) == 0 || errno == ENOENT ? 0 : -errno;
	make_run(h);
	unlink(fresh);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	FILE *f = fdopen(fd, "w");
	if (f == NULL) {
		close(fd);
		return -ENOMEM;
	}
	int ret = write_all(&h->deeds, f);
	if (fclose(f) != 0 || (ret == 0 && rename(fresh, path) < 0))
		ret = -errno;
	if (ret < 0)
		unlink(fresh);
	return ret;
}

static bool fits_a_line(const struct deed *deed)
{
	return strpbrk(deed->path, "\t\n") == NULL && strpbrk(deed->before, "\t\n") == NULL &&
	       strpbrk(deed->after, "\t\n") == NULL;
}

int deeds_add(struct host *h, const struct deed *deed)
{
	if (!fits_a_line(deed))
		return -EINVAL;
	int ret = append(&h->deeds, deed);
	if (ret < 0)
		return ret;
	ret = save(h);
	h->deeds.n -= ret < 0;
	return ret;
}

int deeds_amend(struct host *h, const char *after)
{
	struct deed *newest = &h->deeds.list[h->deeds.n - 1];

	snprintf(newest->after, sizeof(newest->after), "%s", after);
	return save(h);
}

void deeds_drop(struct host *h)
{
	deeds_forget(h, h->deeds.n - 1);
}

int deeds_forget(struct host *h, size_t i)
{
	struct deeds *d = &h->deeds;

	memmove(&d->list[i], &d->list[i + 1], (d->n - i - 1) * sizeof(*d->list));
	d->n--;
	return save(h);
}

bool deeds_know(const struct host *h, enum deed_kind kind, const char *path)
{
	for (size_t i = 0; i < h->deeds.n; i++) {
		const struct deed *e = &h->deeds.list[i];

		if (e->kind == kind && strcmp(e->path, path) == 0)
			return true;
	}
	return false;
}
