/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Rivals from Debian, configured to be as fast as they can be and to drop nobody: one thread, no
 * log, no files, no delay for a small packet, room for all subscribers.
 */

#include "perf/fanout/contestants.h"

#include <string.h>

static void with_config(const struct server_place *place, const char *argv[SERVER_ARGUMENTS_MAX])
{
	argv[1] = "-c";
	argv[2] = place->config;
}

static void configure_mosquitto(FILE *to, const struct server_place *p)
{
	fprintf(to,
		"listener %u 127.0.0.1\n"
		"allow_anonymous true\n"
		"max_connections -1\n"
		"set_tcp_nodelay true\n"
		"persistence false\n"
		"sys_interval 0\n"
		"log_dest stderr\n"
		"log_type error\n"
		"user root\n", // it stays who we are, and so dies with us
		p->port);
}

static size_t publish_mqtt(uint8_t out[SERVER_MESSAGE_MAX], const uint8_t *payload, unsigned len)
{
	size_t head = mqtt_publish_head(out, len);

	memcpy(out + head, payload, len);
	return head + len;
}

const struct server_kind server_mosquitto = {
	.program = "mosquitto",
	.package = "mosquitto",
	.configure = configure_mosquitto,
	.arguments = with_config,
	.poke = mqtt_connect_me,
	.poke_len = sizeof(mqtt_connect_me),
	.greet = mqtt_connect,
	.until = mqtt_connack,
	.until_len = sizeof(mqtt_connack),
	.message = publish_mqtt,
};

static void configure_nats(FILE *to, const struct server_place *p)
{
	fprintf(to,
		"host: 127.0.0.1\n"
		"port: %u\n"
		"max_connections: %u\n"
		"ping_interval: \"1h\"\n",
		p->port, p->subscribers + 100);
}

static size_t publish_nats(uint8_t out[SERVER_MESSAGE_MAX], const uint8_t *payload, unsigned len)
{
	size_t head =
		(size_t)snprintf((char *)out, SERVER_MESSAGE_MAX, "PUB uproar.1.frame %u\r\n", len);

	memcpy(out + head, payload, len);
	memcpy(out + head + len, "\r\n", 2);
	return head + len + 2;
}

const struct server_kind server_nats = {
	.program = "nats-server",
	.package = "nats-server",
	.configure = configure_nats,
	.arguments = with_config,
	.greet = nats_connect,
	.until = nats_pong,
	.until_len = sizeof(nats_pong),
	.message = publish_nats,
};

static void configure_nginx(FILE *to, const struct server_place *p)
{
	fprintf(to,
		"load_module /usr/lib/nginx/modules/ngx_nchan_module.so;\n"
		"daemon off; master_process off; worker_processes 1;\n"
		"user root;\n" // as above
		"pid nginx.pid; error_log stderr error;\n"
		"events { worker_connections %u; use epoll; }\n"
		"http {\n"
		"  access_log off; tcp_nodelay on;\n"
		"  keepalive_requests 1000000000; keepalive_timeout 3600s;\n"
		"  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;\n"
		"  uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n"
		"  nchan_shared_memory_size 512M;\n"
		"  server {\n"
		"    listen 127.0.0.1:%u backlog=4096;\n"
		"    location = /pub { nchan_publisher; nchan_channel_id 1;\n"
		"      nchan_message_buffer_length 1; nchan_message_timeout 0; }\n"
		"    location = /sub { nchan_subscriber websocket; nchan_channel_id 1;\n"
		"      nchan_subscriber_first_message newest; }\n"
		"  }\n"
		"}\n",
		2 * p->subscribers + 200, p->port);
}

static void nginx_arguments(
	const struct server_place *place, const char *argv[SERVER_ARGUMENTS_MAX])
{
	argv[1] = "-p";
	argv[2] = place->folder;
	argv[3] = "-e";
	argv[4] = "stderr";
	argv[5] = "-c";
	argv[6] = place->config;
}

static size_t publish_nchan(uint8_t out[SERVER_MESSAGE_MAX], const uint8_t *payload, unsigned len)
{
	size_t head = (size_t)snprintf((char *)out, SERVER_MESSAGE_MAX,
		"POST /pub HTTP/1.1\r\nHost: 127.0.0.1\r\n"
		"Content-Type: application/octet-stream\r\nContent-Length: %u\r\n\r\n",
		len);

	memcpy(out + head, payload, len);
	return head + len;
}

const struct server_kind server_nchan = {
	.program = "nginx",
	.package = "nginx libnginx-mod-nchan",
	.configure = configure_nginx,
	.arguments = nginx_arguments,
	.poke = "?\r\n\r\n",
	.poke_len = 5,
	.message = publish_nchan,
};
