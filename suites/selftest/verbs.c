// SPDX-License-Identifier: GPL-2.0-only
/* What must not satisfy a verb: values that failed calls give, and places that cannot be looked up. */
#include <sys/mman.h>

#include "helpers/nscheck.h"
#include "helpers/timens.h"
#include "helpers/utsname.h"

#define GROUP     "selftest.verbs"
#define GROUP_OWN (NS_IPC | NS_NET)

/* No process has this number. */
#define NOBODY (1 << 28)

CASE(is_takes_no_two_nulls)
{
	IS(file_read("/no/such/file"), file_read("/no/such/file"));
}

CASE(is_takes_no_null_on_the_right)
{
	IS(hostname(), file_read("/no/such/file"));
}

CASE(is_takes_no_two_failed_numbers)
{
	IS(file_number("/no/such/file"), file_number("/no/such/file"));
}

CASE(is_takes_no_number_of_an_earlier_failure)
{
	long long kept = file_number("/no/such/file");

	IS(file_number("/proc/sys/kernel/pid_max"), kept);
}

CASE(is_takes_no_unsigned_minus_one)
{
	IS((uid_t)-1, (uid_t)-1);
}

CASE(is_takes_no_map_failed)
{
	IS(mmap(NULL, 0, PROT_READ, MAP_PRIVATE, -1, 0), MAP_FAILED);
}

CASE(is_not_takes_no_null)
{
	IS_NOT(file_read("/no/such/file"), "text");
}

CASE(is_not_takes_no_null_on_the_right)
{
	IS_NOT("text", file_read("/no/such/file"));
}

CASE(is_not_takes_no_failed_number)
{
	IS_NOT(file_number("/no/such/file"), 1);
}

CASE(is_nearly_takes_no_failed_number)
{
	IS_NEARLY(clock_seconds(12345), 0);
}

CASE(is_tells_the_largest_numbers_from_negative_ones)
{
	IS(UINT64_MAX - 1, -2);
}

CASE(is_minus_one_takes_nothing_else)
{
	IS_MINUS_ONE(open("/no/such/file", O_RDONLY));
	IS_MINUS_ONE(getppid() - getppid());
}

static int steps;

static int step(void)
{
	return ++steps;
}

CASE(is_evaluates_from_left_to_right)
{
	IS(step(), step());
}

CASE(is_not_evaluates_from_left_to_right)
{
	IS_NOT(step(), 2);
	IS_NOT(step() + 1, step());
}

CASE(fails_evaluates_from_left_to_right)
{
	FAILS(step() == 1 ? ENOENT : EPERM, step() == 2 ? open("/no/such/file", O_RDONLY) : 0);
	FAILS(step() == 3 ? EPERM : ENOENT, open("/no/such/file", O_RDONLY));
}

CASE(fails_wants_the_errno_of_a_null)
{
	FAILS(ENOENT, file_read("/no/such/file"));
	FAILS(EPERM, file_read("/no/such/file"));
}

CASE(fails_takes_no_errno_of_an_earlier_call)
{
	FAILS(ENOENT, open("/no/such/file", O_RDONLY));
	FAILS(ENOENT, -1);
}

CASE(gave_wants_exactly_its_errno)
{
	IS_MINUS_ONE(open("/no/such/file", O_RDONLY));
	GAVE(ENOENT);
	GAVE(EPERM);
}

CASE(must_takes_no_map_failed)
{
	MUST(mmap(NULL, 0, PROT_READ, MAP_PRIVATE, -1, 0));
}

CASE(must_takes_no_sig_err)
{
	MUST(signal(SIGKILL, SIG_IGN));
}

CASE(must_takes_no_unsigned_minus_one)
{
	MUST((size_t)open("/no/such/file", O_RDONLY));
}

CASE(ok_takes_no_map_failed)
{
	OK(mmap(NULL, 0, PROT_READ, MAP_PRIVATE, -1, 0));
}

CASE(ok_takes_no_sig_err)
{
	OK(signal(SIGKILL, SIG_IGN));
}

CASE(ok_takes_no_unsigned_minus_one)
{
	OK((uid_t)open("/no/such/file", O_RDONLY));
}

CASE(ok_takes_no_null)
{
	OK(file_read("/no/such/file"));
}

CASE(same_ns_takes_no_other)
{
	CHILD(box, NS_UTS) {
		HEAR(box);
	}
	SAME_NS(box, box->pid, NS_UTS);
	SAME_NS(box, 0, NS_UTS);
}

CASE(other_ns_takes_not_the_same)
{
	CHILD(box, NS_UTS) {
		HEAR(box);
	}
	OTHER_NS(box, 0, NS_UTS);
	OTHER_NS(box, getpid(), NS_NET);
}

CASE(same_ns_takes_no_two_failed_looks)
{
	SAME_NS(NOBODY, NOBODY, NS_MNT);
}

CASE(other_ns_takes_no_failed_look)
{
	OTHER_NS(0, NOBODY, NS_MNT);
}

CASE(same_ns_takes_no_two_kept_failures)
{
	long long kept = ns_id(NOBODY, "pid");

	SAME_NS(kept, kept, NS_PID);
}

CASE(other_ns_takes_no_failed_id)
{
	OTHER_NS(ns_id_of(-1), 0, NS_PID);
}

CASE(other_ns_takes_no_descriptor_of_another_type)
{
	OTHER_NS(BEHIND(MUST(ns_open(0, "ipc"))), 0, NS_NET);
}

CASE(other_ns_takes_no_descriptor_of_a_file)
{
	OTHER_NS(BEHIND(MUST(open("/proc/self/status", O_RDONLY))), 0, NS_NET);
}

CASE(other_ns_takes_no_namespace_that_waits_for_its_init)
{
	CHILD(mover, 0) {
		MUST(unshare(CLONE_NEWPID));
		OTHER_NS(0, CHILDREN_OF(0), NS_PID);
	}
	EXITS(mover, 0);
}

CASE(each_takes_what_it_should)
{
	char text[] = "text";
	const void *nowhere = &text[1];
	long long home = ns_id(0, "uts");

	IS(text, "text");
	IS_NOT(&text[1], text);
	IS(nowhere, (void *)&text[1]);
	IS(UINT64_MAX - 1, UINT64_MAX - 1);
	IS((unsigned char)255, 255);
	IS(OK(false), MUST(0));
	IS(OK((unsigned char)255), 255);
	FAILS(EBADF, mmap(NULL, 0, PROT_READ, MAP_PRIVATE, -1, 0));
	FAILS(EINVAL, signal(SIGKILL, SIG_IGN));
	IS(step() + step(), 3);
	IS(MUST(step()) + OK(step()), 7);
	CHILD(box, NS_UTS) {
		OTHER_NS(box, home, NS_UTS);
		OTHER_NS(getppid(), 0, NS_UTS);
		SAME_NS(CHILDREN_OF(box), 0, NS_UTS);
		TELL(box, ns_id(0, "uts"));
		HEAR(box);
	}
	SAME_NS(HEAR(box), box, NS_UTS);
	SAME_NS(BEHIND(MUST(ns_open(box->pid, "uts"))), box, NS_UTS);
	SAME_NS(box, 0, NS_NET);
	SAME_NS(CHILDREN_OF(0), 0, NS_PID);
	DISMISS(box);
}
