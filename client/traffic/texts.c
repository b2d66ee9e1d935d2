/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/traffic/texts.h"

const struct traffic_text traffic_texts[TRAFFIC_TEXTS] = {
	{"🔥", 1},
	{"🔥🔥🔥", 3},
	{"goal", 1},
	{"GOOOAL 🎉", 2},
	{"what a save 👏👏", 2},
	{"😂😂😂😂", 4},
	{"no way :rofl:", 1},
	{"👍🏽", 1},
	{"❤️ this team ❤️", 2},
	{"that was never a foul 😡", 1},
	{"🤦‍♀️ again, every single week the same", 1},
	{"Tor! ⚽ ¡Gol! ⚽ But! ⚽", 3},
	{"great pass, great run, great finish :fire: 💯", 2},
	{"🏆", 1},
	{"😴 wake me up when something happens", 1},
	{"who else saw that? 👀 👀", 2},
};
