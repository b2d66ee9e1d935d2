/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What init did, each in a line of /run/uproar-host.state, written before it is done. The file is
 * root's and not in /run/uproar, which may belong to the appliance's user: whoever may write it has
 * root write what he likes. It is gone after a restart, as is what was done.
 */
#ifndef HUGEPAGES_HOST_DEEDS_H
#define HUGEPAGES_HOST_DEEDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define HOST_STATE_FILE "/run/uproar-host.state"
#define HOST_LOCK_FILE "/run/uproar-host.lock"

enum { DEED_STAGE_MAX = 24, DEED_PATH_MAX = 256, DEED_VALUE_MAX = 1024, DEEDS_MAX = 8192 };

struct host;

enum deed_kind {
	DEED_WRITE,  // a value into a file of the kernel; before and after are values
	DEED_FOLDER, // a folder was made
	DEED_MOUNT,  // hugetlbfs was mounted
	DEED_OWNER,  // before and after: "UID GID MODE"
	DEED_MODULE, // path is the name of a module that was loaded
	DEED_NIC,    // path is a PCI address; before: the driver it had, or "-"
	DEED_STUCK,  // path is a file that does not take what was to be written; nothing was done
	DEED_KINDS
};

struct deed {
	char stage[DEED_STAGE_MAX];
	enum deed_kind kind;
	char path[DEED_PATH_MAX];
	char before[DEED_VALUE_MAX];
	char after[DEED_VALUE_MAX];
};

struct deeds {
	struct deed *list;
	size_t n, room;
};

/* One init or undo at a time: both would write the file as if they were alone. Until the process
 * ends. 0, -EBUSY if another one is at work, or -errno. Before deeds_load(). */
int deeds_lock(const struct host *h);

/* Reads the file. 0 also if there is none; -EBADMSG if it is not ours, -EPERM if others than root
 * may have written it. */
int deeds_load(struct host *h);
void deeds_free(struct deeds *d);

/* Writes down what is going to be done. 0 or -errno; then it must not be done, and is not listed.
 */
int deeds_add(struct host *h, const struct deed *deed);

/* The newest one came to another value than was wanted. 0 or -errno. */
int deeds_amend(struct host *h, const char *after);

/* It came to nothing: forgets the newest one. */
void deeds_drop(struct host *h);

/* Forgets deed i, and the file if there is no other. 0 or -errno. */
int deeds_forget(struct host *h, size_t i);

/* Was there a deed of this kind with this path? */
bool deeds_know(const struct host *h, enum deed_kind kind, const char *path);

#endif
