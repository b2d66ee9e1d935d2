/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What uproard says it needs, read; also where it is not what it should be. */

#include "client/host_needs.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char good[] =
	"{\"name\":\"arena\",\"user\":\"uproar\",\"hugepages\":[{\"node\":1,\"page_bytes\":2097152,"
	"\"arena_bytes\":50331648,\"buffer_bytes\":134217728}],\"devices\":[{\"device\":"
	"\"0000:3b:00.0\",\"kind\":\"pci\",\"queues\":2,\"interface\":null,\"busy_polling\":false},"
	"{\"device\":\"net_af_xdp0,iface=eth1\",\"kind\":\"af_xdp\",\"queues\":1,\"interface\":"
	"\"eth1\",\"busy_polling\":true}],\"cores\":[2,3,4],\"connections\":10000,\"nofile\":10206,"
	"\"memlock_bytes\":1048576}";

static char error[256];

static int parse(const char *text)
{
	struct host_needs needs;

	return host_needs_parse(&needs, text, strlen(text), error, sizeof(error));
}

Test(client_host_needs, an_answer_is_read)
{
	struct host_needs needs;

	cr_assert_eq(
		host_needs_parse(&needs, good, strlen(good), error, sizeof(error)), 0, "%s", error);
	cr_expect_str_eq(needs.name, "arena");
	cr_expect_str_eq(needs.user, "uproar");
	cr_expect_eq(needs.n_pages, 1);
	cr_expect_eq(needs.pages[0].node, 1);
	cr_expect_eq(needs.pages[0].arena, 50331648);
	cr_expect_eq(needs.pages[0].buffers, 134217728);
	cr_expect_eq(needs.n_devices, 2);
	cr_expect_eq(needs.devices[0].kind, HOST_DEVICE_PCI);
	cr_expect_str_eq(needs.devices[0].interface, "");
	cr_expect_eq(needs.devices[1].kind, HOST_DEVICE_AF_XDP);
	cr_expect(needs.devices[1].busy_polling);
	cr_expect_eq(needs.n_cores, 3);
	cr_expect_eq(needs.cores[2], 4);
	cr_expect_eq(needs.nofile, 10206);
	cr_expect_eq(needs.memlock, 1048576);
}

Test(client_host_needs, what_is_cut_off_anywhere_is_refused)
{
	struct host_needs needs;

	for (size_t len = 0; len < strlen(good); len++)
		cr_expect_eq(host_needs_parse(&needs, good, len, error, sizeof(error)), -EBADMSG);
}

Test(client_host_needs, what_does_not_fit_is_refused)
{
	static char text[4096];

	cr_expect_eq(parse("[]"), -EBADMSG);
	cr_expect_eq(parse("{\"name\":1}"), -EBADMSG);
	snprintf(text, sizeof(text), "{\"name\":\"%0100d\",\"user\":\"\"}", 0);
	cr_expect_eq(parse(text), -EBADMSG);
	cr_expect_neq(strstr(error, "name is no text of at most 63 bytes"), NULL, "%s", error);
	strcpy(text, "{\"name\":\"\",\"user\":\"\",\"hugepages\":[");
	for (unsigned i = 0; i < HOST_NODES_MAX; i++)
		strcat(text, "{},");
	strcat(text, "{}]}");
	cr_expect_eq(parse(text), -EBADMSG);
	cr_expect_neq(strstr(error, "hugepages is no list of at most 16"), NULL, "%s", error);
	cr_expect_eq(
		parse("{\"name\":\"\",\"user\":\"\",\"hugepages\":[{\"node\":-1}]}"), -EBADMSG);
}
