// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 the uproar authors

// How the channel has been since its journal began: the curve of a whole match, with its surges. An
// appliance that keeps no journal has none, and the card stays hidden.

import {Curve} from './curve.js';
import {Timeline} from './timeline.js';

const REFRESH_MS = 10000;
const SPAN_MIN_MS = 60000;

export class Replay {
	#card;
	#timeline = new Timeline();
	#curve;
	#channel = null;
	#asked = 0;

	constructor(card, parts) {
		this.#card = card;
		this.#curve = new Curve(parts, this.#timeline, seen => Math.max(SPAN_MIN_MS, seen));
	}

	/* kept: the appliance says that it has timelines. */
	follow(channel, kept) {
		const wanted = kept ? channel : null;
		if (wanted === this.#channel)
			return;
		this.#channel = wanted;
		this.#asked = 0;
		this.#card.hidden = true;
		this.#timeline.clear();
	}

	/* Call it now and then: it asks again when what it shows has become old. */
	async refresh() {
		const now = performance.now();
		if (this.#channel === null || (this.#asked > 0 && now - this.#asked < REFRESH_MS))
			return;
		this.#asked = now;
		const channel = this.#channel;
		const there = await this.#timeline.load(channel).catch(() => null);
		if (there === null || channel !== this.#channel)
			return; // the next time, perhaps
		this.#card.hidden = !there;
		this.#curve.update();
	}

	draw() {
		this.#curve.draw();
	}
}
