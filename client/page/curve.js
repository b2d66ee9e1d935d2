// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 the uproar authors

// The last minutes as a curve: taps per second, coloured by the score, over bands where the crowd
// surged. A window that this page did not get leaves a hole; nothing is drawn across it.

import {KEPT_MS} from './history.js';
import {moodOf, sayCount, sayRate, sayScore, sayShort, sayTime} from './words.js';

const SPANS_MS = [60000, 120000, KEPT_MS]; // the view widens as the history grows
const TICKS_MS = [15, 30, 60, 300, 600, 1800, 3600, 7200, 21600, 86400].map(seconds => seconds * 1000);
const TICKS_MAX = 5;
const GLIDE_MS = 700;
const MARGIN = {top: 14, right: 14, bottom: 24, left: 46};
const calm = matchMedia('(prefers-reduced-motion: reduce)');

function roundUp(value) {
	const power = 10 ** Math.floor(Math.log10(value));
	return [1, 2, 3, 5, 10].find(step => step * power >= value) * power;
}

function mix(from, to, part) {
	const channels = [1, 3, 5].map(at => {
		const a = parseInt(from.slice(at, at + 2), 16), b = parseInt(to.slice(at, at + 2), 16);
		return Math.round(a + (b - a) * part);
	});
	return `rgb(${channels.join(' ')})`;
}

const lastMinutes = seen => SPANS_MS.find(ms => ms >= seen) ?? KEPT_MS;

function sayAgo(ms) {
	if (ms === 0)
		return 'now';
	if (ms % 3600000 === 0)
		return `−${ms / 3600000} h`;
	return ms % 60000 === 0 ? `−${ms / 60000} min` : `−${ms / 1000} s`;
}

export class Curve {
	#canvas;
	#slider;
	#readout;
	#history;
	#spanOf; // from the milliseconds that the history covers to those that are shown
	#view = null; // what is drawn: {ends, span, max}
	#glide = null; // on the way to the next view: {from, to, since}
	#selected = null; // a point
	#colours;

