/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The tree of channels: any that is one is taken, in any order; what is none is named with its
 * line.
 */

#include "seeded_random.h"
#include "yaml_file.h"

#include <errno.h>

Test(control_config_parents, a_parent_may_come_before_or_behind_its_children)
{
	struct config c;
	char error[256];

	cr_assert_eq(load_text(&c,
			     "channels:\n"
			     "  - {id: 0, name: a, parent: 9}\n"
			     "  - {id: 9, name: b, parent: 65534}\n"
			     "  - {id: 65534, name: c}\n"
			     "  - {id: 3, name: d, parent: 9}\n",
			     error, sizeof(error)),
		0, "%s", error);
	cr_expect_eq(*c.channels[0].parent, 9);
	cr_expect_eq(*c.channels[1].parent, 65534);
	cr_expect_eq(c.channels[2].parent, NULL);
	cr_expect_eq(*c.channels[3].parent, 9);
	config_free(&c);
}

static void expect_wrong(const char *text, const char *message)
{
	struct config c;
	char error[256];
	int ret = load_text(&c, text, error, sizeof(error));

	cr_expect_eq(ret, -EINVAL, "%s", text);
	cr_expect_str_eq(error, message);
	if (ret == 0)
		config_free(&c);
}

Test(control_config_parents, one_who_is_not_there_is_named)
{
	expect_wrong("channels:\n  - {id: 0, name: a}\n  - {id: 1, name: b, parent: 7}\n",
		": line 3: channels[1].parent: 7 is not among the channels: open it, or leave out "
		"the parent");
	expect_wrong("channels:\n  - {id: 0, name: a, parent: 65535}\n",
		": line 2: channels[0].parent: 65535 is not among the channels: open it, or leave "
		"out the parent");
	expect_wrong("channels:\n  - {id: 0, name: a, parent: 4294967295}\n",
		": line 2: channels[0].parent: 4294967295 is not among the channels: open it, or "
		"leave out the parent");
}

Test(control_config_parents, nobody_is_its_own_parent)
{
	expect_wrong("channels:\n  - {id: 0, name: a}\n  - id: 1\n    name: b\n    parent: 1\n",
		": line 5: channels[1].parent: 1 is the channel itself: name another one, or leave "
		"it out");
}

/* The first one leads into the circle without being part of it. */
Test(control_config_parents, a_circle_is_named_where_it_is)
{
	expect_wrong("channels:\n"
		     "  - {id: 0, name: a, parent: 5}\n"
		     "  - {id: 3, name: b, parent: 4}\n"
		     "  - {id: 4, name: c, parent: 5}\n"
		     "  - {id: 5, name: d, parent: 3}\n",
		": line 5: channels[3].parent: 3 comes back to the channel, from parent to parent: "
		"leave one of them out");
}

enum { CHANNELS = 40 };

/* Does the walk up from each channel end? As slow and plain as can be. */
static bool is_tree(const int parent[CHANNELS])
{
	for (unsigned i = 0; i < CHANNELS; i++) {
		int at = (int)i;

		for (unsigned steps = 0; at >= 0; steps++) {
			if (steps > CHANNELS)
				return false;
			at = parent[at];
		}
	}
	return true;
}

Test(control_config_parents, a_tree_is_taken_and_nothing_else)
{
	struct seeded_random r = seeded_random_new("control_config_parents");
	unsigned trees = 0;

	for (unsigned round = 0; round < 300; round++) {
		int parent[CHANNELS];
		char text[64 * CHANNELS] = "channels:\n", error[256];
		struct config c;

		for (unsigned i = 0; i < CHANNELS; i++) {
			size_t len = strlen(text);
			bool back = i > 0 && random_below(&r, 60) != 0;

			parent[i] = random_below(&r, 5) == 0
					    ? -1
					    : (int)random_below(&r, back ? i : CHANNELS);
			snprintf(text + len, sizeof(text) - len,
				parent[i] < 0 ? "- {id: %u, name: a}\n"
					      : "- {id: %u, name: a, parent: %d}\n",
				i, parent[i]);
		}
		int ret = load_text(&c, text, error, sizeof(error));
		cr_expect_eq(ret == 0, is_tree(parent), "%s%s", text, error);
		if (ret == 0)
			config_free(&c);
		trees += ret == 0;
	}
	cr_expect(trees > 50 && trees < 250, "%u of 300", trees);
}
