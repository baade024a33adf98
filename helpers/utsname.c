// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/utsname.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

const char *hostname(void)
{
	static struct utsname names;

	return uname(&names) < 0 ? NULL : names.nodename;
}

const char *domainname(void)
{
	static struct utsname names;

	return uname(&names) < 0 ? NULL : names.domainname;
}

int hostname_set(const char *name)
{
	return sethostname(name, strlen(name));
}

int domainname_set(const char *name)
{
	return setdomainname(name, strlen(name));
}
