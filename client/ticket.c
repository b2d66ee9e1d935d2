/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/ticket.h"

#include "wire/bytes.h"
#include "wire/key_file.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAC_LEN = 16, HEAD_LEN = 8 }; // of the MAC a ticket has the first half

struct ticket_issuer {
	EVP_MAC_CTX *mac; // has the key
	uint8_t key_id;
};

static EVP_MAC_CTX *mac_of(const uint8_t key[WIRE_KEY_LEN])
{
	char cipher[] = "AES-128-CBC";
	const OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *cmac = EVP_MAC_fetch(NULL, "CMAC", NULL);
	EVP_MAC_CTX *mac = cmac != NULL ? EVP_MAC_CTX_new(cmac) : NULL;

	EVP_MAC_free(cmac); // the context holds on to it
	if (mac != NULL && EVP_MAC_init(mac, key, WIRE_KEY_LEN, parameters) != 1) {
		EVP_MAC_CTX_free(mac);
		return NULL;
	}
	return mac;
}

/* The keys are the caller's to wipe. */
static int open_with(struct ticket_issuer **out, const struct key_file *keys, const char *path,
	uint8_t key_id, char why[TICKET_WHY_MAX])
{
	struct ticket_issuer *i;

	if (!keys->present[key_id]) {
		snprintf(why, TICKET_WHY_MAX, "%s has no key %u", path, key_id);
		return -ENOENT;
	}
	i = calloc(1, sizeof(*i));
	if (i != NULL)
		i->mac = mac_of(keys->key[key_id]);
	if (i == NULL || i->mac == NULL) {
		snprintf(why, TICKET_WHY_MAX, "OpenSSL makes no AES-128-CMAC here");
		free(i);
		return -ENOMEM;
	}
	i->key_id = key_id;
	*out = i;
	return 0;
}

int ticket_issuer_open(
	struct ticket_issuer **out, const char *key_file, uint8_t key_id, char why[TICKET_WHY_MAX])
{
	struct key_file keys;
	int ret = key_file_read(key_file, &keys, why, TICKET_WHY_MAX);

	if (ret == 0)
		ret = open_with(out, &keys, key_file, key_id, why);
	key_file_wipe(&keys);
	return ret;
}

int ticket_issue(struct ticket_issuer *i, const struct ticket *ticket, uint8_t out[WIRE_TICKET_LEN])
{
	uint8_t message[1 + 7 + HEAD_LEN] = {0}, mac[MAC_LEN];
	size_t len;

	store_be32(out, ticket->expires);
	out[4] = i->key_id;
	out[5] = 0;
	store_be16(out + 6, ticket->channel);
	store_be56(message + 1, ticket->session);
	memcpy(message + 8, out, HEAD_LEN);
	// with the key that it has
	if (EVP_MAC_init(i->mac, NULL, 0, NULL) != 1 ||
		EVP_MAC_update(i->mac, message, sizeof(message)) != 1 ||
		EVP_MAC_final(i->mac, mac, &len, sizeof(mac)) != 1)
		return -ENOMEM;
	memcpy(out + HEAD_LEN, mac, WIRE_TICKET_LEN - HEAD_LEN);
	return 0;
}

void ticket_issuer_close(struct ticket_issuer *i)
{
	if (i == NULL)
		return;
	EVP_MAC_CTX_free(i->mac);
	free(i);
}
