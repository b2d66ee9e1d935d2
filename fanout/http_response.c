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
		{204, "No Content"},
		{400, "Bad Request"},
		{403, "Forbidden"},
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

/* 204 has neither (RFC 9110, 8.6). */
static void put_body_fields(char *out, size_t cap, const struct http_response *r)
{
	if (r->status == 204)
		return;
	int n = snprintf(out, cap, "Content-Type: %s\r\n", r->content_type);
	if (!r->until_close && n > 0 && (size_t)n < cap)
		snprintf(out + n, cap - (size_t)n, "Content-Length: %zu\r\n", r->content_length);
}

static void put_origin(char *out, size_t cap, const struct http_response *r)
{
	const char *vary = r->by_origin ? "Vary: Origin\r\n" : "";

	if (r->cross_origin && r->origin.len > 0)
		snprintf(out, cap, "Access-Control-Allow-Origin: %.*s\r\n%s", (int)r->origin.len,
			r->origin.at, vary);
	else
		snprintf(out, cap, "%s", vary);
}

size_t http_put_head(char out[static HTTP_RESPONSE_HEAD_MAX], const struct http_response *r)
{
	char body[128] = "", date[64], origin[512];

	put_date(date, sizeof(date));
	put_body_fields(body, sizeof(body), r);
	put_origin(origin, sizeof(origin), r);
	int n = snprintf(out, HTTP_RESPONSE_HEAD_MAX,
		"HTTP/1.1 %d %s\r\n"
		"%s%s"
		"Cache-Control: no-cache\r\n"
		"%s%s%s%s\r\n",
		r->status, http_reason(r->status), body, date, SECURITY, origin,
		r->extra == NULL ? "" : r->extra, r->close ? "Connection: close\r\n" : "");
	return n < HTTP_RESPONSE_HEAD_MAX ? (size_t)n : HTTP_RESPONSE_HEAD_MAX - 1;
}
