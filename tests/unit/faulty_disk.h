/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A disk with faults, under SQLite: the default file system of this process, with what it writes
 * and syncs refused or held up.
 */
#ifndef TESTS_FAULTY_DISK_H
#define TESTS_FAULTY_DISK_H

enum faulty_disk {
	DISK_SOUND,
	DISK_FULL,       // nothing more can be written
	DISK_STALLED,    // fsync() does not come back until the disk is sound
	DISK_SYNC_FAILS, // fsync() says so, and what was written is there
};

/* Before the first connection. */
void faulty_disk_install(void);

/* From now on, in all files; from any thread. */
void faulty_disk_set(enum faulty_disk fault);

#endif
