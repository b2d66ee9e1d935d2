/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * MQTT connections, from CONNECT to their end, over plain TCP.
 */

#include "mqtt_rig.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Sends these bytes; then either the stream ends, or this comes and then it ends. */
static void expect_refusal(
	const struct rig *rig, const void *bytes, size_t len, const void *answer, size_t answer_len)
{
	int fd = client_connect(rig->mqtt, 0);

	client_send_bytes(fd, bytes, len);
	mqtt_expect(fd, answer, answer_len);
	mqtt_expect_end(fd);
}

Test(fanout_mqtt, a_client_of_3_1_1_connects_subscribes_and_leaves)
{
	struct rig rig = rig_start(1, 0);
	int fd = mqtt_open(&rig, MQTT_3_1_1, "a");

	rig_await(&rig, offsetof(struct fanout_stats, mqtt), 1);
	mqtt_subscribe(fd, MQTT_3_1_1, "uproar/1/frame", 0, 0);
	rig_publish(&rig, 1, 1, 200);
	mqtt_expect_frame(fd, MQTT_3_1_1, false, 1, 1, 200);
	rig_publish(&rig, 1, 2, 20);
	mqtt_expect_frame(fd, MQTT_3_1_1, false, 1, 2, 20);
	client_send_bytes(fd, BYTES("\xe0\0"));
	mqtt_expect_end(fd);
	rig_await(&rig, offsetof(struct fanout_stats, mqtt), 0);
	rig_stop(&rig);
}

Test(fanout_mqtt, a_client_of_5_is_told_what_there_is_not)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.mqtt, 0);

	client_send_bytes(fd, BYTES("\x10\x13\0\4MQTT\5\2\0\x3c\5\x11\0\0\0\x0a\0\1a"));
	mqtt_expect(fd, BYTES("\x20\x13\0\0\x10\x24\0\x27\0\0\x20\0\x29\0\x2a\0\x11\0\0\0\0"));
	mqtt_subscribe(fd, MQTT_5, "uproar/1/json", 0, 0);
	rig_publish(&rig, 1, 1, 300);
	mqtt_expect_json(fd, MQTT_5, false, 1, 1, 300);
	client_send_bytes(fd, BYTES("\xe0\2\4\0"));
	mqtt_expect_end(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt, an_empty_client_id_is_given_one_in_5)
{
	struct rig rig = rig_start(1, 0);
	int first = client_connect(rig.mqtt, 0), second = client_connect(rig.mqtt, 0);
	uint8_t a[128], b[128];

	client_send_bytes(first, BYTES("\x10\x0d\0\4MQTT\5\0\0\0\0\0\0"));
	client_send_bytes(second, BYTES("\x10\x0d\0\4MQTT\5\0\0\0\0\0\0"));
	cr_assert_eq(mqtt_read_packet(first, a, sizeof(a)), 58);
	cr_assert_eq(mqtt_read_packet(second, b, sizeof(b)), 58);
	cr_assert_eq(memcmp(a + 16, "\x12\0\x27uproar-", 10), 0);
	cr_assert_neq(memcmp(a + 26, b + 26, 32), 0);
	close(first);
	close(second);
	rig_stop(&rig);
}

Test(fanout_mqtt, an_empty_client_id_wants_a_clean_session_in_3_1_1)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.mqtt, 0);

	client_send_bytes(fd, BYTES("\x10\x0c\0\4MQTT\4\2\0\0\0\0"));
	mqtt_expect(fd, BYTES("\x20\2\0\0"));
	close(fd);
	expect_refusal(&rig, BYTES("\x10\x0c\0\4MQTT\4\0\0\0\0\0"), BYTES("\x20\2\0\2"));
	rig_stop(&rig);
}

