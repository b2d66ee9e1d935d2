// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 the uproar authors

// How numbers are said. One place, so that the figures, the curve and the screen reader agree.

const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const fine = new Intl.NumberFormat('en', {maximumFractionDigits: 1});
const tenths = new Intl.NumberFormat('en', {minimumFractionDigits: 1, maximumFractionDigits: 1});
const short = new Intl.NumberFormat('en', {notation: 'compact', maximumSignificantDigits: 3});
const percent = new Intl.NumberFormat('en', {
	style: 'percent', minimumSignificantDigits: 2, maximumSignificantDigits: 2,
});
const signed = new Intl.NumberFormat('en', {
	signDisplay: 'exceptZero', minimumFractionDigits: 2, maximumFractionDigits: 2,
});
const clock = new Intl.DateTimeFormat(undefined, {timeStyle: 'medium'});

const MOODS = [
	[0.6, 'Jubilant'], [0.3, 'Cheerful'], [0.1, 'Warm'], [-0.1, 'Balanced'], [-0.3, 'Uneasy'], [-0.6, 'Gloomy'],
];

export const sayCount = n => whole.format(n);
export const sayRate = n => (n < 10 ? fine : whole).format(n);
export const sayShort = n => short.format(n);
export const sayShare = n => percent.format(n);
export const sayTimes = n => `${tenths.format(n)}×`;
export const sayScore = n => signed.format(n).replace('-', '−');
export const sayTime = ms => clock.format(ms);

export const rateOf = frame => frame.taps * 1000 / frame.length;

export function moodOf(score, taps) {
	if (taps === 0)
		return 'Quiet';
	return MOODS.find(([least]) => score >= least)?.[1] ?? 'Dismayed';
}
