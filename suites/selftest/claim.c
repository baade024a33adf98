// SPDX-License-Identifier: GPL-2.0-only
/* Tests that must not pass: what the harness says of them stands in expected.tsv. */
#include "helpers/nscheck.h"

#define GROUP     "selftest.claim"
#define GROUP_OWN (NS_IPC | NS_NET)

CASE(is_fails_in_main)
{
	IS(1 + 1, 3);
}

CASE(texts_are_compared_as_texts)
{
	char same[] = "text";

	IS(same, "text");
	IS(same, "other");
}

CASE(ok_fails_with_the_name_of_errno)
{
	OK(open("/no/such/file", O_RDONLY));
}

CASE(fails_wants_exactly_its_errno)
{
	FAILS(ENOENT, open("/no/such/file", O_RDONLY));
	FAILS(EPERM, open("/no/such/file", O_RDONLY));
}

CASE(fails_notes_a_call_that_works)
{
	FAILS(EPERM, getppid());
}

CASE(must_is_trouble_of_the_harness)
{
	MUST(mkdir("/no/such/directory", 0755));
}

CASE(must_takes_no_null)
{
	MUST(file_read("/no/such/file"));
}

CASE(note_tells_the_row_of_a_table)
{
	for (int i = 1; i < 4; i++) {
		NOTE("row %d", i);
		HOLDS(i != 3);
	}
}

CASE(grandchild_fails_with_its_own_line_and_role)
{
	CHILD(outer, 0) {
		CHILD(inner, 0) {
			IS(7, 8);
		}
		EXITS(inner, 0);
	}
	EXITS(outer, 0);
}

CASE(failure_crosses_every_namespace)
{
	CHILD(box, NS_ALL & ~NS_TIME, .map = "0 100000 65536") {
		CHILD(member, 0) {
			IS(getpid(), 77);
		}
		EXITS(member, 0);
	}
	EXITS(box, 0);
}

CASE(failure_crosses_pivot_root)
{
	CHILD(box, NS_MNT) {
		MUST(tmpfs_make("/tmp/root"));
		MUST(mkdir("/tmp/root/old", 0755));
		MUST(pivot_root("/tmp/root", "/tmp/root/old"));
		MUST(chdir("/"));
		MUST(umount2("/old", MNT_DETACH));
		IS(access("/tmp", F_OK), 0);
	}
	EXITS(box, 0);
}

CASE(unchecked_raw_fork_fails_the_test)
{
	pid_t pid = MUST(fork());

	if (pid == 0) {
		IS(1, 2);
		_exit(0);
	}
	MUST(waitpid(pid, NULL, 0));
}

CASE(whoever_waits_learns_of_a_failure_elsewhere)
{
	CHILD(quiet, 0) {
		CHILD(failing, 0) {
			IS(3, 4);
		}
		HEAR(failing);
		EXITS(failing, 0);
	}
	HEAR(quiet);
	EXITS(quiet, 0);
}

PAYLOAD(failing_payload)
{
	HEAR(outer);
	IS(5, 6);
}

CASE(failure_crosses_execve)
{
	CHILD(box, NS_PID) {
		EXEC(box, failing_payload);
	}
	TELL(box);
	EXITS(box, 0);
}

CASE(plain_libcheck_assertion)
{
	ck_assert_int_eq(9, 10);
}
