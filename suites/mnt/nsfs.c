// SPDX-License-Identifier: GPL-2.0-only
/* Files of mount namespaces as mounts. namespaces(7) "Namespace lifetime", mount(2) "ERRORS" */
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/vfs.h>

#include "helpers/nscheck.h"

#define GROUP "mnt.nsfs"

CASE(bound_newer_mount_ns_file_keeps_the_namespace_and_can_be_joined)
{
	struct mountinfo bound;

	CHILD_WITH_TMPFS(box, "/tmp/only");
	long long id = MUST(ns_id(box->pid, "mnt"));
	MUST(file_make("/tmp/kept"));
	OK(bind_make(proc_path(box->pid, "ns/mnt"), "/tmp/kept"));
	OK(mountinfo_find("/proc/self/mountinfo", "/tmp/kept", &bound));
	IS(bound.root, path("mnt:[%lld]", id));
	IS(bound.type, "nsfs");
	DISMISS(box);

	CHILD(joiner, 0) {
		FAILS(ENOENT, access("/tmp/only/marker", F_OK)); /* control */
		int ns = OK(open("/tmp/kept", O_RDONLY | O_CLOEXEC));
		OK(setns(ns, CLONE_NEWNS));
		SAME_NS(0, id, NS_MNT);
		OK(access("/tmp/only/marker", F_OK));
	}
	EXITS(joiner, 0);
	OK(umount2("/tmp/kept", 0));
}

CASE(own_or_older_mount_ns_file_cannot_be_bound)
{
	struct statfs fs;

	MUST(file_make("/tmp/f"));
	MUST(file_make("/tmp/uts"));
	int older = MUST(ns_open(0, "mnt"));
	FAILS(EINVAL, bind_make("/proc/self/ns/mnt", "/tmp/f"));
	int tree = OK(open_tree(AT_FDCWD, "/proc/self/ns/mnt", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
	FAILS(ELOOP, tree_attach(tree, "/tmp/f"));
	OK(bind_make("/proc/self/ns/uts", "/tmp/uts")); /* control */
	OK(statfs("/tmp/uts", &fs));
	IS(fs.f_type, NSFS_MAGIC);
	CHILD(box, NS_MNT) {
		OTHER_NS(0, BEHIND(older), NS_MNT);
		FAILS(EINVAL, bind_make(path("/proc/self/fd/%d", older), "/tmp/f"));
		HEAR(box);
	}
	OK(bind_make(proc_path(box->pid, "ns/mnt"), "/tmp/f")); /* control: the newer one */
	OK(umount2("/tmp/f", 0));
	OK(umount2("/tmp/uts", 0));
	DISMISS(box);
}

CASE(newer_namespace_is_recognised_whatever_cpu_created_it, .alone = true)
{
	for (int round = 0; round < 4; round++) {
		NOTE("round %d", round);
		CHILD(older, 0) {
			cpu_set_t first, second;
			CPU_ZERO(&first);
			CPU_ZERO(&second);
			CPU_SET(round & 1, &first);
			CPU_SET(!(round & 1), &second);
			MUST(sched_setaffinity(0, sizeof(first), &first));
			MUST(unshare(CLONE_NEWNS));
			MUST(file_make("/tmp/f"));
			CHILD(newer, 0) {
				MUST(sched_setaffinity(0, sizeof(second), &second));
				MUST(unshare(CLONE_NEWNS));
				TELL(newer);
				HEAR(newer);
			}
			HEAR(newer);
			OK(bind_make(proc_path(newer->pid, "ns/mnt"), "/tmp/f"));
			OK(umount2("/tmp/f", 0));
			DISMISS(newer);
		}
		EXITS(older, 0);
	}
}

CASE(namespace_copy_drops_mount_ns_binds_and_keeps_others)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(file_make("/tmp/m/mnt"));
	MUST(file_make("/tmp/m/uts"));
	MUST(dir_make("/tmp/copy"));
	CHILD(newer, NS_MNT) {
		HEAR(newer);
	}
	OK(bind_make(proc_path(newer->pid, "ns/mnt"), "/tmp/m/mnt"));
	OK(bind_make("/proc/self/ns/uts", "/tmp/m/uts"));
	OK(mount("/tmp/m", "/tmp/copy", NULL, MS_BIND | MS_REC, NULL));
	IS(mnt_count("/tmp/copy/mnt"), 1);
	IS(mnt_count("/tmp/copy/uts"), 1);
	CHILD(copier, 0) {
		IS(mnt_count("/tmp/m/mnt"), 1); /* control */
		OK(unshare(CLONE_NEWNS));
		IS(mnt_count("/tmp/m/mnt"), 0);
		IS(mnt_count("/tmp/m/uts"), 1);
	}
	EXITS(copier, 0);
	DISMISS(newer);
}

CASE(anonymous_objects_cannot_be_bound, .unsabotaged = "what a bind takes; no isolation is observed")
{
	int ends[2];

	MUST(file_make("/tmp/f"));
	MUST(pipe2(ends, O_CLOEXEC));
	const int objects[] = {ends[0], MUST(memfd_create("object", MFD_CLOEXEC)),
			       MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))};
	for (int i = 0; i < 3; i++) {
		NOTE("object %d", i);
		FAILS(EINVAL, bind_make(path("/proc/self/fd/%d", objects[i]), "/tmp/f"));
	}
	NOTE_END();
	IS_MINUS_ONE(bind_make("/tmp/f", path("/proc/self/fd/%d", ends[0])));
	HOLDS(errno == EINVAL || errno == ENOENT);
	int file =
		MUST(open("/tmp/f", O_RDONLY | O_CLOEXEC)); /* control: the same way with a file of a mount */
	OK(bind_make(path("/proc/self/fd/%d", file), "/tmp/f"));
}

