/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/ticket_admission.h"

#include "dataplane/dataplane.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct key_set {
	struct ticket_keys keys;
	unsigned n;
	uint64_t grace; // since when no worker takes it up again
	struct key_set *next;
};

void ticket_keys_free(struct key_set *set)
{
	if (set != NULL)
		explicit_bzero(set, sizeof(*set));
	free(set);
}

static struct key_set *expand(const struct key_file *file)
{
	struct key_set *set = aligned_alloc(_Alignof(struct key_set), sizeof(*set));

	if (set == NULL)
		return NULL;
	ticket_keys_expand(&set->keys, file);
	set->n = file->n;
	return set;
}

static int read_set(const char *path, struct key_set **out, char *error, size_t cap)
{
	struct key_file file;
	int ret = key_file_read(path, &file, error, cap);

	if (ret == 0) {
		*out = expand(&file);
		if (*out == NULL) {
			ret = -ENOMEM;
			snprintf(error, cap, "no memory for the keys of %s", path);
		}
	}
	key_file_wipe(&file);
	return ret;
}

/* Returns the milliseconds that are left of this second. */
static int tell_time(struct ticket_gate *gate)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	__atomic_store_n(&gate->now_s, (uint32_t)now.tv_sec, __ATOMIC_RELAXED);
	return (int)(1000 - now.tv_nsec / 1000000);
}

int ticket_keys_read(const struct config *config, struct key_set **out, char *error, size_t cap)
{
	*out = NULL;
	if (!config_any_wants_tickets(config))
		return 0;
	if (!ticket_supported()) {
		snprintf(error, cap,
			"channels want tickets, and this processor has no AES instructions (aes in "
			"/proc/cpuinfo) to verify them with: use another, or admission: open");
		return -ENOTSUP;
	}
	return read_set(config->ticket_keys, out, error, cap);
}

static void give(struct ticket_admission *t, struct ticket_gate *gate, struct key_set *set)
{
	tell_time(gate);
	gate->keys = set != NULL ? &set->keys : NULL;
	t->gate = gate;
	t->keys = set;
}

void ticket_admission_open(
	struct ticket_admission *t, struct ticket_gate *gate, struct key_set *set)
{
	*t = (struct ticket_admission){.retired = NULL};
	give(t, gate, set);
}

/* How many keys one set has that the other has not, or has otherwise. */
static unsigned more_than(const struct key_set *set, const struct key_set *other)
{
	unsigned n = 0;

	for (unsigned id = 0; set != NULL && id < WIRE_KEYS_MAX; id++) {
		const struct ticket_key *key = &set->keys.key[id];

		if (key->present != 0 &&
			(other == NULL || memcmp(key, &other->keys.key[id], sizeof(*key)) != 0))
			n++;
	}
	return n;
}

static void free_unused(struct ticket_admission *t, struct dataplane *dataplane)
{
	struct key_set **link = &t->retired;

	while (*link != NULL) {
		struct key_set *set = *link;

		if (!dataplane_grace_passed(dataplane, set->grace)) {
			link = &set->next;
			continue;
		}
		*link = set->next;
		ticket_keys_free(set);
	}
}

struct key_set *ticket_admission_replace(struct ticket_admission *t, struct ticket_gate *gate,
	struct key_set *set, char report[TICKET_REPORT_MAX])
{
	struct key_set *before = t->keys;
	unsigned n = set != NULL ? set->n : 0;

	report[0] = '\0';
	if (set != NULL || before != NULL)
		snprintf(report, TICKET_REPORT_MAX,
			"%u ticket key%s: %u new or changed, %u gone or changed", n,
			n == 1 ? "" : "s", more_than(set, before), more_than(before, set));
	give(t, gate, set);
	return before;
}

void ticket_admission_retire(
	struct ticket_admission *t, struct key_set *before, struct dataplane *dataplane)
{
	if (before == NULL)
		return;
	before->grace = dataplane_grace(dataplane);
	before->next = t->retired;
	t->retired = before;
}

int ticket_admission_turn(struct ticket_admission *t, struct dataplane *dataplane)
{
	free_unused(t, dataplane);
	return tell_time(t->gate);
}

void ticket_admission_close(struct ticket_admission *t)
{
	ticket_keys_free(t->keys);
	while (t->retired != NULL) {
		struct key_set *set = t->retired;

		t->retired = set->next;
		ticket_keys_free(set);
	}
}
