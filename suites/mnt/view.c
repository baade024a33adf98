// SPDX-License-Identifier: GPL-2.0-only
/* Each mount namespace has its own list of mounts. mount_namespaces(7) "DESCRIPTION" */
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "helpers/nscheck.h"

#define GROUP "mnt.view"

CASE(mounts_made_in_one_namespace_are_invisible_in_the_other)
{
	CHILD(box, 0) {
		OK(unshare(CLONE_NEWNS));
		OK(mnt_propagation("/", MS_REC | MS_PRIVATE));
		MUST(tmpfs_make("/tmp/n"));
		MUST(file_make("/tmp/n/marker"));
		IS(mnt_count("/tmp/n"), 1);
		TELL(box);
		HEAR(box);
		IS(mnt_count("/tmp/p"), 0);
		FAILS(ENOENT, access("/tmp/p/marker", F_OK));
	}
	HEAR(box);
	IS(mnt_count("/tmp/n"), 0);
	FAILS(ENOENT, access("/tmp/n/marker", F_OK));
	MUST(tmpfs_make("/tmp/p"));
	MUST(file_make("/tmp/p/marker"));
	IS(mnt_count("/tmp/p"), 1);
	DISMISS(box);

	long long home = ns_id(0, "mnt");
	CHILD(member, 0) { /* control: in the same namespace each sees what the other does */
		SAME_NS(0, home, NS_MNT);
		OK(access("/tmp/p/marker", F_OK));
		OK(umount2("/tmp/p", 0));
		MUST(tmpfs_make("/tmp/m"));
		MUST(file_make("/tmp/m/marker"));
	}
	EXITS(member, 0);
	IS(mnt_count("/tmp/p"), 0);
	OK(access("/tmp/m/marker", F_OK));
}

CASE(umount_in_new_namespace_keeps_the_other_copy)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(file_make("/tmp/m/f"));
	CHILD(box, 0) {
		OK(unshare(CLONE_NEWNS));
		OK(access("/tmp/m/f", F_OK)); /* control: the copy is there */
		OK(umount2("/tmp/m", 0));
		FAILS(ENOENT, access("/tmp/m/f", F_OK));
	}
	EXITS(box, 0);
	IS(mnt_count("/tmp/m"), 1);
	OK(access("/tmp/m/f", F_OK));
	OK(file_make("/tmp/m/new"));
}

CASE(only_mounts_are_isolated_file_data_on_a_common_mount_is_shared)
{
	struct stat st;

	MUST(tmpfs_make("/tmp/common"));
	CHILD(box, 0) {
		OK(unshare(CLONE_NEWNS));
		MUST(tmpfs_make("/tmp/own"));
		OK(file_make("/tmp/own/file"));
		OK(file_make("/tmp/common/file"));
		MUST(stat("/tmp/common/file", &st));
		TELL(box, st.st_dev);
		TELL(box, st.st_ino);
		HEAR(box);
	}
	long long dev = HEAR(box), ino = HEAR(box);
	OK(stat("/tmp/common/file", &st));
	IS(st.st_dev, dev);
	IS(st.st_ino, ino);
	IS(file_read("/tmp/common/file"), "/tmp/common/file");
	FAILS(ENOENT, access("/tmp/own/file", F_OK)); /* control: what is mounted in the box stays there */
	DISMISS(box);
}

/* The part of a mountinfo line that a copy keeps: all behind the two ids and the device number's space. */
static const char *kept_part(const char *line)
{
	const char *parent = strchr(line, ' ');

	return strchr(parent + 1, ' ');
}

/* True if some line of a mountinfo text starts with this id, or has this kept part. */
static bool has_line(const char *text, const char *wanted, bool by_id)
{
	size_t length = by_id ? strcspn(wanted, " ") + 1 : strcspn(kept_part(wanted), "\n");

	for (const char *line = text; line && *line; line = strchr(line, '\n'), line += line != NULL)
		if (strncmp(by_id ? line : kept_part(line), by_id ? wanted : kept_part(wanted), length) == 0)
			return true;
	return false;
}

