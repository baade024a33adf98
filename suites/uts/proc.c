// SPDX-License-Identifier: GPL-2.0-only
/* The names as files: /proc/sys/kernel/hostname and domainname. proc_sys_kernel(5) */
#include <poll.h>

#include "helpers/nscheck.h"
#include "helpers/utsname.h"

#define GROUP      "uts.proc"
#define GROUP_OWN  NS_UTS
#define HOSTNAME   "/proc/sys/kernel/hostname"
#define DOMAINNAME "/proc/sys/kernel/domainname"

CASE(sysctl_files_show_and_set_the_names_of_the_caller)
{
	OK(hostname_set("base"));
	OK(domainname_set("basedom"));
	CHILD(box, NS_UTS) {
		OK(hostname_set("boxed"));
		IS(file_read(HOSTNAME), "boxed");
		OK(file_write(HOSTNAME, "written"));
		IS(hostname(), "written");
		OK(domainname_set("boxdom"));
		IS(file_read(DOMAINNAME), "boxdom");
		OK(file_write(DOMAINNAME, "writtendom"));
		IS(domainname(), "writtendom");
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	IS(hostname(), "base");
	IS(domainname(), "basedom");
	IS(file_read(HOSTNAME), "base");
	IS(file_read(DOMAINNAME), "basedom");
	DISMISS(box);
}

/* The text that an open file has at its start, without its newline. */
static const char *text_of(int fd)
{
	static char text[128];
	ssize_t got = pread(fd, text, sizeof(text) - 1, 0);

	if (got < 0)
		return NULL;
	text[got] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text;
}

CASE(open_descriptor_acts_on_the_current_namespace_of_its_user)
{
	OK(hostname_set("one"));
	int fd = MUST(open(HOSTNAME, O_RDWR | O_CLOEXEC));
	CHILD(mover, 0) {
		IS(text_of(fd), "one");
		OK(unshare(NS_UTS));
		OK(hostname_set("two"));
		IS(text_of(fd), "two");
		IS(pwrite(fd, "three", 5, 0), 5);
		IS(hostname(), "three");
	}
	EXITS(mover, 0);
	IS(text_of(fd), "one");
	IS(hostname(), "one");
}

/* What poll(2) says of the name's change now; reading would not clear it, being told does. */
static int changed(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLPRI};

	OK(poll(&p, 1, 0));
	return p.revents;
}

CASE(poll_signals_a_change_once)
{
	const int yes = POLLERR | POLLPRI;

	OK(hostname_set("base"));
	int host = MUST(open(HOSTNAME, O_RDWR | O_CLOEXEC)),
	    domain = MUST(open(DOMAINNAME, O_RDWR | O_CLOEXEC));
	IS(text_of(host), "base");
	IS(changed(host), 0);
	OK(hostname_set("by_syscall"));
	IS(changed(host), yes);
	IS(changed(host), 0);
	OK(file_write(HOSTNAME, "by_file"));
	IS(changed(host), yes);
	IS(changed(host), 0);

	IS(changed(domain), 0);
	OK(domainname_set("dom"));
	IS(changed(host), 0);
	IS(changed(domain), yes);
	IS(changed(domain), 0);
	OK(file_write(DOMAINNAME, "by_file"));
	IS(changed(domain), yes);

	CHILD(box, NS_UTS) {
		OK(hostname_set("boxed"));
	}
	EXITS(box, 0);
	IS(text_of(host), "by_file"); /* whether poll tells of other namespaces is left open */
}

CASE(file_write_is_cut_at_newline_and_at_64_bytes,
     .unsabotaged = "what a write stores does not depend on how many namespaces there are")
{
	char longest[65] = "", longer[100] = "";

	memset(longest, 'n', 64);
	memset(longer, 'n', 99);
	OK(file_write(HOSTNAME, longer));
	IS(hostname(), longest);
	OK(file_write(HOSTNAME, "first\nrest"));
	IS(hostname(), "first");
	OK(file_write(HOSTNAME, "line\n"));
	IS(hostname(), "line");
}

CASE(file_write_needs_global_root_uid_not_a_capability)
{
	OK(hostname_set("base"));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EACCES, open(HOSTNAME, O_WRONLY));
		MUST(unshare(NS_USER | NS_UTS));
		MUST(idmap_write(0, "0 1000 1"));
		IS(getuid(), 0);
		OK(hostname_set("contained"));
		IS(file_read(HOSTNAME), "contained");
		FAILS(EACCES, open(HOSTNAME, O_WRONLY));
	}
	EXITS(user, 0);
	IS(hostname(), "base");

	CHILD(root, 0) {
		MUST(cap_drop(CAP_SYS_ADMIN));
		FAILS(EPERM, hostname_set("refused"));
		OK(file_write(HOSTNAME, "written"));
		IS(hostname(), "written");
	}
	EXITS(root, 0);
}
