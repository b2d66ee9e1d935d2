/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The policy that workers have says what the configuration does, and stays as long as one of them
 * may be using it.
 */

#include "control/policies.h"
#include "fake_grace.h"
#include "store_rig.h"
#include "yaml_file.h"

enum { WORKERS = 2 };

static struct config config;
static struct catalogue catalogue;
static struct policies policies;

static struct held_policy *made(void)
{
	struct held_policy *p = policy_make(&config, &catalogue, WORKERS);

	cr_assert_not_null(p);
	return p;
}

static void set_up(void)
{
	char error[1024];

	cr_assert_eq(
		load_text(&config,
			"limits: {burst: 7, taps_per_second: 5, unsequenced_per_second: 9}\n"
			"answers: {per_second: 11}\nunsequenced: no\n"
			"plain_text: {channel: 2}\nchannels: [{id: 2, name: a}, {id: 4, name: b}]\n"
			"catalogue: [{id: 3, name: c, emoji: [👏]}]\n",
			error, sizeof(error)),
		0, "%s", error);
	cr_assert_eq(catalogue_make(&catalogue, &config, error, sizeof(error)), 0, "%s", error);
	policies = (struct policies){.now = made()};
}

static void tear_down(void)
{
	policies_close(&policies);
	catalogue_free(&catalogue);
	config_free(&config);
}

TestSuite(control_policies, .init = set_up, .fini = tear_down);

Test(control_policies, a_policy_says_what_the_configuration_does)
{
	const struct policy *p = &policies.now->policy;

	cr_expect(policy_knows(p, 3));
	cr_expect_not(policy_knows(p, 2));
	cr_expect(p->plain_text);
	cr_expect_eq(p->text_channel, 2);
	cr_expect_not(p->unsequenced);
	cr_expect_eq(p->unsequenced_per_second, 9);
	cr_expect(p->session_limits.on);
	cr_expect_eq(p->answers_per_second, 11);
	cr_expect_eq(policies.now->edition->n, WORKERS);
	cr_expect_neq(policies.now->edition->scanners[0], policies.now->edition->scanners[1]);
}

Test(control_policies, channels_have_the_rows_of_the_store_if_they_are_in_the_configuration)
{
	struct policy *p = &policies.now->policy;
	int tickets = ADMISSION_TICKETS;
	struct config_channel list[] = {{.id = 2}, {.id = 4, .admission = &tickets}};
	struct store_rig rig;

	store_rig_init(&rig, 1, 4, 8);
	store_rig_open(&rig);
	for (uint16_t channel = 3; channel > 0; channel--) // 3, 2, 1
		store_open_row(&rig.store, channel);
	store_open_row(&rig.store, 4);
	config.channels = list;
	policy_set_rows(p, &config, &rig.store);
	cr_expect_eq(p->row_of[2], 1);
	cr_expect_eq(p->row_of[4], POLICY_NO_ROW, "who taps there has a ticket");
	cr_expect_eq(p->gate.row_plus_1[4], 4);
	cr_expect_eq(p->row_of[3], POLICY_NO_ROW, "it is open, but not in the configuration");
	cr_expect_eq(p->gate.row_plus_1[2], 0);
	store_rig_remove(&rig);
}

Test(control_policies, the_one_before_stays_until_every_worker_has_come_round)
{
	struct held_policy *first = policies.now, *second = made();

	policies_replace(&policies, second, NULL);
	cr_expect_eq(edition_given, second->edition);
	cr_expect_eq(policies.now, second);
	policies_replace(&policies, made(), NULL);
	cr_expect_eq(grace_begun, 2);
	cr_expect_not(policies_turn(&policies, NULL));
	cr_expect_eq(first->policy.text_channel, 2, "a worker that hangs can go on with it");
	grace_passed = 1;
	cr_expect_not(policies_turn(&policies, NULL));
	cr_expect_eq(policies.retired, second);
	cr_expect_null(second->next);
	grace_passed = 2;
	cr_expect(policies_turn(&policies, NULL));
	cr_expect_null(policies.retired);
}

Test(control_policies, what_workers_still_use_is_freed_with_the_rest)
{
	policies_replace(&policies, made(), NULL);
	cr_expect_not_null(policies.retired); // and the sanitizers look behind tear_down()
}
