// SPDX-License-Identifier: GPL-2.0-only
/* What /proc/net shows. network_namespaces(7), proc_pid_net(5) */
#include "helpers/nscheck.h"

#define GROUP     "net.proc"
#define GROUP_OWN NS_NET

/* 1 if a file names this, 0 if not. */
static int names(const char *file, const char *what)
{
	const char *text = MUST(file_read(file));

	return strstr(text, what) != NULL;
}

CASE(net_is_link_to_self_net)
{
	IS(link_read("/proc/net"), "self/net");
	MUST(link_add_dummy("marker"));
	IS(names("/proc/net/dev", "marker"), 1); /* control */
	WITHIN(MUST(ns_new(NS_NET)))
		IS(names("/proc/net/dev", "marker"), 0);
}

CASE(pid_net_shows_that_process_ns)
{
	MUST(link_add_dummy("outer"));
	CHILD(box, NS_NET) {
		MUST(link_add_dummy("inner"));
		IS(names(proc_path(getppid(), "net/dev"), "outer"), 1);
		IS(names("/proc/self/net/dev", "outer"), 0);
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	IS(names(proc_path(box->pid, "net/dev"), "inner"), 1);
	IS(names("/proc/self/net/dev", "inner"), 0);
	DISMISS(box);
}

CASE(setns_invalidates_cached_content)
{
	int a = MUST(ns_new(NS_NET));

	MUST(unix_listen("@marker"));
	IS(names("/proc/net/unix", "@marker"), 1); /* control, and what could be kept */
	WITHIN(a)
		HOLDS(!strchr(MUST(file_read("/proc/net/unix")), '\n')); /* the header line alone */
}

CASE(open_file_stays_in_its_ns)
{
	char text[4096] = "";

	MUST(link_add_dummy("marker"));
	int fd = MUST(open("/proc/self/net/dev", O_RDONLY | O_CLOEXEC));
	WITHIN(MUST(ns_new(NS_NET))) {
		OK(read(fd, text, sizeof(text) - 1));
		HOLDS(strstr(text, "marker"));
		IS(names("/proc/self/net/dev", "marker"), 0); /* control: opened here, it is another */
	}
}

CASE(zombie_has_no_net)
{
	CHILD(member, NS_NET) {
		HEAR(member);
	}
	int fd = OK(open(proc_path(member->pid, "net/dev"), O_RDONLY | O_CLOEXEC)); /* control */
	MUST(close(fd));
	OTHER_NS(member, 0, NS_NET);
	TELL(member);
	AWAIT_ZOMBIE(member);
	FAILS(ENOENT, open(proc_path(member->pid, "net/dev"), O_RDONLY | O_CLOEXEC));
	EXITS(member, 0);
}

/* "UID:GID" of a file. */
static const char *owners(const char *file)
{
	struct stat st;

	MUST(stat(file, &st));
	return path("%u:%u", st.st_uid, st.st_gid);
}

CASE(entries_belong_to_root_of_the_owner)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(box, NS_USER, .map = "0 1000 1") {
			MUST(unshare(NS_NET));
			IS(owners("/proc/self/net/dev"), "0:0");
			IS(owners("/proc/self/net/stat"), "0:0");
			IS(owners(proc_path(getppid(), "net/dev")), "65534:65534");
			TELL(box);
			HEAR(box);
		}
		HEAR(box);
		IS(owners(proc_path(box->pid, "net/dev")), "1000:1000");
		IS(owners("/proc/self/net/dev"), "0:0");
		DISMISS(box);
	}
	EXITS(user, 0);
}
