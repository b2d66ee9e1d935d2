/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/edition.h"

#include <errno.h>
#include <stdlib.h>

int policy_edition_new(struct policy_edition **out, const struct policy *policy, unsigned workers)
{
	struct policy_edition *e = calloc(1, sizeof(*e) + workers * sizeof(struct text_scanner *));

	if (e == NULL)
		return -ENOMEM;
	e->policy = policy;
	for (; e->n < workers; e->n++) {
		if (text_scanner_new(&e->scanners[e->n], policy->matcher) < 0) {
			policy_edition_free(e);
			return -ENOMEM;
		}
	}
	*out = e;
	return 0;
}

void policy_edition_free(struct policy_edition *e)
{
	for (unsigned i = 0; e != NULL && i < e->n; i++)
		text_scanner_free(e->scanners[i]);
	free(e);
}
