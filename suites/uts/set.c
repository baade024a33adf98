// SPDX-License-Identifier: GPL-2.0-only
/* What names can be set, and who may. sethostname(2), getdomainname(2), uname(2) */
#include <sys/utsname.h>

#include "helpers/nscheck.h"
#include "helpers/utsname.h"

#define GROUP     "uts.set"
#define GROUP_OWN NS_UTS
#define RULE      "a rule of the calls, the same in any namespace"
#define NOWHERE   ((char *)1)

static const struct {
	const char *name, *file;
	int (*set)(const char *name, size_t size);
	const char *(*get)(void);
} names[] = {
	{"hostname", "/proc/sys/kernel/hostname", sethostname, hostname},
	{"domain name", "/proc/sys/kernel/domainname", setdomainname, domainname},
};

CASE(length_limits, .unsabotaged = RULE)
{
	char longest[66] = "";

	memset(longest, 'n', 65);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		NOTE("%s", names[i].name);
		OK(names[i].set(longest, 64));
		IS(strlen(names[i].get()), 64);
		OK(names[i].set("kept", 4));
		FAILS(EINVAL, names[i].set(longest, 65));
		FAILS(EINVAL, names[i].set(longest, (size_t)-1));
		IS(names[i].get(), "kept");
		OK(names[i].set(longest, 0));
		IS(names[i].get(), "");
		IS(file_read(names[i].file), "");
	}
}

CASE(bad_pointer_is_efault_and_keeps_the_old_name, .unsabotaged = RULE)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		NOTE("%s", names[i].name);
		OK(names[i].set("kept", 4));
		FAILS(EFAULT, names[i].set(NOWHERE, 5));
		IS(names[i].get(), "kept");
		OK(names[i].set(NOWHERE, 0));
		IS(names[i].get(), "");
	}
	FAILS(EFAULT, uname((struct utsname *)NOWHERE));
}

CASE(shorter_name_leaves_no_rest_of_the_old_one, .unsabotaged = RULE)
{
	const char nothing[65] = "";
	struct utsname raw;

	OK(hostname_set("longlonglong"));
	OK(hostname_set("xy"));
	memset(&raw, 0xff, sizeof(raw));
	OK(syscall(SYS_uname, &raw));
	IS(raw.nodename, "xy");
	IS(memcmp(raw.nodename + 2, nothing, sizeof(raw.nodename) - 2), 0);

	OK(sethostname("a\0b", 3));
	OK(syscall(SYS_uname, &raw));
	IS(raw.nodename, "a");
	IS(raw.nodename[2], 'b');
}

CASE(reader_never_sees_a_mix_of_two_names, .unsabotaged = RULE)
{
	char a[65] = "", b[65] = "";
	bool seen_a = false, seen_b = false;

	memset(a, 'A', 64);
	memset(b, 'B', 64);
	OK(hostname_set(a));
	CHILD(writer, 0) {
		for (;;) {
			OK(hostname_set(b));
			OK(hostname_set(a));
		}
	}
	for (int i = 0; i < 20000 || !seen_a || !seen_b; i++) {
		const char *name = hostname();
		bool is_a = strcmp(name, a) == 0;
		if (!is_a)
			IS(name, b);
		seen_a |= is_a;
		seen_b |= !is_a;
	}
	KILL(writer);
}
