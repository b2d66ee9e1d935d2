/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/host/interrupts.h"

#include "hugepages/cpu_list.h"
#include "hugepages/host/tree.h"

#include <ctype.h>

/* One that somebody handles has a folder of the handler's name beside its files. */
static bool is_in_use(const struct host *h, const char *number)
{
	DIR *dir = tree_list(h, "/proc/irq/%s", number);
	struct dirent *entry;
	bool found = false;

	while (!found && dir != NULL && (entry = readdir(dir)) != NULL)
		found = entry->d_type == DT_DIR && entry->d_name[0] != '.';
	if (dir != NULL)
		closedir(dir);
	return found;
}

static bool may_come_to(const struct host *h, const char *file, const cpu_set_t *cpus)
{
	char list[CPU_LIST_MAX];
	cpu_set_t set;

	return tree_read(h, list, sizeof(list), "%s", file) == 0 && cpu_list_parse(list, &set) &&
	       cpu_list_overlap(&set, cpus);
}

unsigned interrupts_number(const char *file)
{
	unsigned number = 0;

	sscanf(file, "/proc/irq/%u/", &number);
	return number;
}

unsigned interrupts_each(const struct host *h, const cpu_set_t *cpus,
	bool (*see)(void *context, const char *file), void *context)
{
	DIR *dir = tree_list(h, "/proc/irq");
	struct dirent *entry;
	unsigned stuck = 0;
	bool go_on = true;

	while (go_on && dir != NULL && (entry = readdir(dir)) != NULL) {
		char file[INTERRUPT_FILE_MAX];

		if (!isdigit((unsigned char)entry->d_name[0]) ||
			snprintf(file, sizeof(file), "/proc/irq/%.16s/smp_affinity_list",
				entry->d_name) < 0 ||
			!is_in_use(h, entry->d_name) || !may_come_to(h, file, cpus))
			continue;
		if (deeds_know(h, DEED_STUCK, file))
			stuck++;
		else
			go_on = see(context, file);
	}
	if (dir != NULL)
		closedir(dir);
	return stuck;
}
