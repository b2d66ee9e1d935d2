/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/appliance.h"

#include "client/clock.h"
#include "client/complain.h"
#include "client/control_call.h"
#include "client/gen/switches.h"
#include "client/http_get.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_SECONDS = 5, METRICS_PORT = 7790 };

int appliance_parse_url(const char *url, struct appliance *out)
{
	static const char scheme[] = "http://";
	char host[sizeof(out->metrics.host) + 8];

	if (strncmp(url, scheme, sizeof(scheme) - 1) != 0)
		return -EINVAL;
	url += sizeof(scheme) - 1;
	size_t len = strcspn(url, "/");
	const char *path = url[len] == '\0' || url[len + 1] == '\0' ? "/metrics" : url + len;
	if (len >= sizeof(host) || strlen(path) >= sizeof(out->metrics_path) ||
		strpbrk(path, " \r\n") != NULL)
		return -EINVAL;
	memcpy(host, url, len);
	host[len] = '\0';
	snprintf(out->metrics_path, sizeof(out->metrics_path), "%s", path);
	out->by = APPLIANCE_METRICS;
	return endpoint_parse(host, METRICS_PORT, &out->metrics);
}

static int ask_socket(const struct appliance *a, struct appliance_counts *out)
{
	char *answer;
	size_t len;
	int ret = control_call(a->socket_path, "stats", clock_now() + ANSWER_SECONDS * CLOCK_SECOND,
		&answer, &len);

	if (ret < 0) {
		complain("no answer at %s: %s%s", a->socket_path, strerror(-ret),
			ret == -ENOENT || ret == -ECONNREFUSED ? "; is uproard running?" : "");
		return ret;
	}
	ret = appliance_read_stats(answer, len, out);
	free(answer);
	if (ret < 0)
		complain("the answer of %s holds no ledger", a->socket_path);
	else
		out->switches = switches_of_workers((pid_t)out->pid);
	return ret;
}

static int ask_metrics(const struct appliance *a, struct appliance_counts *out)
{
	char *body, at[ENDPOINT_TEXT_MAX];
	size_t len;
	int ret = http_get(&a->metrics, a->metrics_path,
		clock_now() + ANSWER_SECONDS * CLOCK_SECOND, &body, &len);

	if (ret < 0) {
		complain("no metrics at http://%s%s: %s", endpoint_write(&a->metrics, at),
			a->metrics_path, endpoint_why(ret));
		return ret;
	}
	ret = appliance_read_metrics(body, len, out);
	free(body);
	if (ret < 0)
		complain("what is at http://%s%s are not the metrics of uproard",
			endpoint_write(&a->metrics, at), a->metrics_path);
	return ret;
}

int appliance_ask(const struct appliance *a, struct appliance_counts *out)
{
	memset(out, 0, sizeof(*out));
	return a->by == APPLIANCE_SOCKET ? ask_socket(a, out) : ask_metrics(a, out);
}

bool appliance_is_another(const struct appliance_counts *before, const struct appliance_counts *now)
{
	return now->pid != before->pid || now->rx < before->rx || now->missed < before->missed ||
	       now->no_buffer < before->no_buffer || now->accepted < before->accepted ||
	       now->refused < before->refused || now->taps < before->taps;
}

static uint64_t grown(uint64_t before, uint64_t now)
{
	return now > before ? now - before : 0;
}

struct appliance_counts appliance_since(
	const struct appliance_counts *before, const struct appliance_counts *now)
{
	return (struct appliance_counts){
		.rx = grown(before->rx, now->rx),
		.missed = grown(before->missed, now->missed),
		.no_buffer = grown(before->no_buffer, now->no_buffer),
		.accepted = grown(before->accepted, now->accepted),
		.refused = grown(before->refused, now->refused),
		.taps = grown(before->taps, now->taps),
		.switches = grown(before->switches, now->switches),
		.pid = now->pid,
	};
}
