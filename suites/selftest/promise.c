// SPDX-License-Identifier: GPL-2.0-only
/* What every test may rely on: these pass. */
#include <dirent.h>

#include "helpers/nscheck.h"

#define GROUP     "selftest.promise"
#define GROUP_OWN (NS_IPC | NS_NET)

CASE(signals_are_as_after_boot)
{
	sigset_t blocked;

	for (int sig = 1; sig < 32; sig++) {
		struct sigaction action;
		NOTE("signal %d", sig);
		MUST(sigaction(sig, NULL, &action));
		HOLDS(action.sa_handler == SIG_DFL);
	}
	MUST(sigprocmask(SIG_BLOCK, NULL, &blocked));
	IS(sigisemptyset(&blocked), 1);
}

CASE(own_namespaces_and_a_fresh_tmp)
{
	static const int own[] = {NS_MNT, NS_NET, NS_UTS, NS_IPC}, shared[] = {NS_PID, NS_USER, NS_CGROUP};

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		OTHER_NS(0, 1, own[i]);
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++)
		SAME_NS(0, 1, shared[i]);
	IS(dir_count("/tmp"), 0);
	HOLDS(cgroup_here());
	IS(cgroup_of(0), cgroup_name("main"));
}

CASE(initial_namespaces_where_asked_for, .initial = NS_NET | NS_UTS)
{
	SAME_NS(0, 1, NS_NET);
	SAME_NS(0, 1, NS_UTS);
	OTHER_NS(0, 1, NS_MNT);
}

CASE(channel_ends_with_its_peer_and_no_sibling_holds_it)
{
	CHILD(first, 0) {
		HEAR(first);
	}
	CHILD(second, 0) {
		HEAR(second);
	}
	CHILD(watcher, 0) {
		HEAR(watcher);
	}
	KILL(first);
	DISMISS(watcher);
	DISMISS(second);
}

CASE(values_texts_and_descriptors_cross_the_channel)
{
	CHILD(box, NS_PID) {
		TELL(box, 1LL << 40);
		TELL_TEXT(box, "a text");
		GIVE_FD(box, MUST(open("/proc/self/ns/pid", O_RDONLY)));
		TELL(box);
		IS(HEAR(box), -5);
	}
	IS(HEAR(box), 1LL << 40);
	IS(HEAR_TEXT(box), "a text");
	SAME_NS(BEHIND(TAKE_FD(box)), box, NS_PID);
	IS(HEAR_SENDER(box).pid, box->pid);
	TELL(box, -5);
	EXITS(box, 0);
}

CASE(mapped_child_is_root_inside)
{
	CHILD(box, NS_USER, .map = CONTAINER_MAP) {
		IS(getuid(), 0);
		IS(getgid(), 0);
		HOLDS(cap_effective_full());
		HEAR(box);
	}
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		IS(getuid(), UNPRIVILEGED);
		HOLDS(!cap_effective(CAP_SYS_ADMIN));
		FAILS(EPERM, sethostname("x", 1));
	}
	EXITS(user, 0);
	OTHER_NS(box, 0, NS_USER);
	DISMISS(box);
}

CASE(a_block_within_a_namespace_comes_back)
{
	long long home = ns_id(0, "net");
	int other = MUST(ns_new(NS_NET));

	WITHIN(other) {
		SAME_NS(0, BEHIND(other), NS_NET);
	}
	SAME_NS(0, home, NS_NET);
}

CASE(nothing_of_an_earlier_test_is_left)
{
	IS(dir_count("/proc/self/task"), 1);
	FAILS(ECHILD, waitpid(-1, NULL, WNOHANG));
}
