/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A line ends with CR LF; a bare LF is taken too (RFC 9112, 2.2), a CR anywhere else is not. What
 * would be ambiguous to a proxy in front of us is refused: folded lines, blanks before a colon,
 * lengths that disagree, hosts that are none (RFC 9112, 3.2).
 */

#include "fanout/http_request.h"

#include <string.h>
#include <strings.h>

/* Token characters (RFC 9110, 5.6.2). */
static bool is_token(char ch)
{
	if ((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z'))
		return true;
	return ch != '\0' && strchr("!#$%&'*+-.^_`|~", ch) != NULL;
}

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t';
}

static struct slice trim(struct slice s)
{
	while (s.len > 0 && is_blank(s.at[0])) {
		s.at++;
		s.len--;
	}
	while (s.len > 0 && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

static bool same_letters(struct slice s, const char *text)
{
	return s.len == strlen(text) && strncasecmp(s.at, text, s.len) == 0;
}

/* Cuts s at the first ch; what is behind it, or nothing, is *rest. */
static struct slice cut(struct slice s, char ch, struct slice *rest)
{
	const char *found = s.len == 0 ? NULL : memchr(s.at, ch, s.len);

	if (found == NULL) {
		*rest = (struct slice){.at = s.at + s.len};
		return s;
	}
	size_t len = (size_t)(found - s.at);
	*rest = (struct slice){.at = found + 1, .len = s.len - len - 1};
	return (struct slice){.at = s.at, .len = len};
}

bool http_list_has(struct slice list, const char *token)
{
	while (list.len > 0) {
		struct slice parameters, item = cut(list, ',', &list);

		if (same_letters(trim(cut(item, ';', &parameters)), token))
			return true;
	}
	return false;
}

bool http_query_get(struct slice query, const char *name, struct slice *value)
{
	while (query.len > 0) {
		struct slice item = cut(query, '&', &query);

		if (slice_is(cut(item, '=', value), name))
			return true;
	}
	return false;
}

/* The next line without its end. 1, 0 if it has not ended yet, -400. */
static int next_line(struct slice *in, struct slice *line)
{
	const char *lf = in->len == 0 ? NULL : memchr(in->at, '\n', in->len);

	if (lf == NULL)
		return 0;
	size_t len = (size_t)(lf - in->at);
	*line = (struct slice){.at = in->at, .len = len};
	in->at += len + 1;
	in->len -= len + 1;
	if (len > 0 && line->at[len - 1] == '\r')
		line->len--;
	if (line->len > 0 && (memchr(line->at, '\r', line->len) || memchr(line->at, 0, line->len)))
		return -400;
	return 1;
}

static int parse_version(struct slice s, struct http_request *out)
{
	if (s.len != 8 || memcmp(s.at, "HTTP/", 5) != 0 || s.at[6] != '.')
		return -400;
	if (s.at[5] < '0' || s.at[5] > '9' || s.at[7] < '0' || s.at[7] > '9')
		return -400;
	if (s.at[5] != '1')
		return -505;
	out->minor = s.at[7] == '0' ? 0 : 1;
	return 0;
}

/* What a name of a host is made of, or an address in brackets (RFC 3986, 3.2.2). */
static bool is_host(char ch)
{
	if (is_token(ch))
		return strchr("#^`|", ch) == NULL;
	return ch != '\0' && strchr("(),;=", ch) != NULL;
}

static bool is_port(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	}
	return true;
}

/* A host, which may be empty, and a port (RFC 9110, 7.2); no user in front of it. */
static bool is_authority(struct slice s)
{
	bool brackets = s.len > 0 && s.at[0] == '[';
	size_t end = brackets;

	while (end < s.len && (is_host(s.at[end]) || (brackets && s.at[end] == ':')))
		end++;
	if (brackets && (end == 1 || end == s.len || s.at[end++] != ']'))
		return false;
	if (end == s.len)
		return true;
	return s.at[end] == ':' && is_port((struct slice){s.at + end + 1, s.len - end - 1});
}

/*
 * Of the absolute form what is behind the authority, which begins with a slash or a question mark
 * and may be nothing: then the path is a slash (RFC 9110, 4.2.3).
 */
static void parse_absolute(struct slice s, size_t scheme, struct http_request *out)
{
	size_t end = scheme;

	while (end < s.len && s.at[end] != '/' && s.at[end] != '?')
		end++;
	out->authority = (struct slice){.at = s.at + scheme, .len = end - scheme};
	struct slice rest = {.at = s.at + end, .len = s.len - end};
	out->path = cut(rest, '?', &out->query);
	if (out->path.len == 0)
		out->path = (struct slice){.at = "/", .len = 1};
}

/* Origin form, absolute form or the asterisk. */
static int parse_target(struct slice s, struct http_request *out)
{
	if (s.len > HTTP_TARGET_MAX)
		return -414;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] <= ' ' || s.at[i] >= 0x7f || s.at[i] == '#')
			return -400;
	}
	size_t scheme = s.len > 7 && strncasecmp(s.at, "http://", 7) == 0    ? 7
			: s.len > 8 && strncasecmp(s.at, "https://", 8) == 0 ? 8
									     : 0;
	if (scheme > 0) {
		parse_absolute(s, scheme, out);
		return out->authority.len > 0 && is_authority(out->authority) ? 0 : -400;
	}
	if (s.len == 0 || (s.at[0] != '/' && !slice_is(s, "*")))
		return -400;
	out->path = cut(s, '?', &out->query);
	return 0;
}

