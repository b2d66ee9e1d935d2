/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Huge pages for a user that is not root: hugetlbfs mounts are root's, so root makes the folder
 * "uproar" in one and gives it to the user. The arena lies in it, and so do DPDK's buffers, in a
 * folder below, since any DPDK process removes files named *map_* where its own lie.
 */
#ifndef HUGEPAGES_OWN_FOLDER_H
#define HUGEPAGES_OWN_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* May this user make files in the mount, or in our folder there? */
bool hugepages_mount_is_usable(const char *mount);

/* The folder for DPDK's buffers, made if need be, in the first mount of which this user may use our
 * folder only. False: there is none, or it is not needed. */
bool hugepages_own_folder(char *out, size_t cap);

/* As root: makes our folder in each mount of hugetlbfs and gives it to the user, unless it is
 * somebody's already. */
void hugepages_make_own_folder(uid_t user, gid_t group);

#endif
