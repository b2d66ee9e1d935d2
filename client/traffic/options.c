/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/traffic/options.h"

#include "client/channel_span.h"
#include "client/complain.h"
#include "client/endpoint.h"
#include "client/number.h"
#include "client/option.h"
#include "client/traffic/hostile.h"
#include "client/traffic/values.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

const char traffic_options_help[] =
	"  --sessions N         viewers, who come in turn (default 1000000)\n"
	"  --channels A-B       that they tap, each of them one (default 0-3)\n"
	"  --batches N          in a datagram: the newest, and those before it again; 1 to 8\n"
	"                       (default 1)\n"
	"  --reactions N        in a batch, 1 to 32 (default 1)\n"
	"  --taps N             of each reaction, 1 to 255 (default 1)\n"
	"  --reaction-ids N     ids below N occur (default 24, as the default catalogue has them)\n"
	"  --text SHARE         so many of 100 frames are text for the default catalogue, to two\n"
	"                       decimals (default 0)\n"
	"  --unsequenced SHARE  or are without a sequence number (default 0)\n"
	"  --hostile SHARE      or are to be refused (default 0)\n"
	"  --hostile-reasons R  for these reasons in turn, by the names of the refusals, with "
	"commas\n"
	"                       between them (default: all that a frame on a wire can give; all:\n"
	"                       ether_short too)\n"
	"  --ipv6               in place of IPv4\n"
	"  --vlan ID[,ID]       VLAN tags, the outer first\n"
	"  --source-net NET     where viewers are, ADDRESS/BITS (default 198.18.0.0/16, or\n"
	"                       2001:2:0:1::/64)\n"
	"  --to ADDRESS[:PORT]  where the datagrams go (default 198.19.0.1:7700, or\n"
	"                       [2001:2::1]:7700)\n"
	"  --to-mac MAC         and by which Ethernet address (default 02:75:70:72:00:01)\n"
	"  --from-mac MAC       from which (default 02:75:70:72:00:02)\n"
	"  --seed N             other frames, and other viewers than with any other seed; 0 to\n"
	"                       16777215 (default 0)\n";

void traffic_options_default(struct traffic_options *o)
{
	*o = (struct traffic_options){0};
	traffic_spec_default(&o->spec);
}

static int option_count(const char *name, uint64_t max, uint64_t *value)
{
	return option_number(name, 1, max, value);
}

static int read_numbers(int option, struct traffic_spec *s)
{
	uint64_t n = 0;
	int ret;

	switch (option) {
	case TRAFFIC_SESSIONS:
		ret = option_count("sessions", TRAFFIC_SESSIONS_MAX, &n);
		s->sessions = (uint32_t)n;
		return ret;
	case TRAFFIC_BATCHES_OF:
		ret = option_count("batches", WIRE_BATCHES_MAX, &n);
		s->batches = (uint8_t)n;
		return ret;
	case TRAFFIC_REACTIONS_OF:
		ret = option_count("reactions", WIRE_PAIRS_MAX, &n);
		s->reactions = (uint8_t)n;
		return ret;
	case TRAFFIC_TAPS_OF:
		ret = option_count("taps", UINT8_MAX, &n);
		s->taps = (uint8_t)n;
		return ret;
	case TRAFFIC_IDS:
		ret = option_count("reaction-ids", WIRE_REACTIONS_MAX, &n);
		s->reaction_ids = (uint16_t)n;
		return ret;
	case TRAFFIC_SEED:
		ret = option_number("seed", 0, TRAFFIC_SEED_MAX, &n);
		s->seed = (uint32_t)n;
		return ret;
	default:
		return -EINVAL;
	}
}

static int option_share(const char *name, uint16_t *out)
{
	if (traffic_share_parse(optarg, out) == 0)
		return 0;
	complain("--%s: '%s' is not 0 to 100 with at most two decimals", name, optarg);
	return -EINVAL;
}

static int option_mac(const char *name, uint8_t out[6])
{
	if (traffic_mac_parse(optarg, out) == 0)
		return 0;
	complain("--%s: '%s' is not six pairs of hexadecimal digits with colons between them", name,
		optarg);
	return -EINVAL;
}

static int option_channels(struct traffic_spec *s)
{
	const char *text = optarg;
	struct channel_span span;

	if (channel_span_next(&text, &span) != 1 || *text != '\0') {
		complain("--channels: '%s' is not A-B, with channels from 0 to 65534", optarg);
		return -EINVAL;
	}
	s->first_channel = span.first;
	s->last_channel = span.last;
	return 0;
}

static int option_reasons(struct traffic_spec *s)
{
	char name[TRAFFIC_REASON_MAX];

	if (strcmp(optarg, "all") == 0) {
		s->reasons = HOSTILE_ALL;
		return 0;
	}
	if (traffic_reasons_parse(optarg, &s->reasons, name) == 0)
		return 0;
	complain("--hostile-reasons: '%s' is no reason for which a frame alone is refused", name);
	return -EINVAL;
}

static int option_vlan(struct traffic_spec *s)
{
	if (traffic_vlan_parse(optarg, s->vlan, &s->vlans) == 0)
		return 0;
	complain("--vlan: '%s' is not one or two numbers from 0 to 4094", optarg);
	return -EINVAL;
}

int traffic_option(int option, struct traffic_options *o)
{
	struct traffic_spec *s = &o->spec;

	switch (option) {
	case TRAFFIC_CHANNELS:
		return option_channels(s);
	case TRAFFIC_TEXT_SHARE:
		return option_share("text", &s->text);
	case TRAFFIC_UNSEQUENCED_SHARE:
		return option_share("unsequenced", &s->unsequenced);
	case TRAFFIC_HOSTILE_SHARE:
		return option_share("hostile", &s->hostile);
	case TRAFFIC_REASONS:
		return option_reasons(s);
	case TRAFFIC_VLAN:
		return option_vlan(s);
	case TRAFFIC_TO_MAC:
		return option_mac("to-mac", s->to_mac);
	case TRAFFIC_FROM_MAC:
		return option_mac("from-mac", s->from_mac);
	case TRAFFIC_IPV6:
		o->v6 = true;
		return 0;
	case TRAFFIC_TO:
		o->to = optarg;
		return 0;
	case TRAFFIC_NET:
		o->net = optarg;
		return 0;
	default:
		return read_numbers(option, s);
	}
}

static int end_to(struct traffic_options *o)
{
	struct traffic_spec *s = &o->spec;
	struct endpoint to;

	if (endpoint_parse(o->to, WIRE_PORT_REACTIONS, &to) == 0 &&
		inet_pton(s->v6 ? AF_INET6 : AF_INET, to.host, s->to) == 1) {
		s->port = to.port;
		return 0;
	}
	complain("--to: '%s' is not the %s address of an appliance, with or without :PORT", o->to,
		s->v6 ? "IPv6" : "IPv4");
	return -EINVAL;
}

static int end_net(struct traffic_options *o)
{
	struct traffic_spec *s = &o->spec;

	if (traffic_net_parse(o->net, s->v6, s->net, &s->net_bits) == 0)
		return 0;
	complain("--source-net: '%s' is not an %s network as ADDRESS/BITS", o->net,
		s->v6 ? "IPv6" : "IPv4");
	return -EINVAL;
}

int traffic_options_end(struct traffic_options *o)
{
	traffic_spec_use_family(&o->spec, o->v6);
	if (o->to != NULL && end_to(o) < 0)
		return -EINVAL;
	return o->net != NULL ? end_net(o) : 0;
}
