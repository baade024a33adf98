// SPDX-License-Identifier: GPL-2.0-only
/* Filesystems that a user namespace has an instance of. binfmt-misc.rst, fs/binfmt_misc.c */
#include "helpers/nscheck.h"

#define GROUP "user.mount"

/* The kernel gives an interpreter its name as registered, here the one that a payload goes by. */
#define INTERPRETER "user.mount.interpreter"

PAYLOAD(interpreter)
{
	TELL(outer, 42);
}

static int binfmt_mount(const char *dir)
{
	MUST(dir_make(dir));
	return mount("binfmt_misc", dir, "binfmt_misc", 0, NULL);
}

static int execute(const char *file)
{
	char *argv[] = {"program", NULL}, *envp[] = {NULL};

	return execve(file, argv, envp);
}

CASE(binfmt_misc_is_per_user_namespace)
{
	MUST(binfmt_mount("/tmp/outer"));
	MUST(chdir("/tmp"));
	MUST(symlink("/proc/self/exe", INTERPRETER)); /* this program, whoever executes it */
	MUST(file_put("program", "NSCHECK!"));
	MUST(chmod("program", 0755));
	CHILD(root, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		OK(binfmt_mount("/tmp/inner"));
		OK(access("/tmp/inner/status", F_OK));
		FAILS(ENOEXEC, execute("program")); /* control */
		OK(file_write("/tmp/inner/register", ":nscheck:M::NSCHECK!::" INTERPRETER ":"));
		OK(access("/tmp/inner/nscheck", F_OK));
		CHILD(program, 0) {
			EXEC_FILE(program, interpreter, "program");
		}
		IS(HEAR(program), 42);
		EXITS(program, 0);
		TELL(root);
		HEAR(root);
	}
	HEAR(root);
	OK(access("/tmp/outer/register", F_OK)); /* control */
	FAILS(ENOENT, access("/tmp/outer/nscheck", F_OK));
	FAILS(ENOEXEC, execute("program"));
	DISMISS(root);
}