	constructor({canvas, slider, readout}, history, spanOf = lastMinutes) {
		this.#canvas = canvas;
		this.#slider = slider;
		this.#readout = readout;
		this.#history = history;
		this.#spanOf = spanOf;
		new ResizeObserver(() => this.draw()).observe(canvas);
		slider.addEventListener('input', () => this.#select(history.points[slider.valueAsNumber]));
		slider.addEventListener('focus', () => this.#select(history.points.at(-1)));
		slider.addEventListener('blur', () => this.#select(null));
		for (const how of ['pointermove', 'pointerdown']) // a finger that only taps does not move
			canvas.addEventListener(how, event => this.#select(this.#pointAt(event.clientX)));
		canvas.addEventListener('pointerleave', () => this.#select(null));
	}

	get span() {
		return this.#target().span;
	}

	/* Moves on to the newest point of the history, or shows that it is empty. */
	update() {
		const to = this.#target();
		const glides = this.#view !== null && !calm.matches && Math.abs(to.ends - this.#view.ends) < to.span / 2;
		if (!this.#history.points.includes(this.#selected))
			this.#selected = null;
		this.#describe();
		if (glides) {
			const idle = this.#glide === null;
			this.#glide = {from: this.#view, to, since: performance.now()};
			if (idle)
				requestAnimationFrame(() => this.#step());
		} else {
			this.#glide = null;
			this.#view = to;
			this.draw();
		}
	}

	#target() {
		const points = this.#history.points;
		const ends = points.at(-1)?.ends ?? 0;
		const seen = points.length > 0 ? ends - points[0].starts : 0;
		return {ends, span: this.#spanOf(seen), max: roundUp(Math.max(2, ...points.map(point => point.rate * 1.08)))};
	}

	#step() {
		if (this.#glide === null)
			return;
		const {from, to, since} = this.#glide;
		const t = Math.min(1, (performance.now() - since) / GLIDE_MS);
		const part = 1 - (1 - t) ** 3;
		const between = key => from[key] + (to[key] - from[key]) * part;
		this.#view = {ends: between('ends'), span: between('span'), max: between('max')};
		this.draw();
		if (t < 1)
			requestAnimationFrame(() => this.#step());
		else
			this.#glide = null;
	}

	#x(time) {
		const {ends, span} = this.#view;
		return MARGIN.left + (1 + (time - ends) / span) * (this.#canvas.clientWidth - MARGIN.left - MARGIN.right);
	}

	#y(rate) {
		return this.#bottom - rate / this.#view.max * (this.#bottom - MARGIN.top);
	}

	get #bottom() {
		return this.#canvas.clientHeight - MARGIN.bottom;
	}

	#moodColour(score) {
		const {positive, negative, neutral} = this.#colours;
		return mix(neutral, score < 0 ? negative : positive, Math.min(1, Math.abs(score) * 1.6));
	}

	draw() {
		const {clientWidth: width, clientHeight: height} = this.#canvas;
		if (this.#view === null || width === 0)
			return;
		const scale = devicePixelRatio;
		this.#canvas.width = Math.round(width * scale);
		this.#canvas.height = Math.round(height * scale);
		const style = getComputedStyle(this.#canvas);
		this.#colours = Object.fromEntries(['positive', 'negative', 'neutral', 'surge', 'line', 'muted', 'ink', 'card']
			.map(name => [name, style.getPropertyValue(`--${name}`).trim()]));
		const pen = this.#canvas.getContext('2d');
		pen.scale(scale, scale);
		pen.font = `12px ${style.fontFamily}`;
		this.#drawGrid(pen, width);
		pen.save();
		pen.rect(MARGIN.left, 0, width - MARGIN.left, height); // old points leave at the axis
		pen.clip();
		this.#drawSurges(pen);
		for (const run of this.#history.runs())
			this.#drawRun(pen, run);
		pen.restore();
		this.#drawMark(pen);
	}

	#drawGrid(pen, width) {
		const {max, span, ends} = this.#view;
		pen.fillStyle = this.#colours.muted;
		pen.strokeStyle = this.#colours.line;
		pen.textAlign = 'right';
		pen.textBaseline = 'middle';
		for (const rate of [0, max / 2, max]) {
			const y = Math.round(this.#y(rate)) + 0.5;
			pen.beginPath();
			pen.moveTo(MARGIN.left, y);
			pen.lineTo(width - MARGIN.right, y);
			pen.stroke();
			pen.fillText(sayShort(rate), MARGIN.left - 8, y);
		}
		pen.textBaseline = 'alphabetic';
		const tick = TICKS_MS.find(ms => span / ms <= TICKS_MAX) ?? TICKS_MS.at(-1);
		for (let ago = 0; ago <= span; ago += tick) {
			pen.textAlign = ago === 0 ? 'right' : 'center';
			pen.fillText(sayAgo(ago), this.#x(ends - ago), this.#canvas.clientHeight - 6);
		}
	}

	#drawSurges(pen) {
		pen.fillStyle = this.#colours.surge;
		for (const {starts, ends} of this.#history.surges()) {
			const left = this.#x(starts);
			const width = this.#x(ends) - left;
			pen.globalAlpha = 0.14;
			pen.fillRect(left, MARGIN.top, width, this.#bottom - MARGIN.top);
			pen.globalAlpha = 0.9;
			pen.fillRect(left, MARGIN.top - 3, width, 3);
			pen.globalAlpha = 1;
		}
	}

	#drawRun(pen, run) {
		const first = this.#x(run[0].ends), last = this.#x(run.at(-1).ends);
		const paint = pen.createLinearGradient(first, 0, Math.max(last, first + 1), 0);
		for (const {ends, score} of run)
			paint.addColorStop(last > first ? (this.#x(ends) - first) / (last - first) : 0, this.#moodColour(score));
		pen.beginPath();
		for (const {ends, rate} of run)
			pen.lineTo(this.#x(ends), this.#y(rate));
		pen.lineWidth = run.length > 1 ? 2.5 : 5;
		pen.lineJoin = pen.lineCap = 'round';
		pen.strokeStyle = pen.fillStyle = paint;
		if (run.length === 1)
			pen.lineTo(first + 0.1, this.#y(run[0].rate)); // a lone window is a dot
		pen.stroke();
		pen.lineTo(last, this.#bottom);
		pen.lineTo(first, this.#bottom);
		pen.globalAlpha = 0.2;
		pen.fill();
		pen.globalAlpha = 1;
	}

	/* The point that is looked at, else the newest. */
	#drawMark(pen) {
		const point = this.#selected ?? this.#history.points.at(-1);
		if (point === undefined)
			return;
		const x = this.#x(point.ends), y = this.#y(point.rate);
		if (this.#selected !== null) {
			pen.fillStyle = this.#colours.muted;
			pen.fillRect(Math.round(x), MARGIN.top, 1, this.#bottom - MARGIN.top);
		}
		pen.beginPath();
		pen.arc(x, y, 5.5, 0, 2 * Math.PI);
		pen.fillStyle = this.#moodColour(point.score);
		pen.strokeStyle = this.#colours.card;
		pen.fill();
		pen.stroke();
		this.#placeReadout(x);
	}

	#pointAt(clientX) {
		const x = clientX - this.#canvas.getBoundingClientRect().left;
		const distance = point => Math.abs(this.#x(point.ends) - x);
		return this.#history.points.reduce((best, point) =>
			best === null || distance(point) < distance(best) ? point : best, null);
	}

	#select(point) {
		this.#selected = point ?? null;
		this.#describe();
		this.draw();
	}

	#placeReadout(x) {
		const room = this.#canvas.clientWidth - this.#readout.offsetWidth;
		this.#readout.style.translate = `${Math.max(0, Math.min(room, x - this.#readout.offsetWidth / 2))}px`;
	}

	/* The curve in words: for the pointer, for the keyboard's slider, and for who cannot see it. */
	#describe() {
		const points = this.#history.points;
		const chosen = this.#selected;
		const say = ({ends, rate, score, taps, surge}) => `${sayTime(ends)}: ${sayRate(rate)} taps per second, ` +
			`${moodOf(score, taps).toLowerCase()} ${sayScore(score)}${surge ? ', surge' : ''}`;
		this.#slider.disabled = points.length === 0;
		this.#slider.max = Math.max(0, points.length - 1);
		this.#slider.valueAsNumber = Math.max(0, chosen === null ? points.length - 1 : points.indexOf(chosen));
		this.#readout.hidden = chosen === null;
		if (points.length === 0) {
			this.#canvas.setAttribute('aria-label', 'No windows yet');
			return;
		}
		this.#slider.setAttribute('aria-valuetext', say(chosen ?? points.at(-1)));
		this.#readout.textContent = chosen === null ? '' : say(chosen);
		const highest = points.reduce((a, b) => b.rate > a.rate ? b : a);
		const surging = points.filter(({surge}) => surge).length;
		this.#canvas.setAttribute('aria-label', `Curve of ${points.length} windows. Newest ${say(points.at(-1))}. ` +
			`Highest ${sayRate(highest.rate)} at ${sayTime(highest.ends)}. Surge in ${sayCount(surging)} of them.`);
	}
}
