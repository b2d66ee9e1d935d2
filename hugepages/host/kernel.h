/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What changes a host. The stages call host_do_…(), which write down what they do, say it as a
 * command and do it; the kernel below does it for real, or is one that a test plays.
 */
#ifndef HUGEPAGES_HOST_KERNEL_H
#define HUGEPAGES_HOST_KERNEL_H

#include "hugepages/host/host.h"

#include <sys/types.h>

/* Each: 0 or -errno. Paths are complete, with the root before them. */
struct host_kernel {
	int (*write)(const struct host *h, const char *path, const char *value);
	int (*make_folder)(const struct host *h, const char *path);
	int (*remove_folder)(const struct host *h, int at, const char *name); // as unlinkat()
	int (*mount)(const struct host *h, const char *path, const char *options);
	int (*unmount)(const struct host *h, const char *path);
	int (*own)(const struct host *h, const char *path, uid_t user, gid_t group, mode_t mode);
	int (*modprobe)(const struct host *h, const char *program, const char *const *modules);
	int (*insert)(const struct host *h, const char *file);
	int (*remove_module)(const struct host *h, const char *module);
};

extern const struct host_kernel host_kernel_linux;

#endif
