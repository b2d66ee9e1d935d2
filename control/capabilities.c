/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/capabilities.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

uint64_t capabilities_permitted(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct held[2] = {0};

	if (syscall(SYS_capget, &head, held) < 0)
		return 0;
	return (uint64_t)held[1].permitted << 32 | held[0].permitted;
}

int capabilities_set(uint64_t mask)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct wanted[2] = {0};

	for (unsigned i = 0; i < 2; i++) {
		wanted[i].permitted = (uint32_t)(mask >> 32 * i);
		wanted[i].effective = wanted[i].permitted;
	}
	return syscall(SYS_capset, &head, wanted) < 0 ? -errno : 0;
}
