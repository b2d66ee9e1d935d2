/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/telemetry.h"

#include "control/telemetry_data.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "/uproar/"

/* DPDK's callbacks have no context, and its threads outlive the appliance. */
static struct questions asked;

/* The statistics; json_decref() them. NULL: the control thread did not answer. */
static json_t *statistics(void)
{
	char *text = questions_ask(&asked, "stats");
	json_t *root = text != NULL ? json_loads(text, 0, NULL) : NULL;

	free(text);
	return root;
}

/* What is no list or object: version, name, uptime. */
static int on_stats(const char *command, const char *parameters, struct rte_tel_data *d)
{
	json_t *root = statistics();
	int ret = root != NULL ? telemetry_put_dict(d, root, false) : -EAGAIN;

	json_decref(root);
	return ret;
}

/* The member that has the name of the command. */
static int on_object(const char *command, const char *parameters, struct rte_tel_data *d)
{
	json_t *root = statistics();
	const json_t *object = json_object_get(root, command + sizeof(PREFIX) - 1);
	int ret = object != NULL ? telemetry_put_dict(d, object, true) : -EAGAIN;

	json_decref(root);
	return ret;
}

/* Of the list that has the name of the command: the one that is named, else which there are. */
static int put_of_list(
	const char *command, const char *parameters, const char *id, struct rte_tel_data *d)
{
	json_t *root = statistics();
	const json_t *list = json_object_get(root, command + sizeof(PREFIX) - 1);
	int ret = list == NULL ? -EAGAIN
		  : parameters == NULL || parameters[0] == '\0'
			  ? telemetry_put_ids(d, list, id)
			  : telemetry_put_element(d, list, id, parameters);

	json_decref(root);
	return ret;
}

static int on_ports(const char *command, const char *parameters, struct rte_tel_data *d)
{
	return put_of_list(command, parameters, NULL, d);
}

static int on_workers(const char *command, const char *parameters, struct rte_tel_data *d)
{
	return put_of_list(command, parameters, "worker", d);
}

static int on_channels(const char *command, const char *parameters, struct rte_tel_data *d)
{
	return put_of_list(command, parameters, "channel", d);
}

static const struct {
	const char *name;
	telemetry_cb answer;
	const char *help;
} commands[] = {
	{PREFIX "stats", on_stats, "Version, name and uptime. No parameters."},
	{PREFIX "window", on_object, "The last window. No parameters."},
	{PREFIX "ledger", on_object, "The ledger. No parameters."},
	{PREFIX "refused", on_object, "Refused datagrams by reason. No parameters."},
	{PREFIX "answers", on_object, "Answers to datagrams. No parameters."},
	{PREFIX "fanout", on_object, "Subscribers and what they were sent. No parameters."},
	{PREFIX "delivery", on_object, "Microseconds from window to kernel. No parameters."},
	{PREFIX "ports", on_ports, "Ports, or one. Parameters: none, or int port"},
	{PREFIX "workers", on_workers, "Workers, or one. Parameters: none, or int worker"},
	{PREFIX "channels", on_channels, "Channels, or one. Parameters: none, or int channel"},
};

struct questions *telemetry_open(void)
{
	if (questions_open(&asked) < 0)
		return NULL;
	for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		rte_telemetry_register_cmd(commands[i].name, commands[i].answer, commands[i].help);
	return &asked;
}
