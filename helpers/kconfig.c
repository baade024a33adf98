// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/kconfig.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "helpers/file.h"
#include "runner/contract.h"

/* The configuration that the image carries, or what a distribution leaves in /boot. */
static FILE *config_open(void)
{
	struct utsname name;
	FILE *config = fopen(PATH_CONFIG, "re");

	if (!config && uname(&name) == 0)
		config = fopen(path("/boot/config-%s", name.release), "re");
	return config;
}

/* Read once, by the server of the tests if there is one; NULL if there is none. */
static const char *config_text(void)
{
	static char *text;
	size_t size = 0;
	FILE *config = text ? NULL : config_open();

	if (config && getdelim(&text, &size, '\0', config) < 0)
		text = NULL;
	if (config)
		fclose(config);
	return text;
}

char kconfig(const char *option)
{
	const char *text = config_text(), *line = text;
	size_t length = strlen(option);

	if (!text)
		return '?';
	while ((line = strstr(line, option))) {
		if ((line == text || line[-1] == '\n') && line[length] == '=')
			return line[length + 1] == 'm' ? 'm' : 'y';
		line += length;
	}
	return 'n';
}

void kconfig_prepare(void)
{
	config_text();
}
