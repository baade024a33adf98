// SPDX-License-Identifier: GPL-2.0-only
/* Mounts described by their ids. statmount(2), listmount(2) */
#include "helpers/nscheck.h"
#include "helpers/statmount.h"

#define GROUP         "mnt.stat"
#define ONE_NAMESPACE "what the calls say of the own namespace; no isolation is observed"
#define MOUNTS_MAX    256

static struct mnt_answer answer;
static uint64_t ids[MOUNTS_MAX];

/* statmount(2) of all that is known, into `answer`. */
static int ask(uint64_t id, uint64_t ns)
{
	return mnt_ask((struct mnt_question){.id = id, .param = ASK_ALL, .ns = ns}, &answer, sizeof(answer),
		       0);
}

/* listmount(2) of what is below a mount, into `ids`. */
static ssize_t list(uint64_t below, uint64_t ns)
{
	return mnt_list((struct mnt_question){.id = below, .ns = ns}, ids, MOUNTS_MAX, 0);
}

static uint64_t id_of(const char *where)
{
	uint64_t id = mnt_unique_id(where);

	HOLDS(id);
	return id;
}

static const char *text(uint32_t offset)
{
	return answer.text + offset;
}

CASE(statmount_agrees_with_mountinfo, .unsabotaged = ONE_NAMESPACE)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(mnt_propagation("/tmp/m", MS_SHARED));
	MUST(dir_make("/tmp/m/dir"));
	MUST(dir_make("/tmp/at"));
	MUST(bind_make("/tmp/m/dir", "/tmp/at"));
	MUST(mnt_propagation("/tmp/at", MS_SLAVE));
	MUST(mnt_propagation("/tmp/at", MS_SHARED));
	MUST(mount(NULL, "/tmp/at", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID, NULL));
	const struct mountinfo *at = MUST(mnt_at("/tmp/at"));
	uint64_t parent = id_of("/tmp"), first = id_of("/tmp/at");

	OK(ask(first, 0));
	IS(answer.id, first);
	IS(answer.parent, parent);
	IS(answer.old_id, at->id);
	IS(answer.old_parent, at->parent);
	IS(text(answer.point), at->where);
	IS(text(answer.root), at->root);
	IS(text(answer.fs_type), at->type);
	IS(answer.peer_group, at->shared);
	IS(answer.master, at->master);
	IS(answer.attr & MOUNT_ATTR_NOSUID, MOUNT_ATTR_NOSUID);
	if (answer.mask & ASK_NS)
		IS(answer.ns, mnt_ns_id(0));
	OK(umount2("/tmp/at", 0));
	OK(tmpfs_make("/tmp/at"));
	HOLDS(id_of("/tmp/at") > first);
}

CASE(listmount_lists_the_tree_below_an_id, .unsabotaged = ONE_NAMESPACE)
{
	uint64_t page[3], last = 0;
	ssize_t count, seen = 0, got;

	MUST(tmpfs_make("/tmp/m"));
	MUST(tmpfs_make("/tmp/m/sub"));
	uint64_t m = id_of("/tmp/m"), sub = id_of("/tmp/m/sub");
	IS(OK(list(m, 0)), 1);
	IS(ids[0], sub);
	IS(OK(list(sub, 0)), 0);
	CHILD(jailed, 0) {
		MUST(chroot("/tmp/m"));
		IS(OK(list(LIST_ROOT, 0)), 2);
	}
	EXITS(jailed, 0);

	count = OK(list(LIST_ROOT, 0));
	IS(count, mountinfo_count("/proc/self/mountinfo", "/"));
	while ((got = OK(mnt_list((struct mnt_question){.id = LIST_ROOT, .param = last}, page, 3, 0))) > 0)
		for (ssize_t i = 0; i < got; i++)
			IS(last = page[i], ids[seen++]);
	IS(seen, count);
}

