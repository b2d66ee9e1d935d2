/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/websocket_frame.h"

#include "wire/bytes.h"
#include "wire/utf8.h"

enum { FIN = 0x80, RSV = 0x70, OPCODE = 0x0f, MASKED = 0x80, LENGTH = 0x7f };

size_t websocket_put_header(uint8_t *out, enum websocket_opcode opcode, size_t len)
{
	out[0] = (uint8_t)(FIN | opcode);
	if (len < 126) {
		out[1] = (uint8_t)len;
		return 2;
	}
	if (len <= UINT16_MAX) {
		out[1] = 126;
		store_be16(out + 2, (uint16_t)len);
		return 4;
	}
	out[1] = 127;
	store_be64(out + 2, len);
	return 10;
}

static void fail(struct websocket_decoder *d, struct websocket_event *event, uint16_t status)
{
	d->failed = true;
	*event = (struct websocket_event){.type = WEBSOCKET_FAILED, .status = status};
}

static bool is_control(const struct websocket_decoder *d)
{
	return (d->opcode & 8) != 0;
}

/* The length of the header of which the first two bytes are known. */
static unsigned header_length(const uint8_t *header)
{
	unsigned length = header[1] & LENGTH;

	return 2 +
	       (length == 126          ? 2
		       : length == 127 ? 8
				       : 0) +
	       ((header[1] & MASKED) != 0 ? 4 : 0);
}

/* What the first two bytes alone decide (5.2, 5.5). */
static bool beginning_is_sound(const struct websocket_decoder *d)
{
	uint8_t opcode = d->header[0] & OPCODE;
	bool final = (d->header[0] & FIN) != 0;

	if ((d->header[0] & RSV) != 0 || (d->header[1] & MASKED) == 0)
		return false; // no extension was agreed; a client masks
	if ((opcode & 8) != 0)
		return opcode <= WEBSOCKET_PONG && final &&
		       (d->header[1] & LENGTH) <= WEBSOCKET_CONTROL_MAX;
	if (opcode > WEBSOCKET_BINARY)
		return false;
	return (opcode == WEBSOCKET_CONTINUATION) == d->in_message;
}

/* The header is complete. False if its length is not in its shortest form, or has its top bit set.
 */
static bool take_header(struct websocket_decoder *d)
{
	const uint8_t *at = d->header + 2;

	d->opcode = d->header[0] & OPCODE;
	d->final = (d->header[0] & FIN) != 0;
	d->length = d->header[1] & LENGTH;
	if (d->length == 126) {
		d->length = load_be16(at);
		at += 2;
		if (d->length < 126)
			return false;
	} else if (d->length == 127) {
		d->length = load_be64(at);
		at += 8;
		if (d->length <= UINT16_MAX || d->length >> 63 != 0)
			return false;
	}
	memcpy(d->mask, at, sizeof(d->mask));
	d->done = 0;
	d->in_payload = true;
	d->header_len = 0;
	return true;
}

/* A data frame begins. */
static bool begin_data(struct websocket_decoder *d)
{
	if (d->opcode != WEBSOCKET_CONTINUATION) {
		d->text = d->opcode == WEBSOCKET_TEXT;
		d->message = 0;
		d->utf8_len = 0;
	}
	d->in_message = !d->final;
	d->message += d->length;
	return d->any_length || d->message <= WEBSOCKET_MESSAGE_MAX;
}

/* Takes header bytes until the header is complete. */
static size_t decode_header(
	struct websocket_decoder *d, const uint8_t *in, size_t len, struct websocket_event *event)
{
	size_t used = 0;

	while (used < len) {
		d->header[d->header_len++] = in[used++];
		if (d->header_len == 2 && !beginning_is_sound(d)) {
			fail(d, event, WEBSOCKET_PROTOCOL_ERROR);
			break;
		}
		if (d->header_len < 2 || d->header_len < header_length(d->header))
			continue;
		if (!take_header(d))
			fail(d, event, WEBSOCKET_PROTOCOL_ERROR);
		else if (!is_control(d) && !begin_data(d))
			fail(d, event, WEBSOCKET_TOO_BIG);
		break;
	}
	return used;
}

