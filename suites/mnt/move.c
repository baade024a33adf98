// SPDX-License-Identifier: GPL-2.0-only
/* Moving mounts. mount(2) "Moving a mount" */
#include "helpers/nscheck.h"

#define GROUP "mnt.move"

static int move_to(const char *from, const char *to)
{
	return mount(from, to, NULL, MS_MOVE, NULL);
}

CASE(errors_of_ms_move, .unsabotaged = "rules of mount(2) within one namespace; no isolation is observed")
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(dir_make("/tmp/m/dir"));
	MUST(tmpfs_make("/tmp/m/child"));
	MUST(tmpfs_make("/tmp/p"));
	MUST(tmpfs_make("/tmp/p/below"));
	MUST(tmpfs_make("/tmp/d"));
	MUST(dir_make("/tmp/d/t"));
	MUST(dir_make("/tmp/to"));
	MUST(file_make("/tmp/file"));
	MUST(file_make("/tmp/bound"));
	MUST(bind_make("/tmp/file", "/tmp/bound"));
	MUST(mnt_propagation("/tmp/p", MS_SHARED));
	MUST(mnt_propagation("/tmp/d", MS_SHARED));
	MUST(mnt_propagation("/tmp/m/child", MS_UNBINDABLE));
	const char *before = MUST(file_read("/proc/self/mountinfo"));

	FAILS(EINVAL, move_to("/tmp/m/dir", "/tmp/to"));
	FAILS(EINVAL, move_to("/tmp/m", "/tmp/file"));
	FAILS(EINVAL, move_to("/tmp/bound", "/tmp/to"));
	FAILS(ELOOP, move_to("/tmp/m", "/tmp/m/dir"));
	FAILS(EINVAL, move_to("", "/tmp/to"));
	FAILS(EINVAL, move_to(NULL, "/tmp/to"));
	FAILS(ENOENT, move_to("/tmp/none", "/tmp/to"));
	FAILS(EINVAL, move_to("/tmp/p/below", "/tmp/to"));
	FAILS(EINVAL, move_to("/tmp/m", "/tmp/d/t"));
	const struct mountinfo *root = MUST(mnt_at("/"));
	FAILS(root->parent != root->id ? ELOOP : EINVAL, move_to("/", "/tmp/to"));
	IS(MUST(file_read("/proc/self/mountinfo")), before);

	MUST(mnt_propagation("/tmp/p", MS_PRIVATE));
	OK(move_to("/tmp/p/below", "/tmp/to"));
	IS(mnt_count("/tmp/to"), 1);
	MUST(mnt_propagation("/tmp/d", MS_PRIVATE));
	OK(move_to("/tmp/m", "/tmp/d/t"));
	IS(mnt_count("/tmp/m"), 0);
	IS(mnt_count("/tmp/d/t/child"), 1);
}
