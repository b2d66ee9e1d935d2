/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The frames that benchmarks count: real Ethernet frames with reaction datagrams, one after the
 * other different in addresses, session, channel and reactions. Every run makes the same.
 */
#ifndef PERF_FRAMES_H
#define PERF_FRAMES_H

#include "perf/cases.h"
#include "wire/limits.h"

#include <stddef.h>
#include <stdint.h>

/* What tickets are made with. */
enum { FRAMES_TICKET_KEY_ID = 7 };
extern const uint8_t frames_ticket_key[WIRE_KEY_LEN];

/* Writes the payload of datagram i; its length, or 0 if it does not fit. */
size_t frames_payload(const struct bench_case *c, uint64_t i, uint8_t *out, size_t cap);

/* Writes frame i; its length, or 0 if it does not fit. */
uint32_t frames_make(const struct bench_case *c, uint64_t i, uint8_t *out, size_t cap);

/*
 * Makes a frame of a sequenced case the datagram i of all that ever come: sessions in an order
 * without pattern, each once before any comes again, with its next sequence number. The checksum
 * is made right again.
 */
void frames_renew(const struct bench_case *c, uint64_t i, uint8_t *frame);

/* Writes frames of the first case into a capture file. 0, or -errno after a complaint. */
int frames_write_pcap(const char *file);

/* The session of datagram i of a sequenced case. */
uint64_t frames_session_of(const struct bench_case *c, uint64_t i);

/* The session of number i, and no other has it. */
uint64_t frames_session(uint64_t i);

#endif
