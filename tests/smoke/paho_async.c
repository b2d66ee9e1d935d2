/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A subscriber by paho's C library, its asynchronous interface, which comes back by itself: prints
 * one line a message, until SIGTERM; then it says goodbye.
 *
 *   paho-async URI 4|5 FILTER
 */

#include "paho_print.h"

#include <MQTTAsync.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

struct session {
	MQTTAsync client;
	const char *filter;
	int version;
};

static void on_failed(const char *what, int code)
{
	fprintf(stderr, "paho: %s: %d %s\n", what, code, MQTTAsync_strerror(code));
	exit(1);
}

/* Each time it is connected: the session is a new one. */
static void on_connected(void *context, char *cause)
{
	struct session *s = context;
	MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
	int code = MQTTAsync_subscribe(s->client, s->filter, 1, &options);

	if (code != MQTTASYNC_SUCCESS)
		on_failed("subscribe", code);
}

static int on_message(void *context, char *topic, int len, MQTTAsync_message *message)
{
	paho_print(topic, message->retained, message->payload, message->payloadlen);
	MQTTAsync_freeMessage(&message);
	MQTTAsync_free(topic);
	return 1;
}

static int start(struct session *s)
{
	MQTTAsync_connectOptions v3 = MQTTAsync_connectOptions_initializer;
	MQTTAsync_connectOptions v5 = MQTTAsync_connectOptions_initializer5;
	MQTTAsync_connectOptions *options = s->version == MQTTVERSION_5 ? &v5 : &v3;

	options->MQTTVersion = s->version;
	options->keepAliveInterval = 5;
	options->automaticReconnect = 1;
	options->minRetryInterval = 1;
	options->maxRetryInterval = 1;
	return MQTTAsync_connect(s->client, options);
}

int main(int argc, char **argv)
{
	MQTTAsync_createOptions options = MQTTAsync_createOptions_initializer;
	MQTTAsync_disconnectOptions end = MQTTAsync_disconnectOptions_initializer;
	static struct session s;
	sigset_t stop;
	int code, number;

	if (argc != 4)
		return 2;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	s.filter = argv[3];
	s.version = options.MQTTVersion = atoi(argv[2]);
	code = MQTTAsync_createWithOptions(
		&s.client, argv[1], "", MQTTCLIENT_PERSISTENCE_NONE, NULL, &options);
	if (code == 0)
		code = MQTTAsync_setCallbacks(s.client, &s, NULL, on_message, NULL);
	if (code == 0)
		code = MQTTAsync_setConnected(s.client, &s, on_connected);
	if (code == 0)
		code = start(&s);
	if (code != 0)
		on_failed("connect", code);
	sigwait(&stop, &number);
	MQTTAsync_disconnect(s.client, &end);
	MQTTAsync_destroy(&s.client);
	return 0;
}
