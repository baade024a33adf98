// SPDX-License-Identifier: GPL-2.0-only
/* What a container may change of its root file system, and who sees it. mount_namespaces(7), overlayfs.rst */
/* Goes on from rootfs.c. */
#include <linux/magic.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "suites/runtime/eyes.h"

#define GROUP     "runtime.rootfs"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

PAYLOAD(writer)
{
	struct statfs fs;

	OK(statfs("/", &fs));
	IS(fs.f_type, OVERLAYFS_SUPER_MAGIC);
	OK(file_put("/etc/new", "new"));
	OK(file_put("/etc/image", "changed"));
	OK(unlink("/etc/gone"));
	TELL(outer);
	HEAR(outer);
}

PAYLOAD(sibling)
{
	HOLDS(!file_exists("/etc/new"));
	IS(file_read("/etc/image"), "image");
	IS(file_read("/etc/gone"), "image");
}

CASE(changes_stay_in_the_container_layer)
{
	EACH_FLAVOUR(f)
	{
		struct stat whiteout;
		CONTAINER(box, writer, .map = f->map, .overlay = true);
		HEAR(box);
		const char *upper = container_of(box)->upper, *image = container_of(box)->image;
		IS(file_read(path("%s/etc/new", upper)), "new");
		IS(file_read(path("%s/etc/image", upper)), "changed");
		OK(stat(path("%s/etc/gone", upper), &whiteout));
		HOLDS(S_ISCHR(whiteout.st_mode) && whiteout.st_rdev == makedev(0, 0));
		IS(file_read(path("%s/etc/image", image)), "image");
		HOLDS(!file_exists(path("%s/etc/new", image)) && file_exists(path("%s/etc/gone", image)));
		HOLDS(!file_exists("/etc/new"));
		CONTAINER(other, sibling, .map = f->map, .overlay = true);
		EXITS(other, 0);
		DISMISS(box);
	}
}

/* All other flags stay: a user namespace below cannot take them away either. */
static int remount(unsigned long readonly)
{
	struct statvfs st;

	if (statvfs("/", &st) < 0)
		return -1;
	return mount(NULL, "/", NULL,
		     MS_REMOUNT | MS_BIND | readonly | (st.f_flag & (MS_NOSUID | MS_NODEV | MS_NOEXEC)) |
			     (st.f_flag & ST_RELATIME ? MS_RELATIME : 0),
		     NULL);
}

PAYLOAD(reader)
{
	FAILS(EROFS, open("/new", O_WRONLY | O_CREAT, 0644));
	FAILS(EROFS, mkdir("/etc/new", 0755));
	FAILS(EPERM, remount(0));
	CHILD(nested, NS_USER | NS_MNT, .map = "0 0 1") {
		HOLDS(cap_effective(CAP_SYS_ADMIN)); /* and yet */
		FAILS(EPERM, remount(0));
		OK(remount(MS_RDONLY)); /* control */
	}
	EXITS(nested, 0);
	HEAR(outer);
}

CASE(readonly_root_cannot_be_made_writable)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, reader, .map = f->map, .readonly_root = true);
		OK(file_make(path("%s/host", container_of(box)->root))); /* it is the mount that refuses */
		DISMISS(box);
	}
}

/* A file handle (name_to_handle_at(2)) of a file, as text. */
static const char *handle_of(const char *file)
{
	static char text[2 * MAX_HANDLE_SZ + 16];
	union {
		struct file_handle head;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} handle = {.head.handle_bytes = MAX_HANDLE_SZ};
	int mount_id, used;

	if (name_to_handle_at(AT_FDCWD, file, &handle.head, &mount_id, 0) < 0)
		return NULL;
	used = snprintf(text, sizeof(text), "%d ", handle.head.handle_type);
	for (unsigned int i = 0; i < handle.head.handle_bytes; i++)
		used += snprintf(text + used, sizeof(text) - (size_t)used, "%02x", handle.head.f_handle[i]);
	return text;
}

/* Opens the file of such a text, on the file system of `place`. -1 with errno. */
static int handle_open(const char *text, const char *place)
{
	union {
		struct file_handle head;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} handle = {0};
	int used = 0, fd = open(place, O_RDONLY | O_CLOEXEC);
	unsigned int byte;

	sscanf(text, "%d %n", &handle.head.handle_type, &used);
	for (text += used; sscanf(text, "%2x", &byte) == 1; text += 2)
		handle.head.f_handle[handle.head.handle_bytes++] = (unsigned char)byte;
	int opened = open_by_handle_at(fd, &handle.head, O_RDONLY | O_CLOEXEC), err = errno;
	close(fd);
	errno = err;
	return opened;
}

PAYLOAD(forger)
{
	const char *handle = HEAR_TEXT(outer);

	FAILS(EPERM, handle_open(handle, "/etc/image"));
	FAILS(EPERM, handle_open(handle, CONTAINER_PROBE));
	TELL(outer);
	HEAR(outer);
}

CASE(handles_cannot_open_host_files)
{
	MUST(file_make("/tmp/secret")); /* on the file system that the container's root lies on */
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, forger, .map = f->map);
		const char *handle = MUST(handle_of("/tmp/secret"));
		TELL_TEXT(box, handle);
		HEAR(box);
		close(OK(handle_open(handle, path("%s/etc/image", container_of(box)->root)))); /* control */
		DISMISS(box);
	}
}

/* Two mounts of its own, and what the host mounts elsewhere meanwhile. */
PAYLOAD(mounter)
{
	int before = MUST(mountinfo_count("/proc/self/mountinfo", "/"));

	HEAR(outer);
	OK(tmpfs_make("/home"));
	TELL(outer);
	HEAR(outer);
	IS(mnt_count("/var"), 0);
	IS(mountinfo_count("/proc/self/mountinfo", "/"), before + 1);
	HEAR(outer);
}

PAYLOAD(follower)
{
	HEAR(outer);
	OK(tmpfs_make("/share/inner"));
	TELL(outer);
	HEAR(outer);
	IS(mnt_count("/share/later"), 1);
	HEAR(outer);
}

/* With a mount of the host below `where`, once the payload has made its own. An engine has mounts on the host, too. */
static void mount_meanwhile(struct child *box, const char *where)
{
	int before = mountinfo_count("/proc/self/mountinfo", "/");
	char dir[256];

	HOLDS(before > 0); /* a pivot_root in the host's mount namespace takes /proc away */
	snprintf(dir, sizeof(dir), "%s", where);
	TELL(box);
	HEAR(box);
	IS(mountinfo_count("/proc/self/mountinfo", "/"), before);
	OK(tmpfs_make(dir));
	TELL(box);
	DISMISS(box);
	OK(umount2(dir, 0));
}

CASE(mounts_do_not_propagate_to_host)
{
	MUST(mnt_propagation("/", MS_SHARED | MS_REC)); /* as most distributions have it */
	MUST(tmpfs_make("/tmp/share"));
	MUST(dir_make("/tmp/share/inner"));
	MUST(dir_make("/tmp/share/later"));
	EACH_FLAVOUR(f)
	{
		CONTAINER(slave, follower, .map = f->map, .capabilities = CONTAINER_ALL_CAPS,
			  .binds = {{.from = "/tmp/share", .to = "/share", .slave = true}});
		mount_meanwhile(slave, "/tmp/share/later");
		if (runtime_claims(RUNTIME_PRIVATE)) {
			CONTAINER(box, mounter, .map = f->map, .capabilities = CONTAINER_ALL_CAPS);
			mount_meanwhile(box, path("%s/var", container_of(box)->root));
		}
	}
}
