/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How much the kernel holds for a subscriber that does not read. What lies in its send buffer is
 * old by the time it is read, so it is kept small: room for about two frames of each channel.
 */
#ifndef FANOUT_SOCKET_BUFFER_H
#define FANOUT_SOCKET_BUFFER_H

#include "fanout/topic.h"

void socket_buffer_bound(int fd, enum topic_kind kind, unsigned channels);

#endif
