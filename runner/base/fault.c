// SPDX-License-Identifier: GPL-2.0-only
#include "runner/base/fault.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

int fault_set(struct fault *fault, int status, const char *fmt, ...)
{
	va_list ap;

	if (fault->status)
		return -1;
	fault->status = status;
	va_start(ap, fmt);
	vsnprintf(fault->text, sizeof(fault->text), fmt, ap);
	va_end(ap);
	/* It quotes names and words of others, and is one line. */
	for (char *c = fault->text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	return -1;
}
