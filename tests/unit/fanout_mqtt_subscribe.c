/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What MQTT subscribers get: retained frames and live ones, of which filters.
 */

#include "mqtt_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { RAP = 0x08, IF_NEW = 0x10, NEVER = 0x20 }; // subscription options of MQTT 5

Test(fanout_mqtt_subscribe, the_newest_comes_at_once_and_is_marked_as_retained)
{
	static const enum mqtt_version versions[] = {MQTT_3_1_1, MQTT_5};
	struct rig rig = rig_start(1, 0);

	rig_publish(&rig, 1, 1, 100);
	rig_publish(&rig, 1, 2, 100);
	for (unsigned i = 0; i < 2; i++) {
		int fd = mqtt_open(&rig, versions[i], "a");

		mqtt_subscribe(fd, versions[i], "uproar/1/frame", 0, 0);
		mqtt_expect_frame(fd, versions[i], true, 1, 2 + i, 100);
		rig_publish(&rig, 1, 3 + i, 100);
		mqtt_expect_frame(fd, versions[i], false, 1, 3 + i, 100);
		mqtt_expect_nothing(fd);
		close(fd);
	}
	rig_stop(&rig);
}

Test(fanout_mqtt_subscribe, qos_1_and_2_are_granted_as_0)
{
	struct rig rig = rig_start(1, 0);
	int fd = mqtt_open(&rig, MQTT_3_1_1, "a");

	mqtt_subscribe(fd, MQTT_3_1_1, "uproar/1/frame", 1, 0);
	mqtt_subscribe(fd, MQTT_3_1_1, "uproar/2/frame", 2, 0);
	rig_publish(&rig, 1, 1, 100);
	mqtt_expect_frame(fd, MQTT_3_1_1, false, 1, 1, 100);
	close(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_subscribe, subscribing_again_sends_the_newest_again)
{
	struct rig rig = rig_start(1, 0);
	int fd = mqtt_open(&rig, MQTT_5, "a");

	rig_publish(&rig, 1, 1, 100);
	rig_publish(&rig, 2, 1, 100);
	mqtt_expect_nothing(fd); // so that the thread has taken them
	mqtt_subscribe(fd, MQTT_5, "uproar/1/frame", 0, 0);
	mqtt_expect_frame(fd, MQTT_5, true, 1, 1, 100);
	mqtt_subscribe(fd, MQTT_5, "uproar/2/frame", 0, 0); // of the other nothing comes again
	mqtt_expect_frame(fd, MQTT_5, true, 2, 1, 100);
	mqtt_subscribe(fd, MQTT_5, "uproar/1/frame", 0, 0);
	mqtt_expect_frame(fd, MQTT_5, true, 1, 1, 100);
	mqtt_subscribe(fd, MQTT_5, "uproar/1/frame", IF_NEW, 0);
	mqtt_subscribe(fd, MQTT_5, "uproar/1/frame", NEVER, 0);
	mqtt_expect_nothing(fd);
	close(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_subscribe, retain_handling_chooses_what_comes_at_once)
{
	struct rig rig = rig_start(1, 0);
	int fd = mqtt_open(&rig, MQTT_5, "a");

	rig_publish(&rig, 1, 1, 100);
	rig_publish(&rig, 2, 1, 100);
	mqtt_expect_nothing(fd); // so that the thread has taken them
	mqtt_subscribe(fd, MQTT_5, "uproar/1/frame", NEVER, 0);
	mqtt_expect_nothing(fd);
	mqtt_subscribe(fd, MQTT_5, "uproar/2/frame", IF_NEW, 0);
	mqtt_expect_frame(fd, MQTT_5, true, 2, 1, 100);
	mqtt_expect_nothing(fd);
	rig_publish(&rig, 1, 2, 100);
	mqtt_expect_frame(fd, MQTT_5, false, 1, 2, 100);
	close(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_subscribe, retain_as_published_keeps_the_mark)
{
	struct rig rig = rig_start(1, 0);
	int fd = mqtt_open(&rig, MQTT_5, "a");

	mqtt_subscribe(fd, MQTT_5, "uproar/1/frame", RAP, 0);
	rig_publish(&rig, 1, 1, 100);
	mqtt_expect_frame(fd, MQTT_5, true, 1, 1, 100);
	mqtt_subscribe(fd, MQTT_5, "uproar/1/frame", NEVER, 0); // and without it, no more
	rig_publish(&rig, 1, 2, 100);
	mqtt_expect_frame(fd, MQTT_5, false, 1, 2, 100);
	close(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_subscribe, filters_that_overlap_send_one_copy)
{
	struct rig rig = rig_start(1, 0);
	int fd = mqtt_open(&rig, MQTT_3_1_1, "a");

	mqtt_subscribe(fd, MQTT_3_1_1, "uproar/1/frame", 0, 0);
	mqtt_subscribe(fd, MQTT_3_1_1, "uproar/+/frame", 0, 0);
	mqtt_subscribe(fd, MQTT_3_1_1, "+/1/frame", 0, 0);
	rig_publish(&rig, 1, 1, 100);
	mqtt_expect_frame(fd, MQTT_3_1_1, false, 1, 1, 100);
	mqtt_expect_nothing(fd);
	close(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_subscribe, one_code_for_each_filter_in_order)
{
	struct rig rig = rig_start(1, 0);
	int fd = mqtt_open(&rig, MQTT_5, "5");

	client_send_bytes(fd, BYTES("\x82\x1f\0\7\0\0\1a\1\0\x0a$share/g/a\0\0\4$SYS\0\0\1#\2"));
	mqtt_expect(fd, BYTES("\x90\7\0\7\0\0\x9e\0\0"));
	close(fd);
	fd = mqtt_open(&rig, MQTT_3_1_1, "3");
	client_send_bytes(fd, BYTES("\x82\x13\0\7\0\1a\1\0\x0a$share/g/a\0"));
	mqtt_expect(fd, BYTES("\x90\4\0\7\0\x80"));
	close(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_subscribe, unsubscribing_ends_it)
{
	struct rig rig = rig_start(1, 0);
	int fd = mqtt_open(&rig, MQTT_5, "a");

	mqtt_subscribe(fd, MQTT_5, "uproar/1/frame", 0, 0);
	mqtt_subscribe(fd, MQTT_5, "uproar/2/frame", 0, 0);
	mqtt_unsubscribe(fd, MQTT_5, "uproar/3/frame", MQTT_NO_SUBSCRIPTION);
	mqtt_unsubscribe(fd, MQTT_5, "uproar/1/frame", 0);
	mqtt_unsubscribe(fd, MQTT_5, "uproar/1/frame", MQTT_NO_SUBSCRIPTION);
	rig_publish(&rig, 1, 1, 100);
	rig_publish(&rig, 2, 1, 100);
	mqtt_expect_frame(fd, MQTT_5, false, 2, 1, 100);
	mqtt_unsubscribe(fd, MQTT_5, "uproar/2/frame", 0);
	rig_publish(&rig, 2, 2, 100);
	mqtt_expect_nothing(fd);
	mqtt_subscribe(fd, MQTT_5, "uproar/2/frame", IF_NEW, 0); // it is new again
	mqtt_expect_frame(fd, MQTT_5, true, 2, 2, 100);
	close(fd);
	fd = mqtt_open(&rig, MQTT_3_1_1, "b");
	mqtt_unsubscribe(fd, MQTT_3_1_1, "uproar/1/frame", 0);
	close(fd);
	rig_stop(&rig);
}

/* Reads frames of channels 1 to n in any order. */
static void expect_each(int fd, unsigned n, bool retain)
{
	uint8_t packet[300], seen[8] = {0};

	for (unsigned i = 0; i < n; i++) {
		mqtt_read_packet(fd, packet, sizeof(packet));
		cr_assert_eq(packet[0], retain ? 0x31 : 0x30);
		unsigned channel = packet[11] - '0';
		cr_assert(channel >= 1 && channel <= n);
		cr_assert_eq(seen[channel]++, 0);
	}
}

Test(fanout_mqtt_subscribe, wildcards_follow_the_channels_that_are_opened)
{
	struct rig rig = rig_start(1, 0);
	int fd = mqtt_open(&rig, MQTT_3_1_1, "a"), early = mqtt_open(&rig, MQTT_3_1_1, "b");

	mqtt_subscribe(early, MQTT_3_1_1, "uproar/4/frame", 0, 0); // does not exist yet
	for (uint16_t channel = 1; channel <= 3; channel++)
		rig_publish(&rig, channel, 1, 100);
	mqtt_expect_nothing(early);
	mqtt_subscribe(fd, MQTT_3_1_1, "uproar/+/frame", 0, 0);
	expect_each(fd, 3, true);
	fanout_open_channel(rig.fanout, 4);
	rig_publish(&rig, 4, 1, 100);
	mqtt_expect_frame(fd, MQTT_3_1_1, false, 4, 1, 100);
	mqtt_expect_frame(early, MQTT_3_1_1, false, 4, 1, 100);
	mqtt_subscribe(fd, MQTT_3_1_1, "uproar/1/json", 0, 0);
	mqtt_expect_json(fd, MQTT_3_1_1, true, 1, 1, 100);
	mqtt_subscribe(fd, MQTT_3_1_1, "uproar/+/frame", 0, 0);
	expect_each(fd, 4, true);
	mqtt_expect_nothing(fd);
	close(fd);
	close(early);
	rig_stop(&rig);
}

Test(fanout_mqtt_subscribe, everything_is_frames_json_and_the_catalogue)
{
	static const char catalogue[] = "{\"reactions\":[]}";
	struct rig rig = rig_start(1, 0);
	int fd = mqtt_open(&rig, MQTT_5, "a"), one = mqtt_open(&rig, MQTT_3_1_1, "b");
	uint8_t packet[300];
	unsigned frames = 0, jsons = 0;

	cr_assert_eq(fanout_catalogue(rig.fanout, catalogue, strlen(catalogue)), 0);
	rig_publish(&rig, 1, 1, 100);
	mqtt_expect_nothing(one);
	mqtt_subscribe(one, MQTT_3_1_1, "uproar/catalogue", 0, 0);
	mqtt_expect_publish(
		one, MQTT_3_1_1, true, "uproar/catalogue", catalogue, strlen(catalogue));
	mqtt_subscribe(fd, MQTT_5, "#", 0, 0);
	for (unsigned i = 0; i < 3; i++) {
		mqtt_read_packet(fd, packet, sizeof(packet));
		cr_assert_eq(packet[0], 0x31);
		frames += memmem(packet, 24, "uproar/1/frame", 14) != NULL;
		jsons += memmem(packet, 24, "uproar/1/json", 13) != NULL;
	}
	cr_assert(frames == 1 && jsons == 1);
	cr_assert_eq(fanout_catalogue(rig.fanout, "{}", 2), 0);
	mqtt_expect_publish(one, MQTT_3_1_1, false, "uproar/catalogue", "{}", 2);
	mqtt_expect_publish(fd, MQTT_5, false, "uproar/catalogue", "{}", 2);
	close(fd);
	close(one);
	rig_stop(&rig);
}

Test(fanout_mqtt_subscribe, a_closed_channel_says_nothing_more_and_may_come_back)
{
	struct rig rig = rig_start(1, 0);
	int fd = mqtt_open(&rig, MQTT_3_1_1, "a");

	mqtt_subscribe(fd, MQTT_3_1_1, "uproar/3/frame", 0, 0);
	rig_publish(&rig, 3, 1, 100);
	mqtt_expect_frame(fd, MQTT_3_1_1, false, 3, 1, 100);
	rig_publish(&rig, 1, 1, 100);
	fanout_close_channel(rig.fanout, 3);
	mqtt_expect_nothing(fd);
	int late = mqtt_open(&rig, MQTT_3_1_1, "b"); // for which the channel does not exist
	mqtt_subscribe(late, MQTT_3_1_1, "uproar/3/frame", 0, 0);
	mqtt_expect_nothing(late);
	mqtt_subscribe(late, MQTT_3_1_1, "uproar/+/frame", 0, 0);
	mqtt_expect_frame(late, MQTT_3_1_1, true, 1, 1, 100);
	mqtt_expect_nothing(late);
	fanout_open_channel(rig.fanout, 3);
	rig_publish(&rig, 3, 2, 100);
	mqtt_expect_frame(fd, MQTT_3_1_1, false, 3, 2, 100);
	mqtt_expect_frame(late, MQTT_3_1_1, false, 3, 2, 100);
	close(fd);
	close(late);
	rig_stop(&rig);
}

Test(fanout_mqtt_subscribe, the_clients_maximum_packet_size_is_kept)
{
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.mqtt, 0);
	uint8_t packet[300];

	client_send_bytes(fd, BYTES("\x10\x13\0\4MQTT\5\2\0\x3c\5\x27\0\0\0\x64\0\1a"));
	mqtt_read_packet(fd, packet, sizeof(packet));
	mqtt_subscribe(fd, MQTT_5, "uproar/1/frame", 0, 0);
	rig_publish(&rig, 1, 1, 82); // with 19 before it 101
	mqtt_expect_nothing(fd);
	rig_publish(&rig, 1, 2, 81);
	mqtt_expect_frame(fd, MQTT_5, false, 1, 2, 81);
	close(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_subscribe, subscriptions_have_a_limit)
{
	struct rig rig = rig_start(1, 0);
	int five = mqtt_open(&rig, MQTT_5, "5"), three = mqtt_open(&rig, MQTT_3_1_1, "3");
	char filter[32];

	for (unsigned i = 0; i < RIG_FILTERS; i++) {
		sprintf(filter, "uproar/%u/frame", i);
		mqtt_subscribe(five, MQTT_5, filter, 0, 0);
		mqtt_subscribe(three, MQTT_3_1_1, filter, 0, 0);
	}
	mqtt_subscribe(five, MQTT_5, "#", 0, MQTT_QUOTA_EXCEEDED);
	mqtt_subscribe(three, MQTT_3_1_1, "#", 0, 0x80);
	mqtt_subscribe(five, MQTT_5, "uproar/1/frame", 0, 0);
	mqtt_unsubscribe(five, MQTT_5, "uproar/0/frame", 0);
	mqtt_subscribe(five, MQTT_5, "#", 0, 0);
	rig_publish(&rig, 1, 1, 50);
	mqtt_expect_frame(three, MQTT_3_1_1, false, 1, 1, 50);
	close(five);
	close(three);
	rig_stop(&rig);
}

/* Frames go on while the client changes its mind: each is whole, and none is
 * older than the one before. */
Test(fanout_mqtt_subscribe, one_may_subscribe_in_the_middle_of_frames)
{
	enum { TIMES = 200, LEN = 20000 };
	struct rig rig = rig_start(1, 0);
	int fd = mqtt_open(&rig, MQTT_3_1_1, "a");
	static uint8_t packet[LEN + 64];
	uint8_t request[300];
	unsigned acks = 0;
	uint32_t live = 0;

	mqtt_subscribe(fd, MQTT_3_1_1, "uproar/1/frame", 0, 0);
	for (uint32_t n = 1; n <= TIMES; n++) {
		rig_publish(&rig, 1, n, LEN);
		client_send_bytes(fd, request,
			mqtt_put_subscribe(request, MQTT_3_1_1,
				n % 2 == 0 ? "uproar/2/frame" : "uproar/+/json", 0));
		client_send_bytes(fd, BYTES("\xc0\0"));
	}
	while (acks < 2 * TIMES || live < TIMES) {
		size_t len = mqtt_read_packet(fd, packet, sizeof(packet));

		if (packet[0] == 0x90 || packet[0] == 0xd0) {
			acks++;
		} else if (packet[0] == 0x30 && memmem(packet, 24, "/frame", 6) != NULL) {
			uint32_t number = (uint32_t)packet[len - 4] << 24 |
					  (uint32_t)packet[len - 3] << 16 |
					  (uint32_t)packet[len - 2] << 8 | packet[len - 1];
			cr_assert_geq(number, live);
			live = number;
		}
	}
	close(fd);
	rig_stop(&rig);
}