Test(fanout_mqtt, who_does_not_begin_with_a_connect_gets_no_answer)
{
	struct rig rig = rig_start(1, 0);

	expect_refusal(&rig, BYTES("\xc0\0"), BYTES(""));
	expect_refusal(&rig, BYTES("\x82\6\0\1\0\1a\0"), BYTES(""));
	expect_refusal(&rig, BYTES("GET / HTTP/1.1\r\n\r\n"), BYTES(""));
	expect_refusal(&rig, BYTES("\x10\x0d\0\6MQIsdp\3\2\0\0\0\1a"), BYTES(""));
	expect_refusal(&rig, BYTES("\x10\xff\xff\xff\x7f"), BYTES(""));
	expect_refusal(&rig, BYTES("\x10\x0d\0\4MQTT\4\3\0\0\0\1a"), BYTES(""));
	rig_stop(&rig);
}

Test(fanout_mqtt, connects_are_refused_in_their_version)
{
	struct rig rig = rig_start(1, 0);

	expect_refusal(&rig, BYTES("\x10\x0d\0\4MQTT\3\2\0\0\0\1a"), BYTES("\x20\2\0\1"));
	expect_refusal(&rig, BYTES("\x10\x0d\0\4MQTT\6\2\0\0\0\1a"),
		BYTES("\x20\x2b\0\x84\x28\x1f\0\x25only MQTT 3.1.1 and 5 are spoken here"));
	expect_refusal(&rig, BYTES("\x10\x0e\0\4MQTT\5\3\0\0\0\0\1a"), BYTES("\x20\3\0\x81\0"));
	expect_refusal(&rig, BYTES("\x10\x8e\0\0\4MQTT\5\2\0\0\0\0\1a"), BYTES("\x20\3\0\x81\0"));
	expect_refusal(
		&rig, BYTES("\x10\x11\0\4MQTT\5\2\0\0\3\x21\0\0\0\1a"), BYTES("\x20\3\0\x82\0"));
	expect_refusal(&rig, BYTES("\x10\x12\0\4MQTT\5\2\0\0\4\x15\0\1m\0\1a"),
		BYTES("\x20\x2c\0\x8c\x29\x1f\0\x26no authentication method is known here"));
	rig_stop(&rig);
}

Test(fanout_mqtt, will_user_name_and_password_are_passed_over)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.mqtt, 0);

	client_send_bytes(
		fd, BYTES("\x10\x1c\0\4MQTT\4\xf6\0\0\0\1a\0\1t\0\2\0\xff\0\1u\0\3p\xff\0"));
	mqtt_expect(fd, BYTES("\x20\2\0\0"));
	close(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt, every_packet_may_come_byte_by_byte)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.mqtt, 0);
	uint8_t bytes[600];
	size_t len = mqtt_put_connect(bytes, MQTT_5, "slow", 60);

	len += mqtt_put_subscribe(bytes + len, MQTT_5, "uproar/1/frame", 0);
	memcpy(bytes + len, "\xc0\0\xe0\0", 4);
	len += 4;
	for (size_t i = 0; i < len; i++)
		client_send_bytes(fd, bytes + i, 1);
	mqtt_read_packet(fd, bytes, sizeof(bytes));
	cr_assert_eq(bytes[0], 0x20);
	mqtt_expect(fd, BYTES("\x90\4\0\1\0\0\xd0\0"));
	mqtt_expect_end(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt, many_packets_may_come_at_once)
{
	enum { PINGS = 1000 };
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.mqtt, 0);
	uint8_t bytes[300 + 2 * PINGS];
	size_t len = mqtt_put_connect(bytes, MQTT_3_1_1, "fast", 60);

	len += mqtt_put_subscribe(bytes + len, MQTT_3_1_1, "uproar/1/frame", 0);
	for (unsigned i = 0; i < PINGS; i++, len += 2)
		memcpy(bytes + len, "\xc0\0", 2);
	client_send_bytes(fd, bytes, len);
	mqtt_expect(fd, BYTES("\x20\2\0\0\x90\3\0\1\0"));
	for (unsigned i = 0; i < PINGS; i++)
		mqtt_expect(fd, BYTES("\xd0\0"));
	close(fd);
	rig_stop(&rig);
}

