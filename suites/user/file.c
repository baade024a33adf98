// SPDX-License-Identifier: GPL-2.0-only
/* Files and their owners. user_namespaces(7) "Accessing files", "Operation of file-related capabilities" */
#include "helpers/acl.h"
#include "helpers/nscheck.h"

#define GROUP "user.file"

#define MAPPED   (CONTAINER_ID + 5) /* not the one of the namespace's root */
#define UNMAPPED 1

static const struct {
	const char *file;
	uid_t uid;
	gid_t gid;
} files[] = {
	{"/tmp/mapped_mapped", MAPPED, MAPPED},
	{"/tmp/unmapped_mapped", UNMAPPED, MAPPED},
	{"/tmp/mapped_unmapped", MAPPED, UNMAPPED},
	{"/tmp/unmapped_unmapped", UNMAPPED, UNMAPPED},
};
#define FILES 4

static void make_files(mode_t mode)
{
	for (int i = 0; i < FILES; i++)
		MUST(file_make_owned(files[i].file, files[i].uid, files[i].gid, mode));
}

/* "UID:GID" as the caller sees them. */
static const char *owners(const char *file)
{
	struct stat st;

	MUST(stat(file, &st));
	return path("%u:%u", st.st_uid, st.st_gid);
}

static mode_t mode_of(const char *file)
{
	struct stat st;

	MUST(stat(file, &st));
	return st.st_mode & 07777;
}

/* Sets times that only an owner may set. */
static int set_times(const char *file)
{
	static const struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 2000}};

	return utimensat(AT_FDCWD, file, times, 0);
}

CASE(created_files_get_translated_owner)
{
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		OK(file_make("/tmp/by_root"));
		IS(owners("/tmp/by_root"), "0:0");
		MUST(setresgid(6, 6, 6));
		MUST(setresuid(5, 5, 5));
		OK(file_make("/tmp/by_five"));
		IS(owners("/tmp/by_five"), "5:6");
	}
	EXITS(root, 0);
	IS(owners("/tmp/by_root"), "100000:100000");
	IS(owners("/tmp/by_five"), "100005:100006");
}

CASE(dac_override_needs_uid_and_gid_mapped)
{
	make_files(0600);
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		const char *file = files[0].file;
		OK(open(file, O_RDONLY));
		OK(open(file, O_WRONLY));
		OK(access(file, R_OK));
		OK(chown(file, 3, 3));
		IS(owners(file), "3:3");
		for (int i = 1; i < FILES; i++) {
			file = files[i].file;
			NOTE("%s", file);
			FAILS(EACCES, open(file, O_RDONLY));
			FAILS(EACCES, open(file, O_WRONLY));
			FAILS(EACCES, access(file, R_OK));
			FAILS(EPERM, chown(file, 3, 3));
		}
	}
	EXITS(root, 0);
}

CASE(fowner_needs_only_uid_mapped)
{
	make_files(0600);
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		for (int i = 0; i < FILES; i++) {
			NOTE("%s", files[i].file);
			if (files[i].uid == MAPPED) {
				OK(chmod(files[i].file, 0640));
				OK(set_times(files[i].file));
			} else {
				FAILS(EPERM, chmod(files[i].file, 0640));
				FAILS(EPERM, set_times(files[i].file));
			}
		}
	}
	EXITS(root, 0);
}

CASE(o_noatime_and_utimes_on_unmapped_owner)
{
	make_files(0666);
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		const char *mapped = files[0].file, *unmapped = files[3].file;
		OK(open(unmapped, O_RDWR));
		OK(utimensat(AT_FDCWD, unmapped, NULL, 0));
		FAILS(EPERM, open(unmapped, O_RDWR | O_NOATIME));
		FAILS(EPERM, set_times(unmapped));
		OK(open(mapped, O_RDWR));
		OK(utimensat(AT_FDCWD, mapped, NULL, 0));
		OK(open(mapped, O_RDWR | O_NOATIME));
		OK(set_times(mapped));
	}
	EXITS(root, 0);
}

