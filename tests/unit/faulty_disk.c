/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "faulty_disk.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <sqlite3.h>

enum { TABLES_MAX = 8 };

/* The methods of a file with ours in between; files of one kind share them. */
static struct table {
	const sqlite3_io_methods *real;
	sqlite3_io_methods ours;
} tables[TABLES_MAX];
static unsigned n_tables;

static sqlite3_vfs *real_vfs;
static sqlite3_vfs our_vfs;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static enum faulty_disk fault;

static const struct table *table_of(const sqlite3_file *file)
{
	for (unsigned i = 0; i < n_tables; i++) {
		if (file->pMethods == &tables[i].ours)
			return &tables[i];
	}
	cr_assert_fail("a file that was not opened through us");
	return NULL;
}

static enum faulty_disk fault_now(void)
{
	pthread_mutex_lock(&lock);
	enum faulty_disk now = fault;
	pthread_mutex_unlock(&lock);
	return now;
}

static int faulty_write(sqlite3_file *file, const void *data, int n, sqlite3_int64 at)
{
	return fault_now() == DISK_FULL ? SQLITE_FULL
					: table_of(file)->real->xWrite(file, data, n, at);
}

static int faulty_sync(sqlite3_file *file, int flags)
{
	pthread_mutex_lock(&lock);
	while (fault == DISK_STALLED)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	int ret = table_of(file)->real->xSync(file, flags);
	return fault_now() == DISK_SYNC_FAILS ? SQLITE_IOERR_FSYNC : ret;
}

static void put_between(sqlite3_file *file)
{
	pthread_mutex_lock(&lock);
	unsigned i = 0;

	while (i < n_tables && tables[i].real != file->pMethods)
		i++;
	if (i == n_tables) {
		cr_assert_lt(n_tables, TABLES_MAX);
		tables[i].real = file->pMethods;
		tables[i].ours = *file->pMethods;
		tables[i].ours.xWrite = faulty_write;
		tables[i].ours.xSync = faulty_sync;
		n_tables++;
	}
	file->pMethods = &tables[i].ours;
	pthread_mutex_unlock(&lock);
}

static int faulty_open(
	sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	int ret = real_vfs->xOpen(real_vfs, name, file, flags, out_flags);

	if (ret == SQLITE_OK)
		put_between(file);
	return ret;
}

void faulty_disk_install(void)
{
	real_vfs = sqlite3_vfs_find(NULL);
	our_vfs = *real_vfs;
	our_vfs.zName = "faulty";
	our_vfs.xOpen = faulty_open;
	cr_assert_eq(sqlite3_vfs_register(&our_vfs, 1), SQLITE_OK);
}

void faulty_disk_set(enum faulty_disk wanted)
{
	pthread_mutex_lock(&lock);
	fault = wanted;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}
