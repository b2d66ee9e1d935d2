/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/switches.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of one thread; 0 if it is no worker: "Name:" is the first line of its status. */
static uint64_t switches_of_worker(pid_t process, const char *thread)
{
	static const char key[] = "nonvoluntary_ctxt_switches:";
	char path[96], line[256];
	uint64_t n = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%.24s/status", (int)process, thread);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return 0;
	if (fgets(line, sizeof(line), f) != NULL && strstr(line, "-worker") != NULL) {
		while (fgets(line, sizeof(line), f) != NULL) {
			if (strncmp(line, key, sizeof(key) - 1) == 0)
				n = strtoull(line + sizeof(key) - 1, NULL, 10);
		}
	}
	fclose(f);
	return n;
}

uint64_t switches_of_workers(pid_t process)
{
	char folder[64];
	uint64_t n = 0;

	snprintf(folder, sizeof(folder), "/proc/%d/task", (int)process);
	DIR *threads = process > 0 ? opendir(folder) : NULL;
	if (threads == NULL)
		return 0;
	for (struct dirent *thread; (thread = readdir(threads)) != NULL;) {
		if (thread->d_name[0] != '.')
			n += switches_of_worker(process, thread->d_name);
	}
	closedir(threads);
	return n;
}