CASE(listmount_lists_backwards_too, .unsabotaged = ONE_NAMESPACE)
{
	uint64_t back[MOUNTS_MAX];

	MUST(tmpfs_make("/tmp/m"));
	MUST(tmpfs_make("/tmp/n"));
	ssize_t count = OK(list(LIST_ROOT, 0));
	HOLDS(count > 2);
	IS(mnt_list((struct mnt_question){.id = LIST_ROOT}, back, MOUNTS_MAX, LIST_REVERSE), count);
	for (ssize_t i = 0; i < count; i++)
		IS(back[i], ids[count - 1 - i]);
}

/* Claims that a namespace is opaque to the caller, and the own one is not. */
static void knows_only_its_own(uint64_t foreign, uint64_t mount)
{
	FAILS(ENOENT, list(LIST_ROOT, foreign));
	IS_MINUS_ONE(ask(mount, foreign));
	HOLDS(errno == EPERM || errno == ENOENT); /* which of them differs between versions */
	uint64_t own = (uint64_t)MUST(mnt_ns_id(0));
	OK(list(LIST_ROOT, own));
	OK(ask(id_of("/"), own));
}

/* A member of another mount namespace, which has a mount on /tmp/only, until it is dismissed. */
static struct child *other_namespace(void)
{
	CHILD_WITH_TMPFS(box, "/tmp/only");
	id_of("/");
	IS_NOT(mnt_ns_id(box->pid), mnt_ns_id(0));
	return box;
}

/* How many mounts a namespace has, with those below the root that no member can reach. */
static long long mounts_of(pid_t pid)
{
	struct mnt_ns_info_first facts = {.size = sizeof(facts)};
	int ns = MUST(ns_open(pid, "mnt"));

	if (ioctl(ns, NS_MNT_GET_INFO, &facts) < 0)
		facts.mounts = MOUNTS_MAX; /* not told before 6.12 */
	MUST(close(ns));
	return facts.mounts;
}

CASE(foreign_namespace_is_queried_by_id_with_caps_over_it)
{
	uint64_t only = 0, listed[MOUNTS_MAX];

	struct child *box = other_namespace();
	uint64_t ns = (uint64_t)MUST(mnt_ns_id(box->pid));
	ssize_t count = OK(list(LIST_ROOT, ns));
	HOLDS(count >= MUST(mountinfo_count(proc_path(box->pid, "mountinfo"), "/")));
	HOLDS(count <= mounts_of(box->pid));
	memcpy(listed, ids, sizeof(listed));
	for (ssize_t i = 0; i < count; i++) {
		OK(ask(listed[i], ns));
		IS(answer.ns, ns);
		if (strcmp(text(answer.point), "/tmp/only") == 0)
			only = listed[i];
	}
	IS_NOT(only, 0);
	FAILS(ENOENT, ask(only, 0));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		knows_only_its_own(ns, only);
	}
	EXITS(user, 0);
	CHILD(other, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		knows_only_its_own(ns, only);
	}
	EXITS(other, 0);
	DISMISS(box);
	FAILS(ENOENT, list(LIST_ROOT, ns));
}

CASE(chrooted_process_sees_unreachable_mounts_only_with_caps, .unsabotaged = ONE_NAMESPACE)
{
	MUST(tmpfs_make("/tmp/jail"));
	uint64_t outer = id_of("/tmp"), inner = id_of("/tmp/jail");

	CHILD(user, 0) {
		MUST(chroot("/tmp/jail"));
		MUST(chdir("/"));
		MUST(become_unprivileged(UNPRIVILEGED));
		FAILS(EPERM, ask(outer, 0));
		FAILS(EPERM, list(outer, 0));
		IS(OK(list(LIST_ROOT, 0)), 1);
		IS(ids[0], inner);
		OK(ask(inner, 0));
		IS(text(answer.point), "/");
	}
	EXITS(user, 0);
	CHILD(root, 0) {
		MUST(chroot("/tmp/jail"));
		MUST(chdir("/"));
		OK(ask(outer, 0));
		HOLDS(!(answer.mask & ASK_POINT) || !*text(answer.point));
		IS(answer.id, outer);
	}
	EXITS(root, 0);
}

