/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The catalogue in the forms that others need.
 */

#include "control/catalogue.h"
#include "dataplane/policy.h"
#include "dataplane/text_scanner.h"
#include "wire/frame.h"
#include "yaml_file.h"

#include <errno.h>
#include <jansson.h>

static struct config must_load(const char *text)
{
	struct config c;
	char error[1024];

	cr_assert_eq(load_text(&c, text, error, sizeof(error)), 0, "%s", error);
	return c;
}

static const char small[] = "arena: {reactions: 256}\n"
			    "catalogue:\n"
			    "  - {id: 255, name: last, emoji: ['🔥', '👏'], weight: -0.25}\n"
			    "  - {id: 64, name: word, patterns: ['go+l'], shortcodes: ['a-b']}\n"
			    "  - {id: 0, name: bare}\n";

Test(control_catalogue, each_reaction_is_known_weighed_and_labelled)
{
	struct config config = must_load(small);
	struct catalogue c;
	struct policy p = {.plain_text = true};
	char error[256];

	cr_assert_eq(catalogue_make(&c, &config, error, sizeof(error)), 0, "%s", error);
	memcpy(p.known, c.known, sizeof(p.known));
	for (unsigned id = 0; id < 256; id++) {
		bool known = id == 255 || id == 64 || id == 0;

		cr_expect_eq(policy_knows(&p, (uint8_t)id), known, "%u", id);
		cr_expect_eq(c.labels[id] != NULL, known, "%u", id);
	}
	cr_expect_eq(c.weights[255], -0.25);
	cr_expect_eq(c.weights[64], 0);
	cr_expect_str_eq(c.labels[255], "\"name\":\"last\",\"emoji\":\"🔥\"");
	cr_expect_str_eq(c.labels[0], "\"name\":\"bare\",\"emoji\":\"\"");
	cr_expect_str_eq(c.names[64], "word");
	catalogue_free(&c);
	config_free(&config);
}

Test(control_catalogue, its_labels_make_frames_that_are_json)
{
	struct config config =
		must_load("catalogue:\n  - {id: 7, name: odd, emoji: [\"\\\"\\\\\\u0007é\"]}\n");
	const struct frame f = {.n = 1, .entries = {{7, 10000, 1}}};
	struct catalogue c;
	char error[256], line[1024];

	cr_assert_eq(catalogue_make(&c, &config, error, sizeof(error)), 0, "%s", error);
	size_t len = frame_encode_json(&f, c.labels, line, sizeof(line));
	json_t *o = json_loadb(line, len, 0, NULL);
	cr_assert_neq(o, NULL, "%s", line);
	const json_t *entry = json_array_get(json_object_get(o, "entries"), 0);
	cr_expect_str_eq(json_string_value(json_object_get(entry, "emoji")), "\"\\\aé");
	json_decref(o);
	catalogue_free(&c);
	config_free(&config);
}

Test(control_catalogue, names_alone_are_enough)
{
	struct config config = must_load("catalogue: [{id: 3, name: a}, {id: 4, name: b}]\n");
	struct text_scanner *s;
	struct catalogue c;
	char error[256];

	cr_assert_eq(catalogue_make(&c, &config, error, sizeof(error)), 0, "%s", error);
	cr_assert_eq(text_scanner_new(&s, c.matcher), 0);
	cr_expect_eq(text_scan(s, (const uint8_t *)"🔥", 4)->n, 0);
	text_scanner_free(s);
	catalogue_free(&c);
	config_free(&config);
}

Test(control_catalogue, hashtags_are_found_as_they_stand_in_the_file)
{
	static const char text[] = "#indvaus #INDvAUS goool INDvAUS #England";
	struct config config =
		must_load("catalogue:\n"
			  "  - id: 1\n"
			  "    name: match\n"
			  "    patterns:\n"
			  "      - \"#INDvAUS\" # quoted, else it would be a comment\n"
			  "      - go+l\n"
			  "  - {id: 2, name: side, patterns: ['#eng(land)?']}\n");
	struct text_scanner *s;
	struct catalogue c;
	char error[256];

	cr_assert_eq(catalogue_make(&c, &config, error, sizeof(error)), 0, "%s", error);
	cr_assert_eq(text_scanner_new(&s, c.matcher), 0);
	const struct text_hits *hits = text_scan(s, (const uint8_t *)text, sizeof(text) - 1);
	cr_expect_eq(hits->n, 4, "%u", hits->n);
	cr_expect_eq(memcmp(hits->reactions, (uint8_t[]){1, 1, 1, 2}, 4), 0);
	text_scanner_free(s);
	catalogue_free(&c);
	config_free(&config);
}

