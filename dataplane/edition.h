/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How a policy reaches workers that run. An edition is a policy with all that workers need for it,
 * made beforehand, so that nothing can fail when they take it. They look at the notice once a turn,
 * when they hold no datagram: so every datagram is judged by one policy from its first check to its
 * last, and the loop over datagrams knows nothing of it.
 *
 * The edition before is used no more once a grace period has passed that began after the notice.
 * The notice has a number besides the pointer, since another edition may come to lie where one was
 * that is gone.
 */
#ifndef DATAPLANE_EDITION_H
#define DATAPLANE_EDITION_H

#include "dataplane/policy.h"
#include "dataplane/text_scanner.h"

#include <stdatomic.h>

struct policy_edition {
	const struct policy *policy; // not owned
	unsigned n;
	struct text_scanner *scanners[]; // one a worker
};

/* For so many workers. From any thread. 0 or -ENOMEM. */
int policy_edition_new(struct policy_edition **out, const struct policy *policy, unsigned workers);
void policy_edition_free(struct policy_edition *e); // NULL is allowed

struct policy_notice {
	_Alignas(64) atomic_uint number; // control: wo, workers: ro
	_Atomic(const struct policy_edition *) edition;
};

static inline void policy_notice_put(struct policy_notice *n, const struct policy_edition *e)
{
	atomic_store_explicit(&n->edition, e, memory_order_release);
	atomic_fetch_add_explicit(&n->number, 1, memory_order_release);
}

/* Is there another than that of this number? */
static inline bool policy_notice_is_new(const struct policy_notice *n, unsigned number)
{
	return atomic_load_explicit(&n->number, memory_order_acquire) != number;
}

/* The newest. It may be a newer one than *number says; then it is taken once more. */
static inline const struct policy_edition *policy_notice_take(
	const struct policy_notice *n, unsigned *number)
{
	*number = atomic_load_explicit(&n->number, memory_order_acquire);
	return atomic_load_explicit(&n->edition, memory_order_acquire);
}

#endif
