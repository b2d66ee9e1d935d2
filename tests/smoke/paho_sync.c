/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A subscriber by paho's C library, its synchronous interface: prints one line a message, until
 * SIGTERM; then it says goodbye.
 *
 *   paho-sync URI 4|5 FILTER
 */

#include "paho_print.h"

#include <MQTTClient.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECONDS = 20 };

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
	stopping = 1;
}

static int connect_to(MQTTClient client, int version)
{
	if (version == MQTTVERSION_5) {
		MQTTClient_connectOptions options = MQTTClient_connectOptions_initializer5;

		MQTTResponse response = MQTTClient_connect5(client, &options, NULL, NULL);
		int code = response.reasonCode;
		MQTTResponse_free(response);
		return code;
	}
	MQTTClient_connectOptions options = MQTTClient_connectOptions_initializer;

	options.MQTTVersion = version;
	return MQTTClient_connect(client, &options);
}

static int subscribe_to(MQTTClient client, int version, const char *filter)
{
	if (version != MQTTVERSION_5)
		return MQTTClient_subscribe(client, filter, 1);
	MQTTResponse response = MQTTClient_subscribe5(client, filter, 1, NULL, NULL);
	int code = response.reasonCode;

	MQTTResponse_free(response);
	return code;
}

static int print_next(MQTTClient client)
{
	MQTTClient_message *message = NULL;
	char *topic = NULL;
	int len, code = MQTTClient_receive(client, &topic, &len, &message, SECONDS * 1000UL);

	if (message == NULL)
		return code == 0 ? -1 : code;
	paho_print(topic, message->retained, message->payload, message->payloadlen);
	MQTTClient_freeMessage(&message);
	MQTTClient_free(topic);
	return 0;
}

int main(int argc, char **argv)
{
	MQTTClient_createOptions options = MQTTClient_createOptions_initializer;
	MQTTClient client;
	int code;

	if (argc != 4)
		return 2;
	signal(SIGTERM, on_signal);
	options.MQTTVersion = atoi(argv[2]);
	code = MQTTClient_createWithOptions(
		&client, argv[1], "", MQTTCLIENT_PERSISTENCE_NONE, NULL, &options);
	if (code == 0)
		code = connect_to(client, options.MQTTVersion);
	if (code == 0)
		code = subscribe_to(client, options.MQTTVersion, argv[3]);
	while (code == 0 && !stopping)
		code = print_next(client);
	if (code == 0)
		code = options.MQTTVersion == MQTTVERSION_5
			       ? MQTTClient_disconnect5(client, 1000, MQTTREASONCODE_SUCCESS, NULL)
			       : MQTTClient_disconnect(client, 1000);
	if (code != 0)
		fprintf(stderr, "paho: %d %s\n", code, MQTTClient_strerror(code));
	MQTTClient_destroy(&client);
	return code != 0;
}
