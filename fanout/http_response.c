/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/http_response.h"

#include <stdio.h>
#include <time.h>

/*
 * Documents load nothing from elsewhere, are in nobody's frame, and open streams to where they came
 * from only. Types are what we say.
 */
static const char SECURITY[] =
	"Content-Security-Policy: default-src 'self'; connect-src 'self'; img-src 'self' data:; "
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
	"X-Content-Type-Options: nosniff\r\n"
	"Referrer-Policy: no-referrer\r\n";

const char *http_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{200, "OK"},
		{400, "Bad Request"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{408, "Request Timeout"},
		{413, "Content Too Large"},
		{414, "URI Too Long"},
		{426, "Upgrade Required"},
		{429, "Too Many Requests"},
		{431, "Request Header Fields Too Large"},
		{503, "Service Unavailable"},
		{505, "HTTP Version Not Supported"},
	};

	for (unsigned i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (reasons[i].status == status)
			return reasons[i].reason;
	}
	return "Unknown";
}

/* The Date field (RFC 9110, 6.6.1). Names of days and months do not follow the locale. */
static void put_date(char *out, size_t cap)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	snprintf(out, cap, "Date: %.3s, %02d %.3s %d %02d:%02d:%02d GMT\r\n", days + 3 * tm.tm_wday,
		tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
		tm.tm_sec);
}

size_t http_put_head(char out[static HTTP_RESPONSE_HEAD_MAX], const struct http_response *r)
{
	char length[48] = "", date[64];

	put_date(date, sizeof(date));
	if (!r->until_close)
		snprintf(length, sizeof(length), "Content-Length: %zu\r\n", r->content_length);
	int n = snprintf(out, HTTP_RESPONSE_HEAD_MAX,
		"HTTP/1.1 %d %s\r\n"
		"Content-Type: %s\r\n"
		"%s%s"
		"Cache-Control: no-cache\r\n"
		"%s%s%s%s\r\n",
		r->status, http_reason(r->status), r->content_type, length, date, SECURITY,
		r->cross_origin ? "Access-Control-Allow-Origin: *\r\n" : "",
		r->extra == NULL ? "" : r->extra, r->close ? "Connection: close\r\n" : "");
	return n < HTTP_RESPONSE_HEAD_MAX ? (size_t)n : HTTP_RESPONSE_HEAD_MAX - 1;
}
