// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 the uproar authors

// The connection to the appliance: binary frames by WebSocket, or JSON by server-sent events where a
// proxy lets no WebSocket through. It ends itself when it falls silent and comes back by itself.

import {frameFromBytes, frameFromJson} from './frame.js';

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30000;
const SILENCE_MS = 10000; // at least; a channel speaks once per window, also when nobody taps
const SILENT_WINDOWS = 4;
const REFUSALS_BEFORE_EVENTS = 2;

function openSocket(url, on) {
	const address = new URL(url);
	address.protocol = address.protocol.replace('http', 'ws');
	const socket = new WebSocket(address);
	socket.binaryType = 'arraybuffer';
	socket.onopen = on.open;
	socket.onmessage = event => on.data(event.data);
	socket.onclose = on.lost;
	return () => {
		socket.onopen = socket.onmessage = socket.onclose = null;
		socket.close();
	};
}

function openEvents(url, on) {
	const source = new EventSource(url);
	source.onopen = on.open;
	source.onmessage = event => on.data(event.data);
	source.onerror = on.lost; // its own retries have no jitter, so the first error ends it
	return () => source.close();
}

/* Full jitter: after a restart of the appliance its viewers come back spread out, not as one wave. */
function delayAfter(failures) {
	return Math.random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
}

export class Stream {
	ignored = 0; // messages that were no frame
	#target;
	#onFrame;
	#onState;
	#close = () => {};
	#turn = 0; // what a wait of an earlier turn brings is not for this one
	#timer; // the next attempt, or the end of patience with a silent connection
	#failures = 0; // in a row, since the last frame
	#refusals = 0; // WebSockets in a row that never opened
	#opened = false;

	/* target() resolves to the URL of the channel to follow, onState(name, ms) hears what happens. */
	constructor(target, onFrame, onState) {
		this.#target = target;
		this.#onFrame = onFrame;
		this.#onState = onState;
	}

	restart() {
		this.#failures = 0;
		this.#connect();
	}

	#end() {
		clearTimeout(this.#timer);
		this.#close();
		this.#close = () => {};
		return ++this.#turn;
	}

	async #connect() {
		const turn = this.#end();
		this.#onState('connecting');
		let url;
		try {
			url = await this.#target();
		} catch {
			if (turn === this.#turn)
				this.#wait();
			return;
		}
		if (turn === this.#turn)
			this.#open(url);
	}

	#open(url) {
		const byEvents = this.#refusals >= REFUSALS_BEFORE_EVENTS;
		this.#opened = false;
		this.#close = (byEvents ? openEvents : openSocket)(url, {
			open: () => { this.#opened = true; },
			data: data => this.#take(data),
			lost: () => this.#lost(byEvents),
		});
		this.#expectWithin(SILENCE_MS, byEvents);
	}

	#expectWithin(ms, byEvents) {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#lost(byEvents), ms);
	}

	#take(data) {
		const byEvents = typeof data === 'string';
		const frame = byEvents ? frameFromJson(data) : frameFromBytes(data);
		if (frame === null) {
			this.ignored++;
			return;
		}
		this.#failures = 0;
		if (!byEvents)
			this.#refusals = 0;
		this.#expectWithin(Math.max(SILENCE_MS, SILENT_WINDOWS * frame.length), byEvents);
		this.#onFrame(frame);
		this.#onState('live');
		if (frame.closed)
			this.#finish();
	}

	#finish() {
		this.#end();
		this.#onState('ended');
	}

	#lost(byEvents) {
		if (!this.#opened) // events refused, too: the appliance is away, so the next one is a WebSocket
			this.#refusals = byEvents ? 0 : this.#refusals + 1;
		this.#wait();
	}

	#wait() {
		this.#end();
		const ms = delayAfter(this.#failures++);
		this.#timer = setTimeout(() => this.#connect(), ms);
		this.#onState('waiting', ms);
	}
}
