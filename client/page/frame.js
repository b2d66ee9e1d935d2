// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 the uproar authors

// The sentiment frame in its two forms (docs/protocol.md, section 2). What arrives is checked before
// it is shown: a reader returns a frame that the page can trust, or null.

const MAGIC = 0xfc;
const VERSION = 1;
const SURGE = 1 << 0;
const CLOSED = 1 << 1;
const HEAD_LEN = 41;
const ENTRY_LEN = 7;
const ENTRIES_MAX = 32;
const CHANNEL_NONE = 0xffff;
const ONE = 10000; // share 1, score 1
const INTENSITY_ONE = 1000;
const DATE_MAX = 8.64e15; // the last millisecond that a Date can hold

const within = (value, low, high) => typeof value === 'number' && value >= low && value <= high;
const isId = (value, max) => Number.isInteger(value) && within(value, 0, max);

function isEntry(entry) {
	return isId(entry.reaction, 255) && within(entry.share, 0, 1) && isId(entry.count, 0xffffffff);
}

function checked(frame) {
	const ok = isId(frame.channel, CHANNEL_NONE - 1) && isId(frame.window, 0xffffffff) &&
		within(frame.ends, 0, DATE_MAX) && within(frame.length, 1, 0xffffffff) &&
		isId(frame.taps, 0xffffffff) && within(frame.total, 0, 2 ** 64) &&
		isId(frame.reactors, 0xffffffff) && within(frame.score, -1, 1) && within(frame.intensity, 0, 66) &&
		frame.entries.length <= ENTRIES_MAX && frame.entries.every(isEntry) &&
		new Set(frame.entries.map(entry => entry.reaction)).size === frame.entries.length;
	return ok ? frame : null;
}

function entriesOf(view, n) {
	return Array.from({length: n}, (_, i) => {
		const at = HEAD_LEN + i * ENTRY_LEN;
		return {
			reaction: view.getUint8(at),
			share: view.getUint16(at + 1) / ONE,
			count: view.getUint32(at + 3),
		};
	});
}

export function frameFromBytes(buffer) {
	const view = new DataView(buffer);
	if (view.byteLength < HEAD_LEN || view.getUint8(0) !== MAGIC || view.getUint8(1) >> 4 !== VERSION)
		return null;
	const flags = view.getUint8(1);
	const n = view.getUint8(40);
	if (view.byteLength !== HEAD_LEN + n * ENTRY_LEN)
		return null;
	return checked({
		channel: view.getUint16(2),
		window: view.getUint32(4),
		ends: Number(view.getBigUint64(8)),
		length: view.getUint32(16),
		taps: view.getUint32(20),
		total: Number(view.getBigUint64(24)), // exact up to 2^53: a million taps a second for 285 years
		reactors: view.getUint32(32),
		score: view.getInt16(36) / ONE,
		intensity: view.getUint16(38) / INTENSITY_ONE,
		surge: (flags & SURGE) !== 0,
		closed: (flags & CLOSED) !== 0,
		entries: entriesOf(view, n),
	});
}

export function frameFromJson(text) {
	try {
		const told = JSON.parse(text);
		return checked({
			...told,
			ends: Date.parse(told.ends),
			surge: told.surge === true,
			closed: told.closed === true,
		});
	} catch {
		return null; // not JSON, or without a list of entries
	}
}
