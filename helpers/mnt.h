/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_MNT_H
#define HELPERS_MNT_H

#include <stdbool.h>

/* pivot_root(2), which libc lacks. -1 with errno; does nothing and says 0 under sabotage. */
int pivot_root(const char *new_root, const char *put_old);

/*
 * Makes a mount point the root of the caller and of its mount namespace and detaches the old root, so that
 * nothing of it can be reached any more; the working directory is then "/". -1 with errno.
 */
int mnt_become_root(const char *dir);

/* Makes the directory if it is missing and mounts a new tmpfs on it. -1 with errno. */
int tmpfs_make(const char *dir);

/*
 * A CHILD in a mount namespace of its own, in which a tmpfs is mounted on `where`, with the file "marker" in it.
 * All that is done by now, and it waits for its DISMISS.
 */
#define CHILD_WITH_TMPFS(name, where)                                                                        \
	CHILD(name, NS_MNT) {                                                                                \
		MUST(tmpfs_make(where));                                                                     \
		MUST(file_make(where "/marker"));                                                            \
		TELL(name);                                                                                  \
		HEAR(name);                                                                                  \
	}                                                                                                    \
	HEAR(name)

/* mount(2) with MS_BIND, for a file or a directory that exist. -1 with errno. */
int bind_make(const char *from, const char *to);

/* A new tmpfs that is attached nowhere, by the descriptor of its root (fsmount(2)). -1 with errno. */
int tmpfs_detached(void);

/* A detached copy of the mount tree at a path (open_tree(2)); `flags` is 0 or AT_RECURSIVE. -1 with errno. */
int tree_clone(const char *from, unsigned int flags);

/* Attaches a detached tree, or moves an attached one, by the descriptor of its root (move_mount(2)). -1 with errno. */
int tree_attach(int tree, const char *to);

/* The same, beneath the topmost mount on a mount point (MOVE_MOUNT_BENEATH, 6.5). -1 with errno. */
int tree_attach_beneath(int tree, const char *where);

/* Changes propagation: `type` is MS_SHARED, MS_PRIVATE, MS_SLAVE or MS_UNBINDABLE, | MS_REC. -1 with errno. */
int mnt_propagation(const char *where, unsigned long type);

/* One line of mountinfo (proc_pid_mountinfo(5)); unescaped are only the fields' limits, not \040. */
struct mountinfo {
	int id, parent;
	unsigned int major, minor;
	char root[256], where[256], options[256], tags[128], type[64], source[128], super[512];
	int shared, master, propagate_from; /* peer group ids out of the tags, 0 for none */
	bool unbindable;
};

/*
 * Finds the topmost mount on a mount point in a mountinfo file ("/proc/self/mountinfo"). 0; -1 with errno,
 * ENOENT if nothing is mounted there.
 */
int mountinfo_find(const char *file, const char *where, struct mountinfo *found);

/*
 * The topmost mount on a mount point as the caller's mountinfo has it, valid until the eighth such call after
 * it in this process; NULL with errno, ENOENT if nothing is mounted there.
 */
const struct mountinfo *mnt_at(const char *where);

/* How many mounts the caller sees on exactly this mount point, one on top of the other; -1 with errno. */
int mnt_count(const char *where);

/* How many mounts a mountinfo file lists at or below a path ("/": all); -1 with errno. */
int mountinfo_count(const char *file, const char *below);

#endif
