/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The weight of a reaction that the configuration gives none: what a published table says of its
 * emoji (control/emoji_emotion.txt, which names its source; carried in the program).
 */
#ifndef CONTROL_EMOJI_WEIGHT_H
#define CONTROL_EMOJI_WEIGHT_H

/*
 * The mean over those of the emoji that the table rates, -1 to 1; 0 if it rates none. U+FE0F makes
 * no difference. Emoji are strings in UTF-8.
 */
double emoji_weight(char *const *emoji, unsigned n);

#endif
