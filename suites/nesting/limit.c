// SPDX-License-Identifier: GPL-2.0-only
/* The limits on the number of namespaces. namespaces(7) "The /proc/sys/user directory" */
#include <sys/prctl.h>
#include <sys/resource.h>

#include "helpers/nscheck.h"

#define GROUP "nesting.limit"

#define UNLIMITED 2147483647

static const char *limit_file(int flag)
{
	return path("/proc/sys/user/max_%s_namespaces", ns_type(flag)->name);
}

static long long limit(int flag)
{
	return file_number(limit_file(flag));
}

static int set_limit(int flag, const char *value)
{
	return file_write(limit_file(flag), value);
}

/* Changes all ids of the caller and keeps its capabilities. */
static int become(uid_t id)
{
	return prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) < 0 || setresgid(id, id, id) < 0 ||
			       setresuid(id, id, id) < 0 || prctl(PR_SET_DUMPABLE, 1) < 0
		       ? -1
		       : 0;
}

CASE(default_values)
{
	long long half = MUST(file_number("/proc/sys/kernel/threads-max")) / 2;

	CHILD(box, NS_USER, .map = CONTAINER_MAP) {
		FOR_EACH_NS_TYPE(type) {
			NOTE("%s", type->name);
			if (ns_supported(type->flag))
				IS(limit(type->flag), UNLIMITED);
		}
	}
	EXITS(box, 0);
	FOR_EACH_NS_TYPE(type) {
		NOTE("%s", type->name);
		if (ns_supported(type->flag) && limit(type->flag) != half)
			/* the moment: whoever started this kernel may have set the limits of the initial namespace */
			SKIP("the initial user namespace is configured: %lld, not %lld", limit(type->flag),
			     half);
	}
}

static void claim_user_namespaces(bool possible)
{
	for (int i = 0; i < 2; i++) {
		CHILD(user, 0, .uid = i ? UNPRIVILEGED : 0) {
			NOTE(i ? "a user" : "root");
			if (possible) {
				OK(ns_try_unshare(CLONE_NEWUSER));
				OK(ns_try_clone(CLONE_NEWUSER));
			} else {
				FAILS(ENOSPC, ns_try_unshare(CLONE_NEWUSER));
				FAILS(ENOSPC, ns_try_clone(CLONE_NEWUSER));
			}
		}
		EXITS(user, 0);
	}
}

CASE(applies_to_uid_0_of_the_host)
{
	long long before = MUST(limit(NS_USER));

	claim_user_namespaces(true);
	MUST(set_limit(NS_USER, "0"));
	claim_user_namespaces(false);
	MUST(set_limit(NS_USER, path("%lld", before)));
	claim_user_namespaces(true);
}

CASE(exact_count_is_allowed)
{
	COUNTED(box, NS_UTS, 2) {
		CHILD(first, NS_UTS) {
			HEAR(first);
		}
		CHILD(second, NS_UTS) {
			HEAR(second);
		}
		FAILS(ENOSPC, ns_one_more(NS_UTS));
		DISMISS(first);
		DISMISS(second);
	}
	EXITS(box, 0);
	COUNTED(pids, NS_PID, 1) {
		CHILD(first, NS_PID) {
			HEAR(first);
		}
		FAILS(ENOSPC, ns_one_more(NS_PID));
		DISMISS(first);
	}
	EXITS(pids, 0);
}

CASE(may_be_set_below_current_use)
{
	COUNTED(box, NS_UTS, 1) {
		CHILD(member, NS_UTS) {
			char name[65];
			HEAR(member);
			OK(sethostname("goes on", 7));
			OK(gethostname(name, sizeof(name)));
			IS(name, "goes on");
			FAILS(ENOSPC, unshare(CLONE_NEWUTS));
		}
		OK(set_limit(NS_UTS, "0"));
		IS(limit(NS_UTS), 0);
		FAILS(ENOSPC, ns_one_more(NS_UTS));
		DISMISS(member);
	}
	EXITS(box, 0);
}

