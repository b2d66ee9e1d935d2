/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/device/machine.h"

#include <rte_cycles.h>
#include <rte_eal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* The value of the first line "KEY : VALUE" of /proc/cpuinfo. */
static void cpuinfo(const char *key, char *out, size_t cap)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[512];

	snprintf(out, cap, "?");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		char *value = strchr(line, ':');

		if (value == NULL || strncmp(line, key, strlen(key)) != 0 ||
			strchr("\t ", line[strlen(key)]) == NULL)
			continue;
		value[strcspn(value, "\n")] = '\0';
		snprintf(out, cap, "%s", value + 2);
		break;
	}
	if (f != NULL)
		fclose(f);
}

void machine_look(struct machine *m)
{
	char name[64], family[8], model[8];
	struct utsname system;

	cpuinfo("model name", name, sizeof(name));
	cpuinfo("cpu family", family, sizeof(family));
	cpuinfo("model", model, sizeof(model));
	snprintf(
		m->processor, sizeof(m->processor), "%s, family %s, model %s", name, family, model);
	if (uname(&system) == 0)
		snprintf(m->kernel, sizeof(m->kernel), "%.40s %.40s", system.sysname,
			system.release);
	m->tsc_hz = (double)rte_get_tsc_hz();
	m->huge_pages = rte_eal_has_hugepages() != 0;
	if (getloadavg(&m->load, 1) != 1)
		m->load = -1;
}
