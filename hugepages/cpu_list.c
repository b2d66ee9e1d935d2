/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/cpu_list.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *skip_words(const char *text)
{
	while (isalpha((unsigned char)*text)) {
		text += strcspn(text, ", \n");
		text += *text == ',';
	}
	return text;
}

bool cpu_list_parse(const char *text, cpu_set_t *out)
{
	unsigned first, last;
	int used;

	CPU_ZERO(out);
	for (text = skip_words(text); sscanf(text, "%u%n", &first, &used) == 1;) {
		text += used;
		last = first;
		if (sscanf(text, "-%u%n", &last, &used) == 1)
			text += used;
		if (last < first || last >= CPU_SETSIZE)
			return false;
		for (unsigned cpu = first; cpu <= last; cpu++)
			CPU_SET(cpu, out);
		if (*text != ',')
			break;
		text++;
	}
	return *text == '\0' || isspace((unsigned char)*text);
}

bool cpu_list_write(const cpu_set_t *set, char *out, size_t cap)
{
	size_t used = 0;

	out[0] = '\0';
	for (unsigned cpu = 0; cpu < CPU_SETSIZE && used < cap; cpu++) {
		unsigned first = cpu;

		if (!CPU_ISSET(cpu, set))
			continue;
		while (cpu + 1 < CPU_SETSIZE && CPU_ISSET(cpu + 1, set))
			cpu++;
		used += (size_t)snprintf(out + used, cap - used, first == cpu ? "%s%u" : "%s%u-%u",
			used == 0 ? "" : ",", first, cpu);
	}
	if (used >= cap)
		out[0] = '\0';
	return used < cap;
}

bool cpu_list_overlap(const cpu_set_t *a, const cpu_set_t *b)
{
	cpu_set_t both;

	CPU_AND(&both, a, b);
	return CPU_COUNT(&both) > 0;
}

bool cpu_list_within(const cpu_set_t *inner, const cpu_set_t *outer)
{
	cpu_set_t both;

	CPU_AND(&both, inner, outer);
	return CPU_EQUAL(&both, inner);
}