CASE(write_needs_cap_sys_resource_in_that_namespace)
{
	long long before = limit(NS_UTS);

	CHILD(box, NS_USER, .map = CONTAINER_MAP) {
		OK(set_limit(NS_UTS, "5"));
		IS(limit(NS_UTS), 5);
		CHILD(five, 0, .uid = 5) {
			FAILS(EACCES, open(limit_file(NS_UTS), O_WRONLY));
		}
		EXITS(five, 0);
		MUST(cap_drop(CAP_SYS_RESOURCE));
		FAILS(EACCES, open(limit_file(NS_UTS), O_WRONLY));
		IS(limit(NS_UTS), 5);
	}
	EXITS(box, 0);
	IS(limit(NS_UTS), before);
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EACCES, open(limit_file(NS_UTS), O_WRONLY));
	}
	EXITS(user, 0);
	CHILD(root, 0) {
		OK(close(OK(open(limit_file(NS_UTS), O_WRONLY)))); /* control */
		MUST(cap_drop(CAP_SYS_RESOURCE));
		FAILS(EACCES, open(limit_file(NS_UTS), O_WRONLY));
	}
	EXITS(root, 0);
}

CASE(value_range)
{
	long long before = limit(NS_UTS);

	CHILD(box, NS_USER, .map = CONTAINER_MAP) {
		FOR_EACH_NS_TYPE(type) {
			NOTE("%s", type->name);
			if (!ns_supported(type->flag))
				continue;
			OK(set_limit(type->flag, "77"));
			FAILS(EINVAL, set_limit(type->flag, "-1"));
			IS(limit(type->flag), 77);
			FAILS(EINVAL, set_limit(type->flag, "2147483648"));
			IS(limit(type->flag), 77);
			OK(set_limit(type->flag, "0"));
			IS(limit(type->flag), 0);
			OK(set_limit(type->flag, "2147483647"));
			IS(limit(type->flag), UNLIMITED);
		}
	}
	EXITS(box, 0);
	IS(limit(NS_UTS), before);
}

CASE(files_show_the_readers_namespace)
{
	long long before = MUST(limit(NS_UTS));

	CHILD(box, NS_USER, .map = CONTAINER_MAP) {
		IS(HEAR(box), 1000);
		IS(limit(NS_UTS), UNLIMITED);
		OK(set_limit(NS_UTS, "7"));
		IS(limit(NS_UTS), 7);
		TELL(box);
		HEAR(box);
	}
	MUST(set_limit(NS_UTS, "1000"));
	TELL(box, limit(NS_UTS));
	HEAR(box);
	long long here = limit(NS_UTS);
	MUST(set_limit(NS_UTS, path("%lld", before)));
	IS(here, 1000);
	VISITOR(joiner, box, NS_USER) {
		IS(limit(NS_UTS), 7);
	}
	EXITS(joiner, 0);
	DISMISS(box);
}

CASE(is_charged_to_every_ancestor)
{
	COUNTED(first, NS_UTS, 2) {
		CHILD(second, NS_USER, .map = "0 0 10") {
			OK(set_limit(NS_UTS, "100"));
			CHILD(a, NS_UTS) {
				HEAR(a);
			}
			CHILD(b, NS_UTS) {
				HEAR(b);
			}
			FAILS(ENOSPC, ns_one_more(NS_UTS));
			TELL(second);
			HEAR(second);
			DISMISS(a);
			DISMISS(b);
		}
		HEAR(second);
		FAILS(ENOSPC, ns_one_more(NS_UTS));
		OK(set_limit(NS_UTS, "3"));
		OK(ns_one_more(NS_UTS)); /* control */
		DISMISS(second);
	}
	EXITS(first, 0);
}

CASE(user_namespaces_are_charged_along_the_chain)
{
	COUNTED(first, NS_USER, 1) {
		CHILD(second, NS_USER, .map = "0 0 10") {
			IS(limit(NS_USER), UNLIMITED);
			FAILS(ENOSPC, ns_one_more(NS_USER));
			TELL(second);
			HEAR(second);
			OK(unshare(CLONE_NEWUSER)); /* control: with a higher limit of the first */
		}
		HEAR(second);
		FAILS(ENOSPC, ns_one_more(NS_USER));
		OK(set_limit(NS_USER, "2"));
		DISMISS(second);
	}
	EXITS(first, 0);
}

