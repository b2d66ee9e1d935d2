/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* A plot that gnuplot makes: it is handed its script, which names the file with `set output`. */
#ifndef CLIENT_GNUPLOT_H
#define CLIENT_GNUPLOT_H

#include <stdio.h>

/*
 * Where to write the script; the name of the file is without quotes, backslashes and line breaks.
 * NULL after a complaint.
 */
FILE *gnuplot_begin(const char *file);

/* 0 if the plot was made, or -EIO after a complaint. */
int gnuplot_end(FILE *script, const char *file);

#endif