/* Claims that two mountinfo texts show the same mounts, and not one by the same id. */
static void is_copy(const char *original, const char *copy)
{
	int lines = 0, copied = 0;

	for (const char *line = original; line; line = strchr(line, '\n'), line += line != NULL, lines++) {
		NOTE("mount \"%.*s\"", (int)strcspn(line, "\n"), line);
		HOLDS(has_line(copy, line, false));
		HOLDS(!has_line(copy, line, true));
	}
	NOTE_END();
	for (const char *line = copy; line; line = strchr(line, '\n'), line += line != NULL)
		copied++;
	IS(copied, lines);
}

CASE(new_namespace_starts_with_a_full_copy_of_the_list)
{
	MUST(tmpfs_make("/tmp/shared"));
	MUST(mnt_propagation("/tmp/shared", MS_SHARED));
	MUST(tmpfs_make("/tmp/shared/below"));
	MUST(mount(NULL, "/tmp/shared/below", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOEXEC, NULL));
	MUST(dir_make("/tmp/bound"));
	MUST(bind_make("/tmp/shared", "/tmp/bound"));
	MUST(mnt_propagation("/tmp/bound", MS_SLAVE));

	CHILD(cloned, NS_MNT) {
		HEAR(cloned);
	}
	is_copy(MUST(file_read("/proc/self/mountinfo")),
		MUST(file_read(proc_path(cloned->pid, "mountinfo"))));
	DISMISS(cloned);

	CHILD(unsharer, 0) {
		const char *before = MUST(file_read("/proc/self/mountinfo"));
		OK(unshare(CLONE_NEWNS));
		is_copy(before, MUST(file_read("/proc/self/mountinfo")));
	}
	EXITS(unsharer, 0);
}

/* Claims that what the working directory is on is a mount of the caller's namespace, where one can be made on "dir". */
static void works_in_its_namespace(void)
{
	char cwd[64];

	IS(OK(getcwd(cwd, sizeof(cwd))), "/tmp/w");
	IS(mnt_count("/tmp/w/dir"), 0);
	OK(mount("tmpfs", "dir", "tmpfs", 0, NULL));
	IS(mnt_count("/tmp/w/dir"), 1);
}

CASE(working_directory_moves_to_the_copy)
{
	MUST(tmpfs_make("/tmp/w"));
	MUST(dir_make("/tmp/w/dir"));
	MUST(chdir("/tmp/w"));
	CHILD(cloned, NS_MNT) {
		works_in_its_namespace();
	}
	EXITS(cloned, 0);
	CHILD(unsharer, 0) {
		OK(unshare(CLONE_NEWNS));
		works_in_its_namespace();
	}
	EXITS(unsharer, 0);
	works_in_its_namespace();
}

