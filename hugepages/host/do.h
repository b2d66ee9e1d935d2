/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What the stages do to a host: each deed is written down, said as a command of the shell, and
 * done. 0 or -errno; a failure was said, and nothing of it stays written down.
 */
#ifndef HUGEPAGES_HOST_DO_H
#define HUGEPAGES_HOST_DO_H

#include "hugepages/host/host.h"

/* A value into a file of the kernel that is there. Nothing is done if it has the value already. */
int host_do_write(struct host *h, const char *stage, const char *path, const char *value);

/* The same for a file that may not take it: nothing is said if it does not. */
int host_try_write(struct host *h, const char *stage, const char *path, const char *value);

int host_do_folder(struct host *h, const char *stage, const char *path);
int host_do_mount(struct host *h, const char *stage, const char *path, const char *options);
int host_do_owner(
	struct host *h, const char *stage, const char *path, uid_t user, gid_t group, mode_t mode);

/* Loads those of these modules that are not there, with all that they want. */
int host_do_modules(struct host *h, const char *stage, const char *const *modules);

/* Takes a PCI device from its driver and gives it to vfio-pci. */
int host_do_nic(struct host *h, const char *stage, const char *address);

/* Reverses one deed. 0: it is reversed, or was not done; -errno: it stays, and why was said. */
int host_undo_deed(struct host *h, const struct deed *deed);

/* The name of a module as /sys/module has it. */
void host_module_name(char *out, size_t cap, const char *module);

/* Says a command, or what went wrong. */
__attribute__((format(printf, 2, 3))) void host_ran(struct host *h, const char *format, ...);
__attribute__((format(printf, 2, 3))) void host_failed(struct host *h, const char *format, ...);

#endif
