// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 the uproar authors

// The reactions of a window as a table with a bar in each row. Rows glide to their new place; one
// whose reaction is absent stays at zero for as long as there is room, so that little traffic does
// not make the table blink.

import {sayCount, sayShare} from './words.js';

const ROWS_MAX = 12;
const GLIDE_MS = 600; // or half a short window: rows must come to rest to be read
const calm = matchMedia('(prefers-reduced-motion: reduce)');

/* Half of all taps fills a bar, unless one reaction has more: then all of them do. */
function scaleFor(entries) {
	return Math.max(0, ...entries.map(({share}) => share)) > 0.5 ? 1 : 0.5;
}

function place(rows, body) {
	rows.forEach((row, i) => {
		if (body.children[i] !== row) // a row that stays is not touched: a reader's cursor may be in it
			body.insertBefore(row, body.children[i] ?? null);
	});
	while (body.children.length > rows.length)
		body.lastElementChild.remove();
}

function glide(row, from, duration) {
	const way = from - row.getBoundingClientRect().top;
	if (way !== 0)
		row.animate([{transform: `translateY(${way}px)`}, {transform: 'none'}],
			{duration, easing: 'cubic-bezier(.2, .8, .2, 1)'});
}

export class Bars {
	#body;
	#template;
	#more;

	constructor({body, template, more}) {
		this.#body = body;
		this.#template = template;
		this.#more = more;
	}

	clear() {
		this.#body.replaceChildren();
		this.#more.textContent = 'Waiting for the first window…';
	}

	/* labelOf(id) returns {name, emoji, weight}. */
	show(frame, labelOf) {
		const old = new Map([...this.#body.children].map(row => [Number(row.dataset.reaction), row]));
		const shown = frame.entries.slice(0, ROWS_MAX);
		const absent = [...old.keys()].filter(id => !shown.some(({reaction}) => reaction === id))
			.slice(0, ROWS_MAX - shown.length)
			.map(reaction => ({reaction, share: 0, count: 0}));
		const scale = scaleFor(shown);
		const tops = new Map([...old.values()].map(row => [row, row.getBoundingClientRect().top]));
		const rows = [...shown, ...absent].map(entry => {
			const row = old.get(entry.reaction) ?? this.#newRow(entry.reaction);
			this.#fill(row, entry, labelOf(entry.reaction), scale);
			return row;
		});
		for (const row of rows)
			row.getAnimations().forEach(animation => animation.cancel());
		place(rows, this.#body);
		const duration = Math.min(GLIDE_MS, frame.length / 2);
		if (!calm.matches)
			rows.filter(row => tops.has(row)).forEach(row => glide(row, tops.get(row), duration));
		this.#sayRest(frame);
	}

	#newRow(reaction) {
		const row = this.#template.content.firstElementChild.cloneNode(true);
		row.dataset.reaction = reaction;
		return row;
	}

	#fill(row, {share, count}, {name, emoji, weight}, scale) {
		const part = selector => row.querySelector(selector);
		row.classList.toggle('idle', count === 0);
		part('.emoji').textContent = emoji;
		part('.name').textContent = name;
		part('.percent').textContent = sayShare(share);
		part('.count').textContent = sayCount(count);
		const fill = part('.fill');
		fill.classList.toggle('negative', weight < 0);
		fill.style.setProperty('--strength', Math.min(1, Math.abs(weight) * 1.4));
		fill.style.translate = `${(share / scale - 1) * 100}%`;
	}

	#sayRest(frame) {
		const rest = frame.entries.slice(ROWS_MAX);
		const share = rest.reduce((sum, entry) => sum + entry.share, 0);
		const nobody = frame.total > 0 ? 'Nobody taps right now.' : 'Nobody has tapped here yet.';
		const empty = this.#body.children.length === 0 ? nobody : '';
		this.#more.textContent = rest.length > 0 ? `and ${rest.length} more with ${sayShare(share)} of the taps` : empty;
	}
}
