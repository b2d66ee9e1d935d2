/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* In place of the merger until it is there. */

#include "control/cluster/merger.h"

#include <errno.h>
#include <stdio.h>

int merger_start(struct merger **out, const struct config *config, char *error, size_t cap)
{
	snprintf(error, cap, "this uproard cannot merge yet: take merge out of its roles");
	return -ENOSYS;
}

int merger_take_config(struct merger *m, const struct config *config)
{
	return 0;
}

void merger_stop(struct merger *m)
{
}

void merger_read_status(struct merger *m, struct merger_status *out)
{
	*out = (struct merger_status){0};
}
