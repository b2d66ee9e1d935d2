/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/capture_file.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *link_name(int link)
{
	const char *name = pcap_datalink_val_to_name(link);

	return name != NULL ? name : "without a name";
}

static int check_link(const char *path, pcap_t *capture, char *error, size_t cap)
{
	int link = pcap_datalink(capture);

	if (link == DLT_EN10MB)
		return 0;
	snprintf(error, cap,
		"the capture %s has frames of link type %d (%s), Ethernet (%d) is wanted: capture "
		"on one Ethernet interface, not on \"any\"",
		path, link, link_name(link), DLT_EN10MB);
	return -EPROTOTYPE;
}

/* Closes the file in any case. */
static int check_content(const char *path, FILE *f, char *error, size_t cap)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *capture = pcap_fopen_offline(f, why);

	if (capture == NULL) {
		snprintf(error, cap, "the capture %s cannot be read: %s", path, why);
		fclose(f);
		return -EINVAL;
	}
	int ret = check_link(path, capture, error, cap);
	pcap_close(capture);
	return ret;
}

int capture_file_check(const char *path, char *error, size_t cap)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return 0;
	FILE *f = fopen(path, "rbe");
	if (f == NULL) {
		int ret = -errno;

		snprintf(error, cap, "the capture %s cannot be opened: %s", path, strerror(-ret));
		return ret;
	}
	return check_content(path, f, error, cap);
}
