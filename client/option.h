/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Values of options that several subcommands have, taken from getopt's optarg. */
#ifndef CLIENT_OPTION_H
#define CLIENT_OPTION_H

#include "client/endpoint.h"
#include "wire/limits.h"

enum { OPTION_SOCKET_MAX = 256 };

/* HOST:PORT, or HOST with this port. 0, or -EINVAL after a complaint about --NAME. */
int option_endpoint(const char *name, uint16_t port, struct endpoint *out);

/* A number from min to max. 0, or -EINVAL after a complaint about --NAME. */
int option_number(const char *name, uint64_t min, uint64_t max, uint64_t *out);

/* --session and --ticket, in hexadecimal digits. 0, or -EINVAL after a complaint. */
int option_session(uint64_t *out);
int option_ticket(uint8_t out[WIRE_TICKET_LEN]);

/* --name of an appliance, or --socket: the path of its control socket. 0, or -EINVAL after a
 * complaint. */
int option_name(char socket_path[OPTION_SOCKET_MAX]);
int option_socket(char socket_path[OPTION_SOCKET_MAX]);

#endif
