// SPDX-License-Identifier: GPL-2.0-only
/* How a namespace is kept and freed, whatever its type. namespaces(7) "Namespace lifetime" */
#include "suites/lifecycle/patterns.h"

void freed_with_its_last_process(int flag)
{
	COUNTED(box, flag, 1) {
		CHILD(member, flag) {
			HEAR(member);
		}
		FAILS(ENOSPC, ns_one_more(flag));

		KILL(member);
		FREED(flag);
	}
	EXITS(box, 0);
}

void kept_by_a_bind_mount(int flag)
{
	const char *name = ns_type(flag)->name;

	ORDERED(box, flag, 1) {
		CHILD(member, flag) {
			HEAR(member);
		}
		long long id = MUST(ns_id(member->pid, name));
		OTHER_NS(id, 0, flag);
		MUST(file_make("/tmp/ns"));
		OK(bind_make(proc_path(member->pid, path("ns/%s", name)), "/tmp/ns"));
		HOLDER(OK(umount("/tmp/ns")));
		KILL(member);

		KEPT(flag);
		int ns = OK(open("/tmp/ns", O_RDONLY | O_CLOEXEC));
		SAME_NS(BEHIND(ns), id, flag);
		OK(close(ns));
		OK(umount("/tmp/ns"));
		FREED(flag);
	}
	EXITS(box, 0);
}

int descriptor_left_by(struct child *member, const char *name, int flag)
{
	HEAR(member);
	int ns = MUST(ns_open(member->pid, name));
	long long id = ns_id_of(ns);
	OTHER_NS(id, 0, flag);

	HOLDER(OK(close(ns)));
	DISMISS(member);
	KEPT(flag);
	SAME_NS(BEHIND(ns), id, flag);
	return ns;
}

void kept_with_its_state(int flag, void (*make)(void), void (*claim)(bool inside))
{
	ORDERED(box, flag, 1) {
		CHILD(member, flag) {
			make();
			TELL(member);
			HEAR(member);
		}
		int ns = descriptor_left_by(member, ns_type(flag)->name, flag);
		CHILD(visitor, 0) {
			claim(false);
			OK(setns(ns, flag));
			claim(true);
		}
		EXITS(visitor, 0);
		freed_by_close(ns, flag);
	}
	EXITS(box, 0);
}

void freed_by_close(int ns, int flag)
{
	OK(close(ns));
	FREED(flag);
}