static void expect_end_of_both(const struct rig *rig, const void *bytes, size_t len,
	const void *bytes_5, size_t len_5, enum mqtt_reason reason)
{
	int fd = mqtt_open(rig, MQTT_3_1_1, "a");

	client_send_bytes(fd, bytes, len);
	mqtt_expect_end(fd);
	fd = mqtt_open(rig, MQTT_5, "a");
	client_send_bytes(fd, bytes_5, len_5);
	mqtt_expect_disconnect(fd, reason);
}

#define BOTH(text) BYTES(text), BYTES(text)

Test(fanout_mqtt, what_the_protocol_forbids_ends_the_connection)
{
	struct rig rig = rig_start(1, 0);

	expect_end_of_both(&rig, BYTES("\x10\x0d\0\4MQTT\4\2\0\0\0\1a"),
		BYTES("\x10\x0e\0\4MQTT\5\2\0\0\0\0\1a"), MQTT_PROTOCOL_ERROR);
	expect_end_of_both(&rig, BOTH("\x00\0"), MQTT_MALFORMED);
	expect_end_of_both(&rig, BOTH("\x20\2\0\0"), MQTT_PROTOCOL_ERROR);
	expect_end_of_both(&rig, BOTH("\x40\2\0\1"), MQTT_PROTOCOL_ERROR);
	expect_end_of_both(&rig, BOTH("\xc1\0"), MQTT_MALFORMED);
	expect_end_of_both(&rig, BOTH("\xc0\1\0"), MQTT_MALFORMED);
	expect_end_of_both(&rig, BOTH("\xf0\0"), MQTT_BAD_AUTHENTICATION);
	expect_end_of_both(&rig, BOTH("\x82\xff\xff\x7f"), MQTT_TOO_LARGE);
	expect_end_of_both(
		&rig, BYTES("\x80\6\0\1\0\1a\0"), BYTES("\x80\7\0\1\0\0\1a\0"), MQTT_MALFORMED);
	expect_end_of_both(&rig, BYTES("\x82\6\0\0\0\1a\0"), BYTES("\x82\7\0\0\0\0\1a\0"),
		MQTT_PROTOCOL_ERROR);
	expect_end_of_both(&rig, BYTES("\x82\2\0\1"), BYTES("\x82\3\0\1\0"), MQTT_PROTOCOL_ERROR);
	expect_end_of_both(&rig, BYTES("\x82\x09\0\1\0\4a#/b\0"), BYTES("\x82\x0a\0\1\0\0\4a#/b\0"),
		MQTT_INVALID_FILTER);
	rig_stop(&rig);
}

Test(fanout_mqtt, a_length_that_is_longer_than_it_need_be_is_malformed_in_5)
{
	struct rig rig = rig_start(1, 0);
	int fd = mqtt_open(&rig, MQTT_3_1_1, "a");

	client_send_bytes(fd, BYTES("\xc0\x80\0"));
	mqtt_expect(fd, BYTES("\xd0\0"));
	close(fd);
	fd = mqtt_open(&rig, MQTT_5, "a");
	client_send_bytes(fd, BYTES("\xc0\x80\0"));
	mqtt_expect_disconnect(fd, MQTT_MALFORMED);
	rig_stop(&rig);
}

Test(fanout_mqtt, clients_do_not_publish)
{
	struct rig rig = rig_start(1, 0);
	uint64_t refused = rig_stats(&rig).refused;

	expect_end_of_both(
		&rig, BYTES("\x30\7\0\1tmood"), BYTES("\x30\x08\0\1t\0mood"), MQTT_NOT_AUTHORIZED);
	expect_end_of_both(
		&rig, BYTES("\x32\5\0\1t\0\1"), BYTES("\x32\6\0\1t\0\1\0"), MQTT_NOT_AUTHORIZED);
	expect_end_of_both(
		&rig, BYTES("\x36\5\0\1t\0\1"), BYTES("\x36\6\0\1t\0\1\0"), MQTT_MALFORMED);
	cr_assert_eq(rig_stats(&rig).refused, refused + 6);
	rig_stop(&rig);
}

