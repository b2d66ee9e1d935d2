/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_check.h"

#include <errno.h>
#include <string.h>

static bool any_wants_tls(const struct config *c)
{
	for (unsigned i = 0; (c->roles & ROLE_FANOUT) != 0 && i < c->n_listeners; i++) {
		if (c->listeners[i].tls)
			return true;
	}
	return false;
}

static int check_path(const struct config_check *k, const char *option, const char *path)
{
	if (path == NULL)
		return config_wrong(k, option,
			"a TLS listener (listen.https, listen.mqtts) needs a certificate and its "
			"key: name their "
			"files in tls.certificate and tls.key");
	if (strlen(path) > CONFIG_TLS_PATH_MAX)
		return config_wrong(k, option, "longer than %d bytes", CONFIG_TLS_PATH_MAX);
	return 0;
}

/* A report begins with the file that it is about. */
static bool is_about(const char *report, const char *path)
{
	size_t len = strlen(path);

	return strncmp(report, path, len) == 0 && (report[len] == ':' || report[len] == ' ');
}

int config_check_tls(const struct config_check *k, const struct config *c)
{
	if (!any_wants_tls(c))
		return 0;
	if (check_path(k, "tls.certificate", c->tls_certificate) < 0 ||
		check_path(k, "tls.key", c->tls_key) < 0)
		return -EINVAL;
	return 0;
}

int config_check_certificate(const struct config_check *k, const struct config *c)
{
	char report[FANOUT_REPORT_MAX];

	if (!any_wants_tls(c))
		return 0;
	if (fanout_check_tls(c->tls_certificate, c->tls_key, report) < 0)
		return config_wrong(k,
			is_about(report, c->tls_key) && !is_about(report, c->tls_certificate)
				? "tls.key"
				: "tls.certificate",
			"%s", report);
	return 0;
}

bool config_doubt(const struct config *c, char report[FANOUT_REPORT_MAX])
{
	return any_wants_tls(c) && fanout_check_tls(c->tls_certificate, c->tls_key, report) > 0;
}
