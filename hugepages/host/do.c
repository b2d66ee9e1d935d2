/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/host/do.h"

#include "hugepages/host/kernel.h"
#include "hugepages/host/tree.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

void host_ran(struct host *h, const char *format, ...)
{
	char text[HOST_PATH_MAX + DEED_VALUE_MAX];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	h->ran(h->context, text);
}

void host_failed(struct host *h, const char *format, ...)
{
	char text[HOST_SAID_MAX];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	h->failed(h->context, text);
}

static bool fill(struct deed *d, const char *stage, enum deed_kind kind, const char *path)
{
	*d = (struct deed){.kind = kind};
	return (size_t)snprintf(d->stage, sizeof(d->stage), "%s", stage) < sizeof(d->stage) &&
	       (size_t)snprintf(d->path, sizeof(d->path), "%s", path) < sizeof(d->path);
}

/* Writes the deed down. Whoever cannot do that does nothing: it could not be undone. */
static int begin(struct host *h, const struct deed *d, char full[HOST_PATH_MAX])
{
	int ret = tree_path(h, full, d->path) ? deeds_add(h, d) : -ENAMETOOLONG;

	if (ret < 0)
		host_failed(h, "%s is left as it is, for it cannot be written down in %s: %s",
			d->path, HOST_STATE_FILE, strerror(-ret));
	return ret;
}

static int end(struct host *h, const struct deed *d, int ret)
{
	if (ret < 0) {
		host_failed(h, "%s: %s", d->path, strerror(-ret));
		deeds_drop(h);
	}
	return ret;
}

/* The kernel may take less than was asked for, of huge pages for one: what it took is the deed. */
static void note_what_was_taken(struct host *h)
{
	const struct deed *d = &h->deeds.list[h->deeds.n - 1];
	char now[DEED_VALUE_MAX];

	if (tree_read(h, now, sizeof(now), "%s", d->path) < 0 || strcmp(now, d->after) == 0)
		return;
	if (strcmp(now, d->before) == 0)
		deeds_drop(h);
	else if (deeds_amend(h, now) < 0)
		host_failed(h, "%s is %s, which cannot be written down in %s: undo will leave it",
			d->path, now, HOST_STATE_FILE);
}

int host_try_write(struct host *h, const char *stage, const char *path, const char *value)
{
	char full[HOST_PATH_MAX];
	struct deed d;

	if (!fill(&d, stage, DEED_WRITE, path))
		return -ENAMETOOLONG;
	/* What was cut could not be brought back. */
	tree_read(h, d.before, sizeof(d.before), "%s", path);
	if (strlen(d.before) == sizeof(d.before) - 1 ||
		(size_t)snprintf(d.after, sizeof(d.after), "%s", value) >= sizeof(d.after))
		return -E2BIG;
	if (strcmp(d.before, d.after) == 0)
		return 0;
	int ret = begin(h, &d, full);
	if (ret < 0)
		return ret;
	host_ran(h, "echo %s > %s", value, path);
	ret = h->kernel->write(h, full, value);
	if (ret < 0)
		deeds_drop(h);
	else
		note_what_was_taken(h);
	return ret;
}

int host_do_write(struct host *h, const char *stage, const char *path, const char *value)
{
	int ret = host_try_write(h, stage, path, value);

	if (ret < 0)
		host_failed(h, "%s: %s", path, strerror(-ret));
	return ret;
}

int host_do_folder(struct host *h, const char *stage, const char *path)
{
	char full[HOST_PATH_MAX];
	struct deed d;

	if (!fill(&d, stage, DEED_FOLDER, path))
		return -ENAMETOOLONG;
	int ret = begin(h, &d, full);
	if (ret < 0)
		return ret;
	host_ran(h, "mkdir %s", path);
	return end(h, &d, h->kernel->make_folder(h, full));
}

int host_do_mount(struct host *h, const char *stage, const char *path, const char *options)
{
	char full[HOST_PATH_MAX];
	struct deed d;

	if (!fill(&d, stage, DEED_MOUNT, path))
		return -ENAMETOOLONG;
	int ret = begin(h, &d, full);
	if (ret < 0)
		return ret;
	host_ran(h, "mount -t hugetlbfs -o %s hugetlbfs %s", options, path);
	return end(h, &d, h->kernel->mount(h, full, options));
}

int host_do_owner(
	struct host *h, const char *stage, const char *path, uid_t user, gid_t group, mode_t mode)
{
	char full[HOST_PATH_MAX];
	struct stat st;
	struct deed d;

	if (!fill(&d, stage, DEED_OWNER, path) || !tree_path(h, full, path))
		return -ENAMETOOLONG;
	if (lstat(full, &st) < 0) {
		host_failed(h, "%s: %s", path, strerror(errno));
		return -errno;
	}
	snprintf(d.before, sizeof(d.before), "%u %u %o", st.st_uid, st.st_gid, st.st_mode & 07777);
	snprintf(d.after, sizeof(d.after), "%u %u %o", user, group, mode);
	int ret = begin(h, &d, full);
	if (ret < 0)
		return ret;
	host_ran(h, "chown %u:%u %s && chmod %o %s", user, group, path, mode, path);
	return end(h, &d, h->kernel->own(h, full, user, group, mode));
}

int host_do_nic(struct host *h, const char *stage, const char *address)
{
	char path[HOST_PATH_MAX + DEED_VALUE_MAX], driver[DEED_VALUE_MAX], full[HOST_PATH_MAX];
	struct deed d;
	int ret;

	if (!fill(&d, stage, DEED_NIC, address))
		return -ENAMETOOLONG;
	if (tree_link(h, d.before, sizeof(d.before), "/sys/bus/pci/devices/%s/driver", address) < 0)
		strcpy(d.before, "-");
	strcpy(d.after, "vfio-pci");
	ret = begin(h, &d, full);
	if (ret < 0)
		return ret;
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver_override", address);
	host_ran(h, "echo vfio-pci > %s", path);
	ret = tree_path(h, full, path) ? h->kernel->write(h, full, "vfio-pci") : -ENAMETOOLONG;
	if (ret == 0 && strcmp(d.before, "-") != 0) {
		snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/unbind", d.before);
		host_ran(h, "echo %s > %s", address, path);
		ret = tree_path(h, full, path) ? h->kernel->write(h, full, address) : -ENAMETOOLONG;
	}
	if (ret == 0) {
		host_ran(h, "echo %s > /sys/bus/pci/drivers_probe", address);
		tree_path(h, full, "/sys/bus/pci/drivers_probe");
		ret = h->kernel->write(h, full, address);
	}
	/* What was begun stays written down: undoing it brings it back from anywhere. */
	if (ret < 0)
		host_failed(h, "%s: %s", address, strerror(-ret));
	else if (tree_link(h, driver, sizeof(driver), "/sys/bus/pci/devices/%s/driver", address) <
			 0 ||
		 strcmp(driver, "vfio-pci") != 0)
		ret = -ENODEV;
	return ret;
}
