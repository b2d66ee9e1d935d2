/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_publish.h"
#include "fanout/mqtt_write.h"

#include <criterion/criterion.h>
#include <string.h>

static uint8_t out[MQTT_ANSWER_MAX];

#define EXPECT(len, text)                                                \
	do {                                                             \
		size_t got_ = (len);                                     \
		cr_assert_eq(got_, sizeof(text) - 1, "%zu bytes", got_); \
		cr_assert_eq(memcmp(out, text, sizeof(text) - 1), 0);    \
	} while (0)

Test(fanout_mqtt_write, connacks)
{
	struct mqtt_connack c = {.version = MQTT_3_1_1};

	EXPECT(mqtt_put_connack(out, &c), "\x20\2\0\0");
	c.reason = MQTT_INVALID_CLIENT_ID;
	EXPECT(mqtt_put_connack(out, &c), "\x20\2\0\2");
	c.reason = MQTT_UNSUPPORTED_VERSION;
	EXPECT(mqtt_put_connack(out, &c), "\x20\2\0\1");
	c.reason = MQTT_BUSY;
	EXPECT(mqtt_put_connack(out, &c), "\x20\2\0\3");

	c = (struct mqtt_connack){.version = MQTT_5};
	EXPECT(mqtt_put_connack(out, &c), "\x20\x0e\0\0\x0b\x24\0\x27\0\0\x20\0\x29\0\x2a\0");
	c.forgets = true;
	c.assigned_id = "uproar-0123456789abcdef0123456789abcdef";
	EXPECT(mqtt_put_connack(out, &c), "\x20\x3d\0\0\x3a\x24\0\x27\0\0\x20\0\x29\0\x2a\0"
					  "\x12\0\x27uproar-0123456789abcdef0123456789abcdef"
					  "\x11\0\0\0\0");
	c = (struct mqtt_connack){
		.version = MQTT_5, .reason = MQTT_BAD_AUTHENTICATION, .sentence = "no"};
	EXPECT(mqtt_put_connack(out, &c), "\x20\x08\0\x8c\5\x1f\0\2no");
}

Test(fanout_mqtt_write, disconnects)
{
	EXPECT(mqtt_put_disconnect(out, MQTT_5, MQTT_TAKEN_OVER, NULL), "\xe0\1\x8e");
	EXPECT(mqtt_put_disconnect(out, MQTT_5, MQTT_NOT_AUTHORIZED, "no"),
		"\xe0\7\x87\5\x1f\0\2no");
	cr_assert_eq(mqtt_put_disconnect(out, MQTT_3_1_1, MQTT_TAKEN_OVER, NULL), 0);
}

Test(fanout_mqtt_write, acknowledgements)
{
	EXPECT(mqtt_put_ack(out, MQTT_SUBACK, MQTT_3_1_1, 0x102, 2), "\x90\4\1\2");
	cr_assert_eq(mqtt_ack_length(MQTT_SUBACK, MQTT_3_1_1, 2), 6);
	EXPECT(mqtt_put_ack(out, MQTT_SUBACK, MQTT_5, 0x102, 2), "\x90\5\1\2\0");
	cr_assert_eq(mqtt_ack_length(MQTT_SUBACK, MQTT_5, 2), 7);
	EXPECT(mqtt_put_ack(out, MQTT_UNSUBACK, MQTT_3_1_1, 3, 2), "\xb0\2\0\3");
	cr_assert_eq(mqtt_ack_length(MQTT_UNSUBACK, MQTT_3_1_1, 2), 4);
	EXPECT(mqtt_put_ack(out, MQTT_UNSUBACK, MQTT_5, 3, 200), "\xb0\xcb\1\0\3\0");
	cr_assert_eq(mqtt_ack_length(MQTT_UNSUBACK, MQTT_5, 200), 206);
	cr_assert_eq(mqtt_suback_code(MQTT_3_1_1, MQTT_QUOTA_EXCEEDED), 0x80);
	cr_assert_eq(mqtt_suback_code(MQTT_5, MQTT_QUOTA_EXCEEDED), 0x97);
	cr_assert_eq(mqtt_suback_code(MQTT_3_1_1, MQTT_OK), 0);
	EXPECT(mqtt_put_pingresp(out), "\xd0\0");
}

Test(fanout_mqtt_write, publishes)
{
	char topic[MQTT_TOPIC_MAX];
	size_t len = mqtt_channel_topic(topic, 7, false);

	EXPECT(mqtt_put_publish_head(out, MQTT_3_1_1, false, topic, len, 10),
		"\x30\x1a\0\x0euproar/7/frame");
	EXPECT(mqtt_put_publish_head(out, MQTT_5, true, topic, len, 200),
		"\x31\xd9\1\0\x0euproar/7/frame\0");
	len = mqtt_channel_topic(topic, 65534, true);
	EXPECT(mqtt_put_publish_head(out, MQTT_5, false, topic, len, 20000),
		"\x30\xb4\x9c\1\0\x11uproar/65534/json\0");
	len = mqtt_catalogue_topic(topic);
	EXPECT(mqtt_put_publish_head(out, MQTT_3_1_1, true, topic, len, 2),
		"\x31\x14\0\x10uproar/catalogue");
}

Test(fanout_mqtt_write, lengths)
{
	EXPECT(mqtt_put_length(out, 0), "\0");
	EXPECT(mqtt_put_length(out, 127), "\x7f");
	EXPECT(mqtt_put_length(out, 128), "\x80\1");
	EXPECT(mqtt_put_length(out, 16383), "\xff\x7f");
	EXPECT(mqtt_put_length(out, 16384), "\x80\x80\1");
	EXPECT(mqtt_put_length(out, 2097152), "\x80\x80\x80\1");
}