/* A bind of the mount behind a descriptor, taken away again: 0, or -1 with errno. */
static int try_bind(int fd, unsigned long recursive)
{
	int done = mount(path("/proc/self/fd/%d", fd), "/tmp/to", NULL, MS_BIND | recursive, NULL);

	return done < 0 ? -1 : umount2("/tmp/to", MNT_DETACH);
}

CASE(recursive_copies_of_foreign_or_dead_nsfs_mounts_are_refused)
{
	MUST(file_make("/tmp/to"));
	MUST(file_make("/tmp/ns"));
	MUST(bind_make("/proc/self/ns/net", "/tmp/ns"));
	int dead = MUST(open("/tmp/ns", O_PATH | O_CLOEXEC));
	OK(try_bind(dead, MS_REC)); /* control: while it is mounted */
	MUST(umount2("/tmp/ns", MNT_DETACH));
	OK(try_bind(dead, 0));
	FAILS(EINVAL, try_bind(dead, MS_REC));
	OK(open_tree(dead, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
	FAILS(EINVAL, open_tree(dead, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | AT_RECURSIVE));

	MUST(bind_make("/proc/self/ns/net", "/tmp/ns"));
	CHILD(box, NS_MNT) {
		int foreign = TAKE_FD(box);
		OTHER_NS(HEAR(box), 0, NS_MNT);
		OK(try_bind(foreign, 0));
		FAILS(EINVAL, try_bind(foreign, MS_REC));
	}
	GIVE_FD(box, MUST(open("/tmp/ns", O_PATH | O_CLOEXEC)));
	MUST(bind_make(proc_path(box->pid, "ns/mnt"), "/tmp/ns"));
	TELL(box, ns_id(0, "mnt"));
	EXITS(box, 0);
}

CASE(mount_moved_with_ns_file_on_top_leaves_existing_cover_on_top)
{
	MUST(tmpfs_make("/tmp/a"));
	MUST(file_make("/tmp/a/file"));
	MUST(mnt_propagation("/tmp/a", MS_SHARED));
	MUST(dir_make("/tmp/b"));
	MUST(bind_make("/tmp/a", "/tmp/b"));
	MUST(mnt_propagation("/tmp/b", MS_SLAVE));
	MUST(file_put("/tmp/cover", "cover"));
	MUST(bind_make("/tmp/cover", "/tmp/b/file"));
	MUST(file_put("/tmp/source", "source"));
	MUST(bind_make("/tmp/source", "/tmp/source"));
	int source = MUST(open("/tmp/source", O_PATH | O_CLOEXEC));
	CHILD(newer, NS_MNT) {
		HEAR(newer);
	}
	OK(bind_make(proc_path(newer->pid, "ns/mnt"), "/tmp/source"));
	OK(tree_attach(source, "/tmp/a/file"));
	IS(mnt_count("/tmp/a/file"), 2); /* control: the file of the namespace came along */
	IS(file_read("/tmp/b/file"), "cover");
	OK(umount2("/tmp/b/file", 0));
	IS(file_read("/tmp/b/file"), "source");
	DISMISS(newer);
}
