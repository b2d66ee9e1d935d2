/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Listeners that speak TLS, and that their certificate is checked with the configuration.
 */

#include "tls_certificate.h"
#include "yaml_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct tls_certificate files;
static char text[1024], error[1024];

static void make(void)
{
	files = tls_certificate_make("one.example", -1, 30);
}

static void clean(void)
{
	tls_certificate_remove(&files);
}

TestSuite(control_config_tls, .init = make, .fini = clean);

static int load(struct config *c, const char *listen, const char *certificate, const char *key)
{
	snprintf(text, sizeof(text), "listen:\n  https: %s\ntls:\n  certificate: %s\n  key: %s\n",
		listen, certificate, key);
	return load_text(c, text, error, sizeof(error));
}

Test(control_config_tls, nobody_speaks_it_by_default)
{
	struct config c;

	cr_assert_eq(load_text(&c, "", error, sizeof(error)), 0, "%s", error);
	for (unsigned i = 0; i < c.n_listeners; i++)
		cr_expect_not(c.listeners[i].tls);
	cr_expect_null(c.tls_certificate);
	cr_expect_null(c.tls_key);
	config_free(&c);
}

Test(control_config_tls, the_others_stay_as_they_are)
{
	struct config c;

	cr_assert_eq(load(&c, "['127.0.0.1:7743', '[::1]:7743']", files.certificate, files.key), 0,
		"%s", error);
	cr_expect_eq(c.n_listeners, 8);
	for (unsigned i = 0; i < 8; i++)
		cr_expect_eq(c.listeners[i].tls, i >= 6);
	cr_expect_eq(c.listeners[7].protocol, FANOUT_HTTP);
	cr_expect_eq(c.http_port, 7780);
	cr_expect_eq(c.https_port, 7743);
	cr_expect_eq(c.mqtts_port, 0);
	cr_expect_str_eq(c.tls_certificate, files.certificate);
	cr_expect_str_eq(c.tls_key, files.key);
	config_free(&c);
}

Test(control_config_tls, a_listener_needs_a_certificate_and_a_key)
{
	struct config c;

	cr_expect_lt(load(&c, "['127.0.0.1:7743']", "''", files.key), 0);
	cr_expect_not_null(
		strstr(error, "tls.certificate: a TLS listener (listen.https, listen.mqtts) needs"),
		"%s", error);
	cr_expect_lt(load(&c, "['127.0.0.1:7743']", files.certificate, "''"), 0);
	cr_expect_not_null(strstr(error, "tls.key: a TLS listener"), "%s", error);
}

Test(control_config_tls, the_files_are_read)
{
	struct config c;

	chmod(files.key, 0604);
	cr_expect_lt(load(&c, "['127.0.0.1:7743']", files.certificate, files.key), 0);
	cr_expect_not_null(strstr(error, ": line 5: tls.key: "), "%s", error);
	cr_expect_not_null(strstr(error, "its mode is 0604"), "%s", error);
	unlink(files.certificate);
	cr_expect_lt(load(&c, "['127.0.0.1:7743']", files.certificate, files.key), 0);
	cr_expect_not_null(strstr(error, ": line 4: tls.certificate: "), "%s", error);
	cr_expect_not_null(strstr(error, "No such file"), "%s", error);
}

Test(control_config_tls, a_key_of_another_certificate_is_the_keys_fault)
{
	struct tls_certificate other = tls_certificate_make("two.example", -1, 30);
	struct config c;

	cr_expect_lt(load(&c, "['127.0.0.1:7743']", files.certificate, other.key), 0);
	cr_expect_not_null(strstr(error, ": line 5: tls.key: "), "%s", error);
	cr_expect_not_null(strstr(error, "is not the key of"), "%s", error);
	tls_certificate_remove(&other);
}

Test(control_config_tls, one_that_has_expired_is_good_with_a_doubt)
{
	struct tls_certificate expired = tls_certificate_make("two.example", -30, -1);
	struct config c;
	char report[FANOUT_REPORT_MAX];

	cr_assert_eq(load(&c, "['127.0.0.1:7743']", files.certificate, files.key), 0, "%s", error);
	cr_expect_not(config_doubt(&c, report));
	config_free(&c);
	cr_assert_eq(
		load(&c, "['127.0.0.1:7743']", expired.certificate, expired.key), 0, "%s", error);
	cr_expect(config_doubt(&c, report));
	cr_expect_not_null(strstr(report, "it has expired"), "%s", report);
	config_free(&c);
	tls_certificate_remove(&expired);
}

Test(control_config_tls, they_are_not_looked_at_where_nobody_needs_them)
{
	struct config c;

	cr_assert_eq(
		load(&c, "[]", "/nowhere/certificate.pem", "/nowhere/key.pem"), 0, "%s", error);
	config_free(&c);
}
