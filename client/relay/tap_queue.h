/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The queue of a TAP interface. The kernel drops what does not fit in it and tells no sender, so it
 * is made long enough for what a stalled appliance leaves lying.
 */
#ifndef CLIENT_RELAY_TAP_QUEUE_H
#define CLIENT_RELAY_TAP_QUEUE_H

/* For devices net_af_packet…,iface=NAME; others need nothing. Complains if it is not allowed to. */
void tap_queue_lengthen(const char *vdev);

#endif
