/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/help.h"

#include "client/traffic/options.h"

#include <stdio.h>

static const char head[] =
	"usage: uproar-gen run --device DEVICE [OPTION…] [-- EAL OPTION…]\n"
	"       uproar-gen search --device DEVICE [OPTION…] [-- EAL OPTION…]\n"
	"\n"
	"Sends the reactions of a crowd through a DPDK device. `run` keeps a rate, and says what "
	"was\n"
	"sent and what the appliance took. `search` looks for the highest rate at which an "
	"appliance\n"
	"loses nothing (NDR), and half a percent (PDR): trials that grow longer, between bounds "
	"that\n"
	"come nearer to each other. It asks the appliance what it took. Nothing is looked up by "
	"ARP:\n"
	"on a network --to-mac is the appliance's, or the router's.\n"
	"\n"
	"  --device DEVICE      a PCI address (0000:3b:00.1) of a card that DPDK may have;\n"
	"                       net_memif0,role=client,id=0,socket=/PATH,socket-abstract=no, of\n"
	"                       which the appliance is the server; net_af_xdp0,iface=NAME\n"
	"  --cores LIST         CPUs that send, each by a transmit queue of its own: 2 or 2,4-7\n"
	"                       (default: the first one that this process may use)\n"
	"  --name NAME          of the appliance, if it is on this machine (search: default)\n"
	"  --control PATH       or the path of its control socket\n"
	"  --metrics URL        or, on another machine, http://HOST:PORT/metrics\n"
	"  --drain MS           what was not taken when nothing came for so long is lost\n"
	"                       (default 300)\n"
	"  --answers            ask for answers and count them; they come to the first core\n"
	"  --json               one JSON object in place of the table\n"
	"  --verbose            what DPDK says\n"
	"  --help               this text\n"
	"  --version            the version\n"
	"\n"
	"of run:\n"
	"\n"
	"  --rate N             frames a second of all cores together, with k or M behind it, or\n"
	"                       max: as fast as the device takes them (default max)\n"
	"  --seconds N          (default: until SIGINT)\n"
	"\n"
	"of search:\n"
	"\n"
	"  --max-rate N         not beyond this (default: what the cores can make, and the link\n"
	"                       carry)\n"
	"  --min-rate N         not below this (default 1000)\n"
	"  --width PERCENT      the bounds are near enough: of the upper one (default 0.5)\n"
	"  --goals LIST         percent of frames that may be lost, up to four (default 0,0.5)\n"
	"  --initial SECONDS    of the first trials (default 1)\n"
	"  --final SECONDS      of the last ones (default 10; RFC 2544 wants 60)\n"
	"  --repeats N          a disturbed trial that lost something is repeated so often before\n"
	"                       it counts (default 2)\n"
	"  --limit SECONDS      all in all, whatever is known then (default 900)\n"
	"  --svg FILE           the loss against the load, drawn by gnuplot\n"
	"\n"
	"of the traffic:\n"
	"\n";

static const char tail[] =
	"\n"
	"EAL options behind `--` come last; those about memory replace ours (--in-memory for a "
	"card and\n"
	"AF_XDP, which want huge pages, --no-huge otherwise).\n"
	"\n"
	"exit status: 0 done, 1 failed, 2 wrong usage; of search 1 also if it was cut short\n";

void gen_help_print(void)
{
	printf("%s%s%s", head, traffic_options_help, tail);
}