static enum http_method method_of(struct slice name)
{
	if (slice_is(name, "GET"))
		return HTTP_GET;
	if (slice_is(name, "HEAD"))
		return HTTP_HEAD;
	return slice_is(name, "OPTIONS") ? HTTP_OPTIONS : HTTP_OTHER;
}

static int parse_request_line(struct slice line, struct http_request *out)
{
	struct slice rest, version, method = cut(line, ' ', &rest);

	if (method.len == 0)
		return -400;
	for (size_t i = 0; i < method.len; i++) {
		if (!is_token(method.at[i]))
			return -400;
	}
	struct slice target = cut(rest, ' ', &version);
	int ret = parse_version(version, out);
	if (ret < 0)
		return ret;
	out->method = method_of(method);
	return parse_target(target, out);
}

static int parse_length(struct slice value, struct http_request *out)
{
	uint64_t length = 0;

	if (value.len == 0 || value.len > 18)
		return -400;
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] < '0' || value.at[i] > '9')
			return -400;
		length = length * 10 + (uint64_t)(value.at[i] - '0');
	}
	if (out->has_length && out->content_length != length)
		return -400;
	out->has_length = true;
	out->content_length = length;
	return 0;
}

static int note_field(struct slice name, struct slice value, struct http_request *out)
{
	if (same_letters(name, "Host")) {
		out->hosts++;
		out->host = value;
		return is_authority(value) ? 0 : -400;
	} else if (same_letters(name, "Connection")) {
		out->close = out->close || http_list_has(value, "close");
		out->upgrade = out->upgrade || http_list_has(value, "upgrade");
	} else if (same_letters(name, "Upgrade")) {
		out->websocket = out->websocket || http_list_has(value, "websocket");
	} else if (same_letters(name, "Accept")) {
		out->event_stream = out->event_stream || http_list_has(value, "text/event-stream");
	} else if (same_letters(name, "Transfer-Encoding")) {
		out->chunked = true;
	} else if (same_letters(name, "Content-Length")) {
		return parse_length(value, out);
	} else if (same_letters(name, "Sec-WebSocket-Key")) {
		out->websocket_keys++;
		out->websocket_key = value;
	} else if (same_letters(name, "Sec-WebSocket-Version")) {
		out->websocket_versions++;
		out->websocket_version = value;
	} else if (same_letters(name, "Origin")) {
		out->origins++;
		out->origin = value;
	} else if (same_letters(name, "Last-Event-ID")) {
		out->last_event = value;
	} else if (same_letters(name, "Sec-WebSocket-Protocol")) {
		out->offers_mqtt = out->offers_mqtt || http_list_has(value, "mqtt");
	}
	return 0;
}

static int parse_field(struct slice line, struct http_request *out)
{
	struct slice value, name = cut(line, ':', &value);

	if (name.len == 0 || name.len == line.len)
		return -400;
	for (size_t i = 0; i < name.len; i++) {
		if (!is_token(name.at[i])) // a folded line begins with a blank
			return -400;
	}
	return note_field(name, trim(value), out);
}

/* The whole head, or what there is of it. */
static int parse_head(struct slice in, struct http_request *out)
{
	const char *begin = in.at;
	struct slice line;

	if (in.len > 0 && !is_token(in.at[0]) && in.at[0] != '\r' && in.at[0] != '\n')
		return -400; // a TLS handshake, say: no need to wait for the end of its line
	int ret = next_line(&in, &line);

	if (ret > 0 && line.len == 0) // one empty line before a request is overlooked
		ret = next_line(&in, &line);
	if (ret <= 0)
		return ret;
	ret = parse_request_line(line, out);
	for (unsigned fields = 0; ret == 0; fields++) {
		ret = next_line(&in, &line);
		if (ret <= 0)
			return ret;
		if (line.len == 0)
			return (int)(in.at - begin);
		ret = fields == HTTP_FIELDS_MAX ? -431 : parse_field(line, out);
	}
	return ret;
}

int http_request_parse(const char *in, size_t len, struct http_request *out)
{
	bool cut_short = len > HTTP_HEAD_MAX;

	*out = (struct http_request){0};
	if (cut_short)
		len = HTTP_HEAD_MAX;
	int ret = parse_head((struct slice){.at = in, .len = len}, out);
	if (ret == 0 && out->path.at == NULL && len > HTTP_TARGET_MAX + 64)
		return -414; // still in the request line
	if (ret == 0 && (cut_short || len == HTTP_HEAD_MAX))
		return -431;
	return ret;
}