CASE(argument_errors, .unsabotaged = ONE_NAMESPACE)
{
	uint64_t id = id_of("/");
	const struct {
		const char *what;
		struct mnt_question question;
		unsigned int flags;
		int expected;
	} rows[] = {
		{"unknown id", {.id = NEVER_AN_ID}, 0, ENOENT},
		{"id 0", {.id = 0}, 0, EINVAL},
		{"id of mountinfo", {.id = (uint64_t)MUST(mnt_at("/"))->id}, 0, EINVAL},
		{"unknown flag", {.id = id}, 1U << 31, EINVAL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		NOTE("%s", rows[i].what);
		FAILS(rows[i].expected, mnt_ask(rows[i].question, &answer, sizeof(answer), rows[i].flags));
		FAILS(rows[i].expected, mnt_list(rows[i].question, ids, MOUNTS_MAX, rows[i].flags));
	}
	NOTE_END();
	const struct mnt_question point = {.id = id, .param = ASK_POINT};
	FAILS(EOVERFLOW, mnt_ask(point, &answer, MNT_ANSWER_FIXED, 0));
	OK(mnt_ask(point, &answer, sizeof(answer), 0)); /* control */
	FAILS(EFAULT, mnt_ask(point, (struct mnt_answer *)8, sizeof(answer), 0));
	FAILS(EFAULT, mnt_list((struct mnt_question){.id = LIST_ROOT}, (uint64_t *)8, MOUNTS_MAX, 0));
	FAILS(EFAULT, syscall(SYS_statmount, 8, &answer, sizeof(answer), 0));
	if (mnt_ns_id(0) >= 0)
		FAILS(ENOENT, list(LIST_ROOT, NEVER_AN_ID));
}

CASE(namespace_descriptor_selects_like_its_id)
{
	struct child *box = other_namespace();
	uint64_t ns = (uint64_t)MUST(mnt_ns_id(box->pid));
	struct mnt_question by_fd = {.fd = (uint32_t)MUST(ns_open(box->pid, "mnt")), .id = LIST_ROOT};
	ssize_t count = OK(mnt_list(by_fd, ids, MOUNTS_MAX, 0));
	IS(count, list(LIST_ROOT, ns));
	by_fd.ns = ns;
	FAILS(EINVAL, mnt_list(by_fd, ids, MOUNTS_MAX, 0));
	FAILS(EBADF, mnt_list((struct mnt_question){.fd = 1000000, .id = LIST_ROOT}, ids, MOUNTS_MAX, 0));
	by_fd = (struct mnt_question){.fd = (uint32_t)MUST(ns_open(box->pid, "uts")), .id = LIST_ROOT};
	FAILS(EINVAL, mnt_list(by_fd, ids, MOUNTS_MAX, 0));
	DISMISS(box);
}

CASE(statmount_by_fd_works_also_for_detached_mounts, .unsabotaged = ONE_NAMESPACE)
{
	MUST(tmpfs_make("/tmp/m"));
	uint64_t id = id_of("/tmp/m");
	struct mnt_question by_fd = {.fd = (uint32_t)MUST(open("/tmp/m", O_PATH | O_CLOEXEC)),
				     .param = ASK_ALL};

	OK(mnt_ask(by_fd, &answer, sizeof(answer), ASK_BY_FD));
	IS(answer.id, id);
	IS(text(answer.point), "/tmp/m");
	OK(umount2("/tmp/m", MNT_DETACH));
	OK(mnt_ask(by_fd, &answer, sizeof(answer), ASK_BY_FD));
	IS(answer.mask & (ASK_POINT | ASK_NS | ASK_ROOT), ASK_ROOT);
	IS(text(answer.root), "/");
	by_fd.id = id;
	FAILS(EINVAL, mnt_ask(by_fd, &answer, sizeof(answer), ASK_BY_FD));
	by_fd.id = 0;
	by_fd.ns = (uint64_t)MUST(mnt_ns_id(0));
	FAILS(EINVAL, mnt_ask(by_fd, &answer, sizeof(answer), ASK_BY_FD));
	by_fd = (struct mnt_question){.fd = 1000000, .param = ASK_ALL};
	FAILS(EBADF, mnt_ask(by_fd, &answer, sizeof(answer), ASK_BY_FD));
}
