/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/websocket_accept.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

static const char GUID[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

static bool is_base64(char ch)
{
	return (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') ||
	       ch == '+' || ch == '/';
}

bool websocket_key_is_sound(struct slice key)
{
	if (key.len != WEBSOCKET_KEY_LEN)
		return false;
	for (unsigned i = 0; i < WEBSOCKET_KEY_LEN - 2; i++) {
		if (!is_base64(key.at[i]))
			return false;
	}
	return key.at[WEBSOCKET_KEY_LEN - 2] == '=' && key.at[WEBSOCKET_KEY_LEN - 1] == '=';
}

void websocket_accept(struct slice key, char out[static WEBSOCKET_ACCEPT_LEN + 1])
{
	unsigned char text[WEBSOCKET_KEY_LEN + sizeof(GUID) - 1];
	unsigned char digest[SHA_DIGEST_LENGTH];

	memcpy(text, key.at, WEBSOCKET_KEY_LEN);
	memcpy(text + WEBSOCKET_KEY_LEN, GUID, sizeof(GUID) - 1);
	SHA1(text, sizeof(text), digest);
	EVP_EncodeBlock((unsigned char *)out, digest, sizeof(digest));
}
