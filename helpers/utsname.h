/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_UTSNAME_H
#define HELPERS_UTSNAME_H

/* The names of the caller's UTS namespace (uts_namespaces(7)), as uname(2) tells them, in static buffers. */
const char *hostname(void);
const char *domainname(void);

/* sethostname(2) and setdomainname(2) with a whole string. -1 with errno. */
int hostname_set(const char *name);
int domainname_set(const char *name);

#endif
