/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* More channels than clients can be told of are refused when the configuration is read. */

#include "yaml_file.h"

#include <errno.h>
#include <stdlib.h>

enum { LINE_MAX = 64 };

static char *with_channels(unsigned n)
{
	char *text = malloc((size_t)n * LINE_MAX + 100), *at = text;

	at += sprintf(at, "arena: {channels: 65534}\nchannels:\n");
	for (unsigned i = 0; i < n; i++)
		at += sprintf(at, "- {id: %u, name: 'channel number %u'}\n", i, i);
	return text;
}

Test(control_config_document, what_does_not_fit_in_the_catalogue_is_refused)
{
	char *few = with_channels(15000), *many = with_channels(20000), error[256];
	struct config c;

	cr_assert_eq(load_text(&c, few, error, sizeof(error)), 0, "%s", error);
	config_free(&c);
	cr_assert_eq(load_text(&c, many, error, sizeof(error)), -EINVAL);
	cr_expect_not_null(strstr(error, "line 3: channels: 20000 channels with their names make "
					 "GET /v1/catalogue "),
		"%s", error);
	free(few);
	free(many);
}