CASE(refused_creation_is_rolled_back)
{
	COUNTED(first, NS_UTS, 1) {
		CHILD(only, NS_UTS) {
			HEAR(only);
		}
		CHILD(second, NS_USER, .map = "0 0 10") {
			OK(set_limit(NS_UTS, "1"));
			for (int i = 0; i < 5; i++)
				FAILS(ENOSPC, unshare(CLONE_NEWUTS));
			TELL(second);
			HEAR(second);
			CHILD(one, NS_UTS) {
				HEAR(one);
			}
			FAILS(ENOSPC, unshare(CLONE_NEWUTS));
			DISMISS(one);
		}
		HEAR(second);
		OK(set_limit(NS_UTS, "2"));
		DISMISS(second);
		DISMISS(only);
	}
	EXITS(first, 0);
}

/* Makes a UTS namespace as this user, with capabilities, and keeps it until dismissed; says 0 or the errno. */
static void hold_uts(struct child *self, uid_t uid)
{
	MUST(become(uid));
	TELL(self, unshare(CLONE_NEWUTS) < 0 ? errno : 0);
	HEAR(self);
}

CASE(is_counted_per_creator_uid)
{
	COUNTED(box, NS_UTS, 1) {
		CHILD(five, 0) {
			hold_uts(five, 5);
		}
		IS(HEAR(five), 0);
		CHILD(six, 0) {
			hold_uts(six, 6);
		}
		IS(HEAR(six), 0);
		CHILD(five_again, 0) {
			hold_uts(five_again, 5);
		}
		IS(HEAR(five_again), ENOSPC);
		DISMISS(five);
		DISMISS(six);
		DISMISS(five_again);
	}
	EXITS(box, 0);
}

CASE(ancestor_charge_goes_to_the_creator_of_the_subtree)
{
	COUNTED(first, NS_UTS, 2) {
		CHILD(creator, 0, .uid = 5) {
			CHILD(second, NS_USER) {
				struct child *held[3];
				HEAR(second);
				for (int i = 0; i < 3; i++) {
					CHILD(user, 0) {
						hold_uts(user, (uid_t)i);
					}
					NOTE("user %d of the second level", i);
					IS(HEAR(user), i < 2 ? 0 : ENOSPC);
					held[i] = user;
				}
				NOTE_END();
				TELL(second);
				HEAR(second);
				for (int i = 0; i < 3; i++)
					DISMISS(held[i]);
			}
			TELL(creator, second->pid);
			HEAR(creator);
			TELL(second);
			HEAR(second);
			TELL(creator);
			HEAR(creator);
			DISMISS(second);
		}
		MUST(idmap_write((pid_t)HEAR(creator), "0 100 10"));
		TELL(creator);
		HEAR(creator);
		CHILD(six, 0) {
			hold_uts(six, 6);
		}
		IS(HEAR(six), 0);
		DISMISS(six);
		DISMISS(creator);
	}
	EXITS(first, 0);
}

/* How many of eight children the caller can have at once. */
static int children_possible(void)
{
	int gate[2], count = 0;
	pid_t pid = 0;
	char byte;

	MUST(pipe2(gate, O_CLOEXEC));
	while (count < 8 && (pid = fork()) > 0)
		count++;
	if (pid == 0) {
		close(gate[1]);
		_exit(read(gate[0], &byte, 1) == 0 ? 0 : 1); /* until the other end is closed */
	}
	if (pid < 0)
		GAVE(EAGAIN);
	close(gate[1]);
	for (int i = 0; i < count; i++)
		MUST(wait(NULL));
	return count;
}

CASE(rlimit_nproc_counts_nested_processes_for_the_creator)
{
	const struct rlimit low = {6, 64}, high = {64, 64};

	for (int capped = 0; capped < 2; capped++) {
		CHILD(user, 0, .uid = 3003) {
			MUST(setrlimit(RLIMIT_NPROC, capped ? &low : &high));
			OK(unshare(CLONE_NEWUSER));
			MUST(idmap_write(0, "0 3003 1"));
			MUST(setrlimit(RLIMIT_NPROC, &high));
			OK(unshare(CLONE_NEWUSER));
			MUST(idmap_write(0, "0 0 1"));
			TELL(user, children_possible());
		}
		long long count = HEAR(user);
		EXITS(user, 0);
		IS(count, capped ? 5 : 8);
	}
}
