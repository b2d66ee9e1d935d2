/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Where the control socket of an appliance lies: the daemon binds it, the command connects to it.
 *
 * The protocol on it: a Unix stream; the command sends one line (`stats`, `reload`), the appliance
 * answers with one JSON object on one line and closes.
 */
#ifndef WIRE_SOCKET_PATH_H
#define WIRE_SOCKET_PATH_H

#include <stddef.h>

#define UPROAR_DEFAULT_NAME "default"
#define ROOTS_RUNTIME_FOLDER "/run/uproar"

/*
 * The folder for run-time files of this user: /run/uproar for root and for whom root gave it (or
 * systemd, by RuntimeDirectory=), else $XDG_RUNTIME_DIR/uproar, else /tmp/uproar-UID. 0, or
 * -ENAMETOOLONG.
 */
int runtime_folder(char *out, size_t cap);

/* FOLDER/NAME.sock of the appliance of that name. 0, or -ENAMETOOLONG. */
int control_socket_path(const char *name, char *out, size_t cap);

#endif
