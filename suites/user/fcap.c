// SPDX-License-Identifier: GPL-2.0-only
/* Capabilities of files. capabilities(7) "File capability extended attribute versioning", "Namespaced file capabilities" */
#include <sys/xattr.h>

#include "helpers/fcap.h"
#include "helpers/nscheck.h"

#define GROUP "user.fcap"

#define PROGRAM "/tmp/program"

#define GAINED "0000000000002000" /* CAP_NET_RAW alone, as each of these files gives it */

#define V2          "version 2 of 20 bytes: 2000"
#define V3_OF(root) "version 3 of 24 bytes: 2000, root " #root

PAYLOAD(report)
{
	TELL_TEXT(outer, proc_status(0, "CapEff"));
}

/* The effective set of this uid of the caller's user namespace after it executed the file. */
static const char *run_as(uid_t id, const char *file)
{
	CHILD(runner, 0, .uid = id) {
		EXEC_FILE(runner, report, file);
	}
	const char *caps = HEAR_TEXT(runner);
	EXITS(runner, 0);
	return caps;
}

CASE(v2_written_inside_is_stored_as_v3)
{
	MUST(program_make(PROGRAM, CONTAINER_ID, CONTAINER_ID, 0755));
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		OK(fcap_set(PROGRAM, 2, 0));
		IS(fcap_of(PROGRAM), V2);
	}
	EXITS(root, 0);
	IS(fcap_of(PROGRAM), V3_OF(100000));
}

/* A program whose capabilities count in user namespaces with this root and below. */
static void v3_program_make(const char *file, uid_t root)
{
	MUST(program_make(file, 0, 0, 0755));
	OK(fcap_set(file, 3, root));
}

CASE(v3_is_effective_only_below_its_root)
{
	static const char of_nested[] = "/tmp/of_nested";

	v3_program_make(PROGRAM, 100000);
	v3_program_make(of_nested, 100500);
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		IS(run_as(9, PROGRAM), GAINED);
		IS(run_as(9, of_nested), CAPS_NONE);
		CHILD(nested, NS_USER, .map = "0 500 100") {
			IS(run_as(9, PROGRAM), GAINED);
			IS(run_as(9, of_nested), GAINED);
		}
		EXITS(nested, 0);
	}
	EXITS(root, 0);
	CHILD(other_root, NS_USER, .map = "0 200000 65536") {
		IS(run_as(9, PROGRAM), CAPS_NONE);
	}
	EXITS(other_root, 0);
	IS(run_as(UNPRIVILEGED, PROGRAM), CAPS_NONE);
	IS(run_as(CONTAINER_ID + 9, PROGRAM), CAPS_NONE);
}

CASE(v2_of_real_root_is_effective_everywhere)
{
	MUST(program_make(PROGRAM, 0, 0, 0755));
	OK(fcap_set(PROGRAM, 2, 0));
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		IS(fcap_of(PROGRAM), V2);
		IS(run_as(9, PROGRAM), GAINED);
		FAILS(EPERM, fcap_set(PROGRAM, 2, 0));
		FAILS(EPERM, fcap_set(PROGRAM, 3, 0));
		FAILS(EPERM, removexattr(PROGRAM, FCAP_ATTRIBUTE));
	}
	EXITS(root, 0);
	IS(run_as(UNPRIVILEGED, PROGRAM), GAINED);
}

CASE(real_root_can_write_v3_for_a_namespace)
{
	static const char foreign[] = "/tmp/foreign";

	v3_program_make(PROGRAM, 100000);
	v3_program_make(foreign, 200000);
	IS(fcap_of(foreign), V3_OF(200000));
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		IS(fcap_of(PROGRAM), V2);
		IS(run_as(9, PROGRAM), GAINED);
		FAILS(EOVERFLOW, getxattr(foreign, FCAP_ATTRIBUTE, NULL, 0));
		IS(run_as(9, foreign), CAPS_NONE);
	}
	EXITS(root, 0);
}

CASE(v3_root_id_is_translated)
{
	MUST(program_make(PROGRAM, CONTAINER_ID, CONTAINER_ID, 0755));
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		FAILS(EINVAL, fcap_set(PROGRAM, 3, 70000));
		FAILS(EINVAL, setxattr(PROGRAM, FCAP_ATTRIBUTE, "sixteen bytes...", 16, 0));
		OK(fcap_set(PROGRAM, 3, 5));
		IS(fcap_of(PROGRAM), V3_OF(5));
	}
	EXITS(root, 0);
	IS(fcap_of(PROGRAM), V3_OF(100005));
}

CASE(own_filesystem_keeps_v2)
{
	static const char own[] = "/tmp/own/program";

	CHILD(root, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		TELL(root);
		MUST(tmpfs_make("/tmp/own"));
		MUST(program_make(own, 0, 0, 0755));
		OK(fcap_set(own, 2, 0));
		IS(fcap_of(own), V2);
		IS(run_as(9, own), GAINED);
	}
	IS(HEAR_SENDER(root).uid, CONTAINER_ID);
	EXITS(root, 0);
}