/* Text goes on here: may what has come be well-formed UTF-8, and is it complete at the end? */
static bool text_goes_on(struct websocket_decoder *d, const uint8_t *text, size_t len, bool end)
{
	uint32_t code_point;

	while (len > 0 && d->utf8_len > 0) { // complete what an earlier piece began
		d->utf8[d->utf8_len++] = *text++;
		len--;
		if (utf8_decode(d->utf8, d->utf8_len, &code_point) > 0)
			d->utf8_len = 0;
		else if (!utf8_begins(d->utf8, d->utf8_len))
			return false;
	}
	while (len > 0) {
		size_t n = utf8_decode(text, len, &code_point);

		if (n == 0 && !utf8_begins(text, len))
			return false;
		if (n == 0) { // at most three bytes
			memcpy(d->utf8, text, len);
			d->utf8_len = (uint8_t)len;
			break;
		}
		text += n;
		len -= n;
	}
	return !end || d->utf8_len == 0;
}

/* Codes that may be on the wire (7.4). */
static bool status_is_sound(uint16_t status)
{
	if (status >= 3000)
		return status <= 4999;
	return status >= 1000 && status <= 1014 && status != 1004 && status != 1005 &&
	       status != 1006;
}

static void end_close(struct websocket_decoder *d, struct websocket_event *event)
{
	uint16_t status = d->length < 2 ? WEBSOCKET_NO_STATUS : load_be16(d->control);

	if (d->length == 1 || (d->length >= 2 && !status_is_sound(status)))
		fail(d, event, WEBSOCKET_PROTOCOL_ERROR);
	else if (d->length > 2 && !utf8_valid(d->control + 2, d->length - 2))
		fail(d, event, WEBSOCKET_INVALID_TEXT);
	else
		*event = (struct websocket_event){.type = WEBSOCKET_CLOSED, .status = status};
}

static void control_piece(
	struct websocket_decoder *d, const uint8_t *in, size_t n, struct websocket_event *event)
{
	if (n > 0)
		memcpy(d->control + d->done, in, n);
	if (d->done + n < d->length)
		return;
	if (d->opcode == WEBSOCKET_CLOSE) {
		end_close(d, event);
		return;
	}
	*event = (struct websocket_event){
		.type = d->opcode == WEBSOCKET_PING ? WEBSOCKET_PINGED : WEBSOCKET_PONGED,
		.payload = d->control,
		.len = d->length,
	};
}

static void data_piece(
	struct websocket_decoder *d, const uint8_t *in, size_t n, struct websocket_event *event)
{
	bool last = d->final && d->done + n == d->length;

	if (d->text && !text_goes_on(d, in, n, last))
		fail(d, event, WEBSOCKET_INVALID_TEXT);
	else if (n > 0 || last)
		*event = (struct websocket_event){
			.type = WEBSOCKET_DATA,
			.payload = in,
			.len = n,
			.last = last,
		};
}

static size_t decode_payload(
	struct websocket_decoder *d, uint8_t *in, size_t len, struct websocket_event *event)
{
	size_t n = len < d->length - d->done ? len : (size_t)(d->length - d->done);

	for (size_t i = 0; i < n; i++)
		in[i] ^= d->mask[(d->done + i) % 4];
	if (is_control(d))
		control_piece(d, in, n, event);
	else
		data_piece(d, in, n, event);
	d->done += n;
	if (d->done == d->length)
		d->in_payload = false;
	return n;
}

size_t websocket_decode(
	struct websocket_decoder *d, uint8_t *in, size_t len, struct websocket_event *event)
{
	size_t used = 0;

	*event = (struct websocket_event){.type = WEBSOCKET_NOTHING};
	while (event->type == WEBSOCKET_NOTHING && !d->failed) {
		if (!d->in_payload) {
			if (used == len)
				break;
			used += decode_header(d, in + used, len - used, event);
		} else {
			if (used == len && d->done < d->length)
				break;
			used += decode_payload(d, in + used, len - used, event);
		}
	}
	return d->failed ? len : used;
}
