/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How subscribers of the tests show a message: "TOPIC RETAINED BYTES-IN-HEX", a line each.
 */
#ifndef PAHO_PRINT_H
#define PAHO_PRINT_H

#include <stdint.h>
#include <stdio.h>

static inline void paho_print(const char *topic, int retained, const void *payload, int len)
{
	const uint8_t *bytes = payload;

	printf("%s %d ", topic, retained);
	for (int i = 0; i < len; i++)
		printf("%02x", bytes[i]);
	putchar('\n');
	fflush(stdout);
}

#endif
