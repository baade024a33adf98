// SPDX-License-Identifier: GPL-2.0-only
/* The links of a process to its namespaces. namespaces(7) "The /proc/pid/ns/ directory" */
#include <sys/prctl.h>

#include "helpers/nscheck.h"

#define GROUP "api.procns"

/* Numbers below are fixed, those from here on are given out as namespaces are made. */
#define DYNAMIC_FIRST 4026531840

static struct stat ns_stat(pid_t pid, const char *entry)
{
	struct stat st;

	MUST(stat(proc_path(pid, path("ns/%s", entry)), &st));
	return st;
}

/* The text of a link, after a look at it from every side. */
static const char *link_text(pid_t pid, const char *entry, const char *type)
{
	const char *text = path("%s:[%llu]", type, (unsigned long long)ns_stat(pid, entry).st_ino);
	const char *link = proc_path(pid, path("ns/%s", entry));
	int fd = MUST(ns_open(pid, entry));
	struct stat st;

	NOTE("%s", entry);
	MUST(lstat(link, &st));
	IS(st.st_mode, S_IFLNK | 0777);
	IS(link_read(link), text);
	IS(link_read(path("/proc/self/fd/%d", fd)), text);
	close(fd);
	return text;
}

CASE(link_text_is_type_and_inode)
{
	CHILD(box, ns_all()) {
		HEAR(box);
	}
	FOR_EACH_NS_HERE(t) {
		const char *mine = strdupa(link_text(0, t->name, t->name));
		IS_NOT(link_text(box->pid, t->name, t->name), mine);
		IS(link_text(0, t->next, t->name), mine);
		IS_NOT(link_text(box->pid, t->next, t->name), mine);
	}
	DISMISS(box);
}

/* Both links of a type lead two processes to one file, or to two of the same filesystem. */
static void compare(pid_t pid, const struct ns_type *t, dev_t nsfs, bool same)
{
	const char *entries[] = {t->name, t->next};

	for (int i = 0; i < 2; i++) {
		struct stat mine = ns_stat(0, entries[i]), its = ns_stat(pid, entries[i]);
		IS(mine.st_dev, nsfs);
		IS(its.st_dev, nsfs);
		IS(its.st_ino == mine.st_ino, same);
	}
}

#define BOXES 15 /* more than 100 namespaces even without time namespaces */

static void all_numbers_differ(void)
{
	long long ids[BOXES * NS_TYPES];
	struct child *boxes[BOXES];
	int count = 0;

	for (int i = 0; i < BOXES; i++) {
		CHILD(box, ns_all()) {
			HEAR(box);
		}
		boxes[i] = box;
		FOR_EACH_NS_HERE(t)
			ids[count++] = MUST(ns_id(box->pid, t->name));
	}
	for (int i = 0; i < count; i++) {
		HOLDS(ids[i] >= DYNAMIC_FIRST);
		for (int j = 0; j < i; j++)
			IS_NOT(ids[i], ids[j]);
	}
	for (int i = 0; i < BOXES; i++)
		DISMISS(boxes[i]);
}

CASE(same_namespace_same_inode, .timeout = 20)
{
	dev_t nsfs = ns_stat(0, "user").st_dev;

	FOR_EACH_NS_HERE(made) {
		CHILD(plain, 0) {
			HEAR(plain);
		}
		CHILD(box, made->flag) {
			HEAR(box);
		}
		FOR_EACH_NS_HERE(t) {
			NOTE("%s link, %s namespace new", t->name, made->label);
			compare(plain->pid, t, nsfs, true);
			compare(box->pid, t, nsfs, t != made);
		}
		DISMISS(plain);
		DISMISS(box);
	}
	all_numbers_differ();
}

CASE(initial_inode_numbers)
{
	static const struct {
		const char *name;
		long long id;
	} initial[] = {{"ipc", 4026531839}, {"uts", 4026531838},    {"user", 4026531837},
		       {"pid", 4026531836}, {"cgroup", 4026531835}, {"time", 4026531834},
		       {"net", 4026531833}, {"mnt", 4026531832}};
	bool all_fixed = ns_id(1, "net") < DYNAMIC_FIRST;

	CHILD(box, ns_all()) {
		HEAR(box);
	}
	for (int i = 0; i < NS_TYPES; i++) {
		NOTE("%s", initial[i].name);
		if (ns_id(0, initial[i].name) < 0)
			continue;
		HOLDS(ns_id(box->pid, initial[i].name) >= DYNAMIC_FIRST);
		if (i < 6 || all_fixed)
			IS(ns_id(1, initial[i].name), initial[i].id);
		else
			HOLDS(ns_id(1, initial[i].name) >= DYNAMIC_FIRST);
	}
	DISMISS(box);
}