CASE(proc_mount_files_describe_the_namespace_of_the_target)
{
	static const char *const files[] = {"mounts", "mountinfo", "mountstats"};

	CHILD(box, NS_MNT) {
		MUST(tmpfs_make("/tmp/only"));
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	for (int i = 0; i < 3; i++) {
		NOTE("file %s", files[i]);
		HOLDS(strstr(MUST(file_read(proc_path(box->pid, files[i]))), " /tmp/only "));
		HOLDS(!strstr(MUST(file_read(proc_path(0, files[i]))), " /tmp/only "));
	}
	DISMISS(box);
}

struct mover {
	int told[2], go[2];
	pid_t tid;
};

static void *move_thread(void *arg)
{
	struct mover *mover = arg;
	char none;

	mover->tid = (pid_t)syscall(SYS_gettid);
	OK(unshare(CLONE_NEWNS));
	MUST(tmpfs_make("/tmp/own"));
	MUST(file_make("/tmp/own/marker"));
	OK(access("/tmp/own/marker", F_OK)); /* control */
	MUST(close(mover->told[1]));
	IS(read(mover->go[0], &none, 1), 0);
	return NULL;
}

CASE(unshare_moves_only_the_calling_thread)
{
	struct mover mover;
	pthread_t thread;
	char none;

	MUST(pipe2(mover.told, O_CLOEXEC));
	MUST(pipe2(mover.go, O_CLOEXEC));
	IS(pthread_create(&thread, NULL, move_thread, &mover), 0);
	IS(read(mover.told[0], &none, 1), 0);

	FAILS(ENOENT, access("/tmp/own/marker", F_OK));
	OTHER_NS(mover.tid, 0, NS_MNT);
	IS(mnt_count("/tmp/own"), 0);
	IS(mountinfo_count(path("/proc/self/task/%d/mountinfo", mover.tid), "/tmp/own"), 1);
	MUST(close(mover.go[1]));
	IS(pthread_join(thread, NULL), 0);
}

CASE(per_mount_readonly_is_local_and_superblock_readonly_is_global)
{
	MUST(tmpfs_make("/tmp/m"));
	CHILD(box, 0) {
		OK(unshare(CLONE_NEWNS));
		OK(file_make("/tmp/m/early")); /* control */
		OK(mount(NULL, "/tmp/m", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
		FAILS(EROFS, file_make("/tmp/m/late"));
		TELL(box);
		HEAR(box);
		OK(mount(NULL, "/tmp/m", NULL, MS_REMOUNT | MS_BIND, NULL));
		OK(mount(NULL, "/tmp/m", NULL, MS_REMOUNT | MS_RDONLY, NULL));
		TELL(box);
		HEAR(box);
		OK(mount(NULL, "/tmp/m", NULL, MS_REMOUNT, NULL));
		OK(file_make("/tmp/m/inside"));
	}
	HEAR(box);
	OK(file_make("/tmp/m/outside"));
	TELL(box);
	HEAR(box);
	FAILS(EROFS, file_make("/tmp/m/outside2"));
	DISMISS(box);
	OK(file_make("/tmp/m/outside2"));
}

CASE(user_in_another_namespace_does_not_make_umount_busy)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(file_make("/tmp/m/f"));
	CHILD(box, NS_MNT) {
		MUST(chdir("/tmp/m"));
		TELL(box);
		HEAR(box);
		OK(access("f", F_OK));
		OK(file_make("created"));
		IS(mnt_count("/tmp/m"), 1);
	}
	HEAR(box);
	CHILD(member, 0) { /* control: in the same namespace it counts */
		MUST(chdir("/tmp/m"));
		TELL(member);
		HEAR(member);
	}
	HEAR(member);
	FAILS(EBUSY, umount2("/tmp/m", 0));
	DISMISS(member);

	OK(umount2("/tmp/m", 0));
	IS(mnt_count("/tmp/m"), 0);
	DISMISS(box);
}

static int connect_to(const char *name)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int sock = MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", name);
	int connected = connect(sock, (struct sockaddr *)&to, sizeof(to)), err = errno;
	close(sock);
	errno = err;
	return connected;
}

CASE(path_unix_socket_is_found_through_the_mount_namespace_only)
{
	CHILD(server, NS_MNT) {
		struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "/tmp/m/socket"};
		MUST(tmpfs_make("/tmp/m"));
		int sock = MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
		MUST(bind(sock, (struct sockaddr *)&at, sizeof(at)));
		MUST(listen(sock, 4));
		OK(connect_to("/tmp/m/socket")); /* control */
		TELL(server);
		HEAR(server);
	}
	HEAR(server);
	CHILD(client, 0) {
		int ns = MUST(ns_open(server->pid, "mnt"));
		FAILS(ENOENT, connect_to("/tmp/m/socket"));
		OK(setns(ns, CLONE_NEWNS));
		OK(connect_to("/tmp/m/socket"));
		OK(unshare(CLONE_NEWNET));
		OK(connect_to("/tmp/m/socket"));
	}
	EXITS(client, 0);
	DISMISS(server);
}
