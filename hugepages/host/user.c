/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Who the appliance becomes. /etc/passwd is read before the C library is asked, which in an
 * initramfs has nobody to ask.
 */

#include "hugepages/host/stages.h"
#include "hugepages/host/tree.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>

int user_find(const struct host *h, uid_t *user, gid_t *group)
{
	const char *name = h->needs->user;
	FILE *f = tree_open(h, "/etc/passwd");
	const struct passwd *found = NULL;

	*user = 0;
	*group = 0;
	while (name[0] != '\0' && f != NULL && (found = fgetpwent(f)) != NULL &&
		strcmp(found->pw_name, name) != 0)
		;
	if (found == NULL && name[0] != '\0' && h->root[0] == '\0')
		found = getpwnam(name);
	if (found != NULL) {
		*user = found->pw_uid;
		*group = found->pw_gid;
	}
	if (f != NULL)
		fclose(f);
	return found != NULL || name[0] == '\0' ? 0 : -ENOENT;
}
