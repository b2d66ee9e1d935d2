/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gnuplot.h"

#include "client/complain.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

FILE *gnuplot_begin(const char *file)
{
	FILE *script = strpbrk(file, "'\\\n") == NULL ? popen("gnuplot", "w") : NULL;

	if (script == NULL)
		complain("%s: no such name for a plot, please", file);
	return script;
}

int gnuplot_end(FILE *script, const char *file)
{
	int status = pclose(script);

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	complain("gnuplot made no plot in %s; it comes with: apt-get install gnuplot-nox", file);
	return -EIO;
}
