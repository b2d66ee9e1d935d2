/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_filter.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static enum mqtt_reason compile(const char *text, struct mqtt_filter *out)
{
	return mqtt_filter_compile(
		(struct mqtt_text){(const uint8_t *)text, (uint16_t)strlen(text)}, out);
}

Test(fanout_mqtt_filter, matches_what_the_standard_says)
{
	enum {
		F = MQTT_TOPIC_FRAME,
		J = MQTT_TOPIC_JSON,
		C = MQTT_TOPIC_CATALOGUE,
		ANY = MQTT_ANY_CHANNEL
	};
	static const struct {
		const char *filter;
		unsigned channel, kinds;
	} cases[] = {
		{"uproar/1/frame", 1, F},
		{"uproar/0/json", 0, J},
		{"uproar/65534/frame", 65534, F},
		{"uproar/catalogue", ANY, C},
		{"uproar/+/frame", ANY, F},
		{"uproar/+/json", ANY, J},
		{"uproar/+/+", ANY, F | J},
		{"uproar/7/+", 7, F | J},
		{"+/7/frame", 7, F},
		{"+/+/+", ANY, F | J},
		{"+/+", ANY, C},
		{"uproar/+", ANY, C},
		{"+/catalogue", ANY, C},
		{"#", ANY, F | J | C},
		{"uproar/#", ANY, F | J | C},
		{"+/#", ANY, F | J | C},
		{"+/+/#", ANY, F | J | C},
		{"uproar/+/#", ANY, F | J | C},
		{"uproar/5/#", 5, F | J},
		{"uproar/5/frame/#", 5, F},
		{"uproar/5/+/#", 5, F | J},
		{"uproar/catalogue/#", ANY, C},
		{"+/+/json/#", ANY, J},
	};
	struct mqtt_filter f;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_assert_eq(compile(cases[i].filter, &f), MQTT_OK, "%s", cases[i].filter);
		cr_assert_eq(f.kinds, cases[i].kinds, "%s", cases[i].filter);
		cr_assert_eq(f.channel, cases[i].channel, "%s", cases[i].filter);
	}
}

Test(fanout_mqtt_filter, what_matches_no_topic_is_still_a_filter)
{
	static const char *const filters[] = {"uproar", "+", "/", "//", "/#", "uproar/", "uproar/1",
		"uproar/1/", "uproar/1/frame/", "uproar/1/frame/x", "uproar/1/frame/+",
		"uproar/01/frame", "uproar/00/frame", "uproar/65535/frame", "uproar/99999/frame",
		"uproar/100000/frame", "uproar/4294967297/frame", "uproar/-1/frame",
		"uproar/1a/frame", "uproar//frame", "uproar/1/Frame", "Uproar/1/frame",
		"/uproar/1/frame", "uproar/catalogue/", "uproar/catalogue/+",
		"uproar/catalogue/frame", "uproar/1/catalogue", "uproar/1/frame/+/#", "$SYS/#",
		"$SYS/broker/uptime", "+/a/b/c/d", "a/+/+/+/+/+/#", "$share", "\xf0\x9f\x94\xa5/#"};
	struct mqtt_filter f;

	for (unsigned i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		cr_assert_eq(compile(filters[i], &f), MQTT_OK, "%s", filters[i]);
		cr_assert_eq(f.kinds, 0, "%s", filters[i]);
	}
}

Test(fanout_mqtt_filter, wildcards_in_the_wrong_place_are_refused)
{
	static const char *const filters[] = {"#/", "#/a", "uproar/#/frame", "uproar#", "uproar/1#",
		"##", "#+", "+#", "++", "a+", "+a", "uproar/a+/frame", "uproar/+1/frame", "a/b#",
		"$share/a/b#", "/+a"};
	struct mqtt_filter f;

	for (unsigned i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		cr_assert_eq(compile(filters[i], &f), MQTT_INVALID_FILTER, "%s", filters[i]);
}

Test(fanout_mqtt_filter, shared_subscriptions_are_refused)
{
	struct mqtt_filter f;

	cr_assert_eq(compile("$share/group/uproar/1/frame", &f), MQTT_SHARED_UNSUPPORTED);
	cr_assert_eq(compile("$share/", &f), MQTT_SHARED_UNSUPPORTED);
}

Test(fanout_mqtt_filter, the_hash_tells_filters_apart)
{
	struct mqtt_filter a, b;

	compile("uproar/+/frame", &a);
	compile("uproar/+/frame", &b);
	cr_assert_eq(a.hash, b.hash);
	compile("+/+/frame", &b);
	cr_assert_neq(a.hash, b.hash);
}

Test(fanout_mqtt_filter, a_channel_has_the_kinds_that_were_asked_for)
{
	struct mqtt_filter f;

	compile("uproar/7/+", &f);
	cr_assert_eq(mqtt_filter_kinds(&f, 7), MQTT_TOPIC_FRAME | MQTT_TOPIC_JSON);
	cr_assert_eq(mqtt_filter_kinds(&f, 8), 0);
	compile("#", &f);
	cr_assert_eq(mqtt_filter_kinds(&f, 8), MQTT_TOPIC_FRAME | MQTT_TOPIC_JSON);
}

/* The standard's rule, written plainly: level by level. */
static bool plain_match(const char *filter, const char *topic)
{
	for (;;) {
		if (strcmp(filter, "#") == 0)
			return true;
		size_t f = strcspn(filter, "/"), t = strcspn(topic, "/");
		if (!(f == 1 && filter[0] == '+') && (f != t || memcmp(filter, topic, f) != 0))
			return false;
		filter += f;
		topic += t;
		if (*topic == '\0')
			return *filter == '\0' || strcmp(filter, "/#") == 0;
		if (*filter == '\0')
			return false;
		filter++;
		topic++;
	}
}

Test(fanout_mqtt_filter, agrees_with_the_rule_written_plainly)
{
	static const char *const levels[] = {
		"", "uproar", "+", "1", "catalogue", "frame", "json", "#"};
	enum { LEVELS = sizeof(levels) / sizeof(levels[0]) };
	struct mqtt_filter f;
	char text[64];

	for (unsigned i = 0; i < LEVELS * LEVELS * LEVELS * LEVELS; i++) {
		unsigned digits = i, n = 0;
		bool end = false;

		for (unsigned k = 0; k < 4 && !end; k++, digits /= LEVELS) {
			n += (unsigned)sprintf(
				text + n, "%s%s", k == 0 ? "" : "/", levels[digits % LEVELS]);
			end = digits % LEVELS == LEVELS - 1 || digits < LEVELS;
		}
		if (n == 0)
			continue;
		cr_assert_eq(compile(text, &f), MQTT_OK, "%s", text);
		unsigned kinds = mqtt_filter_kinds(&f, 1) | (f.kinds & MQTT_TOPIC_CATALOGUE);
		unsigned wanted =
			(plain_match(text, "uproar/1/frame") ? MQTT_TOPIC_FRAME : 0) |
			(plain_match(text, "uproar/1/json") ? MQTT_TOPIC_JSON : 0) |
			(plain_match(text, "uproar/catalogue") ? MQTT_TOPIC_CATALOGUE : 0);
		cr_assert_eq(kinds, wanted, "%s: %u, not %u", text, kinds, wanted);
	}
}