static int cached(const struct config *config)
{
	struct catalogue c;
	char error[256];

	cr_assert_eq(catalogue_make(&c, config, error, sizeof(error)), 0, "%s", error);
	int ret = text_matcher_cached(c.matcher);
	catalogue_free(&c);
	return ret;
}

Test(control_catalogue, it_is_kept_in_the_folder_configured_or_given_by_the_service_manager)
{
	struct config config = must_load(small);
	char folder[] = "/tmp/unit-cache-XXXXXX", list[64], file[64];

	cr_assert_neq(mkdtemp(folder), NULL);
	snprintf(list, sizeof(list), "%s:/nonexistent", folder);
	snprintf(file, sizeof(file), "%s/default.catalogue", folder);
	config.cache_folder = folder;
	cr_expect_eq(cached(&config), 0);
	cr_expect_eq(cached(&config), 1);
	cr_expect_eq(unlink(file), 0);
	config.cache_folder = NULL;
	setenv("CACHE_DIRECTORY", list, 1);
	cr_expect_eq(cached(&config), 0);
	cr_expect_eq(cached(&config), 1);
	cr_expect_eq(unlink(file), 0);
	config.cache_folder = "/nonexistent";
	cr_expect_eq(cached(&config), -ENOENT);
	unsetenv("CACHE_DIRECTORY");
	rmdir(folder);
	config_free(&config);
}

Test(control_catalogue, a_cluster_has_no_timelines)
{
	struct config config = must_load(small);

	config.journal.file = "journal.db";
	for (config.cluster.n_kafka = 0; config.cluster.n_kafka < 2; config.cluster.n_kafka++) {
		char *text = catalogue_document(&config);
		json_t *o = json_loads(text, 0, NULL);

		cr_expect_eq(
			json_is_true(json_object_get(o, "timelines")), config.cluster.n_kafka == 0);
		json_decref(o);
		free(text);
	}
	config.cluster.n_kafka = 0;
	config.journal.file = NULL;
	config_free(&config);
}

Test(control_catalogue, clients_read_of_it_what_they_need)
{
	char text_with_tree[1024];
	snprintf(text_with_tree, sizeof(text_with_tree), "%schannels:\n%s", small,
		"- {id: 0, name: match}\n- {id: 9, name: stand, parent: 0}\n");
	struct config config = must_load(text_with_tree);
	char *text = catalogue_document(&config);
	json_t *o = json_loads(text, 0, NULL);

	cr_assert_neq(o, NULL, "%s", text);
	cr_expect_eq(json_integer_value(json_object_get(o, "window_ms")), 2000);
	cr_expect(json_is_false(json_object_get(o, "timelines")));
	const json_t *ports = json_object_get(o, "ports");
	cr_expect_eq(json_integer_value(json_object_get(ports, "reactions")), 7700);
	cr_expect_eq(json_integer_value(json_object_get(ports, "tcp")), 7701);
	cr_expect_eq(json_integer_value(json_object_get(ports, "http")), 7780);
	cr_expect_eq(json_integer_value(json_object_get(ports, "mqtt")), 1883);
	cr_expect_eq(json_integer_value(json_object_get(ports, "https")), 0);
	cr_expect(json_is_integer(json_object_get(ports, "mqtts")));
	const json_t *channels = json_object_get(o, "channels");
	cr_expect_eq(json_array_size(channels), 2);
	cr_expect(json_is_null(json_object_get(json_array_get(channels, 0), "parent")));
	cr_expect_eq(json_integer_value(json_object_get(json_array_get(channels, 1), "parent")), 0);
	const json_t *list = json_object_get(o, "reactions");
	cr_assert_eq(json_array_size(list), 3);
	const json_t *r = json_array_get(list, 0);
	cr_expect_eq(json_integer_value(json_object_get(r, "reaction")), 255);
	cr_expect_str_eq(json_string_value(json_object_get(r, "emoji")), "🔥");
	cr_expect_eq(json_real_value(json_object_get(r, "weight")), -0.25);
	cr_expect_eq(json_array_size(json_object_get(r, "all_emoji")), 2);
	json_decref(o);
	free(text);
	config_free(&config);
}
