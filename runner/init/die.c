// SPDX-License-Identifier: GPL-2.0-only
#include "runner/init/die.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "runner/contract.h"

void die(const char *fmt, ...)
{
	char text[512] = "<3>" LOG_MARK;
	size_t used = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + used, sizeof(text) - used, fmt, ap);
	va_end(ap);
	int kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (kmsg < 0 || write(kmsg, text, strlen(text)) < 0)
		fprintf(stderr, "%s\n", text + 3);
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}