CASE(chown_to_unmapped_id_einval)
{
	MUST(file_make_owned("/tmp/file", CONTAINER_ID, CONTAINER_ID, 0644));
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		FAILS(EINVAL, chown("/tmp/file", 70000, 5));
		FAILS(EINVAL, chown("/tmp/file", 5, 70000));
		OK(chown("/tmp/file", -1, -1));
		IS(owners("/tmp/file"), "0:0");
		OK(chown("/tmp/file", 5, 5));
	}
	EXITS(root, 0);
	IS(owners("/tmp/file"), "100005:100005");
}

CASE(setgid_bit_needs_mapped_group)
{
	make_files(0755);
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		OK(chmod(files[0].file, 02755));
		IS(mode_of(files[0].file), 02755);
		OK(chmod(files[2].file, 02755)); /* works, but not for this bit */
		IS(mode_of(files[2].file), 0755);
	}
	EXITS(root, 0);
}

static int write_to(const char *file)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	ssize_t put = fd < 0 ? -1 : write(fd, "x", 1);

	close(fd);
	return (int)put;
}

CASE(writing_clears_setuid_and_setgid_bits)
{
	static const char *const written[] = {"/tmp/written", "/tmp/truncated", "/tmp/by_real_root"};

	for (int i = 0; i < 3; i++)
		MUST(file_make_owned(written[i], CONTAINER_ID, CONTAINER_ID, 06755));
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		IS(mode_of(written[0]), 06755);
		OK(write_to(written[0]));
		OK(truncate(written[1], 0));
	}
	EXITS(root, 0);
	IS(mode_of(written[0]), 0755);
	IS(mode_of(written[1]), 0755);
	OK(write_to(written[2]));
	IS(mode_of(written[2]), 06755); /* control: with CAP_FSETID in the initial namespace both stay */
}

CASE(sticky_directory_protects_unmapped_files)
{
	make_files(0666); /* in /tmp, which is sticky and real root's */
	IS(mode_of("/tmp"), 01777);
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		OK(unlink(files[0].file));
		for (int i = 1; i < FILES; i++) {
			NOTE("%s", files[i].file);
			FAILS(EPERM, unlink(files[i].file));
		}
	}
	EXITS(root, 0);
	MUST(chmod("/tmp", 0777));
	CHILD(other_root, NS_USER, .map = CONTAINER_MAP) {
		OK(unlink(files[1].file)); /* control: without the sticky bit it may */
	}
	EXITS(other_root, 0);
}

CASE(creating_on_userns_tmpfs_with_unmapped_id_eoverflow)
{
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		MUST(tmpfs_make("/tmp/own"));
		MUST(chmod("/tmp/own", 0777));
		TELL(box);
		HEAR(box);
		IS(owners("/tmp/own/by_seven"), "7:7");
	}
	HEAR(box);
	int dir = MUST(open(proc_path(box->pid, "root/tmp/own"), O_PATH | O_DIRECTORY));
	FAILS(EOVERFLOW, openat(dir, "by_root", O_CREAT | O_WRONLY, 0644));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EOVERFLOW, openat(dir, "by_user", O_CREAT | O_WRONLY, 0644));
	}
	EXITS(user, 0);
	CHILD(seven, 0, .uid = CONTAINER_ID + 7) {
		OK(openat(dir, "by_seven", O_CREAT | O_WRONLY, 0644));
	}
	EXITS(seven, 0);
	DISMISS(box);
}

static void acl_is_translated(enum acl_kind kind, const char *who)
{
	OK(acl_set("/tmp/file", kind, 0, CONTAINER_ID + 5));
	IS(OK(acl_ids("/tmp/file")), path("%s 0 and 100005", who));
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		IS(OK(acl_ids("/tmp/file")), path("%s 4294967295 and 5", who));
		FAILS(EINVAL, acl_set("/tmp/other", kind, 7, 70000));
		OK(acl_set("/tmp/other", kind, 7, 8));
		IS(OK(acl_ids("/tmp/other")), path("%s 7 and 8", who));
	}
	EXITS(root, 0);
	IS(OK(acl_ids("/tmp/other")), path("%s 100007 and 100008", who));
}

CASE(posix_acl_ids_are_translated)
{
	MUST(file_make_owned("/tmp/file", CONTAINER_ID, CONTAINER_ID, 0600));
	MUST(file_make_owned("/tmp/other", CONTAINER_ID, CONTAINER_ID, 0600));
	acl_is_translated(ACL_OF_USERS, "users");
	acl_is_translated(ACL_OF_GROUPS, "groups");
}
