/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Values of those options as a person writes them. Each returns 0, or -EINVAL. */
#ifndef CLIENT_TRAFFIC_VALUES_H
#define CLIENT_TRAFFIC_VALUES_H

#include "client/traffic/spec.h"

/* "0.25" of a hundred is 25 of TRAFFIC_WHOLE. */
int traffic_share_parse(const char *text, uint16_t *out);

int traffic_mac_parse(const char *text, uint8_t out[6]);

/* "7" or "7,100". */
int traffic_vlan_parse(const char *text, uint16_t out[TRAFFIC_VLANS_MAX], uint8_t *n);

/* ADDRESS/BITS; the bits behind the network's are made zero. */
int traffic_net_parse(const char *text, bool v6, uint8_t out[16], uint8_t *bits);

/* Room for the name of any refusal. */
enum { TRAFFIC_REASON_MAX = 64 };

/* Names with commas between them. What is none that a frame can give is left in `name`. */
int traffic_reasons_parse(const char *text, uint64_t *out, char name[TRAFFIC_REASON_MAX]);

#endif
