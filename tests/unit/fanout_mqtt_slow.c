/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * MQTT subscribers of very many topics, and such as do not read: packets stay whole, answers stand
 * between frames, and the newest frame comes.
 */

#include "mqtt_rig.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MANY = 4096 };

static void publish_all(struct rig *rig, uint32_t window)
{
	static const uint8_t binary[60];

	for (unsigned channel = 0; channel < MANY; channel++) {
		struct fanout_frame frame = {
			.channel = (uint16_t)channel,
			.window = window,
			.binary = binary,
			.binary_len = sizeof(binary),
			.json = "{}",
			.json_len = 2,
		};
		fanout_publish(rig->fanout, &frame);
	}
	fanout_flush(rig->fanout);
}

/* Reads one frame of each channel, all marked so. */
static void expect_all(int fd, uint8_t first)
{
	static bool seen[MANY];
	uint8_t packet[300];

	memset(seen, 0, sizeof(seen));
	for (unsigned i = 0; i < MANY; i++) {
		mqtt_read_packet(fd, packet, sizeof(packet));
		cr_assert_eq(packet[0], first);
		cr_assert_eq(memcmp(packet + 4, "uproar/", 7), 0);
		unsigned long channel = strtoul((const char *)packet + 11, NULL, 10);
		cr_assert_lt(channel, MANY);
		cr_assert_not(seen[channel], "channel %lu came twice", channel);
		seen[channel] = true;
	}
}

Test(fanout_mqtt_slow, one_filter_may_stand_for_thousands_of_channels)
{
	struct rig rig = rig_start(1, 0);

	for (unsigned channel = 0; channel < MANY; channel++)
		fanout_open_channel(rig.fanout, (uint16_t)channel);
	publish_all(&rig, 1);
	int fd = mqtt_open(&rig, MQTT_3_1_1, "a");
	mqtt_expect_nothing(fd);
	mqtt_subscribe(fd, MQTT_3_1_1, "uproar/+/frame", 0, 0);
	expect_all(fd, 0x31);
	for (uint32_t window = 2; window < 5; window++) {
		publish_all(&rig, window);
		expect_all(fd, 0x30);
	}
	mqtt_expect_nothing(fd);
	close(fd);
	rig_stop(&rig);
}

Test(fanout_mqtt_slow, who_does_not_read_gets_whole_packets_and_the_newest)
{
	enum { FRAMES = 200, LEN = 30000, PINGS = 20 };
	static uint8_t packet[LEN + 64];
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.mqtt, 2048);
	unsigned frames = 1, pongs = 0;
	uint32_t number = 1;

	client_send_bytes(fd, packet, mqtt_put_connect(packet, MQTT_5, "a", 60));
	mqtt_read_packet(fd, packet, sizeof(packet));
	mqtt_subscribe(fd, MQTT_5, "uproar/1/frame", 0, 0);
	rig_publish(&rig, 1, 1, LEN);
	mqtt_expect_frame(fd, MQTT_5, false, 1, 1, LEN);
	for (uint32_t n = 2; n <= FRAMES; n++) {
		rig_publish(&rig, 1, n, LEN);
		if (n % (FRAMES / PINGS) == 0)
			client_send_bytes(fd, BYTES("\xc0\0"));
	}
	while (number < FRAMES || pongs < PINGS) {
		size_t len = mqtt_read_packet(fd, packet, sizeof(packet));

		if (packet[0] == 0xd0) {
			pongs++;
			continue;
		}
		cr_assert_eq(packet[0], 0x30);
		cr_assert_eq(len, LEN + 21); // with the length in three bytes
		uint32_t next = (uint32_t)packet[21] << 24 | (uint32_t)packet[22] << 16 |
				(uint32_t)packet[23] << 8 | packet[24];
		cr_assert_gt(next, number);
		number = next;
		frames++;
	}
	cr_assert_eq(pongs, PINGS);
	rig_await(&rig, offsetof(struct fanout_stats, frames_sent), frames);
	cr_assert_eq(rig_stats(&rig).frames_skipped, FRAMES - frames);
	close(fd);
	rig_stop(&rig);
}

/* Until it has been silent for too long. */
static void expect_keep_alive_to_pass(const struct rig *rig)
{
	uint8_t packet[300];
	int fd = client_connect(rig->mqtt, 0);

	client_send_bytes(fd, packet, mqtt_put_connect(packet, MQTT_5, "silent", 1));
	mqtt_read_packet(fd, packet, sizeof(packet));
	mqtt_expect_disconnect(fd, MQTT_KEEP_ALIVE_TIMEOUT);
}

/* Its pings lie in the socket, where they wait for it to take the answer to the first. */
Test(fanout_mqtt_slow, who_does_not_read_but_pings_is_not_silent)
{
	enum { FRAMES = 100, LEN = 30000 };
	static uint8_t packet[LEN + 64];
	struct rig rig = rig_start(1, 0);
	int fd = client_connect(rig.mqtt, 2048), witness = client_connect(rig.tcp, 0);
	unsigned pongs = 0;

	client_send(witness, "SUB 1\n");
	client_send_bytes(fd, packet, mqtt_put_connect(packet, MQTT_5, "a", 1));
	mqtt_read_packet(fd, packet, sizeof(packet));
	mqtt_subscribe(fd, MQTT_5, "uproar/1/frame", 0, 0);
	for (uint32_t n = 1; n <= FRAMES; n++) {
		rig_publish(&rig, 1, n, LEN);
		client_frame(witness, 1, LEN);
	}
	for (unsigned i = 0; i < 2; i++)
		client_send_bytes(fd, BYTES("\xc0\0"));
	for (unsigned i = 0; i < 2; i++)
		expect_keep_alive_to_pass(&rig);
	while (pongs < 2) {
		mqtt_read_packet(fd, packet, sizeof(packet));
		cr_assert_neq(packet[0], 0xe0, "reason %02x", packet[2]);
		pongs += packet[0] == 0xd0;
	}
	cr_assert_eq(rig_stats(&rig).refusals[FANOUT_REFUSED_mqtt_keep_alive], 2);
	close(fd);
	close(witness);
	rig_stop(&rig);
}
