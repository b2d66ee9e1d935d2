/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/option.h"

#include "client/complain.h"
#include "client/number.h"
#include "client/session.h"
#include "wire/hex.h"
#include "wire/socket_path.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <string.h>

int option_endpoint(const char *name, uint16_t port, struct endpoint *out)
{
	if (endpoint_parse(optarg, port, out) == 0)
		return 0;
	complain("--%s: '%s' is not HOST:PORT", name, optarg);
	return -EINVAL;
}

int option_number(const char *name, uint64_t min, uint64_t max, uint64_t *out)
{
	if (number_parse(optarg, min, max, out) == 0)
		return 0;
	complain("--%s: '%s' is not a number from %" PRIu64 " to %" PRIu64, name, optarg, min, max);
	return -EINVAL;
}

int option_session(uint64_t *out)
{
	if (session_parse(optarg, out) == 0)
		return 0;
	complain("--session: '%s' is not 14 hexadecimal digits, or all are zero", optarg);
	return -EINVAL;
}

int option_ticket(uint8_t out[WIRE_TICKET_LEN])
{
	if (hex_parse(optarg, strlen(optarg), out, WIRE_TICKET_LEN) == 0)
		return 0;
	complain("--ticket: '%s' is not 32 hexadecimal digits", optarg);
	return -EINVAL;
}

int option_name(char socket_path[OPTION_SOCKET_MAX])
{
	if (control_socket_path(optarg, socket_path, OPTION_SOCKET_MAX) == 0)
		return 0;
	complain("--name: the name is too long");
	return -EINVAL;
}

int option_socket(char socket_path[OPTION_SOCKET_MAX])
{
	if (strlen(optarg) >= OPTION_SOCKET_MAX) {
		complain("--socket: the path is too long");
		return -EINVAL;
	}
	memcpy(socket_path, optarg, strlen(optarg) + 1);
	return 0;
}
