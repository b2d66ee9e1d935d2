/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What a configuration needs of its host, as `uproar host` reads it. */

#include "control/needs.h"

#include "yaml_file.h"

#include "control/needs_device.h"

#include <jansson.h>

static json_t *needs_of(const char *text)
{
	struct config c;
	char error[256];

	cr_assert_eq(load_text(&c, text, error, sizeof(error)), 0, "%s", error);
	char *json = needs_json(&c);
	json_t *root = json_loads(json, 0, NULL);
	cr_assert_neq(root, NULL, "%s", json);
	free(json);
	config_free(&c);
	return root;
}

static json_int_t number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	cr_assert(json_is_integer(value), "%s", key);
	return json_integer_value(value);
}

static json_int_t arena_of(const json_t *root)
{
	return number(json_array_get(json_object_get(root, "hugepages"), 0), "arena_bytes");
}

static json_int_t buffers_of(const json_t *root)
{
	return number(json_array_get(json_object_get(root, "hugepages"), 0), "buffer_bytes");
}

static void expect_device(
	const json_t *root, unsigned i, const char *device, const char *kind, const char *interface)
{
	const json_t *d = json_array_get(json_object_get(root, "devices"), i);
	const char *has = json_string_value(json_object_get(d, "interface"));

	cr_expect_str_eq(json_string_value(json_object_get(d, "device")), device);
	cr_expect_str_eq(json_string_value(json_object_get(d, "kind")), kind);
	cr_expect_str_eq(has != NULL ? has : "", interface);
}

static uint64_t buffers_for(unsigned queues)
{
	return dataplane_buffer_bytes(
		&(struct dataplane_port){.device = "net_null0", .queues = queues});
}

Test(control_needs, devices_are_what_they_are)
{
	json_t *root = needs_of(
		"ports: [{device: '3b:00.0,rx_burst=1', queues: 2}, {device: '0000:3b:00.1'},\n"
		"  {device: 'net_af_xdp0,iface=eth1,busy_budget=64'},\n"
		"  {device: 'net_af_xdp1,iface=eth2'},\n"
		"  {device: 'net_tap0,iface=tap0,mac=00:11:22:33:44:55'}]\n"
		"cores: [1, 2, 3, 4, 5, 6]\nuser: somebody\n");

	expect_device(root, 0, "0000:3b:00.0", "pci", "");
	expect_device(root, 1, "0000:3b:00.1", "pci", "");
	expect_device(root, 2, "net_af_xdp0,iface=eth1,busy_budget=64", "af_xdp", "eth1");
	expect_device(root, 3, "net_af_xdp1,iface=eth2", "af_xdp", "eth2");
	expect_device(root, 4, "net_tap0,iface=tap0,mac=00:11:22:33:44:55", "other", "");
	const json_t *devices = json_object_get(root, "devices");
	cr_expect(json_is_true(json_object_get(json_array_get(devices, 2), "busy_polling")));
	cr_expect(json_is_false(json_object_get(json_array_get(devices, 3), "busy_polling")));
	cr_expect_eq(number(json_array_get(devices, 0), "queues"), 2);
	cr_expect_eq(json_array_size(json_object_get(root, "cores")), 6);
	cr_expect_str_eq(json_string_value(json_object_get(root, "user")), "somebody");
	cr_expect_gt(number(root, "memlock_bytes"), 4 * (json_int_t)buffers_for(1));
	json_decref(root);
}

Test(control_needs, an_address_is_written_as_the_kernel_does)
{
	json_t *root = needs_of("ports: [{device: '3B:00.0'}, {device: '0000:3B:0A.1,x=1'},\n"
				"  {device: 'eth_like:0'}]\n");

	expect_device(root, 0, "0000:3b:00.0", "pci", "");
	expect_device(root, 1, "0000:3b:0a.1", "pci", "");
	expect_device(root, 2, "eth_like:0", "other", "");
	json_decref(root);
}

Test(control_needs, a_way_to_the_kernel_takes_buffers)
{
	const char *device = "net_null0";
	const struct dataplane_port without = {.device = device, .queues = 2},
				    with = {.device = device, .queues = 2, .exception = 1},
				    three = {.device = device, .queues = 3, .exception = 1},
				    card = {.device = "0000:3b:00.0", .queues = 2, .exception = -1};

	cr_expect_gt(dataplane_buffer_bytes(&with), dataplane_buffer_bytes(&without));
	cr_expect_eq(dataplane_buffer_bytes(&card), dataplane_buffer_bytes(&three),
		"it may have a queue for other traffic");
}

Test(control_needs, memory_grows_with_what_is_configured)
{
	json_t *small = needs_of("ports: [{device: net_null0}]\n");
	json_t *large = needs_of("ports: [{device: net_null0, queues: 16}]\n"
				 "arena: {sessions: 8388608, channels: 8192}\n");

	cr_expect_eq(arena_of(small) % (2 << 20), 0);
	cr_expect_gt(arena_of(large), arena_of(small) + 7 * 16 * 1048576ll);
	cr_expect_geq(buffers_of(small), DATAPLANE_HUGE_BYTES, "or it takes ordinary memory");
	cr_expect_gt(buffers_of(large), (json_int_t)buffers_for(16));
	cr_expect_eq(number(small, "memlock_bytes"), 0);
	json_decref(small);
	json_decref(large);
}

Test(control_needs, files_are_those_of_the_fan_out)
{
	json_t *root = needs_of("fanout: {max_connections: 50000, threads: 2}\n");

	cr_expect_eq(number(root, "connections"), 50000);
	cr_expect_eq(number(root, "nofile"), (json_int_t)fanout_descriptors(50000, 2, 6));
	cr_expect_gt(number(root, "nofile"), 50000);
	json_decref(root);
}

#define BROKERS "cluster: {node: a, partitions: 100, kafka: [bootstrap.servers=b]}\n"

Test(control_needs, a_node_without_ingest_needs_neither_memory_nor_devices)
{
	json_t *root = needs_of("roles: [fanout]\ncores: [1]\n" BROKERS);

	cr_expect_eq(json_array_size(json_object_get(root, "hugepages")), 0);
	cr_expect_eq(json_array_size(json_object_get(root, "devices")), 0);
	cr_expect_eq(json_array_size(json_object_get(root, "cores")), 0);
	cr_expect_eq(number(root, "memlock_bytes"), 0);
	cr_expect_gt(number(root, "nofile"), (json_int_t)fanout_descriptors(10000, 1, 6));
	json_decref(root);
}

Test(control_needs, a_merger_has_files_for_its_partitions_and_no_subscribers)
{
	json_t *root = needs_of("roles: [merge]\n" BROKERS);

	cr_expect_eq(number(root, "connections"), 0);
	cr_expect_gt(number(root, "nofile"), 3 * 100, "a connection to each of three brokers");
	cr_expect_lt(number(root, "nofile"), 10000);
	json_decref(root);
}