Test(fanout_mqtt, nothing_counts_behind_a_disconnect)
{
	struct rig rig = rig_start(1, 0);
	int fd = mqtt_open(&rig, MQTT_5, "a");

	client_send_bytes(fd, BYTES("\xe0\0\xc0\0\x30\5\0\1t\0x"));
	mqtt_expect_end(fd);
	rig_stop(&rig);
}

static void expect_take_over(struct rig *rig)
{
	enum { TIMES = 8 }; // so that with several threads both cases come
	int fd = mqtt_open(rig, MQTT_5, "same");

	for (unsigned i = 0; i < TIMES; i++) {
		int next = mqtt_open(rig, MQTT_5, "same");

		mqtt_expect_disconnect(fd, MQTT_TAKEN_OVER);
		mqtt_expect_nothing(next);
		fd = next;
	}
	int old = mqtt_open(rig, MQTT_3_1_1, "same");
	mqtt_expect_disconnect(fd, MQTT_TAKEN_OVER);
	fd = mqtt_open(rig, MQTT_3_1_1, "same");
	mqtt_expect_end(old);
	mqtt_expect_nothing(fd);
	close(fd);
}

Test(fanout_mqtt, a_client_id_that_comes_again_ends_the_old_connection)
{
	struct rig rig = rig_start(1, 0);

	expect_take_over(&rig);
	rig_stop(&rig);
}

Test(fanout_mqtt, also_if_it_is_another_threads)
{
	struct rig rig = rig_start(4, 0);

	expect_take_over(&rig);
	rig_stop(&rig);
}

Test(fanout_mqtt, who_says_nothing_for_long_is_given_up)
{
	struct rig rig = rig_start(1, 0);
	int five = client_connect(rig.mqtt, 0), three = client_connect(rig.mqtt, 0);
	uint8_t packet[300];

	client_send_bytes(five, packet, mqtt_put_connect(packet, MQTT_5, "5", 1));
	client_send_bytes(three, packet, mqtt_put_connect(packet, MQTT_3_1_1, "3", 1));
	mqtt_read_packet(five, packet, sizeof(packet));
	mqtt_expect(three, BYTES("\x20\2\0\0"));
	mqtt_expect_disconnect(five, MQTT_KEEP_ALIVE_TIMEOUT);
	mqtt_expect_end(three);
	rig_stop(&rig);
}

Test(fanout_mqtt, who_does_not_connect_in_time_is_given_up)
{
	struct rig rig = rig_start_hasty();
	int fd = client_connect(rig.mqtt, 0);

	client_send_bytes(fd, BYTES("\x10"));
	mqtt_expect_end(fd);
	cr_assert_eq(rig_stats(&rig).timed_out, 1);
	rig_stop(&rig);
}

Test(fanout_mqtt, beyond_the_limit_each_is_told_in_its_version)
{
	struct rig rig = rig_start(1, 1);
	int first = mqtt_open(&rig, MQTT_3_1_1, "a");
	uint8_t packet[300];

	expect_refusal(&rig, BYTES("\x10\x0d\0\4MQTT\4\2\0\0\0\1b"), BYTES("\x20\2\0\3"));
	int fd = client_connect(rig.mqtt, 0);
	client_send_bytes(fd, packet, mqtt_put_connect(packet, MQTT_5, "b", 60));
	mqtt_read_packet(fd, packet, sizeof(packet));
	cr_assert_eq(packet[3], MQTT_BUSY);
	mqtt_expect_end(fd);
	mqtt_expect_nothing(first);
	close(first);
	rig_stop(&rig);
}

Test(fanout_mqtt, stopping_is_said)
{
	struct rig rig = rig_start(2, 0);
	int five = mqtt_open(&rig, MQTT_5, "5"), three = mqtt_open(&rig, MQTT_3_1_1, "3");

	mqtt_subscribe(five, MQTT_5, "uproar/1/frame", 0, 0);
	rig_publish(&rig, 1, 1, 50);
	mqtt_expect_frame(five, MQTT_5, false, 1, 1, 50);
	rig_stop(&rig);
	mqtt_expect_disconnect(five, MQTT_SHUTTING_DOWN);
	mqtt_expect_end(three);
}