CASE(visible_across_levels_with_access)
{
	CHILD(above, 0) {
		HEAR(above);
	}
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		CHILD(beside, 0) {
			HEAR(beside);
		}
		FOR_EACH_NS_HERE(t) {
			NOTE("%s", t->name);
			FAILS(EACCES, ns_open(above->pid, t->name));
			FAILS(EACCES, ns_open(above->pid, t->next));
			OK(ns_open(beside->pid, t->name)); /* control: a process of its own level */
			OK(ns_open(beside->pid, t->next));
		}
		DISMISS(beside);
		TELL(root);
		HEAR(root);
	}
	HEAR(root);
	FOR_EACH_NS_HERE(t) {
		NOTE("%s", t->name);
		const char *text = path("%s:[%lld]", t->name, OK(ns_id(root->pid, t->name)));
		IS(link_read(proc_path(root->pid, path("ns/%s", t->name))), text);
		OK(ns_open(root->pid, t->name));
		OK(ns_open(root->pid, t->next));
	}
	OTHER_NS(root, 0, NS_USER);
	DISMISS(root);
	DISMISS(above);
}

CASE(directory_lists_ten_entries, .unsabotaged = "which entries there are does not depend on the namespaces")
{
	int count = 0;

	FOR_EACH_NS_HERE(t) {
		struct stat st;
		NOTE("%s", t->name);
		OK(lstat(path("/proc/self/ns/%s", t->name), &st));
		OK(lstat(path("/proc/self/ns/%s", t->next), &st));
		FAILS(EPERM, unlink(path("/proc/self/ns/%s", t->name)));
		count += t->name == t->next ? 1 : 2;
	}
	NOTE_END();
	IS(dir_count("/proc/self/ns"), count);
	FAILS(ENOENT, open("/proc/self/ns/unknown", O_RDONLY));
	FAILS(ENOENT, open("/proc/self/ns/unknown", O_RDONLY | O_CREAT, 0644));
}

/* Reading, opening and asking for a link of a process all give the same: 0 or EACCES. */
static void links_give(int err, pid_t pid)
{
	static const char *const names[] = {"uts", "pid_for_children", "user"};
	char target[64];
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *link = proc_path(pid, path("ns/%s", names[i]));
		NOTE("%s", names[i]);
		if (err) {
			FAILS(err, readlink(link, target, sizeof(target)));
			FAILS(err, open(link, O_RDONLY));
			FAILS(err, stat(link, &st));
		} else {
			HOLDS(OK(readlink(link, target, sizeof(target))) > 0);
			OK(close(OK(open(link, O_RDONLY))));
			OK(stat(link, &st));
		}
	}
	NOTE_END();
}

CASE(read_permission_is_ptrace_read, .unsabotaged = "who may look does not depend on the namespaces")
{
	CHILD(root, 0) {
		HEAR(root);
	}
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(open_one, 0) {
			HEAR(open_one);
		}
		CHILD(closed_one, 0) {
			MUST(prctl(PR_SET_DUMPABLE, 0));
			TELL(closed_one);
			HEAR(closed_one);
		}
		HEAR(closed_one);
		links_give(0, getpid());
		links_give(0, open_one->pid);
		links_give(EACCES, closed_one->pid);
		links_give(EACCES, root->pid);
		FAILS(EACCES, dir_count(proc_path(root->pid, "ns")));
		TELL(user, closed_one->pid);
		HEAR(user);
		DISMISS(closed_one);
		DISMISS(open_one);
	}
	links_give(0, (pid_t)HEAR(user));
	DISMISS(user);
	DISMISS(root);
}

CASE(zombie_keeps_only_pid_and_user)
{
	struct ns_ids its;

	CHILD(box, ns_all()) {
		HEAR(box);
	}
	MUST(ns_ids(box->pid, &its));
	TELL(box);
	AWAIT_ZOMBIE(box);
	FOR_EACH_NS_TYPE(t) {
		const char *link = path("/proc/%d/ns/%s", box->pid, t->name);
		char target[64];
		NOTE("%s", t->name);
		if (t->flag != NS_PID && t->flag != NS_USER) {
			FAILS(ENOENT, readlink(link, target, sizeof(target)));
		} else {
			SAME_NS(box, its.now[t - ns_types], t->flag);
			IS(link_read(link), path("%s:[%lld]", t->name, its.now[t - ns_types]));
			OTHER_NS(box, 0, t->flag);
		}
		if (t->next != t->name)
			FAILS(ENOENT,
			      readlink(path("/proc/%d/ns/%s", box->pid, t->next), target, sizeof(target)));
	}
	EXITS(box, 0);
	NOTE("reaped");
	FAILS(ENOENT, access(proc_path(box->pid, "ns"), F_OK));
}

CASE(pid_link_never_changes)
{
	CHILD(other, NS_PID) {
		HEAR(other);
	}
	CHILD(mover, 0) {
		const char *link = strdupa(MUST(link_read("/proc/self/ns/pid")));
		OK(unshare(CLONE_NEWPID));
		IS(link_read("/proc/self/ns/pid"), link);
		CHILD(init, 0) {
			IS(getpid(), 1);
		}
		EXITS(init, 0);
		IS(link_read("/proc/self/ns/pid"), link);
		OK(setns(MUST(ns_open(other->pid, "pid")), CLONE_NEWPID));
		IS(link_read("/proc/self/ns/pid"), link);
		SAME_NS(CHILDREN_OF(0), other, NS_PID);
	}
	EXITS(mover, 0);
	DISMISS(other);
}
